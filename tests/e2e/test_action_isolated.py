"""The isolated template: three jobs that hand over files, and only the last may write."""

import pytest

from tests.e2e.conftest import ROOT
from tests.e2e.homes import with_homes
from tests.e2e.team import BETTER, WORSE, train_on

pytestmark = pytest.mark.e2e

ISOLATED = ROOT / "templates" / "github" / "ci-mlops-isolated.yml"


def test_three_jobs_end_with_one_comment_that_says_so(act, fake, team):
    proposed = team.propose(train_on(BETTER))
    ran = act(proposed, workflow=ISOLATED)

    assert ran.exit_code == 0, ran.log
    assert set(ran.results.values()) == {"success"}
    assert set(ran.results) == {"begin", "train", "predict", "judge", "gate"}
    [comment] = fake.comments[7]
    assert comment["body"].startswith("### ✅ Model gate passed")
    assert "**Isolation**: job" in ran.summary
    assert fake.statuses[proposed.head][0]["state"] == "success"


def test_training_that_fails_blocks_the_gate_and_is_not_shown_as_a_rejection(act, fake, team):
    proposed = team.propose({"train.py": "raise SystemExit(3)\n"})
    ran = act(proposed, workflow=ISOLATED)

    assert ran.exit_code == 1
    assert ran.results["judge"] == "failure"
    assert fake.statuses[proposed.head][0]["state"] == "error"
    assert fake.comments[7][0]["body"].startswith("### 🔥")


# What code of a pull request can reach in the job that runs it: our package, the files of the runner's step, and
# the time after its own end.
SABOTAGE = """\
import os, pathlib, subprocess, sys

home = pathlib.Path({home!r})
for name in ("evaluation/outcome.py", "flows/judge.py", "cli/judge.py", "cli/publish.py"):
    for file in home.glob("lib/python*/site-packages/ci_mlops/" + name):
        file.write_text("raise SystemExit(0)")
parent = os.getppid()
while parent > 1:
    try:
        told = pathlib.Path("/proc", str(parent), "environ").read_bytes().split(b"\\0")
        status = pathlib.Path("/proc", str(parent), "stat").read_text()
    except OSError:
        break
    for variable in told:
        name, _, path = variable.decode(errors="replace").partition("=")
        if name in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_STEP_SUMMARY"):
            with open(path, "a") as file:
                file.write("verdict=passed\\nexit-code=0\\nstory=nothing\\n")
            print("appended to", name, flush=True)
    parent = int(status.rpartition(")")[2].split()[1])
subprocess.Popen(["sleep", "20"], start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
"""


def test_training_that_turns_on_us_changes_nothing_in_the_isolated_template(act, fake, team, tmp_path):
    workflow = with_homes(ISOLATED.read_text(), tmp_path / "homes")
    sabotage = SABOTAGE.format(home=str(tmp_path / "homes" / "train"))
    proposed = team.propose({"train.py": sabotage + train_on(WORSE)["train.py"]})
    ran = act(proposed, workflow=workflow)

    assert "appended to GITHUB_OUTPUT" in ran.log
    assert next((tmp_path / "homes/train").rglob("flows/judge.py")).read_text() == "raise SystemExit(0)"
    assert ran.exit_code == 1
    assert ran.results["judge"] == "failure"
    assert fake.statuses[proposed.head][0]["state"] == "failure"
    assert fake.comments[7][0]["body"].startswith("### ❌ Model gate blocked")
    assert "**Isolation**: job" in ran.summary

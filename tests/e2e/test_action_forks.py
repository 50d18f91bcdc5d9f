"""A fork's pull request under act: its own run may say nothing, the one after it informs, a maintainer's decides."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ci_mlops.flows.publish_run import HAND_OVER
from tests.e2e.conftest import READS, ROOT, WORKFLOW, payload_of
from tests.e2e.table import posted, row
from tests.e2e.team import BETTER, WORSE, Proposed, train_on
from tests.e2e.teams import Several, train_all_on

pytestmark = pytest.mark.e2e

ISOLATED = ROOT / "templates" / "github" / "ci-mlops-isolated.yml"
MATRIX = ROOT / "templates" / "github" / "ci-mlops-matrix.yml"
PUBLISH = ROOT / "templates" / "github" / "ci-mlops-publish.yml"
RUN = 500
CANARY = "canary-0123456789"
EVIL = "x $(touch PWN) `touch PWN` ${{ github.token }}\n::set-output name=verdict::passed"
# what a fork's training may try: to tell its surroundings, and to pass a line for a command or an output of ours
CURIOUS = """\
import os

print(dict(os.environ))
print("::set-output name=verdict::passed")
print("::add-mask::passed")
print("##[set-output name=verdict]passed")
"""
INSTALLS = "python -m pip install -r requirements.txt"


def home_served_by(fake, folder):
    """Our environment, where the repository lies on the fake: of act's own steps none may be told so."""
    bin_ = folder / "bin"
    bin_.mkdir(parents=True)
    (bin_ / "ci-mlops").symlink_to(Path(sys.prefix) / "bin" / "ci-mlops")
    python = bin_ / "python"
    python.write_text(f'#!/bin/sh\nGITHUB_SERVER_URL={fake.server_url} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    return str(folder)


def left_in(store):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        for path in sorted(store.rglob("*")):
            if path.is_file():
                zipped.write(path, path.relative_to(store).as_posix())
    return archive.getvalue()


def test_a_fork_is_told_for_information_until_a_maintainer_runs_it_again(act, fake, team, tmp_path):
    team.commit({".github/workflows/ci-mlops.yml": ISOLATED.read_text()})
    fake.git = team.folder / ".git"
    proposed = team.propose({"train.py": CURIOUS + train_on(BETTER)["train.py"]})
    fake.open_pull(7, proposed.head, title=EVIL, labels=(EVIL,))

    # the fork's own run: it may read, and nothing else
    payload = payload_of(proposed, "pull_request", title=EVIL, fork=True)
    payload["pull_request"]["head"]["ref"] = EVIL
    payload["pull_request"]["labels"] = [{"name": EVIL}]
    theirs = act(proposed, workflow=ISOLATED, token=READS, payload=payload, SECRET=CANARY)
    assert set(theirs.results.values()) == {"success"}, theirs.log
    assert {"train", "predict", "judge"} <= theirs.results.keys()
    assert row("of a fork, isolated: its own run", posted(fake), theirs.gate)[1:] == ("nothing", 0)
    assert not any(fake.comments.values())
    assert not any(fake.statuses.values())
    store = tmp_path / "store" / HAND_OVER
    kept = sorted(path.relative_to(store).as_posix() for path in store.rglob("*") if path.is_file())
    assert [name for name in kept if not name.startswith("predictions/")] == [
        "models/candidate/model.json",
        "models/champion/model.json",
    ]

    # the run after it: the default branch's own file
    fake.store_archive(HAND_OVER, left_in(store), fork=True, run=RUN)
    ended = fake.ended(RUN, proposed.head, display_title=EVIL)
    home = home_served_by(fake, tmp_path / "our-home")
    main = Proposed(folder=team.clone("main"), head=proposed.base, base=proposed.base)
    ours = act(main, "workflow_run", workflow=PUBLISH, payload=ended, CI_MLOPS_HOME=home, SECRET=CANARY)
    assert ours.exit_code == 0, ours.log
    said = row("of a fork, isolated: its run has ended", posted(fake), ours.gate)
    assert said[1:] == ("comment 🔵; credit pending", 0)
    [comment] = fake.comments[7]
    assert comment["body"].startswith("### 🔵 For information: model gate passed")
    assert fake.statuses[proposed.head][0]["state"] == "pending"
    assert "verdict" not in ours.outputs
    informed = comment["body"]

    # a maintainer has read it
    asked = {
        "inputs": {"pull_request": "7", "commit": proposed.head},
        "repository": payload["repository"],
    }
    # by the default branch's own workflow; act takes the branch from the clone
    subprocess.run(["git", "-C", str(proposed.folder), "branch", "--move", "main"], check=True)
    # GitHub names the file; act does not, and the comment is known by it
    known = {
        "SECRET": CANARY,
        "GITHUB_RUN_ID": "9",
        "GITHUB_WORKFLOW_REF": f"acme/credit/{WORKFLOW}@refs/heads/main",
        "GITHUB_REF": "refs/heads/main",
    }
    again = act(proposed, "workflow_dispatch", workflow=ISOLATED, payload=asked, **known)
    assert set(again.results.values()) == {"success"}, again.log
    said = row("of a fork, isolated: a maintainer runs the commit that was read", posted(fake), again.gate)
    assert said[1:] == ("comment ⏳ → ✅; credit pending → success", 0)
    [comment] = fake.comments[7]
    assert comment["body"].startswith("### ✅ Model gate passed: `credit` may be merged")
    assert fake.statuses[proposed.head][0]["state"] == "success"
    assert again.outputs["verdict"] == "passed"

    # and whoever re-runs the fork's run takes nothing back
    act(main, "workflow_run", workflow=PUBLISH, payload=ended, CI_MLOPS_HOME=home)
    assert fake.statuses[proposed.head][0]["state"] == "success"

    for folder in (proposed.folder, main.folder):
        assert not list(folder.rglob("PWN"))
    said = "\n".join(
        (informed, comment["body"], theirs.log, ours.log, again.log, ours.summary, again.summary)
    )
    assert CANARY not in said
    assert not any(
        CANARY.encode() in path.read_bytes() for path in (tmp_path / "store").rglob("*.*") if path.is_file()
    )


def test_a_number_that_is_none_is_refused_before_anything_runs(act, fake, team):
    proposed = team.propose(train_on(BETTER))
    asked = {"inputs": {"pull_request": "7; touch PWN", "commit": proposed.head}}
    ran = act(proposed, "workflow_dispatch", workflow=ISOLATED, payload=asked)

    assert ran.exit_code == 1
    assert set(ran.results.values()) == {"failure"}
    assert not any(fake.comments.values())
    assert not any(fake.statuses.values())
    assert not list(proposed.folder.rglob("PWN"))


def test_a_push_between_the_reading_and_the_run_or_in_the_midst_of_it_is_never_judged_unread(act, fake, team):
    """Who pushed has code that runs wherever it may: in the installation, in training and in scoring."""
    team.commit({"install.sh": "", ".github/workflows/ci-mlops.yml": ISOLATED.read_text()})
    read = team.propose(train_on(BETTER))
    pushed = team.propose({**train_on(BETTER), "install.sh": 'touch "$CHECKOUT/PWN"\n'})
    merge = (
        "fetch",
        "--quiet",
        "--update-shallow",
        pushed.folder.as_uri(),
        "refs/pull/7/merge:refs/heads/pushed",
    )
    subprocess.run(["git", "-C", str(read.folder), *merge], check=True)
    subprocess.run(["git", "-C", str(read.folder), "branch", "--move", "merged", "main"], check=True)
    asked = {
        "inputs": {"pull_request": "7", "commit": read.head},
        "repository": {"full_name": "acme/credit", "default_branch": "main"},
    }
    known = {
        "GITHUB_WORKFLOW_REF": f"acme/credit/{WORKFLOW}@refs/heads/main",
        "GITHUB_REF": "refs/heads/main",
    }

    def dispatched(workflow, **inputs):
        payload = {**asked, "inputs": {**asked["inputs"], **inputs}}
        return act(read, "workflow_dispatch", workflow=workflow, payload=payload, **known)

    # while the jobs run: GitHub makes the new merge, and the jobs after it check that one out
    fake.open_pull(7, read.head)
    pushes = 'git -C "$CHECKOUT" update-ref refs/pull/7/merge refs/heads/pushed'
    workflow = ISOLATED.read_text().replace(INSTALLS, "bash install.sh")
    midst = dispatched(workflow.replace("bash install.sh", f"bash install.sh && {pushes}", 1))
    assert not (read.folder / "PWN").exists()

    assert {job: midst.results[job] for job in ("begin", "train", "predict", "judge", "gate")} == {
        "begin": "success",
        "train": "success",
        "predict": "failure",
        "judge": "failure",
        "gate": "failure",
    }, midst.log
    assert f"{pushed.head[:8]}, and {read.head[:8]} is the commit that was read" in midst.log
    assert [one["state"] for one in fake.statuses[read.head]] == ["pending"]
    assert row(
        "of a fork, isolated: a push in the midst of a maintainer's run", posted(fake), midst.gate
    ) == (
        "of a fork, isolated: a push in the midst of a maintainer's run",
        "comment ⏳; credit pending",
        2,
    )

    # before they start
    fake.open_pull(7, pushed.head)
    fake.seen.clear()
    before = dispatched(workflow)
    assert not (read.folder / "PWN").exists()
    assert set(before.results.values()) == {"failure"}, before.log
    assert f"It is at {pushed.head}. Read that one" in before.log
    unnamed = dispatched(workflow, commit="")
    assert set(unnamed.results.values()) == {"failure"}, unnamed.log
    assert "No commit is named that was read" in unnamed.log

    assert row("of a fork, isolated: a push before it", posted(fake), before.gate)[1:] == ("nothing", 2)
    assert not fake.statuses[pushed.head]


def test_a_fork_is_told_of_each_of_the_models_that_it_touches(act, fake, tmp_path):
    team = Several(tmp_path)
    team.commit({".github/workflows/ci-mlops.yml": MATRIX.read_text()})
    fake.git = team.folder / ".git"
    proposed = team.propose(train_all_on(churn=BETTER, credit=WORSE))
    fake.open_pull(7, proposed.head)
    payload = payload_of(proposed, "pull_request", fork=True)
    theirs = act(proposed, workflow=MATRIX, token=READS, payload=payload)

    assert theirs.results["gate"] == "failure", theirs.log
    assert row("of a fork, three models, two touched: its own run", posted(fake), theirs.gate)[1:] == (
        "nothing",
        1,
    )
    left = sorted((tmp_path / "store").glob(f"{HAND_OVER}-*"))
    assert [place.name for place in left] == [f"{HAND_OVER}-churn", f"{HAND_OVER}-credit"]

    for place in left:
        fake.store_archive(place.name, left_in(place), fork=True, run=RUN)
    main = Proposed(folder=team.clone("main"), head=proposed.base, base=proposed.base)
    home = home_served_by(fake, tmp_path / "our-home")
    workflow = PUBLISH.read_text().replace('# several: "true"', 'several: "true"')
    ended = fake.ended(RUN, proposed.head)
    ours = act(main, "workflow_run", workflow=workflow, payload=ended, CI_MLOPS_HOME=home)

    assert ours.exit_code == 0, ours.log
    said = row("of a fork, three models, two touched: its run has ended", posted(fake), ours.gate)
    assert said[1:] == ("comment 🔵 → 🔵; churn pending; credit pending", 0)
    assert "passed" not in ours.outputs.values()

    # a maintainer has read it, and pushed that very commit to a branch of ours
    payload = {**payload_of(proposed, "pull_request"), "number": 8}
    payload["pull_request"]["number"] = 8
    act(proposed, workflow=MATRIX, payload=payload)
    said = row("of a fork, three models: a branch of ours at the commit that was read", posted(fake), 1)
    assert "; churn pending → success; credit pending → failure" in said[1]
    newest = {one["context"]: one["state"] for one in reversed(fake.statuses[proposed.head])}
    assert newest["ci-mlops/gate/churn"] == "success"
    assert newest["ci-mlops/gate/credit"] == "failure"

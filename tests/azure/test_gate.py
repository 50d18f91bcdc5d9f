"""The last word: what each way that the jobs before it can end gives."""

import os
from pathlib import Path

import pytest

from tests.azure.agent import Agent, Repository
from tests.azure.expand import expand
from tests.azure.run import run

ROOT = Path(__file__).parents[2]
LAST = "Say whether it passes"
MAIN = """\
resources: {repositories: [{repository: mlops, type: git, name: p/mlops, ref: refs/tags/v0.1.0}]}
steps:
  - template: templates/azure/steps/gate.yml@mlops
"""


@pytest.fixture
def gate(tmp_path):
    def ended(reason, **variables):
        (tmp_path / "main.yml").write_text(MAIN)
        document = expand({"self": tmp_path, "mlops": ROOT}, "main.yml")
        agent = Agent(
            work=tmp_path / "work",
            repositories={"self": plain, "mlops": plain},
            # it stands for our environment, and writes down what it was asked
            environ={"PATH": os.environ["PATH"], "CI_MLOPS_HOME": str(tmp_path / "home")},
            variables={"Build.Reason": reason, **variables},
            token="",
        )
        ran = run(document, agent)
        asked = tmp_path / "work" / "agent-1" / "s" / "asked"
        return ran.exit_code(LAST), asked.read_text().strip() if asked.exists() else ""

    home = tmp_path / "home" / "bin"
    home.mkdir(parents=True)
    for name in ("python", "ci-mlops"):
        (home / name).write_text('#!/bin/bash\necho "$NEEDS $*" > asked\nexit 1\n')
        (home / name).chmod(0o755)
    (tmp_path / "empty").mkdir()
    plain = Repository(folder=tmp_path / "empty", name="credit")
    return ended


@pytest.mark.parametrize(
    ("judged", "code", "waived", "ends"),
    [
        ("Succeeded", "0", "", (0, "")),
        ("SucceededWithIssues", "0", "Skipped", (0, "")),
        ("Succeeded", "1", "", (1, "")),
        ("Succeeded", "10", "Skipped", (10, "")),
        ("Succeeded", "1", "Failed", (1, "")),
        ("Succeeded", "1", "Succeeded", (0, "")),
        ("Failed", "6", "", (6, "")),
        # a job that broke after it said 0, one that never said anything, one that nobody let begin
        ("Failed", "0", "", (6, "failure")),
        ("Succeeded", "", "", (6, "failure")),
        ("Succeeded", "$(EXIT_CODE)", "", (6, "failure")),
        ("Failed", "", "", (6, "failure")),
        ("Canceled", "", "", (6, "cancelled")),
        ("Skipped", "", "", (6, "skipped")),
        ("", "", "", (6, "failure")),
    ],
)
def test_a_pull_request_passes_by_a_verdict_or_a_waiver_alone(gate, judged, code, waived, ends):
    code, asked = gate("PullRequest", JUDGED=judged, EXIT_CODE=code, WAIVED=waived, REGISTERED="Succeeded")

    # where nothing was judged it is said, so that no status waits for ever
    told = f'{{"judge": {{"result": "{ends[1]}"}}}} -I -m ci_mlops.cli.gate --config ci-mlops.yml'
    assert (code, asked) == (ends[0], told if ends[1] else "")


def test_a_draft_that_waits_does_not_pass_and_no_status_is_touched(gate):
    ended = gate("PullRequest", STORY="wait", JUDGED="Skipped", EXIT_CODE="", WAIVED="", REGISTERED="Skipped")

    assert ended == (6, "")


@pytest.mark.parametrize(
    ("judged", "code", "ends"),
    [("Skipped", "", 0), ("Succeeded", "0", 0), ("Succeeded", "1", 1), ("Failed", "4", 4)],
)
def test_by_hand_a_branch_that_was_judged_ends_as_its_verdict_says(gate, judged, code, ends):
    ended = gate("Manual", STORY="begin", JUDGED=judged, EXIT_CODE=code, WAIVED="", REGISTERED="Skipped")

    assert ended == (ends, "")


@pytest.mark.parametrize(
    ("registered", "ends"),
    [("Succeeded", 0), ("SucceededWithIssues", 0), ("Skipped", 0), ("Failed", 1), ("Canceled", 1), ("", 1)],
)
def test_after_a_merge_the_registration_counts(gate, registered, ends):
    ended = gate("IndividualCI", JUDGED="Skipped", EXIT_CODE="", WAIVED="", REGISTERED=registered)

    assert ended == (ends, "")

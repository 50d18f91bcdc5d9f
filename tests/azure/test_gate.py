"""The last word: what each way that the jobs before it can end gives."""

import os
from pathlib import Path

import pytest

from tests.azure.agent import Agent
from tests.azure.expand import expand
from tests.azure.run import run

ROOT = Path(__file__).parents[2]
MAIN = """\
resources: {repositories: [{repository: mlops, type: git, name: p/mlops, ref: refs/tags/v0.1.0}]}
steps:
  - checkout: none
  - template: templates/azure/steps/gate.yml@mlops
"""


@pytest.fixture
def gate(tmp_path):
    def ended(reason, **variables):
        (tmp_path / "main.yml").write_text(MAIN)
        document = expand({"self": tmp_path, "mlops": ROOT}, "main.yml")
        agent = Agent(
            work=tmp_path / "work",
            repositories={},
            environ={"PATH": os.environ["PATH"]},
            variables={"Build.Reason": reason, **variables},
            token="",
        )
        return run(document, agent).steps[-1].exit_code

    return ended


@pytest.mark.parametrize(
    ("judged", "code", "waived", "ends"),
    [
        ("Succeeded", "0", "", 0),
        ("SucceededWithIssues", "0", "Skipped", 0),
        ("Succeeded", "1", "", 1),
        ("Succeeded", "10", "Skipped", 10),
        ("Succeeded", "1", "Failed", 1),
        ("Succeeded", "1", "Succeeded", 0),
        ("Failed", "6", "", 6),
        # a job that broke after it said 0, one that never said anything, one that nobody let begin
        ("Failed", "0", "", 6),
        ("Succeeded", "", "", 6),
        ("Succeeded", "$(EXIT_CODE)", "", 6),
        ("Failed", "", "", 6),
        ("Canceled", "", "", 6),
        ("Skipped", "", "", 6),
        ("", "", "", 6),
    ],
)
def test_a_pull_request_passes_by_a_verdict_or_a_waiver_alone(gate, judged, code, waived, ends):
    assert gate("PullRequest", JUDGED=judged, EXIT_CODE=code, WAIVED=waived, REGISTERED="Succeeded") == ends


@pytest.mark.parametrize(
    ("registered", "ends"),
    [("Succeeded", 0), ("SucceededWithIssues", 0), ("Skipped", 0), ("Failed", 1), ("Canceled", 1), ("", 1)],
)
def test_after_a_merge_the_registration_counts(gate, registered, ends):
    assert gate("IndividualCI", JUDGED="Skipped", EXIT_CODE="", WAIVED="", REGISTERED=registered) == ends

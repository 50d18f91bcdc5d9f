"""Several models in one pipeline: every one's status is set for every change, so each can be required."""

import re

import pytest

from tests.e2e.azure.conftest import AZURE
from tests.e2e.team import WORSE
from tests.e2e.teams import Several, train_all_on

pytestmark = pytest.mark.e2e


@pytest.fixture
def team(tmp_path) -> Several:
    return Several(tmp_path)


def of(*models):
    """The pipeline's one job, once for each."""
    text = (AZURE / "azure-pipelines.yml").read_text()
    start = text.index("jobs:\n")
    used = re.search(r"- template: (\S+)", text[start:])[1]
    jobs = "".join(
        f"  - template: {used}\n    parameters: "
        f"{{job: {model}, config: {model}/ci-mlops.yml, output: .ci-mlops-{model}}}\n"
        for model in models
    )
    return f"{text[:start]}jobs:\n{jobs}"


def test_a_model_that_the_change_leaves_alone_has_a_status_too_and_the_build_covers_all(
    pipeline, devops, team
):
    ran = pipeline(team.propose(train_all_on(credit=WORSE)), text=of("churn", "credit"))

    assert ran.result == "Failed", ran.log
    told = {one["context"]["name"]: one["state"] for one in devops.statuses[len(devops.iterations)]}
    assert told == {"gate/churn": "notApplicable", "gate/credit": "failed"}
    assert len(devops.threads) == 2

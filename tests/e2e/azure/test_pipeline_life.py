"""Drafts, labels, runs by hand, and an environment that asks nobody."""

import subprocess

import pytest

from ci_mlops.flows.activity import SKIP_LABEL
from tests.e2e.azure.conftest import AZURE
from tests.e2e.azure.table import told
from tests.e2e.team import BETTER, CONFIG, WORSE, train_on
from tests.e2e.teams import branch_of
from tests.fakes.azure_approvals import wait_for

pytestmark = pytest.mark.e2e

ISOLATED = "azure-pipelines-isolated.yml"
END = "End with the verdict's exit code"
LAST = "Say whether it passes"
POLICY = f"{CONFIG}pull_request: {{drafts: wait, skip_label: allow}}\n"
LABEL = {"id": "1", "name": SKIP_LABEL, "active": True}


def content(devops):
    [thread] = devops.threads
    return thread["comments"][0]["content"]


def test_a_draft_that_waits_lets_nothing_through_until_it_is_published(pipeline, devops, team):
    team.commit({"ci-mlops.yml": POLICY})
    devops.drafts.add(7)
    # what the change says of drafts itself counts for nothing
    proposed = team.propose({**train_on(BETTER), "ci-mlops.yml": CONFIG})
    alone = pipeline(proposed)

    assert (alone.exit_code(END), alone.result) == (6, "Failed"), alone.log
    said = told("pull request, a draft that waits", devops, alone.exit_code(END))
    assert said == ("thread ⏳, pending; status pending", 6)
    assert content(devops).startswith("### ⏳ A draft: ")
    assert alone.errors()[-1].message.startswith("A draft is judged when it is ready for review")

    isolated = pipeline(proposed, file=ISOLATED)

    assert isolated.jobs == {
        "begin": "Succeeded",
        "train": "Skipped",
        "predict": "Skipped",
        "judge": "Skipped",
        "register": "Skipped",
        "gate": "Failed",
    }, isolated.log
    assert told("pull request, isolated, a draft", devops, isolated.exit_code(LAST))[1] == 6
    assert devops.statuses[len(devops.iterations)][-1]["state"] == "pending"

    devops.drafts.clear()
    published = pipeline(proposed)
    said = told("pull request, the draft is published", devops, published.exit_code(END))
    assert said[0].endswith("status pending → succeeded"), published.log


def test_the_label_skips_where_the_base_branch_allows_it_and_the_report_says_so(pipeline, devops, team):
    team.commit({"ci-mlops.yml": POLICY})
    devops.labels = [LABEL]
    ran = pipeline(team.propose(train_on(WORSE)), file=ISOLATED)

    assert (ran.jobs["train"], ran.jobs["predict"]) == ("Skipped", "Skipped"), ran.log
    assert (ran.jobs["judge"], ran.jobs["gate"]) == ("Succeeded", "Succeeded"), ran.log
    said = told(f"pull request, isolated, label `{SKIP_LABEL}`", devops, ran.exit_code(LAST))
    assert said == ("thread ⏳ → ⚪, closed; status pending → notApplicable", 0)
    assert f"kipped by the label `{SKIP_LABEL}`" in content(devops)


def test_the_label_has_no_effect_where_the_change_alone_allows_it(pipeline, devops, team):
    devops.labels = [LABEL]
    # of a fork, which Azure Repos builds like any other
    fork = {"System.PullRequest.IsFork": "True"}
    ran = pipeline(team.propose({**train_on(WORSE), "ci-mlops.yml": POLICY}), variables=fork)

    said = told(f"pull request of a fork, label `{SKIP_LABEL}` that is refused", devops, ran.exit_code(END))
    assert said == ("thread ⏳ → ❌, active; status pending → failed", 1), ran.log
    assert "the base branch's policy does not allow it" in content(devops)


@pytest.mark.parametrize(("file", "step"), [("azure-pipelines.yml", END), (ISOLATED, LAST)])
def test_by_hand_a_branch_is_compared_with_where_it_left_the_default_branch(
    pipeline, devops, team, file, step
):
    proposed = branch_of(team, train_on(WORSE))
    # what a whole clone of the service has besides
    subprocess.run(["git", "-C", str(proposed.folder), "branch", "main", "origin/main"], check=True)
    team.commit({"later.txt": "main goes on"})
    ran = pipeline(proposed, "Manual", file=file, variables={"Build.SourceBranch": "refs/heads/feature"})

    assert told(f"run by hand on a branch, {file}", devops, ran.exit_code(step)) == ("status failed", 1), (
        ran.log
    )
    assert devops.statuses[proposed.head][-1]["context"]["name"] == "branch/credit"
    assert devops.threads == []
    assert ran.jobs.get("register", "Skipped") == "Skipped"
    assert "❌" in ran.summary


def test_by_hand_on_the_default_branch_the_isolated_pipeline_does_nothing(pipeline, devops, team):
    ran = pipeline(team.merge(train_on(BETTER)), "Manual", file=ISOLATED)

    assert ran.result == "Succeeded", ran.log
    assert set(ran.jobs.values()) == {"Succeeded", "Skipped"}
    assert told("run by hand, isolated", devops, ran.exit_code(LAST)) == ("nothing", 0)


def test_an_environment_that_asks_nobody_waives_nothing(pipeline, devops, team):
    text = (
        (AZURE / ISOLATED)
        .read_text()
        .replace("waivers: none", "waivers: environment\n    isolation: process")
    )
    text = text.replace("    isolation: job\n", "")
    wait_for(devops, 100, "waive")
    ran = pipeline(team.propose(train_on(WORSE)), text=text, approvals={"model-waiver": True})

    assert (ran.jobs["waive"], ran.jobs["gate"]) == ("Failed", "Failed"), ran.log
    said = told("pull request, blocked, an environment that asks nobody", devops, ran.exit_code(LAST))
    assert said == ("thread ⏳ → ❌, active; status pending → failed", 1)
    assert any(error.message.startswith("Nothing is waived: nobody approved") for error in ran.errors())

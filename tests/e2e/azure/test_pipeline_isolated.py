"""The isolated pipeline: jobs that hand over artifacts, a waiver by approval, and a last stage that says whether it passes."""

import pytest

from tests.e2e.azure.conftest import AZURE
from tests.e2e.azure.table import told
from tests.e2e.team import BETTER, WORSE, train_on
from tests.fakes.azure_approvals import wait_for

pytestmark = pytest.mark.e2e

ISOLATED = AZURE / "azure-pipelines-isolated.yml"
LAST = "Say whether it passes"


def content(thread):
    return thread["comments"][0]["content"]


def gate(devops):
    return devops.statuses[len(devops.iterations)][-1]["state"]


def with_parameters(**more):
    lines = [f"    {name}: {value}\n" for name, value in more.items()]
    return "".join([ISOLATED.read_text().replace("    waivers: none\n", ""), *lines])


def test_jobs_that_hand_over_end_with_one_thread_that_says_so(pipeline, devops, team):
    ran = pipeline(team.propose(train_on(BETTER)), file=ISOLATED.name, attempts={"train": 2})

    assert ran.result == "Succeeded", ran.log
    assert ran.jobs == {
        "begin": "Succeeded",
        "train": "Succeeded",
        "predict": "Succeeded",
        "judge": "Succeeded",
        "register": "Skipped",
        "gate": "Succeeded",
    }
    said = told("pull request, isolated", devops, ran.exit_code(LAST))
    assert said == ("thread ⏳ → ✅, closed; a picture; status pending → succeeded", 0)
    assert ran.unresolved == []
    [thread] = devops.threads
    assert content(thread).startswith("### ✅ Model gate passed")
    assert (thread["status"], gate(devops)) == ("closed", "succeeded")
    assert "**Isolation**: job" in ran.summary
    # a job that is run again hands over under a name of its own
    assert ran.outputs["train"]["handover.artifact"] == "ci-mlops-handover-train-2"
    assert ran.outputs["predict"]["handover.artifact"] == "ci-mlops-handover-predict-1"


def test_an_approver_is_asked_where_the_verdict_blocks_and_opens_the_gate(pipeline, devops, team):
    # build artifacts are what Azure DevOps Server has
    text = with_parameters(waivers="environment", artifacts="build")
    wait_for(devops, 100, "waive", "Lovelace, Ada")
    ran = pipeline(team.propose(train_on(WORSE)), text=text, approvals={"model-waiver": True})

    assert ran.asked == ["model-waiver"], ran.log
    assert (ran.jobs["judge"], ran.jobs["gate"], ran.result) == ("Succeeded", "Succeeded", "Succeeded")
    said = told("pull request, isolated, blocked and waived", devops, ran.exit_code(LAST))
    assert said == ("thread ⏳ → ❌ → 🟠, closed; a picture; status pending → failed → succeeded", 0)
    [thread] = devops.threads
    assert "Let through by `Lovelace, Ada` in the environment model-waiver." in content(thread)
    assert (
        "Waived (Lovelace, Ada in the environment"
        in devops.statuses[len(devops.iterations)][-1]["description"]
    )
    assert "Let through by `Lovelace, Ada`" in ran.summary
    assert "### ❌ Model gate blocked" in content(thread)
    # the job that told of the waiver shows what the judge attached
    assert content(thread).count(" =420x)") == len(devops.attachments) == 1
    assert (thread["status"], gate(devops)) == ("closed", "succeeded")


def test_training_that_fails_closes_the_gate_and_no_approver_is_asked(pipeline, devops, team):
    text = with_parameters(waivers="environment")
    proposed = team.propose({"train.py": "raise SystemExit(3)\n"})
    ran = pipeline(proposed, text=text, approvals={"model-waiver": True})

    assert (ran.jobs["train"], ran.jobs["predict"]) == ("Failed", "Skipped"), ran.log
    assert ran.asked == []
    assert (ran.stages["waive"], ran.jobs["gate"]) == ("Skipped", "Failed")
    said, code = told("pull request, isolated, training fails", devops, ran.exit_code(LAST))
    assert (said, code not in (0, 1)) == ("thread ⏳ → 🔥, active; status pending → error", True)


def test_a_run_that_is_cancelled_passes_nothing(pipeline, devops, team):
    slow = {"train.py": "import time\nprint('on my way', flush=True)\ntime.sleep(60)\n"}
    ran = pipeline(team.propose(slow), file=ISOLATED.name, cancel_at="on my way")

    assert ran.jobs["train"] == "Canceled", ran.log
    assert ran.jobs["judge"] == "Skipped"
    assert (ran.jobs["gate"], ran.exit_code(LAST)) == ("Failed", 6)
    assert any("Nothing was judged" in error.message for error in ran.errors())
    # the beginning was told, so the end is
    said, _ = told("pull request, isolated, cancelled", devops, ran.exit_code(LAST))
    assert said.endswith("status pending → error"), said

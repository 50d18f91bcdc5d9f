"""Three models in one repository: a job for each that a change touches, and a last job for all."""

import re

import pytest

from tests.e2e.conftest import READS, ROOT, payload_of
from tests.e2e.table import posted, row
from tests.e2e.team import BETTER, WORSE
from tests.e2e.teams import Several, train_all_on

pytestmark = pytest.mark.e2e

MATRIX = ROOT / "templates" / "github" / "ci-mlops-matrix.yml"


GATE = "ci-mlops/gate"
"""What a branch rule requires: one status, whatever the change touches."""


def told(fake, proposed):
    """What that one said, in order."""
    said = [one for one in fake.statuses[proposed.head] if one["context"] == GATE]
    assert all(one["target_url"].endswith("/actions/runs/1") for one in said)
    return [one["description"] for one in reversed(said)]


def states(fake, proposed):
    """Model -> the newest state of its status."""
    return {
        status["context"].removeprefix("ci-mlops/gate/"): status["state"]
        for status in reversed(fake.statuses[proposed.head])
    }


def test_one_comment_tells_of_all_models_the_worst_first_and_the_last_job_writes_it(act, fake, tmp_path):
    team = Several(tmp_path, also="pull_request: {comment: one}\n")
    proposed = team.propose(train_all_on(churn=BETTER, credit=WORSE, fraud=BETTER))
    ran = act(proposed, workflow=MATRIX)

    assert ran.exit_code == 1, ran.log
    assert ran.results["gate"] == "failure"
    writes = [seen.method for seen in fake.seen if "/comments" in seen.path and seen.method != "GET"]
    assert row("three models, one comment", posted(fake), ran.gate)[1:] == (
        "comment ⏳ → ❌; churn pending → success; credit pending → failure; fraud pending → success; gate pending → failure",
        1,
    )
    assert states(fake, proposed) == {
        "churn": "success", "credit": "failure", "fraud": "success", GATE: "failure",
    }  # fmt: skip
    assert told(fake, proposed) == ["⏳ Evaluating …", "❌ Model gate blocked: 1 of 3 models (credit)"]
    [comment] = fake.comments[7]
    body = comment["body"]
    assert body.startswith("### ❌ Model gate blocked: 1 of 3 models\n")
    assert re.findall(r"(?m)^\| \S+ \| `(\w+)` \|", body) == ["credit", "churn", "fraud"]
    assert body.count("<details><summary>❌ <code>credit</code>") == 1
    # begun by the job that found the models, final at the end: no cell of the matrix writes it
    assert writes == ["POST", "PATCH"]


def test_each_model_has_its_own_comment_and_what_a_change_leaves_alone_is_not_judged(act, fake, tmp_path):
    team = Several(tmp_path)
    proposed = team.propose(train_all_on(credit=BETTER, fraud=BETTER))
    ran = act(proposed, workflow=MATRIX)

    assert ran.exit_code == 0, ran.log
    said = row("three models, a comment each, two touched", posted(fake), ran.gate)[1]
    assert said.endswith("; credit pending → success; fraud pending → success; gate pending → success")
    assert states(fake, proposed) == {"credit": "success", "fraud": "success", GATE: "success"}
    assert sorted(re.findall("`(\\w+)`", comment["body"])[0] for comment in fake.comments[7]) == [
        "credit",
        "fraud",
    ]

    untouched = team.propose({"README.md": "Words.\n"})
    again = act(untouched, workflow=MATRIX)

    assert again.exit_code == 0, again.log
    assert row("three models, none touched", posted(fake), again.gate)[1] == "gate pending → success"
    assert "The change touches no model." in again.log
    assert told(fake, untouched) == ["⏳ Evaluating …", "⚪ No model is touched"]

    # a fork's run may set none, so the merge waits; what a merge queue holds has a status of its own
    forked = act(
        untouched, workflow=MATRIX, token=READS, payload=payload_of(untouched, "pull_request", fork=True)
    )
    assert forked.exit_code == 0, forked.log
    assert row("a fork's run, several models", posted(fake), forked.gate)[1] == "nothing"
    queued = act(team.propose({"README.md": "More words.\n"}), "merge_group", workflow=MATRIX)
    assert queued.exit_code == 0, queued.log
    assert (
        row("a merge queue, three models, none touched", posted(fake), queued.gate)[1]
        == "gate pending → success"
    )


def test_an_approval_that_lets_a_blocked_model_through_is_told_in_the_runs_status_too(act, fake, tmp_path):
    fake.approvals = [
        {
            "state": "approved",
            "comment": "",
            "user": {"login": "ada"},
            "environments": [{"name": "model-waiver"}],
        }
    ]
    proposed = Several(tmp_path).propose(train_all_on(credit=WORSE))
    ran = act(proposed, workflow=MATRIX, flags=["--var", "CI_MLOPS_WAIVERS=environment"])

    assert ran.results["gate"] == "success", ran.log
    assert row("three models, one blocked and then waived", posted(fake), 0)[1].endswith(
        "credit pending → failure → success; gate pending → success"
    )
    assert told(fake, proposed)[-1].startswith("🟠 Waived by an approval. ❌ Model gate blocked: ")

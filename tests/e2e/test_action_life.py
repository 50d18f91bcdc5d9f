"""The life of a pull request, event by event: what is posted, and how the run ends."""

import copy

import pytest

from tests.e2e.conftest import ROOT, payload_of
from tests.e2e.table import posted, row
from tests.e2e.team import BETTER, WORSE, train_on
from tests.e2e.teams import Ruled, branch_of

pytestmark = pytest.mark.e2e

TEMPLATES = ROOT / "templates" / "github"
SIMPLE = (TEMPLATES / "ci-mlops.yml").read_text()
ISOLATED = (TEMPLATES / "ci-mlops-isolated.yml").read_text()


def pull(proposed, **told):
    """The event's payload, with more told of the pull request."""
    payload = copy.deepcopy(payload_of(proposed, "pull_request"))
    payload["pull_request"].update(told)
    return payload


def test_a_comment_begins_with_the_run_keeps_what_was_said_and_ends_with_the_verdict(act, fake, team):
    opened = act(team.propose(train_on(BETTER)), GITHUB_RUN_ID="8")
    first = posted(fake)
    [comment] = fake.comments[7]
    before = comment["body"]
    pushed = team.propose(train_on(WORSE))
    second = act(pushed, GITHUB_RUN_ID="9")

    assert row("opened", first, opened.gate) == ("opened", "comment ⏳ → ✅; credit pending → success", 0)
    begun = fake.seen[[seen.method for seen in fake.seen].index("PATCH")].body["body"]
    assert begun.startswith(f"### ⏳ Evaluating `{pushed.head[:7]}` …")
    assert "**The report below is of `" in begun
    assert before.splitlines()[0] in begun
    said = posted(fake)
    assert row("synchronize, worse", said, second.gate) == (
        "synchronize, worse",
        "comment ⏳ → ❌; credit pending → failure",
        1,
    )
    assert fake.comments[7] == [comment]
    assert second.results == {"validate": "failure", "gate": "failure"}

    # a run that is older, and only now comes to its end
    late = act(pushed, GITHUB_RUN_ID="8", GITHUB_RUN_ATTEMPT="2")

    assert row("synchronize, a late older run", posted(fake), late.gate)[1:] == ("nothing", 1)


def test_the_isolated_template_begins_and_ends_the_same_way_and_a_push_that_can_not_train_is_told(
    act, fake, team
):
    proposed = team.propose(train_on(BETTER))
    ran = act(proposed, workflow=ISOLATED)

    assert row("opened, isolated", posted(fake), ran.gate)[1:] == (
        "comment ⏳ → ✅; credit pending → success",
        0,
    )
    assert ran.results == {
        "begin": "success",
        "train": "success",
        "predict": "success",
        "judge": "success",
        "gate": "success",
    }


def test_a_run_that_never_came_to_a_verdict_leaves_nothing_pending(act, fake, team):
    broken = SIMPLE.replace("python -m pip install -r requirements.txt", "exit 3")
    stopped = team.propose(train_on(BETTER))
    ran = act(stopped, workflow=broken, GITHUB_RUN_ID="8")

    assert row("opened, a step before ours fails", posted(fake), ran.codes["gate"])[1:] == (
        "comment 🔥; credit error",
        1,
    )

    # act can't cancel a job and go on with the next: what the gate is told then is written down here
    cancelled = SIMPLE.replace(
        "needs: ${{ toJSON(needs) }}", """needs: '{"validate": {"result": "cancelled", "outputs": {}}}'"""
    ).replace("if: ${{ always()", "if: ${{ github.event_name != 'no' && always()")
    begun_only = cancelled.replace(
        "  validate:\n    name: Train and judge\n", "  validate:\n    name: x\n    if: false\n"
    )
    ran = act(team.propose(train_on(WORSE)), workflow=begun_only, GITHUB_RUN_ID="9")

    assert row("synchronize, cancelled", posted(fake), ran.codes["gate"])[1:] == (
        "comment 🔥; credit error",
        1,
    )
    assert fake.comments[7][0]["body"].count("was not evaluated") == 1


def test_a_draft_waits_where_the_policy_says_so_and_is_not_let_through(act, fake, tmp_path):
    team = Ruled(tmp_path, also="pull_request: {drafts: wait}\n")
    proposed = team.propose(train_on(BETTER))
    simple = act(proposed, payload=pull(proposed, draft=True), GITHUB_RUN_ID="8")

    assert row("opened, a draft that waits", posted(fake), simple.gate)[1:] == (
        "comment ⏳; credit pending",
        0,
    )
    assert simple.results == {"validate": "success", "gate": "failure"}
    assert "candidate: training" not in simple.log

    isolated = act(proposed, workflow=ISOLATED, payload=pull(proposed, draft=True), GITHUB_RUN_ID="9")

    assert isolated.results == {"begin": "success", "gate": "failure"}

    ready = act(proposed, payload=pull(proposed, draft=False), GITHUB_RUN_ID="10")
    posted(fake)

    assert ready.gate == 0
    assert fake.statuses[proposed.head][0]["state"] == "success"


@pytest.mark.parametrize(("allowed", "code", "mark"), [("allow", 0, "⚪"), ("refuse", 1, "❌")])
def test_a_label_skips_where_the_policy_allows_it_and_is_told_of_where_not(
    act, fake, tmp_path, allowed, code, mark
):
    team = Ruled(tmp_path, also=f"pull_request: {{skip_label: {allowed}}}\n")
    proposed = team.propose(train_on(WORSE))
    ran = act(proposed, payload=pull(proposed, labels=[{"name": "ci-mlops:skip"}]))
    said = posted(fake)

    assert row(f"labelled, {allowed}", said, ran.gate)[2] == code, ran.log
    assert said.startswith(f"comment ⏳ → {mark}")
    body = fake.comments[7][0]["body"]
    if allowed == "allow":
        assert "Skipped by the label `ci-mlops:skip`" in body
        assert "What is merged is judged on the default branch before anything is registered." in body
        assert ran.results["gate"] == "success"
        labelled = pull(proposed, labels=[{"name": "ci-mlops:skip"}])
        isolated = act(proposed, workflow=ISOLATED, payload=labelled, GITHUB_RUN_ID="9")
        assert isolated.results == {"begin": "success", "judge": "success", "gate": "success"}
    else:
        assert "carries the label `ci-mlops:skip`" in body
        assert "does not allow it" in body


def test_an_approval_waives_what_blocks_and_one_that_nobody_gave_does_not(act, fake, team):
    proposed = team.propose(train_on(WORSE))
    nobody = act(proposed, flags=["--var", "CI_MLOPS_WAIVERS=environment"], GITHUB_RUN_ID="8")

    assert row("blocked, nobody is asked", posted(fake), nobody.codes["gate"])[2] == 1
    assert nobody.results["waive"] == "failure"
    assert "it asks for no reviewers" in nobody.log

    fake.approvals = [
        {
            "state": "approved",
            "comment": "",
            "user": {"login": "ada"},
            "environments": [{"name": "model-waiver"}],
        }
    ]
    ran = act(proposed, flags=["--var", "CI_MLOPS_WAIVERS=environment"], GITHUB_RUN_ID="9")

    assert ran.results == {"validate": "failure", "waive": "success", "gate": "success"}
    assert row("blocked, then waived", posted(fake), 0)[1] == (
        "comment ⏳ → ❌ → 🟠; credit pending → failure → success"
    )
    body = fake.comments[7][0]["body"]
    assert "Let through by ada in the environment model-waiver." in body.replace("`", "")
    assert "### ❌ Model gate blocked" in body


def test_what_is_no_pull_request_posts_a_status_or_nothing(act, fake, team):
    merged = team.merge(train_on(BETTER))
    closed = team.propose(train_on(WORSE))
    queued = act(closed, "merge_group")
    assert row("merge_group, worse", posted(fake), queued.gate)[1:] == ("credit pending → failure", 1)
    ended = act(closed, payload=pull(closed, state="closed"))
    assert row("closed", posted(fake), ended.gate)[1:] == ("nothing", 0)
    pushed = act(merged, "push")
    assert row("push, no registry", posted(fake), pushed.gate)[1:] == ("nothing", 0)


def test_a_branch_is_compared_with_where_it_left_the_default_branch_and_gets_no_comment(act, fake, team):
    template = TEMPLATES / "ci-mlops-branch.yml"
    proposed = branch_of(team, train_on(WORSE))
    payload = {"repository": {"full_name": "acme/credit", "default_branch": "main"}, "inputs": {}}
    ran = act(proposed, "workflow_dispatch", workflow=template, payload=payload)

    assert row("workflow_dispatch on a branch", posted(fake), ran.gate)[1:] == ("branch/credit failure", 1)
    assert ran.summary.startswith("### ❌ Model gate blocked")

    payload["repository"]["default_branch"] = "feature"
    ran = act(proposed, "workflow_dispatch", workflow=template, payload=payload)

    assert row("workflow_dispatch on the default branch", posted(fake), ran.gate)[1:] == ("nothing", 0)
    assert "what others are compared with" in ran.log


def test_by_the_clock_a_drill_runs_and_posts_nothing(act, fake, team):
    ran = act(
        team.merge({}), "schedule", workflow=TEMPLATES / "ci-mlops-drill.yml", payload={"schedule": "x"}
    )

    assert row("schedule, a drill", posted(fake), ran.gate)[1] == "nothing"
    assert "Drill of `credit`" in ran.summary

"""What no variable of the agent tells of a pull request: whether it is a draft, its labels, who approved a stage."""

import pytest

from ci_mlops.cli.approver import main
from ci_mlops.cli.wiring import as_it_stands as asked
from ci_mlops.errors import PlatformFailed
from ci_mlops.flows.activity import SKIP_LABEL, beside, find_activity, how_it_begins
from ci_mlops.platforms.azure.approvals import approvers
from ci_mlops.platforms.azure.standing import as_it_stands
from tests.fakes.azure import HEAD, Fault, answers, reset
from tests.fakes.azure_approvals import wait_for
from tests.platforms.conftest import HURRY

BRANCH = {"BUILD_REASON": "Manual", "BUILD_SOURCEBRANCH": "refs/heads/team/feature"}


def standing(azure, devops, **variables):
    return as_it_stands(devops.variables(**variables), azure(**variables).change(), HURRY)


def test_a_draft_and_its_labels_are_asked_of_the_service(devops, azure):
    devops.drafts.add(7)
    devops.labels = [
        {"id": "1", "name": SKIP_LABEL, "active": True},
        {"id": "2", "name": "urgent\nfix", "active": True},
        {"id": "3", "name": "gone", "active": False},
    ]
    change = standing(azure, devops)

    assert (change.draft, change.labels) == (True, (SKIP_LABEL, "urgent\nfix"))
    assert find_activity(change, drafts="wait").story == "wait"
    # nobody's words but ours are handed on
    assert beside(change) == {"standing": f"draft,{SKIP_LABEL}", "default_branch": ""}


def test_what_one_step_asked_the_next_is_told(devops, azure):
    told = azure(CI_MLOPS_STANDING=f"draft,{SKIP_LABEL}", SYSTEM_ACCESSTOKEN="").change()
    nothing = azure(CI_MLOPS_STANDING="", SYSTEM_ACCESSTOKEN="").change()

    assert (told.draft, told.labels) == (True, (SKIP_LABEL,))
    assert (nothing.draft, nothing.labels) == (False, ())
    assert how_it_begins(told, find_activity(told), skip_label="allow") == "skip"
    assert devops.seen == []


@pytest.mark.parametrize(
    "faults",
    [[answers(500)] * 9, [answers(403)], [answers(404)], [reset()] * 9, [Fault(status=200, message="?")]],
    ids=["500", "403", "404", "reset", "no answer"],
)
@pytest.mark.parametrize("path", ["/pullRequests/7", "/labels"])
def test_where_it_is_not_told_it_is_judged_like_any_other_and_that_is_said(
    devops, azure, capsys, path, faults
):
    devops.drafts.add(7)
    devops.labels = [{"id": "1", "name": SKIP_LABEL, "active": True}]
    devops.fail("GET", path, *faults)
    # a variable that the change's own pipeline sets is not taken for the answer
    change = standing(azure, devops, CI_MLOPS_STANDING=f"draft,{SKIP_LABEL}")
    printed = capsys.readouterr()

    assert (change.draft, change.labels) == (False, ())
    assert find_activity(change, drafts="wait").story == "validate"
    assert printed.out == ""
    assert printed.err.startswith("##vso[task.logissue type=warning;]Whether it is a draft")
    assert "judged like any other" in printed.err


ELSEWHERE = {
    "BUILD_REPOSITORY_PROVIDER": "GitHub",
    "BUILD_REPOSITORY_NAME": "acme/credit",
    "SYSTEM_PULLREQUEST_PULLREQUESTNUMBER": "7",
}


def test_of_a_repository_on_github_github_is_asked(fake, devops, azure, capsys):
    fake.pulls[7] = {
        "number": 7,
        "state": "open",
        "draft": True,
        "labels": [{"name": SKIP_LABEL}],
        "head": {"sha": HEAD, "ref": "feature", "repo": {"full_name": "acme/credit"}},
        "base": {"sha": "a" * 40, "ref": "main", "repo": {"full_name": "acme/credit"}},
    }
    there = {**ELSEWHERE, "GITHUB_API_URL": fake.api_url, "GITHUB_TOKEN": "writer"}
    change = standing(azure, devops, **there)

    assert (change.draft, change.labels, change.head) == (True, (SKIP_LABEL,), HEAD)
    # a fork's build has no secret
    assert not standing(azure, devops, **{**there, "GITHUB_TOKEN": "$(GITHUB_TOKEN)"}).draft
    assert capsys.readouterr().err == ""
    assert not standing(azure, devops, **{**there, "GITHUB_TOKEN": "revoked"}).draft
    assert "It is judged like any other." in capsys.readouterr().err
    assert devops.seen == []


def test_a_repository_elsewhere_and_a_step_without_a_token_ask_nobody(devops, azure):
    for variables in ({"SYSTEM_ACCESSTOKEN": ""}, {"SYSTEM_ACCESSTOKEN": "$(System.AccessToken)"}):
        assert standing(azure, devops, **variables, CI_MLOPS_STANDING=SKIP_LABEL).labels == ()
    on_push = azure(BUILD_REASON="IndividualCI", BUILD_SOURCEBRANCH="refs/tags/v1").change()

    assert asked(devops.variables(), on_push) is on_push
    assert devops.seen == []


def test_a_run_by_hand_on_a_branch_asks_what_it_is_worth_and_sets_no_gate(devops, azure, publication):
    head = "e" * 40
    change = azure(**BRANCH).change()
    azure(**BRANCH).publish(publication)

    assert (change.event, change.head, change.base) == ("branch", head, "refs/remotes/origin/main")
    assert (find_activity(change).story, beside(change)["default_branch"]) == ("validate", "main")
    assert [one["context"]["name"] for one in devops.statuses[head]] == ["branch/credit-default"]
    assert devops.threads == []


def test_by_hand_without_a_token_it_is_the_default_branch_that_a_step_was_told(devops, azure):
    alone = {**BRANCH, "SYSTEM_ACCESSTOKEN": ""}

    assert azure(**alone).change().event == "other"
    assert azure(**alone, CI_MLOPS_DEFAULT_BRANCH="trunk").change().base == "refs/remotes/origin/trunk"
    assert azure(**alone, CI_MLOPS_DEFAULT_BRANCH="team/feature").change().event == "other"
    # a macro that nobody replaced
    assert azure(**alone, CI_MLOPS_DEFAULT_BRANCH="$(story.default_branch)").change().event == "other"
    assert azure(CI_MLOPS_STANDING="$(story.standing)").change().labels == ()
    elsewhere = {**BRANCH, "BUILD_REPOSITORY_PROVIDER": "GitHub", "BUILD_REPOSITORY_NAME": "acme/credit"}
    assert azure(**elsewhere).change().event == "other"
    assert devops.seen == []


def waited(devops, **more):
    return approvers(devops.variables(SYSTEM_STAGENAME="waive", **more), "model-waiver", HURRY)


def test_whoever_approved_the_stage_is_named_and_nobody_else(devops):
    wait_for(devops, 8, "deploy", "Mallory")
    wait_for(devops, 8, "waive", "Lovelace, Ada", "a `b` c")
    # another stage's, whatever the answer holds
    devops.approvals["approval-waive"]["steps"].append(
        {"actualApprover": {"displayName": "Bob"}, "status": "rejected"}
    )
    devops.approvals["approval-waive"]["steps"].append({"assignedApprover": {"displayName": "Group"}})

    assert waited(devops) == ["`Lovelace, Ada`", "`a b c`"]
    [asked_for] = devops.calls("GET", "/pipelines/approvals")
    assert asked_for.query["approvalIds"] == ["approval-waive"]


def test_an_environment_that_asked_nobody_has_no_approver(devops):
    wait_for(devops, 8, "deploy", "Mallory")
    wait_for(devops, 8, "waive")

    assert list(waited(devops)) == []


@pytest.mark.parametrize(
    ("path", "fault", "says"),
    [
        ("/timeline", answers(403), "View builds"),
        ("/timeline", answers(404), "does not show"),
        ("/pipelines/approvals", answers(404), "does not show"),
        ("/pipelines/approvals", answers(400), "refused it"),
        ("/pipelines/approvals", Fault(status=200, message="?"), "without `value`"),
        ("/timeline", Fault(status=200, message="?"), "without `records`"),
    ],
)
def test_an_approver_who_is_not_told_is_a_failure_of_the_platform(devops, path, fault, says):
    wait_for(devops, 8, "waive", "Ada")
    devops.fail("GET", path, fault)

    with pytest.raises(PlatformFailed, match="does not tell who approved") as failed:
        waited(devops)
    assert says in str(failed.value)


def test_a_timeline_that_does_not_say_whose_approval_it_was_names_nobody(devops):
    wait_for(devops, 8, "waive", "Ada")
    devops.timelines[8][1]["parentId"] = "approval-waive"  # a circle
    with pytest.raises(PlatformFailed):
        waited(devops)

    devops.timelines[8] = [one for one in devops.timelines[8] if one["type"] == "Checkpoint"]
    with pytest.raises(PlatformFailed):
        waited(devops)

    devops.timelines.clear()
    wait_for(devops, 8, "waive", "Ada")
    devops.approvals["approval-waive"]["steps"] = []
    with pytest.raises(PlatformFailed, match="names nobody"):
        waited(devops)


def test_the_step_that_waives_is_told_who_did_or_that_nobody_did(devops, monkeypatch, capsys):
    for name, value in devops.variables(SYSTEM_STAGENAME="waive").items():
        monkeypatch.setenv(name, value)

    def says():
        return main(["--environment", "model-waiver"], standalone_mode=False), capsys.readouterr().out

    # Azure asked somebody, or the stage would not run: that it does not tell whom is said, and no reason to refuse
    code, by = says()
    assert (code, by.startswith("an approval in the environment model-waiver (approver not readable: ")) == (
        0,
        True,
    )
    wait_for(devops, 8, "waive")
    assert says() == (2, "")
    devops.timelines.clear()
    wait_for(devops, 8, "waive", "Ada\n##vso[task.complete result=Succeeded]", "Bob")
    assert says() == (
        0,
        "`Ada ##vso[task.complete result=Succeeded]`, `Bob` in the environment model-waiver\n",
    )

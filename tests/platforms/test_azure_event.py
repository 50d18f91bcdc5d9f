"""The agent's variables, read into a Change."""

from dataclasses import replace

import pytest

from ci_mlops.errors import PlatformFailed
from ci_mlops.flows.activity import find_activity
from ci_mlops.platforms import detect
from ci_mlops.platforms.azure import Azure
from tests.fakes.azure import HEAD, Identity, answers
from tests.platforms.conftest import HURRY

MERGE = "e" * 40
PUSH = {"BUILD_REASON": "IndividualCI", "BUILD_SOURCEBRANCH": "refs/heads/main", "BUILD_SOURCEVERSION": MERGE}
GITHUB = {
    "BUILD_REPOSITORY_PROVIDER": "GitHub",
    "BUILD_REPOSITORY_NAME": "acme/credit",
    "BUILD_REPOSITORY_ID": "acme/credit",
    "SYSTEM_PULLREQUEST_PULLREQUESTID": "1234567890",
    "SYSTEM_PULLREQUEST_PULLREQUESTNUMBER": "41",
    "SYSTEM_PULLREQUEST_TARGETBRANCH": "main",
}


def test_azure_pipelines_is_known_by_its_own_variable(devops):
    assert isinstance(detect(devops.variables()), Azure)
    assert detect({"TF_BUILD": ""}).name == "local"


def test_a_pull_request_is_its_own_head_and_not_the_merge_that_is_checked_out(azure):
    change = azure().change()

    assert (change.platform, change.event, change.number) == ("azure", "pull_request", 7)
    assert (change.head, change.base, change.base_ref) == (HEAD, None, "main")
    assert (change.repository, change.workflow, change.fork) == ("Credit Risk/credit", "model gate", False)
    assert (change.run_id, change.run_attempt) == ("8", 1)
    assert change.run_url.endswith("/acme/Credit%20Risk/_build/results?buildId=8")


@pytest.mark.parametrize("told", ["True", "true"])
def test_a_fork_is_told(azure, told):
    assert azure(SYSTEM_PULLREQUEST_ISFORK=told).change().fork


def test_a_branch_with_slashes_keeps_them(azure):
    assert azure(SYSTEM_PULLREQUEST_TARGETBRANCH="refs/heads/release/1.x").change().base_ref == "release/1.x"


@pytest.mark.parametrize(
    "variables",
    [
        {"SYSTEM_PULLREQUEST_PULLREQUESTID": ""},
        {"SYSTEM_PULLREQUEST_PULLREQUESTID": "seven"},
        {"SYSTEM_PULLREQUEST_SOURCECOMMITID": ""},
        {"SYSTEM_PULLREQUEST_SOURCECOMMITID": "$(touch PWN)"},
    ],
)
def test_a_pull_request_without_number_or_commit_is_refused(azure, variables):
    with pytest.raises(PlatformFailed, match="number and head commit") as failed:
        azure(**variables).change()

    assert "SYSTEM_PULLREQUEST_PULLREQUESTID" in failed.value.where


@pytest.mark.parametrize("reason", ["IndividualCI", "BatchedCI"])
def test_a_push_to_the_default_branch_registers(azure, reason):
    change = azure(**{**PUSH, "BUILD_REASON": reason}).change()

    assert (change.event, change.head, change.base_ref) == ("push", MERGE, "main")
    assert change.default_branch == "main"
    assert find_activity(change).story == "register"


def test_a_push_to_another_branch_does_nothing(azure):
    assert (
        find_activity(azure(**{**PUSH, "BUILD_SOURCEBRANCH": "refs/heads/feature"}).change()).story
        == "nothing"
    )


@pytest.mark.parametrize("reason", ["Manual", "Schedule", "ResourceTrigger", "BuildCompletion", ""])
def test_a_run_by_the_clock_or_by_hand_on_the_default_branch_carries_no_change(devops, azure, reason):
    change = azure(**{**PUSH, "BUILD_REASON": reason}).change()

    assert (change.event, change.head) == ("other", MERGE)
    assert find_activity(change).story == "nothing"
    # only who runs it by hand may mean another branch
    assert bool(devops.seen) == (reason == "Manual")


def test_a_pushed_tag_carries_no_change(azure):
    assert azure(**{**PUSH, "BUILD_SOURCEBRANCH": "refs/tags/v1"}).change().event == "other"


def test_the_default_branch_is_asked_once_and_on_a_push_alone(devops, azure):
    azure().change()
    on_push = azure(**PUSH)
    on_push.change()
    on_push.change()

    assert len([seen for seen in devops.seen if seen.method == "GET"]) == 1


def test_a_template_that_knows_the_default_branch_saves_the_question(devops, azure):
    change = azure(**PUSH, CI_MLOPS_DEFAULT_BRANCH="refs/heads/trunk", SYSTEM_ACCESSTOKEN="").change()

    assert change.default_branch == "trunk"
    assert devops.seen == []


def test_without_a_token_nobody_is_asked(devops, azure):
    assert azure(**PUSH, SYSTEM_ACCESSTOKEN="").change().default_branch == ""
    assert devops.seen == []


def test_a_default_branch_that_is_not_told_is_a_warning_beside_what_is_printed(devops, azure, capsys):
    devops.tokens["blind"] = Identity(permissions=frozenset())
    change = azure(**PUSH, SYSTEM_ACCESSTOKEN="blind").change()
    printed = capsys.readouterr()

    assert change.default_branch == ""
    assert printed.out == ""
    assert printed.err.startswith("##vso[task.logissue type=warning;]The default branch is not known")
    assert "CI_MLOPS_DEFAULT_BRANCH" in printed.err


def test_a_server_that_fails_is_no_reason_to_stop_a_push(devops, azure):
    devops.fail("GET", devops.repository, *[answers(500)] * 10)

    assert azure(**PUSH).change().event == "push"


@pytest.mark.parametrize(
    ("stage", "phase", "job", "told"),
    [
        ("__default", "judge", "__default", "judge"),
        ("gate", "judge", "__default", "gate.judge"),
        ("gate", "train", "fraud", "gate.train.fraud"),
        ("__default", "", "", "Model gate"),
    ],
)
def test_two_jobs_of_a_run_never_share_a_name(azure, stage, phase, job, told):
    names = {"SYSTEM_STAGENAME": stage, "SYSTEM_PHASENAME": phase, "SYSTEM_JOBNAME": job}

    assert azure(**names, AGENT_JOBNAME="Model gate").change().job == told


def test_a_pull_request_of_github_has_its_number_from_there(azure):
    change = azure(**GITHUB).change()

    assert (change.platform, change.number, change.repository) == ("azure", 41, "acme/credit")
    assert change.base_ref == "main"


def test_a_servers_older_name_of_its_address_is_known(devops):
    variables = devops.variables(
        SYSTEM_COLLECTIONURI="", SYSTEM_TEAMFOUNDATIONCOLLECTIONURI="https://tfs.acme/tfs/Main"
    )

    assert (
        Azure(variables, patience=replace(HURRY))
        .change()
        .run_url.startswith("https://tfs.acme/tfs/Main/Credit")
    )

"""The event's payload as a Change."""

import pytest

from ci_mlops.errors import PlatformFailed
from ci_mlops.platforms import detect
from ci_mlops.platforms.github.event import read_change
from tests.platforms.conftest import BASE, HEAD, PULL_REQUEST

ENVIRON = {
    "GITHUB_REPOSITORY": "acme/credit",
    "GITHUB_SERVER_URL": "https://ghe.example",
    "GITHUB_RUN_ID": "8817",
    "GITHUB_RUN_ATTEMPT": "2",
    "GITHUB_WORKFLOW": "Model gate",
    "GITHUB_WORKFLOW_REF": "acme/credit/.github/workflows/ci-mlops.yml@refs/pull/7/merge",
    "GITHUB_JOB": "validate",
    "GITHUB_SHA": "9" * 40,
}


def pull_request(**pull):
    return read_change(
        {**ENVIRON, "GITHUB_EVENT_NAME": "pull_request"},
        {**PULL_REQUEST, "pull_request": {**PULL_REQUEST["pull_request"], **pull}},
    )


def test_a_pull_request_is_about_its_own_head_and_not_about_the_merge_commit():
    change = pull_request()

    assert (change.event, change.number, change.head, change.base) == ("pull_request", 7, HEAD, BASE)
    assert (change.base_ref, change.fork, change.repository) == ("main", False, "acme/credit")
    assert (change.run_id, change.run_attempt, change.job) == ("8817", 2, "validate")
    assert change.run_url == "https://ghe.example/acme/credit/actions/runs/8817"
    assert change.workflow == ".github/workflows/ci-mlops.yml"
    assert change.default_branch == "main"


@pytest.mark.parametrize("repo", [{"full_name": "mallory/credit"}, None])
def test_a_head_from_elsewhere_or_from_a_deleted_fork_is_a_fork(repo):
    assert pull_request(head={"sha": HEAD, "repo": repo}).fork


def test_a_merge_group_names_its_pull_request_by_its_branch():
    change = read_change(
        {**ENVIRON, "GITHUB_EVENT_NAME": "merge_group"},
        {
            "merge_group": {
                "head_sha": HEAD,
                "base_sha": BASE,
                "base_ref": "refs/heads/release/1",
                "head_ref": f"refs/heads/gh-readonly-queue/release/1/pr-42-{BASE}",
            }
        },
    )

    assert (change.event, change.number, change.head, change.base) == ("merge_group", 42, HEAD, BASE)
    assert change.base_ref == "release/1"


def push(ref="refs/heads/main", **payload):
    environ = {**ENVIRON, "GITHUB_EVENT_NAME": "push", "GITHUB_REF": ref, "GITHUB_SHA": HEAD}
    return read_change(environ, {"repository": {"default_branch": "main"}, "before": BASE, **payload})


def test_a_push_is_compared_with_what_was_there_before():
    change = push()

    assert (change.event, change.head, change.base) == ("push", HEAD, BASE)
    assert (change.base_ref, change.default_branch, change.number) == ("main", "main", None)


def test_the_first_push_of_a_branch_has_no_base():
    assert push(before="0" * 40).base is None


def test_a_pushed_tag_is_no_branch():
    assert push(ref="refs/tags/main").base_ref == ""


def test_a_deleted_branch_is_no_push():
    assert push(deleted=True).event == "other"


@pytest.mark.parametrize("name", ["pull_request_target", "schedule", "workflow_dispatch", ""])
def test_events_with_secrets_or_without_a_change_are_other(name):
    change = read_change({**ENVIRON, "GITHUB_EVENT_NAME": name}, PULL_REQUEST)

    assert (change.event, change.number, change.head) == ("other", None, "9" * 40)


def test_the_end_of_a_run_is_no_pull_request_whatever_the_run_was_about():
    payload = {**PULL_REQUEST, "workflow_run": {"head_sha": HEAD, "pull_requests": [{"number": 7}]}}
    change = read_change({**ENVIRON, "GITHUB_EVENT_NAME": "workflow_run"}, payload)

    assert (change.event, change.number, change.head) == ("run_ended", None, HEAD)


def dispatched(given, commit=HEAD):
    return read_change(
        {**ENVIRON, "GITHUB_EVENT_NAME": "workflow_dispatch"},
        {"inputs": {"pull_request": given, "commit": commit}},
    )


@pytest.mark.parametrize("given", ["7", 7])
def test_a_maintainer_may_ask_for_a_pull_request_by_its_number_and_the_commit_that_was_read(given):
    change = dispatched(given)

    # whether it is at that commit, the merge that is checked out tells
    assert (change.event, change.number, change.head, change.asked) == ("pull_request", 7, None, HEAD)


@pytest.mark.parametrize("commit", ["", None, " ", HEAD[:39], HEAD.upper(), f"{HEAD}0", "main", "$(id)", 7])
def test_without_the_whole_name_of_the_commit_that_was_read_nothing_is_asked_for(commit):
    with pytest.raises(PlatformFailed, match=r"commit") as failed:
        dispatched("7", commit)

    assert failed.value.where == "workflow_dispatch, inputs.commit"
    assert "`gh workflow run ci-mlops.yml -f pull_request=7 -f commit=...`" in failed.value.mend


@pytest.mark.parametrize(
    "given", ["7; touch PWN", "-7", "0", "7/merge", "../7", "7\n8", "\u0667", "1e3", "$(id)", "9" * 10, True]
)
def test_what_is_no_number_of_a_pull_request_is_refused(given):
    with pytest.raises(PlatformFailed, match="not the number"):
        dispatched(given)


def test_a_run_by_hand_that_names_no_pull_request_is_about_none():
    assert dispatched("").event == "other"


@pytest.mark.parametrize("payload", [{}, {"pull_request": None}, {"pull_request": {"number": "7; rm"}}])
def test_a_payload_that_names_no_pull_request_is_told(payload):
    with pytest.raises(PlatformFailed, match="names no number") as failed:
        read_change({**ENVIRON, "GITHUB_EVENT_NAME": "pull_request"}, payload)

    assert "GITHUB_EVENT_PATH" in failed.value.where


@pytest.mark.parametrize("text", ["", "{", "\xff"])
def test_an_unreadable_payload_is_told(github, tmp_path, text):
    platform = github()
    (tmp_path / "event.json").write_text(text, encoding="latin-1")

    with pytest.raises(PlatformFailed, match="can't be read"):
        platform.change()


def test_the_environment_decides_which_platform_is_around_us():
    assert detect({"GITHUB_ACTIONS": "true"}).name == "github"
    assert detect({}).name == "local"


def test_labels_a_draft_and_a_closed_pull_request_are_told():
    told = pull_request(labels=[{"name": "ci-mlops:skip"}, {"id": 1}, None], draft=True)
    closed = pull_request(state="closed")

    assert (told.labels, told.draft, told.closed) == (("ci-mlops:skip",), True, False)
    assert (closed.labels, closed.draft, closed.closed) == ((), False, True)


def test_a_branch_that_somebody_asks_about_is_compared_with_the_default_branch():
    def asked(ref):
        environ = {**ENVIRON, "GITHUB_EVENT_NAME": "workflow_dispatch", "GITHUB_REF": ref, "GITHUB_SHA": HEAD}
        return read_change(environ, {"repository": {"default_branch": "main"}})

    branch = asked("refs/heads/feature")
    assert (branch.event, branch.head, branch.base, branch.base_ref) == (
        "branch",
        HEAD,
        "refs/remotes/origin/main",
        "main",
    )
    assert asked("refs/heads/main").event == asked("refs/tags/v1").event == "other"


def test_a_pull_request_that_is_asked_for_elsewhere_than_on_the_default_branch_is_refused():
    """Its checks would stand on the commit of that branch, where they could pass for a verdict on it."""
    environ = {**ENVIRON, "GITHUB_EVENT_NAME": "workflow_dispatch", "GITHUB_REF": "refs/heads/feature"}
    payload = {"repository": {"default_branch": "main"}, "inputs": {"pull_request": "7", "commit": HEAD}}

    assert read_change({**environ, "GITHUB_REF": "refs/heads/main"}, payload).number == 7
    with pytest.raises(PlatformFailed, match="on the default branch only") as failed:
        read_change(environ, payload)

    assert "--ref main -f pull_request=7" in failed.value.mend

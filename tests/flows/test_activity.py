"""Which story an event calls for."""

import pytest

from ci_mlops.errors import BadConfig
from ci_mlops.flows.activity import SKIP_LABEL, find_activity, how_it_begins
from ci_mlops.records import Change

HEAD = "3f2c7d0" + "0" * 33


def story(event, **more):
    known = {"head": "3f2c7d0"} | more
    activity = find_activity(Change(platform="github", event=event, **known))
    assert activity.reason
    return activity.story, activity.publish


def test_a_pull_request_is_validated_and_told():
    assert story("pull_request", number=7) == ("validate", True)


def test_a_fork_is_validated_like_any_other():
    assert story("pull_request", number=7, fork=True) == ("validate", True)


def test_a_merge_queue_waits_for_a_verdict():
    assert story("merge_group", number=7) == ("validate", True)


def test_a_push_to_the_default_branch_registers():
    assert story("push", base_ref="trunk", default_branch="trunk") == ("register", True)


@pytest.mark.parametrize(
    ("base_ref", "default_branch"), [("feature", "main"), ("", "main"), ("main", ""), ("", "")]
)
def test_a_push_elsewhere_does_nothing(base_ref, default_branch):
    assert story("push", base_ref=base_ref, default_branch=default_branch) == ("nothing", False)


def test_a_laptop_validates_and_posts_nothing():
    assert story("local") == ("validate", False)


def test_a_run_that_may_have_had_no_right_to_tell_is_told_of():
    assert story("run_ended") == ("publish-run", True)


def test_a_pull_request_that_a_maintainer_asks_for_is_not_judged_beside_the_token():
    with pytest.raises(BadConfig, match="jobs of their own"):
        story("pull_request", number=7, head=None)


def test_an_event_without_a_change_does_nothing():
    assert story("other") == ("nothing", False)


def test_a_draft_is_judged_unless_the_policy_lets_drafts_wait():
    change = Change(platform="github", event="pull_request", number=7, head=HEAD, draft=True)

    assert find_activity(change).story == "validate"
    assert find_activity(change, drafts="wait").story == "wait"
    ready = Change(platform="github", event="pull_request", head=HEAD)
    assert find_activity(ready, drafts="wait").story == "validate"


def test_a_closed_pull_request_is_nobodys_business():
    assert story("pull_request", number=7, head=HEAD, closed=True) == ("nothing", False)


def test_a_branch_that_somebody_asks_about_is_validated_and_told():
    assert story("branch", base_ref="main") == ("validate", True)


def test_a_job_that_only_begins_tells_the_others_whether_there_is_anything_to_train():
    def begins(skip_label="refuse", drafts="judge", **more):
        change = Change(platform="github", **{"event": "pull_request", "head": HEAD, **more})
        return how_it_begins(change, find_activity(change, drafts=drafts), skip_label=skip_label)

    labelled = {"labels": (SKIP_LABEL,)}
    assert begins() == begins(**labelled) == begins(event="merge_group") == "begin"
    assert begins(skip_label="allow", **labelled) == "skip"
    assert begins(skip_label="allow", labels=("other",)) == "begin"
    assert begins(drafts="wait", draft=True) == "wait"
    assert begins(closed=True) == begins(event="push", base_ref="main", default_branch="main") == "nothing"

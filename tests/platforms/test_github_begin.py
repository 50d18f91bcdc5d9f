"""A run begins, ends, is overtaken or is cancelled: which of its words stay."""

from dataclasses import replace

import pytest

from ci_mlops.errors import PlatformFailed
from ci_mlops.platforms.github.approvals import approvers
from ci_mlops.records import Change
from ci_mlops.report.begun import begins, ended
from tests.fakes.github import Token, bad_gateway
from tests.platforms.conftest import HEAD, HURRY, PULL_REQUEST

NEXT = "c0ffee1" + "0" * 33


@pytest.fixture
def beginning(publication):
    change = Change(platform="github", event="pull_request", head=HEAD)
    return replace(begins(publication.model, change), key=publication.key)


@pytest.fixture
def cancelled(publication):
    change = Change(platform="github", event="pull_request", head=HEAD)
    return replace(ended(publication.model, change, "It was cancelled."), key=publication.key)


def pushed(head=NEXT):
    return {**PULL_REQUEST, "pull_request": {**PULL_REQUEST["pull_request"], "head": {"sha": head}}}


def body(fake):
    [comment] = fake.comments[7]
    return comment["body"]


def states(fake, head=HEAD):
    return [status["state"] for status in reversed(fake.statuses[head])]


def test_a_beginning_is_told_and_then_replaced_by_the_verdict(fake, github, publication, beginning):
    begun = github().publish(beginning)
    final = github().publish(publication)

    assert (begun.comment, begun.status, final.comment) == ("created", "set", "updated")
    assert body(fake).startswith(publication.comment)
    assert states(fake) == ["pending", "success"]


def test_the_next_push_keeps_the_old_report_below_until_its_own_is_there(
    fake, github, publication, beginning
):
    github(run=8).publish(publication)
    github(run=9, payload=pushed()).publish(beginning)

    assert body(fake).startswith("### ⏳")
    assert f"The report below is of `{HEAD[:7]}`" in body(fake)
    assert publication.comment in body(fake)
    assert body(fake).endswith(f"run=9.1 sha={NEXT} -->")
    assert body(fake).count("<!-- ci-mlops:report:v1") == 1


def test_a_beginning_that_comes_late_leaves_what_a_newer_run_said(fake, github, publication, beginning):
    github(run=9).publish(publication)
    late = github(run=8, GITHUB_RUN_ATTEMPT="2").publish(beginning)

    assert (late.comment, late.status) == ("skipped", "skipped")
    assert all("run 9 is newer" in warning for warning in late.warnings)
    assert body(fake).startswith(publication.comment)
    assert states(fake) == ["success"]


def test_a_verdict_that_comes_late_leaves_what_a_newer_run_began(fake, github, publication, beginning):
    github(run=9).publish(beginning)
    late = github(run=8).publish(publication)

    assert (late.comment, late.status) == ("skipped", "skipped")
    assert body(fake).startswith("### ⏳")
    assert states(fake) == ["pending"]


def test_what_this_very_run_has_said_is_not_begun_again(fake, github, publication, beginning, cancelled):
    github().publish(publication)
    for word in (beginning, cancelled):
        github().publish(word)

    assert body(fake).startswith(publication.comment)
    assert states(fake) == ["success"]


def test_a_run_that_is_repeated_begins_anew(fake, github, publication, beginning):
    github().publish(publication)
    github(GITHUB_RUN_ATTEMPT="2").publish(beginning)

    assert body(fake).startswith("### ⏳")
    assert "an earlier run on the same commit" in body(fake)
    assert states(fake) == ["success", "pending"]
    assert fake.statuses[HEAD][0]["target_url"].endswith("/actions/runs/8/attempts/2")


def test_a_run_that_was_cancelled_ends_as_not_evaluated(fake, github, publication, beginning, cancelled):
    github(run=8).publish(publication)
    github(run=9).publish(beginning)
    github(run=9).publish(cancelled)

    assert body(fake).startswith("### 🔥")
    assert publication.comment in body(fake)
    assert states(fake) == ["success", "pending", "error"]


def test_a_cancelled_run_says_nothing_where_the_next_has_begun_already(fake, github, beginning, cancelled):
    github(run=8).publish(beginning)
    github(run=9).publish(beginning)
    github(run=8).publish(cancelled)

    assert body(fake).startswith("### ⏳")
    assert states(fake) == ["pending", "pending"]


def test_the_statuses_of_two_models_on_one_commit_do_not_know_each_other(fake, github, publication):
    github(run=9).publish(publication)
    github(run=8).publish(replace(publication, model="fraud", key="other"))

    assert {status["context"] for status in fake.statuses[HEAD]} == {
        "ci-mlops/gate/credit-default",
        "ci-mlops/gate/fraud",
    }


def test_a_status_that_may_not_be_read_is_set_all_the_same(fake, github, publication):
    fake.tokens["blind"] = Token(
        permissions=frozenset({"pull-requests: read", "pull-requests: write", "statuses: write"})
    )
    published = github(GITHUB_TOKEN="blind").publish(publication)

    assert (published.status, published.warnings) == ("set", ())


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/status"), ("POST", "/statuses/"), ("GET", "/comments"), ("POST", "/comments")],
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_server_that_stumbles_sees_one_beginning(fake, github, beginning, method, path, when):
    fake.fail(method, path, bad_gateway(when))
    published = github().publish(beginning)

    assert (published.comment, published.warnings) == ("created", ())
    assert states(fake) == ["pending"]
    assert body(fake).startswith("### ⏳")


def test_no_comment_is_written_where_none_is_wanted_and_no_status_for_several_models(
    fake, github, publication
):
    silent = github().publish(replace(publication, comment=""))
    together = github().publish(replace(publication, model="", key="all"))

    assert (silent.comment, silent.status) == ("skipped", "set")
    assert (together.comment, together.status) == ("created", "skipped")
    assert len(fake.statuses[HEAD]) == len(fake.comments[7]) == 1


def test_who_approved_a_run_in_an_environment_is_asked_of_github(fake):
    def review(state, login, environment):
        return {
            "state": state,
            "user": {"login": login},
            "environments": [{"name": environment}],
            "comment": "",
        }

    fake.approvals = [
        review("approved", "ada", "model-waiver"),
        review("rejected", "bob", "model-waiver"),
        review("approved", "eve", "production"),
    ]
    environ = {"GITHUB_API_URL": fake.api_url, "GITHUB_REPOSITORY": fake.repository, "GITHUB_RUN_ID": "8"}

    assert approvers({**environ, "GITHUB_TOKEN": "writer"}, "model-waiver", HURRY) == ["ada"]
    fake.tokens["mute"] = Token(permissions=frozenset())
    with pytest.raises(PlatformFailed, match="`actions: read`"):
        approvers({**environ, "GITHUB_TOKEN": "mute"}, "model-waiver", HURRY)


def test_an_enterprise_server_is_spoken_to_at_its_own_addresses(fake, github, publication, beginning):
    """Its API lies below a path of its own, and the links lead to its own pages."""
    assert fake.api_url.endswith("/api/v3")
    platform = github(
        GITHUB_SERVER_URL="https://github.acme.example", GITHUB_GRAPHQL_URL=f"{fake.server_url}/api/graphql"
    )
    platform.publish(beginning)
    platform.publish(publication)

    [status, _] = fake.statuses[HEAD]
    assert status["target_url"] == f"https://github.acme.example/{fake.repository}/actions/runs/8"
    assert body(fake).startswith(publication.comment)
    # nothing was looked for where it is not
    assert 404 not in {seen.status for seen in fake.seen}

"""Status and comment against a GitHub that says no, fails midway, and lists page by page."""

from dataclasses import replace

import pytest

from ci_mlops.platforms.github.client import connect
from tests.fakes.github import Token
from tests.platforms.conftest import HEAD, HURRY, PULL_REQUEST

COMMENTS = "/issues/7/comments"


def test_the_first_run_sets_the_status_and_creates_one_comment(fake, github, publication):
    published = github().publish(publication)

    assert (published.comment, published.status, published.warnings) == ("created", "set", ())
    [comment] = fake.comments[7]
    assert comment["body"].startswith(publication.comment)
    assert comment["body"].endswith(f"run=8.1 sha={HEAD} -->")
    assert published.comment_url == comment["html_url"]
    [status] = fake.statuses[HEAD]
    assert status["context"] == "ci-mlops/gate/credit-default"
    assert status["state"] == "success"
    assert status["target_url"].endswith("/actions/runs/8")


def test_the_next_push_updates_the_same_comment(fake, github, publication):
    github(run=8).publish(publication)
    published = github(run=9).publish(replace(publication, comment="### Blocked", state="failure"))

    assert published.comment == "updated"
    [comment] = fake.comments[7]
    assert comment["body"].startswith("### Blocked")


def test_the_same_words_are_not_written_again(fake, github, publication):
    github().publish(publication)
    published = github().publish(publication)

    assert published.comment == "unchanged"
    assert fake.calls("PATCH", "comments") == []


def test_an_older_run_leaves_the_comment_of_a_newer_one(fake, github, publication):
    github(run=9).publish(publication)
    published = github(run=8, GITHUB_RUN_ATTEMPT="2").publish(replace(publication, comment="### Late"))

    assert published.comment == "skipped"
    assert "run 9 is newer" in published.warnings[0]
    assert fake.comments[7][0]["body"].startswith(publication.comment)


def test_a_second_attempt_overwrites_the_first_one_of_the_same_run(github, publication):
    github().publish(publication)
    published = github(GITHUB_RUN_ATTEMPT="2").publish(replace(publication, comment="### Again"))

    assert published.comment == "updated"


def test_our_comment_is_found_behind_two_pages_of_others(fake, github, publication):
    for index in range(150):
        fake.plant(7, f"comment {index}")
    github(run=8).publish(publication)
    for index in range(100):
        fake.plant(7, f"later {index}")
    published = github(run=9).publish(replace(publication, comment="### Next"))

    assert published.comment == "updated"
    assert len(fake.comments[7]) == 251
    assert {seen.query["per_page"][0] for seen in fake.calls("GET", COMMENTS)} == {"100"}


def test_a_stranger_who_copies_the_marker_keeps_his_comment(fake, github, publication):
    github().publish(publication)
    stolen = fake.comments[7].pop()["body"]
    fake.plant(7, stolen)
    published = github(run=9).publish(publication)

    assert published.comment == "created"
    assert fake.comments[7][0]["body"] == stolen


def test_our_marker_quoted_in_the_middle_of_a_comment_is_not_ours(fake, github, publication):
    github().publish(publication)
    ours = fake.comments[7].pop()["body"]
    fake.plant(7, f"> {ours}\n\nreally?", login="github-actions[bot]")
    published = github(run=9).publish(publication)

    assert published.comment == "created"


def test_a_comment_of_a_deleted_account_is_passed_over(fake, github, publication):
    fake.plant(7, "gone")["user"] = None

    assert github().publish(publication).comment == "created"


def test_two_models_in_one_repository_have_a_comment_each(fake, github, publication):
    github().publish(publication)
    github().publish(replace(publication, model="fraud", key="fraud@ci.yml"))

    assert len(fake.comments[7]) == 2


def test_a_person_whose_token_posts_is_found_again_by_name(fake, github, publication):
    fake.tokens["person"] = Token(login="ada", user=True)
    github(GITHUB_TOKEN="person").publish(publication)
    published = github(run=9, GITHUB_TOKEN="person").publish(replace(publication, comment="### Next"))

    assert published.comment == "updated"


APP = "acme-ml[bot]"


def test_an_app_of_the_teams_own_finds_its_comment_again(fake, github, publication):
    fake.tokens["app"] = Token(login=APP)
    github(GITHUB_TOKEN="app").publish(publication)
    published = github(run=9, GITHUB_TOKEN="app").publish(replace(publication, comment="### Next"))

    assert published.comment == "updated"
    assert fake.comments[7][0]["user"]["login"] == APP


@pytest.mark.parametrize("viewer", [True, False])
def test_another_bot_that_was_made_to_repeat_our_marker_is_not_us(fake, github, publication, viewer):
    github().publish(publication)
    stolen = fake.comments[7].pop()["body"]
    fake.plant(7, stolen, login="echo[bot]")
    fake.tokens["shy"] = Token(viewer=viewer)
    published = github(run=9, GITHUB_TOKEN="shy").publish(publication)

    assert published.comment == "created"
    assert fake.comments[7][0]["body"] == stolen


def test_who_we_are_is_asked_only_when_it_matters(fake, github, publication):
    github().publish(publication)
    github(run=9).publish(publication)

    assert fake.calls("POST", "graphql") == []


def test_a_model_name_cannot_end_the_marker_early(fake, github, publication):
    evil = replace(publication, model="x --> @everyone <!--")
    github(run=8).publish(evil)
    published = github(run=9).publish(replace(evil, comment="### Next"))

    assert published.comment == "updated"
    assert "@everyone" not in fake.comments[7][0]["body"]


def test_a_token_that_may_only_read_is_a_warning_that_names_both_permissions(fake, github, publication):
    published = github(GITHUB_TOKEN="reader").publish(publication)

    assert (published.comment, published.status) == ("failed", "failed")
    assert "`statuses: write`" in published.warnings[0]
    assert "`pull-requests: write`" in published.warnings[1]
    assert all("verdict stands" in warning for warning in published.warnings)
    assert all("under the job's `permissions:`" in warning for warning in published.warnings)
    assert len(fake.calls("POST", "")) == 2


def test_a_fork_is_told_why_its_token_may_only_read(github, publication):
    pull = {**PULL_REQUEST["pull_request"], "head": {"sha": HEAD, "repo": {"full_name": "mallory/credit"}}}
    published = github(payload={"pull_request": pull}, GITHUB_TOKEN="reader").publish(publication)

    assert all("fork" in warning for warning in published.warnings)


def test_a_comment_is_still_written_where_the_status_is_refused(fake, github, publication):
    fake.tokens["half"] = Token(permissions=frozenset({"pull-requests: read", "pull-requests: write"}))
    published = github(GITHUB_TOKEN="half").publish(publication)

    assert (published.comment, published.status) == ("created", "failed")


def test_a_token_that_expired_is_told(github, publication):
    published = github(GITHUB_TOKEN="expired").publish(publication)

    assert (published.comment, published.status) == ("failed", "failed")
    assert "does not accept the token" in published.warnings[0]


def test_no_token_at_all_is_told_without_asking(fake, github, publication):
    published = github(GITHUB_TOKEN="").publish(publication)

    assert published.comment == "failed"
    assert "GITHUB_TOKEN" in published.warnings[0]
    assert fake.seen == []


@pytest.mark.parametrize("length", [65_000, 70_000])
def test_a_report_that_is_too_long_is_cut_to_its_heading_and_a_link(fake, github, publication, length):
    published = github().publish(replace(publication, comment="### Blocked: recall\n\n" + "x" * length))

    assert published.comment == "created"
    body = fake.comments[7][0]["body"]
    assert body.startswith("### Blocked: recall\n\nThe report is too long for a comment")
    assert "/actions/runs/8)" in body


def test_a_long_description_is_cut_to_what_a_status_holds(fake, github, publication):
    github().publish(replace(publication, description="recall\nis worse, " * 40))

    [status] = fake.statuses[HEAD]
    assert len(status["description"]) == 140
    assert "\n" not in status["description"]


def test_a_merge_queue_gets_a_status_and_no_comment(fake, github, publication):
    group = {"head_sha": HEAD, "head_ref": f"refs/heads/gh-readonly-queue/main/pr-7-{HEAD}", "base_sha": HEAD}
    published = github(payload={"merge_group": group}, GITHUB_EVENT_NAME="merge_group").publish(publication)

    assert (published.comment, published.status) == ("skipped", "set")
    assert fake.comments == {}


def test_posting_asks_for_no_more_than_it_needs(fake, github, publication):
    github().publish(publication)

    assert [(seen.method, seen.path.removeprefix("/repos/acme/credit")) for seen in fake.seen] == [
        ("GET", f"/commits/{HEAD}/status"),
        ("POST", f"/statuses/{HEAD}"),
        ("GET", "/issues/7/comments"),
        ("POST", "/issues/7/comments"),
    ]


def test_enterprise_servers_are_asked_at_their_own_address(fake):
    assert connect(fake.api_url, "writer", HURRY).requester.base_url == fake.api_url


def test_what_does_not_apply_is_no_obstacle_where_github_knows_no_such_state(fake, github, publication):
    github().publish(replace(publication, state="not_applicable"))

    [status] = fake.statuses[HEAD]
    assert status["state"] == "success"

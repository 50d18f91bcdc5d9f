"""Status and comment while GitHub fails: nothing is posted twice, and nobody waits an hour."""

import time
from dataclasses import replace

import pytest

from ci_mlops.errors import PlatformFailed
from tests.fakes.github import SECONDARY, FakeGitHub, Fault, bad_gateway, hour_long
from tests.platforms.conftest import HEAD

COMMENTS = "/issues/7/comments"


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_502_on_creation_never_makes_two_comments(fake, github, publication, when):
    fake.fail("POST", COMMENTS, bad_gateway(when))
    published = github().publish(publication)

    assert published.comment == "created"
    assert len(fake.comments[7]) == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_502_on_the_status_is_mended_without_a_second_one(fake, github, publication, when):
    fake.fail("POST", "/statuses/", bad_gateway(when))
    published = github().publish(publication)

    assert published.status == "set"
    assert len(fake.statuses[HEAD]) == 1


@pytest.mark.parametrize(
    "fault",
    [
        bad_gateway(),
        SECONDARY,
        Fault(status=429, message="Too many"),
        Fault(status=429, message="Too many", headers={"Retry-After": "1"}),
        Fault(status=403, message="Slow down", headers={"Retry-After": "1"}),
    ],
    ids=["502", "secondary limit", "429", "429 with Retry-After", "403 with Retry-After"],
)
def test_an_update_survives_a_passing_failure(fake, github, publication, fault):
    github(run=8).publish(publication)
    fake.fail("PATCH", "comments", fault)
    published = github(run=9).publish(replace(publication, comment="### Next"))

    assert (published.comment, published.warnings) == ("updated", ())


@pytest.mark.parametrize(
    "fault",
    [
        SECONDARY,
        Fault(status=429, message="Too many"),
        Fault(status=429, message="Too many", headers={"Retry-After": "1"}),
        Fault(status=403, message="Slow down", headers={"Retry-After": "1"}),
    ],
)
def test_a_creation_waits_for_a_short_limit(fake, github, publication, fault):
    fake.fail("POST", COMMENTS, fault)
    published = github().publish(publication)

    assert published.comment == "created"
    assert len(fake.comments[7]) == 1


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        ("POST", hour_long()),
        ("PATCH", hour_long()),
        ("GET", hour_long()),
        ("POST", Fault(status=429, message="Too many", headers={"Retry-After": "3600"})),
        ("PATCH", Fault(status=429, message="Too many", headers={"Retry-After": "3600"})),
    ],
)
def test_an_hour_long_limit_is_given_up_with_a_warning(fake, github, publication, method, fault):
    github(run=8).publish(publication)
    if method == "POST":
        fake.comments[7].clear()
    fake.fail(method, "comments", fault)
    start = time.monotonic()
    published = github(run=9).publish(replace(publication, comment="### Next"))

    assert time.monotonic() - start < 2
    assert (published.comment, published.status) == ("failed", "set")
    assert "rate limit" in published.warnings[0]


def test_a_server_that_is_not_there_is_a_platform_failure(github, publication):
    with FakeGitHub() as gone:
        address = gone.api_url

    with pytest.raises(PlatformFailed, match="can't be reached") as failed:
        github(GITHUB_API_URL=address).publish(publication)

    assert failed.value.exit_code == 9
    assert failed.value.where == address


def test_a_server_that_fails_for_one_of_two_posts_is_a_warning(fake, github, publication):
    fake.fail("POST", "/statuses/", *[bad_gateway()] * 10)
    published = github().publish(publication)

    assert (published.comment, published.status) == ("created", "failed")
    assert "502" in published.warnings[0]


def test_a_422_too_long_of_a_stricter_server_is_answered_with_less(fake, github, publication):
    fake.fail("POST", COMMENTS, Fault(status=422, message="Body is too long (maximum is 1000 characters)"))
    published = github().publish(replace(publication, comment="### Blocked\n\n" + "x" * 2000))

    assert published.comment == "created"
    assert len(fake.comments[7][0]["body"]) < 1000

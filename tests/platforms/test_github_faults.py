"""Status and comment while GitHub fails: nothing is posted twice, and nobody waits an hour."""

import time
from dataclasses import replace

import pytest

from ci_mlops.errors import PlatformFailed
from tests.fakes.github import SECONDARY, FakeGitHub, Fault, bad_gateway, hour_long, reset, slow
from tests.platforms.conftest import HEAD, HURRY

COMMENTS = "/issues/7/comments"


STATUS = "/statuses/"
WRITES = [("POST", STATUS), ("POST", COMMENTS), ("PATCH", "/issues/comments/")]
PASSING = {
    "500": Fault(status=500),
    "502": bad_gateway(),
    "502 after the write": bad_gateway("after"),
    "429": Fault(status=429, message="Too many"),
    "429 with Retry-After": Fault(status=429, message="Too many", headers={"Retry-After": "1"}),
    "403 with Retry-After": Fault(status=403, message="Slow down", headers={"Retry-After": "1"}),
    "secondary limit": SECONDARY,
    "reset": reset(),
    "reset after the write": reset("after"),
    "slow": slow(),
    "slow after the write": slow("after"),
}
HURRIED = replace(HURRY, timeout=1)


def spoken_of_before(method, fake, github, publication):
    """What an update finds: a comment of an earlier run."""
    if method == "PATCH":
        github(run=8).publish(replace(publication, state="failure", comment="### Old"))
        fake.statuses.clear()


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_passing_failure_of_any_write_ends_in_one_comment_and_one_right_status(
    fake, github, publication, method, path, fault
):
    spoken_of_before(method, fake, github, publication)
    fake.fail(method, path, fault)
    published = github(run=9, patience=HURRIED).publish(publication)

    assert (published.comment, published.status) == ("updated" if method == "PATCH" else "created", "set")
    assert published.warnings == ()
    [comment] = fake.comments[7]
    assert comment["body"].startswith(publication.comment)
    assert [one["state"] for one in fake.statuses[HEAD]] == ["success"]


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_token_revoked_in_mid_run_is_told_and_nothing_is_said_twice(
    fake, github, publication, method, path
):
    spoken_of_before(method, fake, github, publication)
    fake.fail(method, path, Fault(kind="revoke"))
    published = github(run=9).publish(publication)

    assert "failed" in (published.comment, published.status)
    assert all("not accept the token" in warning for warning in published.warnings)
    assert len(fake.comments[7]) <= 1


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

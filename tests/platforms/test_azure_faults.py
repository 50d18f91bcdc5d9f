"""Status and thread while Azure DevOps fails: nothing is said twice, and nobody waits an hour."""

import time
from dataclasses import replace

import pytest

from ci_mlops.errors import PlatformFailed
from tests.fakes.azure import FakeAzure, Fault, answers, reset, slow
from tests.platforms.conftest import HURRY

STATUS = "/iterations/1/statuses"
PICTURE = "/attachments/[^/]+"
COMMENT = r"/comments/1"
THREAD = r"/threads/\d+"
WORDS = [("POST", STATUS), ("POST", "/threads"), ("PATCH", COMMENT), ("PATCH", THREAD)]
WRITES = [*WORDS, ("POST", PICTURE)]
PASSING = {
    "500": answers(500),
    "502": answers(502),
    "502 after the write": answers(502, "after"),
    "503 with Retry-After": answers(503, Retry_After="1"),
    "429": answers(429),
    "429 with Retry-After": answers(429, Retry_After="1"),
    "reset": reset(),
    "reset after the write": reset("after"),
    "slow": slow(),
    "slow after the write": slow("after"),
}
HURRIED = replace(HURRY, timeout=0.5)


@pytest.fixture
def publication(illustrated):
    """With a picture: whatever fails, it is there once."""
    return illustrated


def heading(publication):
    return publication.comment.partition("\n")[0]


def told(devops):
    """The heading, and how often the one picture is shown."""
    [thread] = devops.threads
    [name] = devops.attachments
    content = thread["comments"][0]["content"]
    return content.partition("\n")[0], content.count(f"/attachments/{name} =420x)"), thread["status"]


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_passing_failure_of_any_write_ends_in_one_thread_and_one_right_status(
    devops, azure, publication, method, path, fault
):
    if method == "PATCH":
        azure(build=7).publish(replace(publication, state="failure", comment="### Old"))
        devops.statuses.clear()
    devops.fail(method, path, fault)
    published = azure(build=8, patience=HURRIED).publish(publication)

    assert (published.comment, published.status) == ("updated" if method == "PATCH" else "created", "set")
    assert published.warnings == ()
    assert told(devops) == (heading(publication), 1, "closed")
    assert [one["state"] for one in devops.statuses[1]] == ["succeeded"]


@pytest.mark.parametrize("path", ["/threads", "/iterations", STATUS, "/attachments"])
@pytest.mark.parametrize("fault", [answers(500), answers(429), reset()], ids=["500", "429", "reset"])
def test_a_passing_failure_of_any_question_is_asked_again(devops, azure, publication, path, fault):
    devops.fail("GET", path, fault, fault)

    assert azure().publish(publication).warnings == ()


@pytest.mark.parametrize(("method", "path"), WORDS)
@pytest.mark.parametrize("status", [429, 503])
def test_an_hour_long_limit_is_given_up_with_a_warning(devops, azure, publication, method, path, status):
    if method == "PATCH":
        azure(build=7).publish(replace(publication, state="failure", comment="### Old"))
    devops.fail(method, path, answers(status, Retry_After="3600"))
    start = time.monotonic()
    published = azure(build=8).publish(publication)

    assert time.monotonic() - start < 2
    assert "failed" in (published.comment, published.status)
    [warning] = published.warnings
    assert "verdict stands" in warning
    assert len(devops.threads) <= 1


def test_a_slow_down_that_comes_with_a_success_is_honoured(devops, azure, publication):
    devops.fail("GET", "/threads", Fault(kind="headers", headers={"Retry-After": "1"}))
    start = time.monotonic()
    azure().publish(publication)

    assert time.monotonic() - start > 0.9


def test_a_slow_down_of_an_hour_is_not_slept_through(devops, azure, publication):
    devops.fail("GET", "/threads", Fault(kind="headers", headers={"Retry-After": "3600"}))
    start = time.monotonic()
    published = azure(patience=replace(HURRY, longest_wait=1)).publish(publication)

    assert time.monotonic() - start < 4
    assert published.comment == "created"


@pytest.mark.parametrize(("method", "path"), WORDS)
def test_a_token_revoked_in_mid_run_is_told_and_nothing_is_said_twice(
    devops, azure, publication, method, path
):
    if method == "PATCH":
        azure(build=7).publish(replace(publication, state="failure", comment="### Old"))
    devops.fail(method, path, Fault(kind="revoke"))
    published = azure(build=8).publish(publication)

    assert "failed" in (published.comment, published.status)
    assert all("not accept the token" in warning for warning in published.warnings)
    assert len(devops.threads) <= 1


def test_a_failure_that_lasts_is_repeated_and_then_told(devops, azure, publication):
    devops.fail("POST", STATUS, *[answers(502)] * 10)
    published = azure().publish(publication)

    assert (published.comment, published.status) == ("created", "failed")
    assert "502" in published.warnings[0]
    assert len(devops.calls("POST", STATUS)) == HURRY.attempts + 1


def test_a_server_that_is_not_there_is_a_platform_failure(azure, publication):
    with FakeAzure() as gone:
        address = gone.collection_url

    with pytest.raises(PlatformFailed, match="can't be reached") as failed:
        azure(SYSTEM_COLLECTIONURI=address).publish(publication)

    assert failed.value.exit_code == 9
    assert failed.value.where == address


def test_a_stricter_server_that_finds_it_too_long_is_answered_with_less(devops, azure, publication):
    strict = Fault(status=400, message="A discussion comment cannot be longer than 1000 characters.")
    devops.fail("POST", "/threads", strict)
    published = azure().publish(replace(publication, comment="### Blocked\n\n" + "x" * 2000))

    assert published.comment == "created"
    assert len(devops.threads[0]["comments"][0]["content"]) < 1000


def test_an_answer_that_is_no_answer_is_a_warning(devops, azure, publication):
    devops.fail("GET", "/threads", Fault(status=200, message="?"))
    published = azure().publish(publication)

    assert published.comment == "failed"
    assert "answer" in published.warnings[0]


MERGED = "e" * 40
ON_COMMIT = "/commits/[^/]+/statuses"
PUSH = {
    "BUILD_REASON": "IndividualCI",
    "BUILD_SOURCEBRANCH": "refs/heads/main",
    "BUILD_SOURCEVERSION": MERGED,
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_passing_failure_ends_in_one_status_on_a_commit_that_was_pushed(
    devops, azure, publication, method, fault
):
    devops.fail(method, ON_COMMIT, fault)
    published = azure(patience=HURRIED, **PUSH).publish(publication)

    assert (published.comment, published.status, published.warnings) == ("skipped", "set", ())
    assert [one["state"] for one in devops.statuses[MERGED]] == ["succeeded"]


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (answers(429, Retry_After="3600"), "rate limit is used up"),
        (answers(403), "`Contribute`"),
        (Fault(kind="revoke"), "not accept the token"),
    ],
    ids=["an hour's limit", "no permission", "a revoked token"],
)
def test_a_status_on_a_pushed_commit_that_can_t_be_set_is_told(devops, azure, publication, fault, why):
    devops.fail("POST", ON_COMMIT, fault)
    start = time.monotonic()
    published = azure(**PUSH).publish(publication)

    assert time.monotonic() - start < 2
    assert (published.comment, published.status) == ("skipped", "failed")
    assert why in published.warnings[0]
    assert devops.statuses[MERGED] == []


def test_a_pushed_commit_whose_only_word_can_t_be_said_is_a_failure_of_the_platform(
    devops, azure, publication
):
    devops.fail("POST", ON_COMMIT, *[answers(502)] * 10)
    with pytest.raises(PlatformFailed, match="502 again and again") as failed:
        azure(**PUSH).publish(publication)

    assert failed.value.exit_code == 9
    assert len(devops.calls("POST", "/statuses")) == HURRY.attempts + 1

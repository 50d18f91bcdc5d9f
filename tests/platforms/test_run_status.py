"""The one status of a run for several models, on both platforms: while they fail, and when an older run comes late."""

from dataclasses import replace

import pytest

from tests.fakes.azure import Fault as AzureFault, answers
from tests.fakes.github import READ_ONLY, Fault, Token, bad_gateway
from tests.platforms import test_azure_faults, test_github_faults
from tests.platforms.conftest import HEAD


@pytest.fixture
def ended(publication):
    return replace(publication, model="", comment="", summary="", outputs={}, of_run=True)


@pytest.fixture
def begun(ended):
    return replace(ended, state="pending", begins=True)


@pytest.mark.parametrize("fault", test_github_faults.PASSING.values(), ids=list(test_github_faults.PASSING))
def test_a_passing_failure_of_github_ends_in_one_status(fake, github, ended, fault):
    fake.fail("POST", "/statuses/", fault)
    published = github(patience=test_github_faults.HURRIED).publish(ended)

    assert (published.comment, published.status, published.warnings) == ("skipped", "set", ())
    [status] = fake.statuses[HEAD]
    assert (status["context"], status["state"]) == ("ci-mlops/gate", "success")
    assert status["description"]
    assert status["target_url"].endswith("/actions/runs/8")
    assert fake.comments[7] == []


@pytest.mark.parametrize("fault", test_azure_faults.PASSING.values(), ids=list(test_azure_faults.PASSING))
def test_a_passing_failure_of_azure_devops_ends_in_one_status(devops, azure, ended, fault):
    devops.fail("POST", test_azure_faults.STATUS, fault)
    published = azure(patience=test_azure_faults.HURRIED).publish(ended)

    assert (published.comment, published.status, published.warnings) == ("skipped", "set", ())
    [status] = devops.statuses[1]
    assert (status["context"], status["state"]) == ({"genre": "ci-mlops", "name": "gate"}, "succeeded")
    assert devops.threads == []


def test_a_revoked_token_and_one_that_may_only_read_are_warnings(fake, github, devops, azure, ended):
    fake.tokens["reads"] = Token(permissions=READ_ONLY)
    denied = github(GITHUB_TOKEN="reads").publish(ended)
    fake.fail("POST", "/statuses/", Fault(kind="revoke"))
    revoked = github().publish(ended)
    devops.fail("POST", test_azure_faults.STATUS, AzureFault(kind="revoke"))
    there = azure().publish(ended)

    assert [one.status for one in (denied, revoked, there)] == ["failed"] * 3
    assert "`statuses: write`" in denied.warnings[0]
    assert all("The verdict stands." in one.warnings[0] for one in (denied, revoked, there))
    assert fake.statuses[HEAD] == []


def test_a_failure_that_lasts_leaves_the_status_pending_and_says_so(
    fake, github, devops, azure, begun, ended
):
    github().publish(begun)
    azure().publish(begun)
    fake.fail("POST", "/statuses/", *[bad_gateway()] * 10)
    devops.fail("POST", test_azure_faults.STATUS, *[answers(502)] * 10)

    for platform in (github(), azure()):
        told = platform.publish(replace(ended, comment="### All of them"))
        assert (told.comment, told.status) == ("created", "failed")
    assert [one["state"] for one in fake.statuses[HEAD]] == ["pending"]
    assert [one["state"] for one in devops.statuses[1]] == ["pending"]


@pytest.mark.parametrize("word", ["begun", "ended"])
def test_an_older_run_that_comes_late_takes_nothing_back(fake, github, devops, azure, ended, begun, word):
    late = {"begun": begun, "ended": replace(ended, state="failure")}[word]
    github(run=9).publish(ended)
    azure(build=9).publish(ended)

    for platform in (github(run=8, GITHUB_RUN_ATTEMPT="2"), azure(build=8)):
        told = platform.publish(late)
        assert told.status == "skipped"
        assert "run 9 is newer" in told.warnings[0]
    assert [one["state"] for one in fake.statuses[HEAD]] == ["success"]
    assert [one["state"] for one in devops.statuses[1]] == ["succeeded"]


def test_it_and_the_statuses_of_the_models_do_not_know_each_other(fake, github, ended, publication):
    github(run=9).publish(ended)
    github(run=8).publish(replace(publication, state="failure"))

    assert {one["context"]: one["state"] for one in fake.statuses[HEAD]} == {
        "ci-mlops/gate": "success",
        f"ci-mlops/gate/{publication.model}": "failure",
    }

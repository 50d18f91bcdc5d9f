"""`init azure --policies`: two branch policies, made once, by whoever may."""

import pytest

from ci_mlops.errors import PlatformFailed
from ci_mlops.flows.branch_policies import create_policies, plan_policies
from ci_mlops.platforms.azure.origin import place_of_origin
from ci_mlops.platforms.azure.policies import open_policies
from tests.fakes.azure import answers
from tests.fakes.azure_policies import FakePolicies
from tests.platforms.conftest import HURRY

FILE = "azure-pipelines-ci-mlops.yml"


@pytest.fixture
def devops():
    with FakePolicies() as azure:
        azure.pipelines[FILE] = 12
        yield azure


@pytest.fixture
def book(devops):
    def opened(token="editor"):
        return open_policies({"AZURE_DEVOPS_EXT_PAT": token}, devops.origin, HURRY)

    return opened


def plan(book):
    return plan_policies(book, model="credit", branch="main", file=FILE)


def test_a_branch_without_policies_gets_both_and_the_next_time_none(devops, book):
    create_policies(book(), plan(book()))

    build, status = devops.policies
    scope = [{"repositoryId": devops.repository, "refName": "refs/heads/main", "matchKind": "Exact"}]
    assert (build["isBlocking"], build["isEnabled"], build["settings"]["scope"]) == (True, True, scope)
    assert build["settings"]["buildDefinitionId"] == 12
    assert build["settings"]["manualQueueOnly"] is False
    assert (status["settings"]["statusGenre"], status["settings"]["statusName"]) == (
        "ci-mlops",
        "gate/credit",
    )
    assert status["settings"]["invalidateOnSourceUpdate"] is True

    again = plan(book())
    create_policies(book(), again)

    assert [one.exists for one in again] == [True, True]
    assert [one.remark for one in again] == ["", ""]
    assert len(devops.policies) == 2


def test_what_is_weaker_than_it_should_be_is_told_and_left_as_it_is(devops, book):
    create_policies(book(), plan(book()))
    build, status = devops.policies
    build["isBlocking"] = False
    build["settings"]["filenamePatterns"] = ["/models/*"]
    status["settings"]["invalidateOnSourceUpdate"] = False

    remarks = [one.remark for one in plan(book())]

    assert remarks == [
        "it is optional, it holds for some paths alone",
        "new changes do not make it due again",
    ]


def test_a_policy_that_is_switched_off_is_none(devops, book):
    create_policies(book(), plan(book()))
    devops.policies[1]["isEnabled"] = False

    assert [one.exists for one in plan(book())] == [True, False]


def test_without_a_pipeline_of_the_file_there_is_nothing_that_a_policy_could_start(devops, book):
    devops.pipelines.clear()

    with pytest.raises(PlatformFailed, match="There is no pipeline of azure-pipelines-ci-mlops"):
        plan(book())


def test_whoever_may_not_edit_policies_is_told_the_permission_and_its_menu(devops, book):
    with pytest.raises(PlatformFailed) as refused:
        create_policies(book("person"), plan(book("person")))

    assert "`Edit policies` under Project settings > Repositories > credit > Security" in str(refused.value)
    assert devops.policies == []


def test_a_token_that_is_none_and_a_repository_elsewhere_are_told(devops, book):
    with pytest.raises(PlatformFailed, match="sign-in page"):
        plan(book("nobody"))
    with pytest.raises(PlatformFailed, match="without a token"):
        open_policies({}, devops.origin)
    with pytest.raises(PlatformFailed, match="names none of its repositories"):
        open_policies({"AZURE_DEVOPS_EXT_PAT": "editor"}, "https://github.com/acme/credit.git")


def test_a_policy_is_not_made_twice_where_the_answer_was_lost(devops, book):
    devops.fail("POST", "policy/configurations", answers(502, "after"))
    with pytest.raises(PlatformFailed):
        create_policies(book(), plan(book()))
    create_policies(book(), plan(book()))

    assert len(devops.policies) == 2


@pytest.mark.parametrize(
    ("address", "collection", "project", "name"),
    [
        ("https://dev.azure.com/acme/Credit%20Risk/_git/credit", "https://dev.azure.com/acme/", "Credit Risk", "credit"),
        ("https://acme@dev.azure.com/acme/risk/_git/credit", "https://dev.azure.com/acme/", "risk", "credit"),
        ("https://dev.azure.com/acme/_git/risk", "https://dev.azure.com/acme/", "risk", "risk"),
        ("git@ssh.dev.azure.com:v3/acme/Credit%20Risk/credit", "https://dev.azure.com/acme/", "Credit Risk", "credit"),
        ("https://acme.visualstudio.com/risk/_git/credit", "https://acme.visualstudio.com/", "risk", "credit"),
        ("https://tfs.example/tfs/Main/risk/_git/credit", "https://tfs.example/tfs/Main/", "risk", "credit"),
    ],
)  # fmt: skip
def test_a_remote_address_tells_the_place(address, collection, project, name):
    place = place_of_origin(address)

    assert (place.collection, place.project, place.repository_name) == (collection, project, name)


@pytest.mark.parametrize(
    "address", ["", "https://github.com/acme/credit", "/srv/git/credit", "git@github.com:acme/credit"]
)
def test_other_addresses_tell_none(address):
    assert place_of_origin(address) is None

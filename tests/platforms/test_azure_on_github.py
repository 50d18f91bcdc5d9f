"""A repository on GitHub that Azure Pipelines builds: told on GitHub, announced on Azure."""

from dataclasses import replace

import pytest

from ci_mlops.platforms.azure.on_github import api_url
from ci_mlops.report.publication import publication as publication_of
from tests.fakes.azure import HEAD
from tests.report.verdicts import blocked

ON_GITHUB = {
    "BUILD_REPOSITORY_PROVIDER": "GitHub",
    "BUILD_REPOSITORY_NAME": "acme/credit",
    "BUILD_REPOSITORY_ID": "acme/credit",
    "SYSTEM_PULLREQUEST_PULLREQUESTID": "1234567890",
    "SYSTEM_PULLREQUEST_PULLREQUESTNUMBER": "7",
    "SYSTEM_PULLREQUEST_TARGETBRANCH": "main",
}


@pytest.fixture
def there(fake, azure):
    """`there(build=9, GITHUB_TOKEN="reader")`"""

    def make(**variables):
        return azure(**{**ON_GITHUB, "GITHUB_API_URL": fake.api_url, "GITHUB_TOKEN": "writer", **variables})

    return make


def test_comment_and_status_go_to_github_and_nothing_to_azure(fake, devops, there, publication):
    published = there().publish(publication)

    assert (published.comment, published.status, published.warnings) == ("created", "set", ())
    [comment] = fake.comments[7]
    assert comment["body"].endswith(f"run=8.1 sha={HEAD} -->")
    [status] = fake.statuses[HEAD]
    assert status["target_url"].endswith("/_build/results?buildId=8")
    assert devops.seen == []


def test_the_next_run_edits_the_same_comment(fake, there, publication):
    there(build=8).publish(publication)
    published = there(build=9).publish(replace(publication, comment="### Next"))

    assert published.comment == "updated"
    assert len(fake.comments[7]) == 1


def test_summary_outputs_and_annotations_are_azures(fake, there, publication, capsys):
    there().announce(publication)

    assert [line.partition(" ")[0].partition("]")[0] for line in capsys.readouterr().out.splitlines()] == [
        "##vso[task.uploadsummary",
        "##vso[task.setvariable",
        "##vso[task.logissue",
    ]
    assert fake.seen == []


def test_a_push_gets_its_status_there(fake, there, publication):
    push = {
        "BUILD_REASON": "IndividualCI",
        "BUILD_SOURCEBRANCH": "refs/heads/main",
        "BUILD_SOURCEVERSION": HEAD,
    }
    published = there(**push).publish(publication)

    assert (published.comment, published.status) == ("skipped", "set")
    assert len(fake.statuses[HEAD]) == 1


def test_the_default_branch_is_told_by_a_variable_or_missed_aloud(there, capsys):
    push = {"BUILD_REASON": "IndividualCI", "BUILD_SOURCEBRANCH": "refs/heads/main"}

    assert there(**push, CI_MLOPS_DEFAULT_BRANCH="main").change().default_branch == "main"
    assert capsys.readouterr().err == ""
    assert there(**push).change().default_branch == ""
    assert "Set the variable CI_MLOPS_DEFAULT_BRANCH" in capsys.readouterr().err


def test_the_comment_is_written_for_github_and_the_page_for_azure(there):
    told = publication_of(blocked(), change=there().change())
    here = publication_of(blocked(), change=replace(there().change(), platform="github", forge=""))

    assert told.comment == here.comment
    assert told.summary != here.summary


def test_a_token_that_may_only_read_is_told_in_the_words_of_a_pipeline(there, publication):
    published = there(GITHUB_TOKEN="reader").publish(publication)

    assert published.comment == "failed"
    assert all("secret variable of the pipeline" in warning for warning in published.warnings)


def test_no_token_for_github_is_told(there, publication):
    published = there(GITHUB_TOKEN="").publish(publication)

    assert "GITHUB_TOKEN" in published.warnings[0]


@pytest.mark.parametrize("token", ["", "$(GITHUB_TOKEN)"])
def test_a_fork_has_no_token_and_that_is_told_once(fake, there, publication, token):
    published = there(GITHUB_TOKEN=token, SYSTEM_PULLREQUEST_ISFORK="True").publish(publication)

    assert (published.comment, published.status) == ("skipped", "skipped")
    [warning] = published.warnings
    assert "the build of a fork is given no secret variable" in warning
    assert fake.seen == []


def test_a_secret_that_is_not_there_is_no_token(fake, there, publication):
    published = there(GITHUB_TOKEN="$(GITHUB_TOKEN)").publish(publication)

    assert "there is no token" in published.warnings[0]
    assert fake.seen == []


def test_pull_requests_of_others_are_not_known_and_that_is_told(azure, publication):
    published = azure(**{**ON_GITHUB, "BUILD_REPOSITORY_PROVIDER": "Bitbucket"}).publish(publication)

    assert (published.comment, published.status) == ("skipped", "skipped")
    assert "Bitbucket" in published.warnings[0]


@pytest.mark.parametrize(
    ("variables", "address"),
    [
        ({"BUILD_REPOSITORY_URI": "https://github.com/acme/credit"}, ""),
        (
            {"BUILD_REPOSITORY_URI": "https://ghe.acme.example/acme/credit.git"},
            "https://ghe.acme.example/api/v3",
        ),
        ({"GITHUB_API_URL": "https://api.acme.example"}, "https://api.acme.example"),
        ({}, ""),
    ],
)
def test_the_api_is_that_of_the_server_which_holds_the_repository(variables, address):
    assert api_url(variables) == address

"""What we send is what Azure DevOps' own API description takes, and the fake knows no path that it has not."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from ci_mlops.flows.branch_policies import create_policies, plan_policies
from ci_mlops.platforms.azure.approvals import approvers
from ci_mlops.platforms.azure.policies import open_policies
from ci_mlops.platforms.azure.standing import as_it_stands
from tests.fakes.azure import DESCRIPTION, ROUTES, answers
from tests.fakes.azure_approvals import wait_for
from tests.fakes.azure_policies import FakePolicies
from tests.platforms.conftest import HURRY

DOCS = Path(__file__).parents[2] / "docs" / "azure.md"
WHOLE = Path(__file__).parents[3] / "shared" / "spec" / "azdo.json"
USED = (
    "build/Artifacts_Get Artifact",
    "build/Builds_List",
    "git/Pull Request Attachments_Create",
    "git/Pull Request Attachments_Get",
    "git/Pull Request Attachments_List",
    "git/Pull Request Iteration Statuses_Create",
    "git/Pull Request Iteration Statuses_List",
    "git/Pull Request Iterations_List",
    "git/Pull Request Labels_List",
    "git/Pull Request Thread Comments_Delete",
    "git/Pull Request Thread Comments_Update",
    "git/Pull Request Threads_Create",
    "git/Pull Request Threads_List",
    "git/Pull Request Threads_Update",
    "git/Pull Requests_Get Pull Request",
    "git/Repositories_Get Repository",
    "git/Statuses_Create",
    "git/Statuses_List",
)
KEPT = ("method", "path", "perms", "query", "query_required", "body", "body_type", "version")
WORDS = (
    "build.Build",
    "build.BuildArtifact",
    "git.Attachment",
    "git.Comment",
    "git.GitPullRequest",
    "git.GitPullRequestCommentThread",
    "git.GitPullRequestIteration",
    "git.GitPullRequestStatus",
    "git.GitRepository",
    "git.GitStatus",
    "git.GitStatusContext",
    "git.WebApiTagDefinition",
)
UNDESCRIBED = re.compile(
    r"/_apis|/_apis/ConnectionData.*|/_apis/resources/.*|/[^/]+/_apis/build/builds/\d+/timeline|/[^/]+/_apis/pipelines/approvals"
)
"""
Asked by the SDK for what there is and who we are, and an address that an answer names; a run's timeline and its
approvals, which Microsoft's reference describes, and this description leaves out.
"""


@pytest.fixture(scope="module")
def description():
    return json.loads(DESCRIPTION.read_text(encoding="utf-8"))


def pattern(path):
    below = path.removeprefix("/{organization}")
    return re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(below))


def operation(description, method, path, query=()):
    found = [
        one
        for one in description["ops"].values()
        if one["method"] == method
        and re.fullmatch(pattern(one["path"]), path, re.IGNORECASE)
        and set(one["query_required"]) <= set(query)
    ]
    assert found, f"Azure DevOps knows no {method} {path}"
    return max(found, key=lambda one: len(one["query_required"]))


def check_body(description, schema, body):
    fields = description["fields"][schema["$ref"].removeprefix("#/defs/")]
    assert isinstance(body, dict)
    for name, value in body.items():
        allowed = fields[name]
        assert value in allowed.get("enum", [value])
        if "$ref" in allowed and allowed["$ref"] in WORDS:
            check_body(description, {"$ref": allowed["$ref"]}, value)


def is_undescribed(path):
    return UNDESCRIBED.fullmatch(path) is not None


def test_every_request_that_we_make_is_in_the_description(description, devops, azure, illustrated, tmp_path):
    publication = illustrated
    devops.store("m", {"a": "1"})
    devops.fail("POST", "/statuses", answers(502, "after"))
    devops.fail("POST", "/threads", answers(502))
    azure(build=8).publish(publication)
    azure(build=9).publish(replace(publication, comment="### Next", state="failure"))
    azure(build=10, BUILD_REASON="IndividualCI", BUILD_SOURCEBRANCH="refs/heads/main").publish(publication)
    assert azure(build=11).artifact("m", tmp_path / "found")
    devops.labels = [{"id": "1", "name": "ci-mlops:skip", "active": True}]
    assert as_it_stands(devops.variables(), azure().change(), HURRY).labels == ("ci-mlops:skip",)
    wait_for(devops, 8, "waive", "Ada")
    assert approvers(devops.variables(SYSTEM_STAGENAME="waive"), "model-waiver", HURRY)

    assert {seen.method for seen in devops.seen} == {"OPTIONS", "GET", "POST", "PATCH"}
    for seen in devops.seen:
        if is_undescribed(seen.path):
            continue
        described = operation(description, seen.method, seen.path, seen.query)
        # every request may name the version of the API that it is meant for
        assert set(seen.query) - {"api-version"} <= set(described["query"]), seen.path
        if described["body"] is not None:
            check_body(description, described["body"], seen.body)
        # a file is told from JSON by its kind
        assert (described["body_type"] == "application/octet-stream") == isinstance(seen.body, bytes)


def test_what_we_name_as_missing_is_the_permission_that_azure_asks_for(
    description, devops, azure, illustrated
):
    publication = illustrated
    menus = {"PullRequestContribute": "`Contribute to pull requests`", "GenericContribute": "`Contribute`"}
    on_pull = azure(SYSTEM_ACCESSTOKEN="reader").publish(publication)
    on_push = azure(
        SYSTEM_ACCESSTOKEN="reader", BUILD_REASON="IndividualCI", BUILD_SOURCEBRANCH="refs/heads/main"
    ).publish(publication)
    refused = [seen for seen in devops.seen if seen.status == 403]
    warnings = (*on_pull.warnings, *on_push.warnings)

    # the picture is asked for before its comment, which tells the same permission
    pictured = [seen for seen in refused if "/attachments/" in seen.path]
    told = [seen for seen in refused if seen not in pictured]
    assert (len(pictured), len(told), len(warnings)) == (1, 3, 3)
    assert operation(description, "POST", pictured[0].path)["perms"] == "PullRequestContribute"
    for seen, warning in zip(told, warnings, strict=True):
        assert menus[operation(description, seen.method, seen.path)["perms"]] in warning


def test_what_no_description_covers_is_named_in_the_docs(description, devops, azure, illustrated, tmp_path):
    devops.store("m", {"a": "1"})
    azure().publish(illustrated)
    azure().artifact("m", tmp_path / "found")
    with FakePolicies() as more:
        more.pipelines["azure-pipelines.yml"] = 12
        book = open_policies({"AZURE_DEVOPS_EXT_PAT": "editor"}, more.origin, HURRY)
        create_policies(book, plan_policies(book, model="m", branch="main", file="azure-pipelines.yml"))
        asked = {(seen.method, seen.path) for seen in (*devops.seen, *more.seen)}
    undescribed = {
        f"{method} {re.sub(r'^/Credit Risk/_apis/|[0-9]+$', '', path)}"
        for method, path in asked
        if is_undescribed(path) or not any(fits(one, method, path) for one in description["ops"].values())
    }
    named = re.findall(r"(?m)^\| `([A-Z]+ [^`]+?)(?:\.\.\.)?` \|", DOCS.read_text(encoding="utf-8"))

    assert undescribed == set(named)


def fits(operation, method, path):
    # `init` calls the repository by its name
    return operation["method"] == method and re.fullmatch(pattern(operation["path"]), path, re.IGNORECASE)


def test_the_fake_has_no_path_that_azure_has_not(description):
    for method, path in ROUTES:
        example = re.sub(r"\(\?P<\w+>[^)]+\)", "1", path).replace("[Rr]", "R")
        if not is_undescribed(example):
            operation(description, method, example, ["artifactName"])


def test_the_fake_answers_with_what_azure_promises(description, devops, azure, illustrated):
    devops.store("m", {"a": "1"})
    azure().publish(illustrated)
    made = {
        "git.Attachment": devops.attachments["ci-mlops-0f3a.png"][0],
        "git.GitPullRequestCommentThread": devops.threads[0],
        "git.Comment": devops.threads[0]["comments"][0],
        "git.GitPullRequestStatus": devops.statuses[1][0],
        "git.GitPullRequestIteration": devops.iterations[0],
        "git.WebApiTagDefinition": {"id": "1", "name": "ci-mlops:skip", "active": True},
        "build.Build": devops.builds[0],
        "build.BuildArtifact": devops.artifacts[devops.builds[0]["id"]][0],
    }

    for name, answer in made.items():
        assert set(answer) <= set(description["fields"][name]), name


def fields_of(whole, name):
    """With those of what it is made of; of each its enum, and what it refers to."""
    definition = whole["defs"][name]
    found = {}
    for part in definition.get("allOf", ()):
        found |= fields_of(whole, part["$ref"].removeprefix("#/defs/"))
    for field, schema in definition.get("properties", {}).items():
        kinds = [*schema.get("anyOf", ()), schema]
        enum = [value for kind in kinds for value in kind.get("enum", ())]
        refers = schema.get("$ref", "").removeprefix("#/defs/")
        found[field] = {**({"enum": enum} if enum else {}), **({"$ref": refers} if refers else {})}
    return found


def part_of(whole):
    ids = {location_of(whole, name) for name in USED}
    return {
        "source": whole["source"],
        "ops": {name: {key: whole["ops"][name][key] for key in KEPT} for name in USED},
        "fields": {name: fields_of(whole, name) for name in WORDS},
        "locations": [one for one in whole["locations"] if one["id"] in ids],
    }


def location_of(whole, name):
    path = pattern(whole["ops"][name]["path"])
    fitting = [
        one
        for one in whole["locations"]
        if re.fullmatch(path, "/" + re.sub(r"\{\w+\}", "1", one["routeTemplate"]), re.IGNORECASE)
        or re.fullmatch(
            path, "/" + re.sub(r"\{\w+\}", "1", one["routeTemplate"]).rpartition("/")[0], re.IGNORECASE
        )
    ]
    return fitting[0]["id"]


if WHOLE.is_file():

    @pytest.mark.spec
    def test_the_part_that_we_keep_is_what_the_whole_description_says(description):
        assert description == part_of(json.loads(WHOLE.read_text(encoding="utf-8")))

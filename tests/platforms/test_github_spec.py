"""What we send is what GitHub's own API description takes, and the fake knows no path that GitHub does not."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from ci_mlops.platforms.github.proposals import GitHubProposals
from tests.fakes.github import ROUTES, bad_gateway
from tests.platforms.conftest import HEAD, HURRY

DESCRIPTION = Path(__file__).parent / "github_operations.json"
"""The part of GitHub's OpenAPI description that we use: its operations, and the fields of what they answer."""
WHOLE = Path(__file__).parents[3] / "shared" / "spec" / "github.json"
USED = (
    "actions/download-artifact",
    "actions/get-workflow-run",
    "actions/list-artifacts-for-repo",
    "actions/list-workflow-run-artifacts",
    "issues/create-comment",
    "issues/list-comments",
    "issues/update-comment",
    "pulls/get",
    "pulls/list",
    "repos/create-commit-status",
    "repos/get-combined-status-for-ref",
    "users/get-authenticated",
)
ANSWERED = ("artifact", "issue-comment", "pull-request", "workflow-run")
KEPT = ("method", "path", "perms", "query", "body")

KINDS = {"string": str, "integer": int, "boolean": bool, "object": dict, "array": list}


@pytest.fixture(scope="module")
def description():
    return json.loads(DESCRIPTION.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def operations(description):
    return description["ops"].values()


def pattern(path):
    return re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))


def operation(operations, method, path):
    found = [
        operation
        for operation in operations
        if operation["method"] == method and re.fullmatch(pattern(operation["path"]), path)
    ]
    assert found, f"GitHub knows no {method} {path}"
    # /issues/comments/{id} is more exact than /issues/{number}/{anything}
    return min(found, key=lambda one: one["path"].count("{"))


def check_body(schema, body):
    assert isinstance(body, dict)
    assert set(schema.get("required", ())) <= set(body)
    assert set(body) <= set(schema["properties"])
    for name, value in body.items():
        kinds = schema["properties"][name]
        allowed = [one["type"] for one in kinds.get("anyOf", [kinds])]
        assert any(kind != "null" and isinstance(value, KINDS[kind]) for kind in allowed)
        assert value in kinds.get("enum", [value])


def ask_for_all(fake, github, tmp_path):
    """What is asked of pull requests, and of what a run left."""
    fake.open_pull(7, HEAD)
    fake.store("ci-mlops-predictions", {"a": "1"}, fork=True)
    run = fake.artifacts[-1]["workflow_run"]["id"]
    environ = github(payload=fake.ended(run, HEAD))._environ
    proposals = GitHubProposals(environ, patience=HURRY)
    [found] = proposals.proposals_of(proposals.ended())
    assert proposals.proposal(7) == found
    assert proposals.is_told(proposals.ended())
    assert proposals.left_by(proposals.ended(), "ci-mlops-predictions", tmp_path / "left", wanted=bool)


def test_every_request_that_we_make_is_in_the_description(operations, fake, github, publication, tmp_path):
    fake.store("m", {"a": "1"})
    fake.fail("POST", "/statuses/", bad_gateway("after"))
    fake.fail("POST", "/issues/7/comments", bad_gateway())
    github(run=8).publish(publication)
    github(run=9).publish(replace(publication, comment="### Next"))
    github(run=10).artifact("m", tmp_path / "found")
    ask_for_all(fake, github, tmp_path)

    assert {seen.method for seen in fake.seen} == {"GET", "POST", "PATCH"}
    for seen in fake.seen:
        described = operation(operations, seen.method, seen.path)
        assert set(seen.query) <= set(described["query"])
        if described["body"] is not None:
            check_body(described["body"], seen.body)


def test_what_we_name_as_missing_is_the_permission_that_github_asks_for(
    operations, fake, github, publication
):
    published = github(GITHUB_TOKEN="reader").publish(publication)
    refused = [seen for seen in fake.seen if seen.status == 403 and seen.method == "POST"]

    assert len(refused) == len(published.warnings) == 2
    for seen, warning in zip(refused, published.warnings, strict=True):
        asked = operation(operations, seen.method, seen.path)["perms"].split()
        assert any(f"`{one.replace('_', '-').replace(':', ': ')}`" in warning for one in asked)


def test_the_fake_has_no_path_that_github_has_not(operations):
    for method, path in ROUTES:
        if path == "/api/graphql" or path.endswith("/approvals"):
            # a language of its own, described elsewhere; and "Get the review history for a workflow run", which the part
            # of the description that we were given leaves out
            continue
        example = re.sub(r"\(\?P<\w+>[^)]+\)", "1", path)
        operation(operations, method, example)


def test_the_fake_answers_with_what_github_promises(description, fake, github, publication):
    fake.store("m", {"a": "1"})
    github().publish(publication)
    made = {"issue-comment": fake.comments[7][0], "artifact": fake.artifacts[0]}
    made["workflow-run"] = fake.ended(3, HEAD)["workflow_run"]
    fake.open_pull(7, HEAD)
    made["pull-request"] = fake.pulls[7]

    for name, answer in made.items():
        assert set(answer) <= set(description["fields"][name]), name


def part_of(whole):
    return {
        "source": whole["source"],
        "ops": {name: {key: whole["ops"][name][key] for key in KEPT} for name in USED},
        "fields": {name: sorted(whole["defs"][name]["properties"]) for name in ANSWERED},
    }


if WHOLE.is_file():

    @pytest.mark.spec
    def test_the_part_that_we_keep_is_what_the_whole_description_says(description):
        assert description == part_of(json.loads(WHOLE.read_text(encoding="utf-8")))

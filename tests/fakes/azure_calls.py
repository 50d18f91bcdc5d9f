"""What can be asked of the fake Azure DevOps, call by call."""

import json
from copy import deepcopy
from hashlib import sha1
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.fakes.azure_approvals import APPROVAL_ROUTES
from tests.fakes.azure_plan import LONGEST_COMMENT, PROJECT, REPOSITORY, Answer, Identity, Refusal, need

if TYPE_CHECKING:
    from tests.fakes.azure import FakeAzure

DESCRIPTION = Path(__file__).parents[1] / "platforms" / "azure_operations.json"
THREAD_STATUSES = ("active", "fixed", "wontFix", "closed", "byDesign", "pending")
STATES = ("notSet", "pending", "succeeded", "failed", "error", "notApplicable")
CONNECTION = {
    "id": "00d9565f-ed9c-4a06-9a50-00e7896ccab4",
    "area": "Location",
    "resourceName": "ConnectionData",
    "routeTemplate": "_apis/{resource}",
    "resourceVersion": 1,
    "minVersion": 1.0,
    "maxVersion": 7.2,
    "releasedVersion": "0.0",
}


def locations(azure: "FakeAzure", who: Identity, query: Any, body: Any) -> Answer:
    known = json.loads(DESCRIPTION.read_text(encoding="utf-8"))["locations"]
    return listed([one for one in (*known, CONNECTION) if one["resourceName"] not in azure.hides])


def connection(azure: "FakeAzure", who: Identity, query: Any, body: Any) -> Answer:
    user = {"id": who.id, "providerDisplayName": who.name, "subjectDescriptor": described(who)}
    return Answer(body={"authenticatedUser": user, "authorizedUser": user, "instanceId": "acme"})


def repository(azure: "FakeAzure", who: Identity, query: Any, body: Any) -> Answer:
    need(who, "GenericRead")
    return Answer(
        body={
            "id": azure.repository,
            "name": azure.repository_name,
            "defaultBranch": azure.default_branch,
        }
    )


def pull_request(azure: "FakeAzure", who: Identity, query: Any, body: Any, number: str) -> Answer:
    need(who, "GenericRead")
    fork = {"forkSource": {"name": "refs/heads/main"}} if int(number) in azure.forks else {}
    draft = int(number) in azure.drafts
    return Answer(body={"pullRequestId": int(number), "status": "active", "isDraft": draft, **fork})


def list_labels(azure: "FakeAzure", who: Identity, query: Any, body: Any) -> Answer:
    need(who, "GenericRead")
    return listed(azure.labels)


def list_threads(azure: "FakeAzure", who: Identity, query: Any, body: Any) -> Answer:
    need(who, "GenericRead")
    return listed(azure.threads)


def create_thread(azure: "FakeAzure", who: Identity, query: Any, body: Any) -> Answer:
    need(who, "PullRequestContribute")
    thread = azure.thread(body, who)
    azure.threads.append(thread)
    return Answer(body=thread)


def update_thread(azure: "FakeAzure", who: Identity, query: Any, body: Any, thread: str) -> Answer:
    need(who, "PullRequestContribute")
    kept = azure.find(int(thread))
    if body.get("status") not in THREAD_STATUSES:
        raise Refusal(400, "Invalid thread status", "InvalidArgumentValueException")
    kept["status"] = body["status"]
    return Answer(body=kept)


def update_comment(
    azure: "FakeAzure", who: Identity, query: Any, body: Any, thread: str, comment: str
) -> Answer:
    need(who, "PullRequestContribute")
    for kept in azure.find(int(thread))["comments"]:
        if kept["id"] == int(comment):
            if not wrote(who, kept):
                raise Refusal(403, "TF401444: only its author may edit a comment.")
            kept["content"] = content_of(body)
            return Answer(body=kept)
    raise Refusal(404, "The comment was not found.")


def delete_comment(
    azure: "FakeAzure", who: Identity, query: Any, body: Any, thread: str, comment: str
) -> Answer:
    need(who, "PullRequestContribute")
    for kept in azure.find(int(thread))["comments"]:
        if kept["id"] == int(comment):
            if not wrote(who, kept):
                raise Refusal(403, "TF401444: only its author may delete a comment.")
            kept["isDeleted"] = True
    return Answer()


def list_attachments(azure: "FakeAzure", who: Identity, query: Any, body: Any) -> Answer:
    need(who, "GenericRead")
    return listed([attached for attached, _ in azure.attachments.values()])


def create_attachment(azure: "FakeAzure", who: Identity, query: Any, body: bytes, name: str) -> Answer:
    need(who, "PullRequestContribute")
    if not isinstance(body, bytes) or not body:
        raise Refusal(400, "An attachment needs content", "InvalidArgumentValueException")
    if name in azure.attachments:
        raise Refusal(409, f"An attachment of the name '{name}' exists already.")
    made = {
        "id": azure.number(),
        "displayName": name,
        "author": {"id": who.id, "displayName": who.name},
        "contentHash": sha1(body).hexdigest(),
        "url": f"{azure.collection_url}{PROJECT}/_apis/git/repositories/{REPOSITORY}/pullRequests/7/attachments/{name}",
    }
    azure.attachments[name] = (made, body)
    told = {key: value for key, value in made.items() if key not in azure.hides}
    return Answer(status=201, body=told)


def get_attachment(azure: "FakeAzure", who: Identity, query: Any, body: Any, name: str) -> Answer:
    need(who, "GenericRead")
    if name not in azure.attachments:
        raise Refusal(404, "The attachment was not found.")
    return Answer(data=azure.attachments[name][1])


def list_iterations(azure: "FakeAzure", who: Identity, query: Any, body: Any) -> Answer:
    need(who, "GenericRead")
    return listed(azure.iterations)


def list_iteration_statuses(
    azure: "FakeAzure", who: Identity, query: Any, body: Any, iteration: str
) -> Answer:
    need(who, "GenericRead")
    return listed(azure.statuses[azure.iteration(iteration)])


def create_iteration_status(
    azure: "FakeAzure", who: Identity, query: Any, body: Any, iteration: str
) -> Answer:
    need(who, "PullRequestContribute")
    return create_status(azure, who, body, azure.iteration(iteration))


def list_commit_statuses(
    azure: "FakeAzure", who: Identity, query: dict[str, list[str]], body: Any, sha: str
) -> Answer:
    need(who, "GenericRead")
    return listed(azure.statuses[sha])


def create_commit_status(azure: "FakeAzure", who: Identity, query: Any, body: Any, sha: str) -> Answer:
    need(who, "GenericContribute")
    return create_status(azure, who, body, sha)


def create_status(azure: "FakeAzure", who: Identity, body: Any, of: int | str) -> Answer:
    if body.get("state") not in STATES or not (body.get("context") or {}).get("name"):
        raise Refusal(400, "A status needs a state and a context", "InvalidArgumentValueException")
    made = {**body, "id": azure.number(), "createdBy": {"id": who.id, "displayName": who.name}}
    azure.statuses[of].append(made)
    return Answer(body=made)


def list_builds(azure: "FakeAzure", who: Identity, query: dict[str, list[str]], body: Any) -> Answer:
    need(who, "ViewBuilds")
    newest = sorted(azure.builds, key=lambda build: build["id"], reverse=True)
    wanted = [build for build in newest if build["reason"] == query.get("reasonFilter", ["all"])[0]]
    return listed(wanted[: int(query.get("$top", ["1000"])[0])])


def get_artifact(
    azure: "FakeAzure", who: Identity, query: dict[str, list[str]], body: Any, build: str
) -> Answer:
    need(who, "ViewBuilds")
    for artifact in azure.artifacts[int(build)]:
        if artifact["name"] == query["artifactName"][0]:
            return Answer(body=artifact)
    raise Refusal(404, f"Artifact not found for build {build}.", "ArtifactNotFoundException")


def download(azure: "FakeAzure", who: Identity, query: Any, body: Any, build: str) -> Answer:
    need(who, "ViewBuilds")
    if azure.redirects_to_storage:
        address = f"http://localhost:{azure.storage_port}/archive/{build}"
        return Answer(status=302, headers={"Location": address})
    return Answer(data=azure.archives[int(build)])


def listed(items: list[Any]) -> Answer:
    return Answer(body={"count": len(items), "value": deepcopy(items)})


def described(who: Identity) -> str:
    return f"svc.{who.id[:8]}"


def wrote(who: Identity, comment: dict[str, Any]) -> bool:
    return comment["author"]["id"] == who.id or comment["author"].get("descriptor") == described(who)


def content_of(body: Any) -> str:
    content = body.get("content") if isinstance(body, dict) else None
    if not isinstance(content, str) or not content:
        raise Refusal(400, "A comment needs content", "InvalidArgumentValueException")
    # counted as .NET counts: in units of UTF-16
    if len(content.encode("utf-16-le")) // 2 > LONGEST_COMMENT:
        raise Refusal(400, f"A discussion comment cannot be longer than {LONGEST_COMMENT} characters.")
    return content


REPO = rf"/{PROJECT}/_apis/git/repositories/{REPOSITORY}"
PULL = rf"{REPO}/pull[Rr]equests/7"
BUILDS = rf"/{PROJECT}/_apis/build/builds"
ROUTES = {
    ("OPTIONS", r"/_apis"): locations,
    ("GET", r"/_apis/ConnectionData"): connection,
    ("GET", REPO): repository,
    ("GET", rf"{REPO}/pull[Rr]equests/(?P<number>\d+)"): pull_request,
    ("GET", rf"{PULL}/labels"): list_labels,
    ("GET", rf"{PULL}/threads"): list_threads,
    ("POST", rf"{PULL}/threads"): create_thread,
    ("PATCH", rf"{PULL}/threads/(?P<thread>\d+)"): update_thread,
    ("PATCH", rf"{PULL}/threads/(?P<thread>\d+)/comments/(?P<comment>\d+)"): update_comment,
    ("DELETE", rf"{PULL}/threads/(?P<thread>\d+)/comments/(?P<comment>\d+)"): delete_comment,
    ("GET", rf"{PULL}/attachments"): list_attachments,
    ("POST", rf"{PULL}/attachments/(?P<name>[^/]+)"): create_attachment,
    ("GET", rf"{PULL}/attachments/(?P<name>[^/]+)"): get_attachment,
    ("GET", rf"{PULL}/iterations"): list_iterations,
    ("GET", rf"{PULL}/iterations/(?P<iteration>\d+)/statuses"): list_iteration_statuses,
    ("POST", rf"{PULL}/iterations/(?P<iteration>\d+)/statuses"): create_iteration_status,
    ("GET", rf"{REPO}/commits/(?P<sha>[^/]+)/statuses"): list_commit_statuses,
    ("POST", rf"{REPO}/commits/(?P<sha>[^/]+)/statuses"): create_commit_status,
    ("GET", BUILDS): list_builds,
    ("GET", rf"{BUILDS}/(?P<build>\d+)/artifacts"): get_artifact,
    **APPROVAL_ROUTES,
    ("GET", r"/_apis/resources/Containers/(?P<build>\d+)"): download,
}

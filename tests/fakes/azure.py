"""
An Azure DevOps that says no: it enforces what the real one enforces.

Identities have permissions and are named in refusals, a bad token gets a page for people, comments have a length and an
author, statuses belong to iterations; and a plan says which call fails how often, before or after its effect.
"""

import io
import json
import re
import threading
import zipfile
from collections import defaultdict, deque
from pathlib import Path
from typing import Any, Self

from tests.fakes.azure_plan import (
    LONGEST_COMMENT,
    READ_ONLY,
    SIGN_IN_PAGES,
    STRANGER,
    Answer,
    Fault,
    Identity,
    Refusal,
    Seen,
    answers,
    lacking,
    reset,
    slow,
)
from tests.fakes.azure_server import Api, Storage, serve

__all__ = ["READ_ONLY", "STRANGER", "FakeAzure", "Fault", "Identity", "answers", "reset", "slow"]

DESCRIPTION = Path(__file__).parents[1] / "platforms" / "azure_operations.json"
HEAD = "3f2c7d0" + "0" * 33
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


class FakeAzure:
    """`with FakeAzure() as azure: ...`; project `Credit Risk`, repository `credit`, pull request 7, pipeline 12."""

    project = "Credit Risk"
    repository = "2f3d611a-f012-4b39-b157-8db63f380226"
    repository_name = "credit"
    pipeline = 12

    def __init__(self, collection: str = "acme") -> None:
        self.collection = collection
        self.tokens: dict[str, Identity] = {
            "writer": Identity(),
            "reader": Identity(permissions=READ_ONLY),
            "person": Identity(id="ada", name="Ada", descriptor="ada@acme.example", personal=True),
        }
        self.threads: list[dict[str, Any]] = []
        self.iterations: list[dict[str, Any]] = []
        self.statuses: dict[int | str, list[dict[str, Any]]] = defaultdict(list)
        """By the iteration of the pull request, and by commit."""
        self.builds: list[dict[str, Any]] = []
        self.artifacts: dict[int, list[dict[str, Any]]] = defaultdict(list)
        self.archives: dict[int, bytes] = {}
        self.forks: set[int] = set()
        """Numbers of pull requests that come from one."""
        self.default_branch = "refs/heads/main"
        self.sign_in = "203"
        self.redirects_to_storage = False
        self.seen: list[Seen] = []
        self.stored: list[dict[str, str]] = []
        """Headers of every request that reached the storage."""
        self._plan: dict[tuple[str, str], deque[Fault]] = defaultdict(deque)
        self._next = 1000
        self._lock = threading.Lock()
        self.push(HEAD)

    def __enter__(self) -> Self:
        self._servers = [serve(self, Api), serve(self, Storage)]
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    @property
    def collection_url(self) -> str:
        return f"http://127.0.0.1:{self._servers[0].server_port}/{self.collection}/"

    def variables(self, *, build: int = 8, head: str = HEAD, **more: str) -> dict[str, str]:
        """What the agent sets in a job for the pull request."""
        return {
            "TF_BUILD": "True",
            "BUILD_REASON": "PullRequest",
            "BUILD_BUILDID": str(build),
            "BUILD_SOURCEBRANCH": "refs/pull/7/merge",
            "BUILD_SOURCEVERSION": "e" * 40,
            "BUILD_REPOSITORY_ID": self.repository,
            "BUILD_REPOSITORY_NAME": self.repository_name,
            "BUILD_REPOSITORY_PROVIDER": "TfsGit",
            "SYSTEM_PULLREQUEST_PULLREQUESTID": "7",
            "SYSTEM_PULLREQUEST_SOURCECOMMITID": head,
            "SYSTEM_PULLREQUEST_SOURCEBRANCH": "refs/heads/feature",
            "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main",
            "SYSTEM_PULLREQUEST_ISFORK": "False",
            "SYSTEM_COLLECTIONURI": self.collection_url,
            "SYSTEM_TEAMPROJECT": self.project,
            "SYSTEM_DEFINITIONID": str(self.pipeline),
            "SYSTEM_DEFINITIONNAME": "model gate",
            "SYSTEM_STAGENAME": "__default",
            "SYSTEM_PHASENAME": "judge",
            "SYSTEM_JOBNAME": "__default",
            "SYSTEM_JOBATTEMPT": "1",
            "SYSTEM_STAGEATTEMPT": "1",
            "SYSTEM_ACCESSTOKEN": "writer",
            **more,
        }

    def fail(self, method: str, path: str, *faults: Fault) -> None:
        """The next calls of `method` on a path that ends in `path` fail like this, one after the other."""
        self._plan[method, path].extend(faults)

    def push(self, head: str) -> int:
        """A new iteration of the pull request."""
        number = len(self.iterations) + 1
        self.iterations.append({"id": number, "sourceRefCommit": {"commitId": head}, "reason": "push"})
        return number

    def plant(self, content: str, *, author: Identity = STRANGER, **properties: str) -> dict[str, Any]:
        wanted = {"comments": [{"content": content}], "status": "active", "properties": properties}
        thread = self._thread(wanted, author)
        self.threads.append(thread)
        return thread

    def store(self, name: str, files: dict[str, str], **more: Any) -> int:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for path, text in files.items():
                archive.writestr(f"{name}/{path}", text)
        return self.store_archive(name, packed.getvalue(), **more)

    def store_archive(
        self,
        name: str,
        data: bytes,
        *,
        reason: str = "pullRequest",
        branch: str = "refs/pull/7/merge",
        pipeline: int | None = None,
        repository: str = "",
        address: str = "",
    ) -> int:
        build = self._number()
        self.builds.append(
            {
                "id": build,
                "reason": reason,
                "sourceBranch": branch,
                "definition": {"id": pipeline or self.pipeline, "name": "model gate"},
                "repository": {"id": repository or self.repository, "type": "TfsGit"},
                "deleted": False,
                "status": "completed",
                "triggerInfo": {"pr.isFork": "False"},
            }
        )
        self.archives[build] = data
        url = address or f"{self.collection_url}_apis/resources/Containers/{build}?$format=zip"
        resource = {"type": "PipelineArtifact", "downloadUrl": url}
        self.artifacts[build].append({"id": 1, "name": name, "resource": resource})
        return build

    def calls(self, method: str, path: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.method == method and path in seen.path]

    def answer(
        self, method: str, path: str, query: dict[str, list[str]], body: Any, token: str, *, personal: bool
    ) -> Answer:
        with self._lock:
            below = self._below(path)
            fault = self._fault(method, below)
            if fault is not None and fault.kind == "revoke":
                self.tokens.pop(token, None)
                fault = None
            early = fault is not None and fault.when == "before" and fault.kind != "headers"
            answer = Answer() if early else self._do(method, below, query, body, token, personal=personal)
            if fault is not None:
                answer = self._spoiled(fault, answer)
            self.seen.append(
                Seen(method=method, path=below, query=query, body=body, token=token, status=answer.status)
            )
            return answer

    def _below(self, path: str) -> str:
        """The SDK writes the collection in lower case where it asks for what there is."""
        prefix = f"/{self.collection}"
        return path[len(prefix) :] if path.lower().startswith(f"{prefix.lower()}/") else f"?{path}"

    def _fault(self, method: str, path: str) -> Fault | None:
        for (planned, part), faults in self._plan.items():
            if planned == method and re.search(f"{part}$", path) and faults:
                return faults.popleft()
        return None

    def _spoiled(self, fault: Fault, answer: Answer) -> Answer:
        if fault.kind in ("reset", "slow"):
            return Answer(status=0, end=fault.kind)  # type: ignore[arg-type] # just looked at
        if fault.kind == "headers":
            return Answer(status=answer.status, body=answer.body, headers=fault.headers)
        return Answer(status=fault.status, body=Refusal(0, fault.message).body, headers=fault.headers)

    def _do(
        self, method: str, path: str, query: dict[str, list[str]], body: Any, token: str, *, personal: bool
    ) -> Answer:
        who = self.tokens.get(token)
        if who is None or who.personal != personal:
            return SIGN_IN_PAGES[self.sign_in]
        try:
            return self._route(method, path, query, body, who)
        except Refusal as refusal:
            return Answer(status=refusal.status, body=refusal.body)

    def _route(self, method: str, path: str, query: dict[str, list[str]], body: Any, who: Identity) -> Answer:
        for (verb, pattern), deed in ROUTES.items():
            found = re.fullmatch(pattern, path)
            if verb == method and found:
                return deed(self, who, query, body, **found.groupdict())
        raise Refusal(404, f"The controller for path '{path}' was not found.")

    def _locations(self, who: Identity, query: Any, body: Any) -> Answer:
        known = json.loads(DESCRIPTION.read_text(encoding="utf-8"))["locations"]
        return listed([*known, CONNECTION])

    def _connection(self, who: Identity, query: Any, body: Any) -> Answer:
        user = {"id": who.id, "providerDisplayName": who.name, "descriptor": who.descriptor}
        return Answer(body={"authenticatedUser": user, "authorizedUser": user, "instanceId": "acme"})

    def _repository(self, who: Identity, query: Any, body: Any) -> Answer:
        need(who, "GenericRead")
        return Answer(
            body={
                "id": self.repository,
                "name": self.repository_name,
                "defaultBranch": self.default_branch,
            }
        )

    def _pull_request(self, who: Identity, query: Any, body: Any, number: str) -> Answer:
        need(who, "GenericRead")
        fork = {"forkSource": {"name": "refs/heads/main"}} if int(number) in self.forks else {}
        return Answer(body={"pullRequestId": int(number), "status": "active", **fork})

    def _list_threads(self, who: Identity, query: Any, body: Any) -> Answer:
        need(who, "GenericRead")
        return listed(self.threads)

    def _create_thread(self, who: Identity, query: Any, body: Any) -> Answer:
        need(who, "PullRequestContribute")
        thread = self._thread(body, who)
        self.threads.append(thread)
        return Answer(body=thread)

    def _update_thread(self, who: Identity, query: Any, body: Any, thread: str) -> Answer:
        need(who, "PullRequestContribute")
        kept = self._find(int(thread))
        if body.get("status") not in THREAD_STATUSES:
            raise Refusal(400, "Invalid thread status", "InvalidArgumentValueException")
        kept["status"] = body["status"]
        return Answer(body=kept)

    def _update_comment(self, who: Identity, query: Any, body: Any, thread: str, comment: str) -> Answer:
        need(who, "PullRequestContribute")
        for kept in self._find(int(thread))["comments"]:
            if kept["id"] == int(comment):
                if kept["author"]["id"] != who.id:
                    raise Refusal(403, "TF401444: only its author may edit a comment.")
                kept["content"] = content_of(body)
                return Answer(body=kept)
        raise Refusal(404, "The comment was not found.")

    def _list_iterations(self, who: Identity, query: Any, body: Any) -> Answer:
        need(who, "GenericRead")
        return listed(self.iterations)

    def _list_iteration_statuses(self, who: Identity, query: Any, body: Any, iteration: str) -> Answer:
        need(who, "GenericRead")
        return listed(self.statuses[self._iteration(iteration)])

    def _create_iteration_status(self, who: Identity, query: Any, body: Any, iteration: str) -> Answer:
        need(who, "PullRequestContribute")
        return self._create_status(who, body, self._iteration(iteration))

    def _list_commit_statuses(
        self, who: Identity, query: dict[str, list[str]], body: Any, sha: str
    ) -> Answer:
        need(who, "GenericRead")
        return listed(self.statuses[sha])

    def _create_commit_status(self, who: Identity, query: Any, body: Any, sha: str) -> Answer:
        need(who, "GenericContribute")
        return self._create_status(who, body, sha)

    def _create_status(self, who: Identity, body: Any, of: int | str) -> Answer:
        if body.get("state") not in STATES or not (body.get("context") or {}).get("name"):
            raise Refusal(400, "A status needs a state and a context", "InvalidArgumentValueException")
        made = {**body, "id": self._number(), "createdBy": {"id": who.id, "displayName": who.name}}
        self.statuses[of].append(made)
        return Answer(body=made)

    def _list_builds(self, who: Identity, query: dict[str, list[str]], body: Any) -> Answer:
        need(who, "ViewBuilds")
        newest = sorted(self.builds, key=lambda build: build["id"], reverse=True)
        wanted = [build for build in newest if build["reason"] == query.get("reasonFilter", ["all"])[0]]
        return listed(wanted[: int(query.get("$top", ["1000"])[0])])

    def _get_artifact(self, who: Identity, query: dict[str, list[str]], body: Any, build: str) -> Answer:
        need(who, "ViewBuilds")
        for artifact in self.artifacts[int(build)]:
            if artifact["name"] == query["artifactName"][0]:
                return Answer(body=artifact)
        raise Refusal(404, f"Artifact not found for build {build}.", "ArtifactNotFoundException")

    def _download(self, who: Identity, query: Any, body: Any, build: str) -> Answer:
        need(who, "ViewBuilds")
        if self.redirects_to_storage:
            address = f"http://localhost:{self._servers[1].server_port}/archive/{build}"
            return Answer(status=302, headers={"Location": address})
        return Answer(data=self.archives[int(build)])

    def _thread(self, wanted: dict[str, Any], who: Identity) -> dict[str, Any]:
        if not wanted.get("comments"):
            raise Refusal(400, "A thread begins with a comment", "InvalidArgumentValueException")
        author = {"id": who.id, "displayName": who.name}
        comments = [
            {
                "id": index,
                "parentCommentId": 0,
                "author": author,
                "content": content_of(one),
                "commentType": "text",
            }
            for index, one in enumerate(wanted["comments"], 1)
        ]
        told = {
            name: {"$type": "System.String", "$value": value}
            for name, value in (wanted.get("properties") or {}).items()
        }
        status = wanted.get("status", "active")
        return {
            "id": self._number(),
            "comments": comments,
            "status": status,
            "properties": told,
            "isDeleted": False,
        }

    def _find(self, number: int) -> dict[str, Any]:
        for thread in self.threads:
            if thread["id"] == number:
                return thread
        raise Refusal(404, "The thread was not found.")

    def _iteration(self, number: str) -> int:
        if int(number) not in (one["id"] for one in self.iterations):
            raise Refusal(404, f"The pull request has no iteration {number}.")
        return int(number)

    def _number(self) -> int:
        self._next += 1
        return self._next


def listed(items: list[Any]) -> Answer:
    return Answer(body={"count": len(items), "value": items})


def need(who: Identity, permission: str) -> None:
    if permission not in who.permissions:
        raise lacking(permission, who)


def content_of(body: Any) -> str:
    content = body.get("content") if isinstance(body, dict) else None
    if not isinstance(content, str) or not content:
        raise Refusal(400, "A comment needs content", "InvalidArgumentValueException")
    # counted as .NET counts: in units of UTF-16
    if len(content.encode("utf-16-le")) // 2 > LONGEST_COMMENT:
        raise Refusal(400, f"A discussion comment cannot be longer than {LONGEST_COMMENT} characters.")
    return content


REPO = rf"/{FakeAzure.project}/_apis/git/repositories/{FakeAzure.repository}"
PULL = rf"{REPO}/pull[Rr]equests/7"
BUILDS = rf"/{FakeAzure.project}/_apis/build/builds"
ROUTES = {
    ("OPTIONS", r"/_apis"): FakeAzure._locations,
    ("GET", r"/_apis/ConnectionData"): FakeAzure._connection,
    ("GET", REPO): FakeAzure._repository,
    ("GET", rf"{REPO}/pull[Rr]equests/(?P<number>\d+)"): FakeAzure._pull_request,
    ("GET", rf"{PULL}/threads"): FakeAzure._list_threads,
    ("POST", rf"{PULL}/threads"): FakeAzure._create_thread,
    ("PATCH", rf"{PULL}/threads/(?P<thread>\d+)"): FakeAzure._update_thread,
    ("PATCH", rf"{PULL}/threads/(?P<thread>\d+)/comments/(?P<comment>\d+)"): FakeAzure._update_comment,
    ("GET", rf"{PULL}/iterations"): FakeAzure._list_iterations,
    ("GET", rf"{PULL}/iterations/(?P<iteration>\d+)/statuses"): FakeAzure._list_iteration_statuses,
    ("POST", rf"{PULL}/iterations/(?P<iteration>\d+)/statuses"): FakeAzure._create_iteration_status,
    ("GET", rf"{REPO}/commits/(?P<sha>[^/]+)/statuses"): FakeAzure._list_commit_statuses,
    ("POST", rf"{REPO}/commits/(?P<sha>[^/]+)/statuses"): FakeAzure._create_commit_status,
    ("GET", BUILDS): FakeAzure._list_builds,
    ("GET", rf"{BUILDS}/(?P<build>\d+)/artifacts"): FakeAzure._get_artifact,
    ("GET", r"/_apis/resources/Containers/(?P<build>\d+)"): FakeAzure._download,
}

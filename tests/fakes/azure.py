"""
An Azure DevOps that says no: it enforces what the real one enforces.

Identities have permissions and are named in refusals, a bad token gets a page for people, comments have a length and an
author, statuses belong to iterations; and a plan says which call fails how often, before or after its effect.
"""

import io
import re
import sys
import threading
import zipfile
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any, Self

from tests.fakes.azure_calls import DESCRIPTION, ROUTES, content_of
from tests.fakes.azure_plan import (
    PROJECT,
    READ_ONLY,
    REPOSITORY,
    SIGN_IN_PAGES,
    STRANGER,
    Answer,
    Fault,
    Identity,
    Refusal,
    Seen,
    answers,
    reset,
    slow,
)
from tests.fakes.azure_server import Api, Storage, serve

__all__ = [
    "DESCRIPTION",
    "READ_ONLY",
    "ROUTES",
    "STRANGER",
    "FakeAzure",
    "Fault",
    "Identity",
    "answers",
    "reset",
    "slow",
]

HEAD = "3f2c7d0" + "0" * 33
NOTHING = ("", "?", lambda: None)


def forget_servers() -> None:
    """The SDK believes for ever what a server at an address has told it, and a new fake may get the port of an old one."""
    sdk = sys.modules.get("azure.devops.client")
    if sdk is not None:
        from azure.devops import _file_cache

        sdk.Client._locations_cache.clear()
        for cache in (_file_cache.OPTIONS_CACHE, _file_cache.RESOURCE_CACHE):
            cache.clear()
            cache.data = {}


class FakeAzure:
    """`with FakeAzure() as azure: ...`; project `Credit Risk`, repository `credit`, pull request 7, pipeline 12."""

    project = PROJECT
    repository = REPOSITORY
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
        self.attachments: dict[str, tuple[dict[str, Any], bytes]] = {}
        """Of the pull request, by name: what is told of a file, and the file."""
        self.iterations: list[dict[str, Any]] = []
        self.statuses: dict[int | str, list[dict[str, Any]]] = defaultdict(list)
        """By the iteration of the pull request, and by commit."""
        self.builds: list[dict[str, Any]] = []
        self.artifacts: dict[int, list[dict[str, Any]]] = defaultdict(list)
        self.archives: dict[int, bytes] = {}
        self.forks: set[int] = set()
        """Numbers of pull requests that come from one."""
        self.drafts: set[int] = set()
        """Numbers of pull requests that are one."""
        self.labels: list[dict[str, Any]] = []
        self.timelines: dict[int, list[dict[str, Any]]] = {}
        """By build; `azure_approvals.wait_for` writes them."""
        self.approvals: dict[str, dict[str, Any]] = {}
        self.default_branch = "refs/heads/main"
        self.hides: set[str] = set()
        """Resources that an older server does not know, and what it does not tell of a new attachment."""
        self.sign_in = "203"
        self.redirects_to_storage = False
        self.seen: list[Seen] = []
        self.stored: list[dict[str, str]] = []
        """Headers of every request that reached the storage."""
        self._plan: dict[tuple[str, str], deque[Fault]] = defaultdict(deque)
        self._meanwhile: tuple[str, str, Callable[[], object]] = NOTHING
        self._next = 1000
        self._lock = threading.Lock()
        self.push(HEAD)

    def __enter__(self) -> Self:
        self._servers = [serve(self, Api), serve(self, Storage)]
        forget_servers()
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    @property
    def collection_url(self) -> str:
        return f"http://127.0.0.1:{self._servers[0].server_port}/{self.collection}/"

    @property
    def storage_port(self) -> int:
        return self._servers[1].server_port

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

    def meanwhile(self, method: str, path: str, deed: Callable[[], object]) -> None:
        """Something else happens once, right after the next call of that kind was answered."""
        self._meanwhile = (method, path, deed)

    def push(self, head: str) -> int:
        """A new iteration of the pull request."""
        number = len(self.iterations) + 1
        self.iterations.append({"id": number, "sourceRefCommit": {"commitId": head}, "reason": "push"})
        return number

    def plant(self, content: str, *, author: Identity = STRANGER, **properties: str) -> dict[str, Any]:
        wanted = {"comments": [{"content": content}], "status": "active", "properties": properties}
        thread = self.thread(wanted, author)
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
        build = self.number()
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
        answer = self._answered(method, self._below(path), query, body, token, personal=personal)
        planned, part, deed = self._meanwhile
        if planned == method and path.endswith(part):
            self._meanwhile = NOTHING
            deed()
        return answer

    def _answered(
        self, method: str, below: str, query: dict[str, list[str]], body: Any, token: str, *, personal: bool
    ) -> Answer:
        with self._lock:
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

    def thread(self, wanted: dict[str, Any], who: Identity) -> dict[str, Any]:
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
            "id": self.number(),
            "comments": comments,
            "status": status,
            "properties": told,
            "isDeleted": False,
        }

    def find(self, number: int) -> dict[str, Any]:
        for thread in self.threads:
            if thread["id"] == number:
                return thread
        raise Refusal(404, "The thread was not found.")

    def iteration(self, number: str) -> int:
        if int(number) not in (one["id"] for one in self.iterations):
            raise Refusal(404, f"The pull request has no iteration {number}.")
        return int(number)

    def number(self) -> int:
        self._next += 1
        return self._next

"""
A GitHub that says no: it enforces what the real one enforces.

Tokens have permissions, lists have pages, comments have a length, the storage of artifacts is another host that
must not see a token; and a plan says which call fails how often, before or after its effect.
"""

import io
import re
import threading
import zipfile
from collections import defaultdict, deque
from typing import Any, Self

from tests.fakes.github_plan import (
    READ_ONLY,
    SECONDARY,
    Answer,
    Fault,
    Refusal,
    Seen,
    Token,
    bad_gateway,
    faulty,
    hour_long,
    need,
    not_accessible,
    reset,
    slow,
    text_of,
)
from tests.fakes.github_pulls import PullRequests
from tests.fakes.github_server import PREFIX, Api, Storage, serve

__all__ = [
    "READ_ONLY",
    "SECONDARY",
    "FakeGitHub",
    "Fault",
    "Token",
    "bad_gateway",
    "hour_long",
    "reset",
    "slow",
]

LONGEST_DESCRIPTION = 140
WORKFLOW = ".github/workflows/ci-mlops.yml"


class FakeGitHub(PullRequests):
    """`with FakeGitHub() as github: ...`; one repository, `acme/credit`."""

    repository = "acme/credit"

    def __init__(self) -> None:
        self.tokens: dict[str, Token] = {"writer": Token(), "reader": Token(permissions=READ_ONLY)}
        self.comments: dict[int, list[dict[str, Any]]] = defaultdict(list)
        self.statuses: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.artifacts: list[dict[str, Any]] = []
        self.archives: dict[int, bytes] = {}
        self.runs: dict[int, dict[str, Any]] = {}
        self.approvals: list[dict[str, Any]] = []
        """Of every run alike: who approved, and in which environments."""
        self.approvals_of: dict[int, list[dict[str, Any]]] = {}
        """Of one run; it has none of the others'."""
        self.stored: list[dict[str, str]] = []
        """Headers of every request that reached the storage."""
        self.seen: list[Seen] = []
        self.storage_links = True
        PullRequests.__init__(self)
        self._plan: dict[tuple[str, str], deque[Fault]] = defaultdict(deque)
        self._next = 1000
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._servers = [serve(self, Api), serve(self, Storage)]
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    @property
    def server_url(self) -> str:
        return f"http://127.0.0.1:{self._servers[0].server_port}"

    @property
    def api_url(self) -> str:
        return self.server_url + PREFIX

    def storage_url(self, artifact: int) -> str:
        return f"http://127.0.0.1:{self._servers[1].server_port}/archive/{artifact}"

    def fail(self, method: str, path: str, *faults: Fault) -> None:
        """The next calls of `method` on a path that contains `path` fail like this, one after the other."""
        self._plan[method, path].extend(faults)

    def plant(self, number: int, body: str, *, login: str = "mallory") -> dict[str, Any]:
        comment = self._comment(number, body, login)
        self.comments[number].append(comment)
        return comment

    def store(self, name: str, files: dict[str, str], **more: Any) -> int:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for path, text in files.items():
                archive.writestr(path, text)
        return self.store_archive(name, packed.getvalue(), **more)

    def store_archive(
        self,
        name: str,
        data: bytes,
        *,
        expired: bool = False,
        created: str = "2026-11-01",
        fork: bool = False,
        event: str = "pull_request",
        workflow: str = WORKFLOW,
        run: int = 0,
    ) -> int:
        number, run = self._number(), run or self._number()
        self.runs.setdefault(run, {"id": run, "event": event, "path": workflow, "head_branch": "feature"})
        url = f"{self.api_url}/repos/{self.repository}/actions/artifacts/{number}"
        self.archives[number] = data
        self.artifacts.append(
            {
                "id": number,
                "node_id": f"A{number}",
                "name": name,
                "size_in_bytes": len(data),
                "url": url,
                "archive_download_url": f"{url}/zip",
                "expired": expired,
                "created_at": f"{created}T10:00:00Z",
                "expires_at": "2027-01-01T10:00:00Z",
                "updated_at": f"{created}T10:00:00Z",
                "workflow_run": {"id": run, "repository_id": 1, "head_repository_id": 2 if fork else 1},
            }
        )
        return number

    def calls(self, method: str, path: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.method == method and path in seen.path]

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any, token: str) -> Answer:
        with self._lock:
            fault = self._fault(method, path)
            if fault is not None and fault.kind == "revoke":
                self.tokens.pop(token)
            answer = faulty(fault, lambda: self._do(method, path, query, body, token))
            self.seen.append(
                Seen(method=method, path=path, query=query, body=body, token=token, status=answer.status)
            )
            return answer

    def _fault(self, method: str, path: str) -> Fault | None:
        for (planned, part), faults in self._plan.items():
            if planned == method and part in path and faults:
                return faults.popleft()
        return None

    def _do(self, method: str, path: str, query: dict[str, list[str]], body: Any, name: str) -> Answer:
        try:
            return self._route(method, path, query, body, name)
        except Refusal as refusal:
            return Answer(status=refusal.status, body=refusal.body)

    def _route(self, method: str, path: str, query: dict[str, list[str]], body: Any, name: str) -> Answer:
        token = self.tokens.get(name)
        if token is None:
            raise Refusal(401, "Bad credentials")
        for (verb, pattern), deed in ROUTES.items():
            found = re.fullmatch(pattern, path)
            if verb == method and found:
                return deed(self, token, query, body, **found.groupdict())
        raise Refusal(404, "Not Found")

    def _user(self, token: Token, query: Any, body: Any) -> Answer:
        if not token.user:
            raise not_accessible()
        return Answer(
            status=200, body={"login": token.login, "id": 1, "url": f"{self.api_url}/users/{token.login}"}
        )

    def _viewer(self, token: Token, query: Any, body: Any) -> Answer:
        """GraphQL, for the one question that REST does not answer to an installation."""
        if not token.viewer:
            return Answer(status=200, body={"errors": [{"type": "FORBIDDEN", "message": "no"}]})
        return Answer(status=200, body={"data": {"viewer": {"login": token.login}}})

    def _list_comments(self, token: Token, query: dict[str, list[str]], body: Any, number: str) -> Answer:
        need(token, "pull-requests: read")
        return self._page(
            self.comments[int(number)], query, f"/repos/{self.repository}/issues/{number}/comments"
        )

    def _create_comment(self, token: Token, query: Any, body: Any, number: str) -> Answer:
        need(token, "pull-requests: write")
        comment = self._comment(int(number), text_of(body), token.login)
        self.comments[int(number)].append(comment)
        return Answer(status=201, body=comment)

    def _update_comment(self, token: Token, query: Any, body: Any, comment: str) -> Answer:
        need(token, "pull-requests: write")
        for kept in (kept for comments in self.comments.values() for kept in comments):
            if kept["id"] == int(comment):
                kept["body"] = text_of(body)
                return Answer(status=200, body=kept)
        raise Refusal(404, "Not Found")

    def _create_status(self, token: Token, query: Any, body: Any, sha: str) -> Answer:
        need(token, "statuses: write")
        if not re.fullmatch(r"[0-9a-f]{40}", sha):
            raise Refusal(422, f"No commit found for SHA: {sha}")
        if body.get("state") not in ("error", "failure", "pending", "success"):
            raise Refusal(422, "Validation Failed")
        if len(body.get("description") or "") > LONGEST_DESCRIPTION:
            raise Refusal(
                422, "Validation Failed", errors=["description is too long (maximum is 140 characters)"]
            )
        status = {**body, "id": self._number(), "creator": {"login": token.login}, "url": f"{self.api_url}/x"}
        self.statuses[sha].insert(0, status)
        return Answer(status=201, body=status)

    def _combined(self, token: Token, query: Any, body: Any, sha: str) -> Answer:
        need(token, "statuses: read")
        latest = {status["context"]: status for status in reversed(self.statuses[sha])}
        return Answer(
            status=200,
            body={"sha": sha, "total_count": len(latest), "statuses": list(latest.values()), "state": "x"},
        )

    def _list_artifacts(self, token: Token, query: dict[str, list[str]], body: Any) -> Answer:
        need(token, "actions: read")
        wanted = query.get("name", [None])[0]
        found = [artifact for artifact in self.artifacts if wanted is None or artifact["name"] == wanted]
        return self._page(found, query, f"/repos/{self.repository}/actions/artifacts", key="artifacts")

    def _get_run(self, token: Token, query: Any, body: Any, run: str) -> Answer:
        need(token, "actions: read")
        if int(run) not in self.runs:
            raise Refusal(404, "Not Found")
        return Answer(status=200, body=self.runs[int(run)])

    def _approvals(self, token: Token, query: Any, body: Any, run: str) -> Answer:
        need(token, "actions: read")
        return Answer(status=200, body=self.approvals_of.get(int(run), self.approvals))

    def _download(self, token: Token, query: Any, body: Any, artifact: str) -> Answer:
        need(token, "actions: read")
        if any(kept["id"] == int(artifact) and kept["expired"] for kept in self.artifacts):
            raise Refusal(410, "Artifact has expired")
        return Answer(status=302, body={}, headers={"Location": self.storage_url(int(artifact))})

    def _page(self, items: list[Any], query: dict[str, list[str]], path: str, *, key: str = "") -> Answer:
        size = min(int(query.get("per_page", ["30"])[0]), 100)
        page = int(query.get("page", ["1"])[0])
        last = max(1, -(-len(items) // size))
        rest = "".join(
            f"&{name}={values[0]}" for name, values in query.items() if name not in ("page", "per_page")
        )
        address = f"<{self.api_url}{path}?per_page={size}{rest}&page="
        links = [f'{address}{page + 1}>; rel="next"', f'{address}{last}>; rel="last"'] if page < last else []
        part = items[(page - 1) * size : page * size]
        body = {"total_count": len(items), key: part} if key else part
        return Answer(status=200, body=body, headers={"Link": ", ".join(links)} if links else {})

    def _comment(self, number: int, body: str, login: str) -> dict[str, Any]:
        made = self._number()
        return {
            "id": made,
            "node_id": f"C{made}",
            "body": body,
            "user": {"login": login, "id": 7, "url": f"{self.api_url}/users/x"},
            "url": f"{self.api_url}/repos/{self.repository}/issues/comments/{made}",
            "html_url": f"{self.server_url}/{self.repository}/pull/{number}#issuecomment-{made}",
            "created_at": "2026-11-01T10:00:00Z",
            "updated_at": "2026-11-01T10:00:00Z",
        }

    def _number(self) -> int:
        self._next += 1
        return self._next


REPO = rf"/repos/{FakeGitHub.repository}"
ROUTES = {
    ("GET", r"/user"): FakeGitHub._user,
    ("POST", r"/api/graphql"): FakeGitHub._viewer,
    ("GET", rf"{REPO}/pulls"): FakeGitHub._list_pulls,
    ("GET", rf"{REPO}/pulls/(?P<number>\d+)"): FakeGitHub._get_pull,
    ("GET", rf"{REPO}/actions/runs/(?P<run>\d+)/artifacts"): FakeGitHub._artifacts_of_run,
    ("GET", rf"{REPO}/issues/(?P<number>\d+)/comments"): FakeGitHub._list_comments,
    ("POST", rf"{REPO}/issues/(?P<number>\d+)/comments"): FakeGitHub._create_comment,
    ("PATCH", rf"{REPO}/issues/comments/(?P<comment>\d+)"): FakeGitHub._update_comment,
    ("POST", rf"{REPO}/statuses/(?P<sha>[^/]+)"): FakeGitHub._create_status,
    ("GET", rf"{REPO}/commits/(?P<sha>[^/]+)/status"): FakeGitHub._combined,
    ("GET", rf"{REPO}/actions/runs/(?P<run>\d+)"): FakeGitHub._get_run,
    ("GET", rf"{REPO}/actions/runs/(?P<run>\d+)/approvals"): FakeGitHub._approvals,
    ("GET", rf"{REPO}/actions/artifacts"): FakeGitHub._list_artifacts,
    ("GET", rf"{REPO}/actions/artifacts/(?P<artifact>\d+)/zip"): FakeGitHub._download,
}

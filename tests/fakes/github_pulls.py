"""Pull requests of the fake GitHub, forks among them, the artifacts of one run, and the event that tells its end."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.fakes.github_plan import Answer, Refusal, Token, need

if TYPE_CHECKING:
    from tests.fakes.github import FakeGitHub


class PullRequests:
    def __init__(self) -> None:
        self.pulls: dict[int, dict[str, Any]] = {}
        self.git: Path | None = None
        """The repository itself, for whoever may read its contents."""
        self.fetches: list[str] = []
        """The token of every request to it."""

    def open_pull(
        self: "FakeGitHub",
        number: int,
        head: str,
        *,
        branch: str = "feature",
        source: str | None = "mallory/credit",
        base: str = "main",
        state: str = "open",
        title: str = "Better model",
        labels: tuple[str, ...] = (),
    ) -> None:
        self.pulls[number] = {
            "number": number,
            "state": state,
            "title": title,
            "draft": False,
            "labels": [{"name": label} for label in labels],
            "head": {"sha": head, "ref": branch, "repo": {"full_name": source} if source else None},
            # as old as the last push to the change: not what its merge is made of
            "base": {"sha": "b" * 40, "ref": base, "repo": {"full_name": self.repository}},
        }

    def ended(
        self: "FakeGitHub",
        run: int,
        head: str,
        *,
        branch: str = "feature",
        source: str = "mallory/credit",
        event: str = "pull_request",
        path: str = ".github/workflows/ci-mlops.yml",
        **more: Any,
    ) -> dict[str, Any]:
        """The payload of `workflow_run`; of a fork's run it names no pull request."""
        told = {
            "id": run,
            "name": "Model gate",
            "path": path,
            "event": event,
            "status": "completed",
            "conclusion": "failure",
            "head_sha": head,
            "head_branch": branch,
            "head_repository": {"full_name": source, "owner": {"login": source.partition("/")[0]}},
            "html_url": f"{self.server_url}/{self.repository}/actions/runs/{run}",
            "run_attempt": 1,
            "pull_requests": [],
            **more,
        }
        return {
            "action": "completed",
            "workflow_run": told,
            "repository": {"full_name": self.repository, "default_branch": "main"},
        }

    def _list_pulls(self: "FakeGitHub", token: Token, query: dict[str, list[str]], body: Any) -> Answer:
        need(token, "pull-requests: read")
        state, head = query.get("state", ["open"])[0], query.get("head", [""])[0]
        found = [
            pull
            for pull in self.pulls.values()
            if state in ("all", pull["state"])
            and (not head or head == f"{_owner(pull)}:{pull['head']['ref']}")
        ]
        return self._page(found, query, f"/repos/{self.repository}/pulls")

    def _get_pull(self: "FakeGitHub", token: Token, query: Any, body: Any, number: str) -> Answer:
        need(token, "pull-requests: read")
        if int(number) not in self.pulls:
            raise Refusal(404, "Not Found")
        return Answer(status=200, body=self.pulls[int(number)])

    def _artifacts_of_run(
        self: "FakeGitHub", token: Token, query: dict[str, list[str]], body: Any, run: str
    ) -> Answer:
        need(token, "actions: read")
        wanted = query.get("name", [None])[0]
        found = [
            one
            for one in self.artifacts
            if one["workflow_run"]["id"] == int(run) and wanted in (None, one["name"])
        ]
        return self._page(
            found, query, f"/repos/{self.repository}/actions/runs/{run}/artifacts", key="artifacts"
        )


def _owner(pull: dict[str, Any]) -> str:
    source = pull["head"]["repo"]
    return source["full_name"].partition("/")[0] if source else ""

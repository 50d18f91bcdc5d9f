"""Pull requests as the API tells them, and what a run without rights left. Read only; nothing is taken from the run's files."""

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ci_mlops.errors import PlatformFailed
from ci_mlops.platforms.github.ended_run import read_ended_run
from ci_mlops.platforms.github.event import read_change, read_payload
from ci_mlops.platforms.github.platform import PUBLIC_API
from ci_mlops.platforms.patience import Patience
from ci_mlops.records import Change, EndedRun, MergeRef, Proposal
from ci_mlops.report.for_information import MARK

if TYPE_CHECKING:
    from github import Github

LARGEST = 64 * 1024**2
"""Bytes of what a run without rights may leave us, packed; unpacked it may be four times that."""
MOST_PAGES = 5
PAGE = 100
OUR_STATUSES = "ci-mlops/gate/"


class GitHubProposals:
    def __init__(self, environ: Mapping[str, str], *, patience: Patience | None = None) -> None:
        self._environ = dict(environ)
        self._patience = patience or Patience()
        self._payload = read_payload(environ)

    def ended(self) -> EndedRun:
        return read_ended_run(self._payload)

    def proposal(self, number: int) -> Proposal:
        with self._asked("pull-requests: read", f"pull request {number}") as client:
            return self._read(self._get(client, f"/pulls/{number}"))

    def proposals_of(self, run: EndedRun) -> tuple[Proposal, ...]:
        # GitHub finds by the branch's name; that name may be anybody's, so all that it finds is looked at
        query = {"state": "open", "head": f"{run.owner}:{run.branch}"}
        with self._asked("pull-requests: read", "pull requests") as client:
            found = list(self._pages(client, "/pulls", query))
        return tuple(
            self._read(pull, workflow=run.workflow)
            for pull in found
            if pull.get("state") == "open"
            and _at(pull, "base", "repo", "full_name") == self._repository
            and _at(pull, "head", "repo", "full_name") == run.source
            and _at(pull, "head", "sha") == run.head
        )

    def is_told(self, run: EndedRun) -> bool:
        with self._asked("statuses: read", "commit statuses") as client:
            path = f"/commits/{run.head}/status"
            statuses = list(self._pages(client, path, {}, key="statuses"))
        return any(
            # of a model, or of a run
            f"{status.get('context')}/".startswith(OUR_STATUSES)
            # what was said for information is no verdict, and may be said again
            and not str(status.get("description")).startswith(MARK)
            for status in statuses
        )

    def left_by(self, run: EndedRun, name: str, into: Path, *, wanted: Callable[[str], bool]) -> Path | None:
        from ci_mlops.platforms.github.artifacts import fetch_archive

        with self._asked("actions: read", "artifacts") as client:
            listed = self._pages(
                client, f"/actions/runs/{int(run.id)}/artifacts", {"name": name}, key="artifacts"
            )
            alive = [one for one in listed if one.get("name") == name and not one.get("expired")]
            if not alive:
                return None
            newest = max(alive, key=lambda one: int(one["id"]))
            if int(newest.get("size_in_bytes") or 0) > LARGEST:
                raise _too_large(int(newest["size_in_bytes"]))
            return fetch_archive(
                str(newest["archive_download_url"]),
                self._token,
                into,
                self._patience,
                largest=LARGEST,
                unpacked=4 * LARGEST,
                wanted=wanted,
            )

    def merge_ref(self, change: Change) -> MergeRef:
        server = self._environ.get("GITHUB_SERVER_URL") or "https://github.com"
        login = b64encode(f"x-access-token:{self._token}".encode()).decode()
        return MergeRef(
            url=f"{server}/{self._repository}.git",
            ref=f"refs/pull/{int(change.number or 0)}/merge",
            authorization=f"Authorization: Basic {login}" if self._token else "",
        )

    @property
    def _repository(self) -> str:
        return self._environ.get("GITHUB_REPOSITORY", "")

    @property
    def _token(self) -> str:
        return self._environ.get("GITHUB_TOKEN", "")

    def _read(self, pull: Mapping[str, Any], workflow: str = "") -> Proposal:
        source, target = _at(pull, "head", "repo", "full_name"), _at(pull, "base", "repo", "full_name")
        payload = {**self._payload, "pull_request": pull}
        change = read_change({**self._environ, "GITHUB_EVENT_NAME": "pull_request"}, payload)
        # base's own commit is told by the merge: what the API names may be as old as the last push to the change
        known = {"base": None, "fork": source != target}
        return Proposal(change=_with(change, workflow, known), is_open=pull.get("state") == "open")

    def _get(self, client: "Github", path: str) -> dict[str, Any]:
        _, answer = client.requester.requestJsonAndCheck("GET", f"/repos/{quote(self._repository)}{path}")
        return answer if isinstance(answer, dict) else {}

    def _pages(
        self, client: "Github", path: str, query: Mapping[str, str], *, key: str = ""
    ) -> Iterator[dict[str, Any]]:
        address = f"/repos/{quote(self._repository)}{path}"
        for page in range(1, MOST_PAGES + 1):
            asked = {**query, "per_page": PAGE, "page": page}
            _, answer = client.requester.requestJsonAndCheck("GET", address, parameters=asked)
            items = answer[key] if key else answer
            yield from (item for item in items if isinstance(item, dict))
            if len(items) < PAGE:
                return

    @contextmanager
    def _asked(self, permission: str, what: str) -> Iterator["Github"]:
        from ci_mlops.platforms.github.client import Refused, Unreachable, asking, connect

        client = connect(self._environ.get("GITHUB_API_URL") or PUBLIC_API, self._token, self._patience)
        try:
            with asking(permission):
                yield client
        except (Refused, Unreachable) as failure:
            raise PlatformFailed(
                f"GitHub does not tell the {what}: {failure.why}",
                where=self._repository,
                mend=f"Give the job `permissions: {permission}`, or run it again.",
            ) from failure


def _with(change: Change, workflow: str, known: Mapping[str, Any]) -> Change:
    # one comment for all of a pull request: it is known by the gate's file, whoever writes it
    return replace(change, workflow=workflow or change.workflow, **known)


def _too_large(size: int) -> PlatformFailed:
    return PlatformFailed(
        f"What the run left is larger than {LARGEST:,} bytes: {size:,}",
        where="artifact download",
        mend="Predictions of the pinned test rows and two cards are far smaller; models are not wanted.",
    )


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value

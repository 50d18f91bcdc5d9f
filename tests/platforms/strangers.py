"""A fork's pull request whose run has ended: its repository, what it left, and the run that may tell."""

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ci_mlops.cli.wiring import now
from ci_mlops.flows.informed import Room
from ci_mlops.flows.publish_run import HAND_OVER, Told, publish_run
from ci_mlops.flows.tools import Tools
from ci_mlops.platforms.github import GitHub
from ci_mlops.platforms.github.proposals import GitHubProposals
from ci_mlops.report.codec import read_verdict
from tests.e2e.team import Proposed, Team
from tests.fakes.github import WORKFLOW, FakeGitHub
from tests.platforms.conftest import HURRY

RUN, PUBLISH_RUN = 500, 900
CANARY = "ghs_canary0123456789"
Files = dict[str, bytes]


def handed_over(proposed: Proposed, home: Path, folder: str = ".") -> Files:
    """What `train` and `predict` leave for this change, in a run without a token."""
    event = home / "event.json"
    pull = {
        "number": 7,
        "head": {"sha": proposed.head, "ref": "feature", "repo": {"full_name": "mallory/credit"}},
        "base": {"sha": proposed.base, "ref": "main", "repo": {"full_name": "acme/credit"}},
    }
    event.write_text(json.dumps({"pull_request": pull}))
    environ = {
        "PATH": f"{Path(sys.prefix) / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "CI_MLOPS_CACHE": str(home / "cache"),
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_REPOSITORY": "acme/credit",
    }
    for command in ("train", "predict"):
        subprocess.run(
            [sys.executable, "-m", "ci_mlops.cli", command],
            cwd=proposed.folder / folder,
            env={**environ, "GITHUB_JOB": command},
            check=True,
            capture_output=True,
        )
    output = proposed.folder / folder / ".ci-mlops"
    names = [*output.glob("predictions/*"), *output.glob("models/*/model.json")]
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in names}


def tools_about(platform: GitHub, home: Path, say: Callable[[str], None] = print) -> Tools:
    def nothing(*_: object) -> Any:
        raise AssertionError("nothing of the change is run, and no registry is asked")

    return Tools(
        platform=platform, environment=nothing, registry=nothing, cache=home / "cache", now=now, say=say
    )


def packed(files: Mapping[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in files.items():
            zipped.writestr(name, content)
    return archive.getvalue()


@dataclass(kw_only=True)
class Stranger:
    """`stranger.tell(files)` is the privileged run after the fork's own."""

    github: FakeGitHub
    team: Team
    proposed: Proposed
    left: Files
    home: Path
    config: Path | None = Path("ci-mlops.yml")
    said: list[str] = field(default_factory=list)
    models: dict[str, Files] = field(default_factory=dict)
    """What an honest one leaves of each, where there are several."""

    def propose(self, files: dict[str, str]) -> None:
        """Another push to pull request 7; its author writes that commit into the cards, as anybody can."""
        before = self.proposed.head
        self.proposed = self.team.propose(files)
        self.github.open_pull(7, self.proposed.head)
        self.left = {
            name: content.replace(before.encode(), self.proposed.head.encode())
            for name, content in self.left.items()
        }

    def tell(self, archive: bytes | None = None, **run: Any) -> Told:
        """`archive`: what the run left; None: what an honest one leaves."""
        self.github.store_archive(
            HAND_OVER, packed(self.left) if archive is None else archive, fork=True, run=RUN
        )
        return self.tell_of_what_is_there(**run)

    def tell_of_what_is_there(self, **run: Any) -> Told:
        head = run.pop("head", self.proposed.head)
        environ = self.environ(self.github.ended(RUN, head, **run))
        place = self.home / "room"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        room = Room(
            proposals=GitHubProposals(environ, patience=HURRY),
            about=lambda change: tools_about(
                GitHub(environ, patience=HURRY, say=self.said.append, about=change),
                self.home,
                self.said.append,
            ),
            folder=place,
        )
        here = Path.cwd()
        os.chdir(self.team.folder)  # the default branch, as actions/checkout leaves it there
        try:
            return publish_run(room, self.config, self.home / "output")
        finally:
            os.chdir(here)

    def environ(self, payload: Mapping[str, Any]) -> dict[str, str]:
        event = self.home / "workflow_run.json"
        event.write_text(json.dumps(payload))
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": "workflow_run",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_REPOSITORY": self.github.repository,
            "GITHUB_SERVER_URL": self.github.server_url,
            "GITHUB_API_URL": self.github.api_url,
            "GITHUB_TOKEN": CANARY,
            "GITHUB_RUN_ID": str(PUBLISH_RUN),
            "GITHUB_WORKFLOW_REF": f"{self.github.repository}/.github/workflows/ci-mlops-publish.yml@refs/heads/main",
            "GITHUB_JOB": "publish",
            "GITHUB_STEP_SUMMARY": str(self.home / "summary.md"),
            "GITHUB_OUTPUT": str(self.home / "outputs"),
        }

    @property
    def verdict(self) -> Any:
        return read_verdict(self.home / "output" / "verdict.json")

    @property
    def comment(self) -> str:
        [comment] = self.github.comments[7]
        return str(comment["body"])

    @property
    def status(self) -> dict[str, Any]:
        return self.github.statuses[self.proposed.head][0]

    def everything_said(self) -> str:
        """All that left the run: what was posted, printed and written."""
        files = [path for path in (self.home / "output").rglob("*") if path.is_file()]
        files += [self.home / "summary.md", self.home / "outputs"]
        posted = json.dumps([seen.body for seen in self.github.seen])
        return "\n".join((posted, *self.said, *(path.read_text() for path in files if path.exists())))


__all__ = ["CANARY", "PUBLISH_RUN", "RUN", "WORKFLOW", "Stranger", "handed_over", "packed", "tools_about"]

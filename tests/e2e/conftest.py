"""`act` in host mode: the workflow that a team copies, against a GitHub that says no. Nothing leaves loopback."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.team import Proposed, Team
from tests.fakes.github import READ_ONLY, FakeGitHub, Token

ROOT = Path(__file__).parents[2]
STUBS = Path(__file__).parent / "stubs"
WORKFLOW = ".github/workflows/ci-mlops.yml"
LAST = ("waive", "gate")
WRITES, READS = "ghs_writes", "ghs_reads"
USED = re.compile(r"uses: ([\w.-]+/[\w.-]+)@([\w.-]+)")


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What act did, line by line; `command` lines are what the runner would have obeyed."""

    exit_code: int
    lines: tuple[dict[str, Any], ...]
    log: str

    def commands(self, kind: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line.get("command") == kind]

    @property
    def outputs(self) -> dict[str, str]:
        """What was said last; the job `gate`, which judges nothing, says nothing of a verdict."""
        return {line["name"]: line["arg"] for line in self.commands("set-output") if line["arg"]}

    @property
    def summary(self) -> str:
        return "\n".join(line["content"] for line in self.commands("summary"))

    @property
    def gate(self) -> int:
        """The exit code of the action's last step where it judges; act's own knows only 0 and 1."""
        return max((code for job, code in self.codes.items() if job not in LAST), default=0)

    @property
    def codes(self) -> dict[str, int]:
        """Job -> the exit code that it failed with, which act tells in the line that ends the step."""
        told = ((line.get("jobID", ""), re.search(r"exit status (\d+)", said(line))) for line in self.lines)
        return {job: int(found[1]) for job, found in told if found}

    @property
    def results(self) -> dict[str, str]:
        """Job -> how it ended."""
        return {line["jobID"]: line["jobResult"] for line in self.lines if "jobResult" in line}


def said(line: Mapping[str, Any]) -> str:
    raw = line.get("raw_output")
    return raw if isinstance(raw, str) else str(line.get("msg", ""))


@pytest.fixture
def fake():
    with FakeGitHub() as github:
        github.tokens = {WRITES: Token(), READS: Token(permissions=READ_ONLY)}
        yield github


@pytest.fixture
def team(tmp_path) -> Team:
    return Team(tmp_path)


@pytest.fixture
def act(fake: FakeGitHub, action: Path, tmp_path: Path) -> Callable[..., Ran]:
    """`act(proposed, "pull_request", workflow=..., token=READS, title=...)`"""
    assert (Path(sys.prefix) / "bin" / "ci-mlops").exists(), "install the package into this environment first"

    def run(
        proposed: Proposed,
        event: str = "pull_request",
        *,
        workflow: str | Path = ROOT / "templates" / "github" / "ci-mlops.yml",
        token: str = WRITES,
        payload: Mapping[str, Any] | None = None,
        timeout: float = 240,
        flags: Sequence[str] = (),
        **variables: str,
    ) -> Ran:
        text = workflow.read_text() if isinstance(workflow, Path) else workflow
        file = proposed.folder / WORKFLOW
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        event_file = tmp_path / "event.json"
        event_file.write_text(json.dumps(payload if payload is not None else payload_of(proposed, event)))
        environ = {
            "GITHUB_API_URL": fake.api_url,
            "CI_MLOPS_HOME": sys.prefix,
            "STORE": str(tmp_path / "store"),
            "CHECKOUT": str(proposed.folder),
        }
        command = [
            "act", event, "--json", "--no-cache-server", "--cache-server-addr", "127.0.0.1",
            "--artifact-server-addr", "127.0.0.1",
            "--platform", "ubuntu-latest=-self-hosted",
            "--workflows", str(file),
            "--eventpath", str(event_file),
            "--secret", f"GITHUB_TOKEN={token}",
            *(f"--env={name}={value}" for name, value in {**environ, **variables}.items()),
            *(f"--local-repository={used}" for used in stubbed(text, action)),
            *flags,
        ]  # fmt: skip
        done = subprocess.run(
            command,
            cwd=proposed.folder,
            env=surroundings(tmp_path),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        told = "\n".join([*map(said, lines), done.stderr])
        return Ran(exit_code=done.returncode, lines=tuple(lines), log=told)

    return run


def payload_of(
    proposed: Proposed, event: str, *, title: str = "Better model", fork: bool = False
) -> dict[str, Any]:
    repository = {"full_name": "acme/credit", "default_branch": "main"}
    if event == "push":
        return {
            "repository": repository,
            "before": proposed.base,
            "after": proposed.head,
            "ref": "refs/heads/main",
        }
    if event == "merge_group":
        queue = f"refs/heads/gh-readonly-queue/main/pr-7-{proposed.base}"
        group = {
            "head_sha": proposed.head,
            "head_ref": queue,
            "base_sha": proposed.base,
            "base_ref": "refs/heads/main",
        }
        return {"repository": repository, "merge_group": group}
    source = "mallory/credit" if fork else "acme/credit"
    pull = {
        "number": 7,
        "title": title,
        "head": {"sha": proposed.head, "ref": "feature", "repo": {"full_name": source}},
        "base": {"sha": proposed.base, "ref": "main", "repo": {"full_name": "acme/credit"}},
    }
    return {"number": 7, "action": "opened", "pull_request": pull, "repository": repository}


@pytest.fixture(scope="session")
def action(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a runner needs of our repository: act would copy a `.venv` along, gigabytes for every run."""
    folder = tmp_path_factory.mktemp("action")
    shutil.copy(ROOT / "action.yml", folder)
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    return folder


def stubbed(text: str, action: Path) -> list[str]:
    """Every action that the workflow and our own action use, as a folder on this machine."""
    found = dict.fromkeys(USED.findall(text + (ROOT / "action.yml").read_text()))
    places = {"ci-mlops/ci-mlops": action}
    return [
        f"{name}@{reference}={places.get(name, STUBS / name.partition('/')[2])}" for name, reference in found
    ]


def surroundings(home: Path) -> dict[str, str]:
    """A runner's own: an empty home, and a PATH whose `python` is the team's."""
    settings = home / "home" / ".config" / "act"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "actrc").touch()
    path = os.pathsep.join((str(Path(sys.prefix) / "bin"), "/usr/local/bin", "/usr/bin", "/bin"))
    return {"PATH": path, "HOME": str(home / "home"), "LANG": "C.UTF-8", "GIT_CONFIG_GLOBAL": os.devnull}

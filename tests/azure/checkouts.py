"""`checkout:`: a clone as deep as the step asks for, or a copy of what is no repository."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.azure.agent import Repository
from tests.azure.errors import PipelineRefused


def check_out(step: Mapping[str, str], repository: Repository, target: Path, token: str) -> None:
    if target.is_dir():
        shutil.rmtree(target)
    if repository.branch is None:
        shutil.copytree(repository.folder, target)
        return
    # a pipeline made after 2022 fetches one commit where nothing is said
    depth = step.get("fetchDepth", "1")
    shallow = [] if depth == "0" else ["--depth", depth]
    _git("clone", "--quiet", *shallow, "--branch", repository.branch, repository.folder.as_uri(), str(target))
    _git(
        "-C",
        str(target),
        "remote",
        "set-url",
        "origin",
        f"https://dev.azure.example/acme/_git/{repository.name}",
    )
    # the agent leaves no branch checked out
    _git("-C", str(target), "checkout", "--quiet", "--detach")
    if step.get("persistCredentials", "false").lower() == "true":
        _git("-C", str(target), "config", "http.extraheader", f"AUTHORIZATION: bearer {token}")


def place_of(step: Mapping[str, str], repository: Repository, build: Path, *, several: bool) -> Path:
    path = step.get("path") or (f"s/{repository.name}" if several else "s")
    if Path(path).is_absolute() or ".." in Path(path).parts:
        raise PipelineRefused(f"checkout: the path '{path}' leads out of the workspace")
    return build / path


def _git(*arguments: str) -> None:
    environ = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0"}
    done = subprocess.run(["git", *arguments], env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PipelineRefused(f"git {arguments[0]}: {done.stderr.strip()}")

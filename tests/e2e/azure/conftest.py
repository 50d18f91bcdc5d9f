"""The pipeline files that a team copies, expanded and run on this machine."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.azure.agent import Agent, Ran, Repository
from tests.azure.expand import expand
from tests.azure.run import run
from tests.e2e.team import Proposed, Team
from tests.fakes.azure import FakeAzure, Identity

ROOT = Path(__file__).parents[3]
AZURE = ROOT / "templates" / "azure"
FILE = "azure-pipelines-ci-mlops.yml"
TOKEN = "ey.job.token"


@pytest.fixture
def team(tmp_path) -> Team:
    return Team(tmp_path)


@pytest.fixture(scope="session")
def mlops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a checkout of our repository holds, as far as a pipeline looks into it."""
    folder = tmp_path_factory.mktemp("mlops")
    shutil.copytree(ROOT / "templates", folder / "templates")
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    return folder


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every team has the same champion: it is trained once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def devops():
    with FakeAzure() as azure:
        azure.tokens[TOKEN] = Identity()
        yield azure


@pytest.fixture
def pipeline(devops: FakeAzure, team: Team, mlops: Path, cache: Path, tmp_path: Path) -> Callable[..., Ran]:
    """`pipeline(proposed, "PullRequest", file="azure-pipelines-isolated.yml", install="", ...)`"""
    assert (Path(sys.prefix) / "bin" / "ci-mlops").exists(), "install the package into this environment first"
    runs = count(100)

    def go(
        proposed: Proposed,
        reason: str = "PullRequest",
        *,
        file: str | Path = "azure-pipelines.yml",
        text: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        environ: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
        **agent: Any,
    ) -> Ran:
        build = next(runs)
        work = tmp_path / f"run{build}"
        work.mkdir()
        (proposed.folder / FILE).write_text(text if text is not None else (AZURE / file).read_text())
        if reason == "PullRequest" and devops.iterations[-1]["sourceRefCommit"]["commitId"] != proposed.head:
            devops.push(proposed.head)
        known = {**variables_of(proposed, reason), **service(devops, build), **(variables or {})}
        document = expand({"self": proposed.folder, "mlops": mlops}, FILE, parameters, known)
        return run(
            document,
            Agent(
                work=work,
                repositories={
                    "self": Repository(
                        folder=proposed.folder, name="credit", branch=branch_of(proposed.folder)
                    ),
                    "mlops": Repository(folder=mlops, name="ci-mlops"),
                },
                environ={**surroundings(tmp_path, cache), "CI_MLOPS_HOME": sys.prefix, **(environ or {})},
                variables=known,
                **{"token": TOKEN, **agent},
            ),
        )

    return go


def service(devops: FakeAzure, build: int) -> dict[str, str]:
    return {
        "Build.BuildId": str(build),
        "Build.Repository.ID": devops.repository,
        "Build.Repository.Name": devops.repository_name,
        "Build.Repository.Provider": "TfsGit",
        "System.CollectionUri": devops.collection_url,
        "System.TeamProject": devops.project,
        "System.DefinitionId": str(devops.pipeline),
        "System.DefinitionName": "model gate",
        "System.StageAttempt": "1",
    }


def branch_of(folder: Path) -> str:
    asked = ["git", "-C", str(folder), "branch", "--show-current"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


def variables_of(proposed: Proposed, reason: str) -> dict[str, str]:
    """As the service sets them; a pull request's version is its merge with the base."""
    told = ["git", "-C", str(proposed.folder), "rev-parse", "HEAD"]
    version = subprocess.run(told, capture_output=True, text=True, check=True).stdout.strip()
    variables = {
        "Build.Reason": reason,
        "Build.SourceVersion": version,
        "Build.SourceBranch": "refs/heads/main",
        "Build.SourceBranchName": "main",
    }
    if reason == "PullRequest":
        variables |= {
            "Build.SourceBranch": "refs/pull/7/merge",
            "Build.SourceBranchName": "merge",
            "System.PullRequest.PullRequestId": "7",
            "System.PullRequest.SourceBranch": "refs/heads/feature",
            "System.PullRequest.TargetBranch": "refs/heads/main",
            "System.PullRequest.SourceCommitId": proposed.head,
            "System.PullRequest.IsFork": "False",
        }
    return variables


def surroundings(home: Path, cache: Path) -> dict[str, str]:
    """An agent's own: an empty home, and a PATH whose `python` is the team's."""
    (home / "home").mkdir(exist_ok=True)
    path = os.pathsep.join((str(Path(sys.prefix) / "bin"), "/usr/local/bin", "/usr/bin", "/bin"))
    return {
        "PATH": path,
        "HOME": str(home / "home"),
        "LANG": "C.UTF-8",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "CI_MLOPS_CACHE": str(cache),
    }

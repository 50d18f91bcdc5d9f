"""Artifacts of earlier runs: found by name, fetched and unpacked."""

from collections.abc import Callable
from pathlib import Path
from typing import IO

import requests
from github import Github
from github.Artifact import Artifact
from github.GithubException import UnknownObjectException
from github.Repository import Repository
from requests.adapters import HTTPAdapter

from ci_mlops.errors import PlatformFailed
from ci_mlops.platforms.github.client import retries
from ci_mlops.platforms.patience import Patience
from ci_mlops.platforms.unpacking import CHUNK, LARGEST, everything, fetch_and_unpack, save

MOST_RUNS = 20
"""How many runs are looked up at most, one call each: whoever floods a name is not found, and we judge again."""
JUDGING_EVENTS = ("pull_request", "merge_group")


def newest_artifact(client: Github, repository: str, name: str, *, workflow: str) -> Artifact | None:
    """`workflow`: our own file; what another workflow, or a run on another event, calls so was not judged by it."""
    source = client.get_repo(repository)
    alive = [
        artifact
        for artifact in source.get_artifacts(name=name)
        # the server filters by name; a name that only looks alike must not slip through
        if artifact.name == name and not artifact.expired and made_here(artifact)
    ]
    alive.sort(key=lambda artifact: (artifact.created_at, artifact.id), reverse=True)
    return next((one for one in alive[:MOST_RUNS] if was_judged(source, one, workflow)), None)


def was_judged(source: Repository, artifact: Artifact, workflow: str) -> bool:
    try:
        run = source.get_workflow_run(int(artifact.raw_data["workflow_run"]["id"])).raw_data
    except UnknownObjectException:
        return False  # deleted since
    # GitHub may name the file with the branch that it was taken from: `ci-mlops.yml@main`
    path = str(run.get("path") or "").partition("@")[0]
    return path == workflow and run.get("event") in JUDGING_EVENTS


def made_here(artifact: Artifact) -> bool:
    """A fork's run lists its artifacts with ours, under any name it likes: those are a stranger's files."""
    run = artifact.raw_data.get("workflow_run") or {}
    return run.get("head_repository_id") is not None and run.get("head_repository_id") == run.get(
        "repository_id"
    )


def fetch_artifact(
    artifact: Artifact, token: str, into: Path, patience: Patience, *, largest: int = LARGEST
) -> Path:
    """The artifact's files in `into`, which appears whole or not at all."""
    return fetch_archive(artifact.archive_download_url, token, into, patience, largest=largest)


def fetch_archive(
    url: str,
    token: str,
    into: Path,
    patience: Patience,
    *,
    largest: int,
    unpacked: int = 0,
    wanted: Callable[[str], bool] = everything,
) -> Path:
    """The same of its address, with the wanted files alone; `unpacked`: bytes that they may fill, if more than packed."""

    def fetch(file: IO[bytes]) -> None:
        download(url, token, file, patience, largest=largest)

    return fetch_and_unpack(fetch, into, largest=unpacked or largest, wanted=wanted)


def download(url: str, token: str, file: IO[bytes], patience: Patience, *, largest: int) -> None:
    """GitHub answers with the address of a storage, which is a stranger: it never sees our token."""
    session = requests.Session()
    session.mount("https://", HTTPAdapter(max_retries=retries(patience)))
    session.mount("http://", HTTPAdapter(max_retries=retries(patience)))
    with session:
        authorization = {"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"}
        answer = session.get(url, headers=authorization, allow_redirects=False, timeout=patience.timeout)
        if not answer.is_redirect:
            raise PlatformFailed(
                f"GitHub answered {answer.status_code} where it should name the artifact's storage",
                where=url,
                mend="The token needs `actions: read`; an artifact may also have just expired.",
            )
        with session.get(answer.headers["Location"], stream=True, timeout=patience.timeout) as stored:
            stored.raise_for_status()
            save(stored.iter_content(CHUNK), file, largest=largest)

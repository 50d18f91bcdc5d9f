"""Artifacts of earlier runs: found by name, fetched with a limit, unpacked without trust."""

import shutil
import stat
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import IO

import requests
from github import Github
from github.Artifact import Artifact
from github.GithubException import UnknownObjectException
from github.Repository import Repository
from requests.adapters import HTTPAdapter

from ci_mlops.errors import PlatformFailed
from ci_mlops.platforms.github.client import retries
from ci_mlops.platforms.github.patience import Patience

LARGEST = 4 * 1024**3
"""Bytes, packed and unpacked alike."""
MOST_FILES = 10_000
CHUNK = 1024 * 1024
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
    wanted: Callable[[str], bool] = lambda _: True,
) -> Path:
    """The same of its address, with the wanted files alone; `unpacked`: bytes that they may fill, if more than packed."""
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into.parent, prefix=".artifact-") as folder:
        archive = Path(folder) / "archive.zip"
        with archive.open("wb") as file:
            download(url, token, file, patience, largest=largest)
        files = Path(folder) / "files"
        unpack(archive, files, largest=unpacked or largest, wanted=wanted)
        if into.exists():
            shutil.rmtree(into)
        files.replace(into)
    return into


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
            _save(stored, file, largest)


def _save(stored: requests.Response, file: IO[bytes], largest: int) -> None:
    size = 0
    for chunk in stored.iter_content(CHUNK):
        size += len(chunk)
        if size > largest:
            raise _unsafe(f"it is larger than {largest:,} bytes")
        file.write(chunk)


def unpack(
    archive: Path, into: Path, *, largest: int = LARGEST, wanted: Callable[[str], bool] = lambda _: True
) -> None:
    """
    Regular files below `into`, nothing else; every name is looked at, and the wanted ones are written.

    Raises:
        PlatformFailed: a name that leads elsewhere, a link, too many files or too many bytes.
    """
    try:
        with zipfile.ZipFile(archive) as packed:
            members = packed.infolist()
            if len(members) > MOST_FILES:
                raise _unsafe(f"it holds {len(members):,} files")
            for member in members:
                check_member(member)
            if len({member.filename for member in members}) < len(members):
                raise _unsafe("it names one file twice")
            _extract(packed, [one for one in members if wanted(one.filename)], into, largest)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise _unsafe(f"it is no readable zip: {error}") from error


def check_member(member: zipfile.ZipInfo) -> None:
    path = PurePosixPath(member.filename)
    kind = stat.S_IFMT(member.external_attr >> 16)
    if path.is_absolute() or ".." in path.parts or "\\" in member.filename or ":" in member.filename:
        raise _unsafe(f"its member {member.filename!a} leads out of its folder")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise _unsafe(f"its member {member.filename!a} is a link or a device")


def _extract(packed: zipfile.ZipFile, members: list[zipfile.ZipInfo], into: Path, largest: int) -> None:
    into.mkdir(parents=True)
    # sizes in the archive's own index may lie, so what is written is counted
    room = largest
    for member in members:
        target = into / member.filename
        if member.is_dir():
            target.mkdir(parents=True, exist_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        with packed.open(member) as source, target.open("xb") as file:
            while chunk := source.read(CHUNK):
                room -= len(chunk)
                if room < 0:
                    raise _unsafe(f"it unpacks to more than {largest:,} bytes")
                file.write(chunk)


def _unsafe(reason: str) -> PlatformFailed:
    return PlatformFailed(
        f"The artifact was refused: {reason}",
        where="artifact download",
        mend="Delete the artifact and run the workflow that made it again.",
    )

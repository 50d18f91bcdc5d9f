"""Artifacts of earlier runs: found by name among the runs for pull requests, fetched with a limit, unpacked without trust."""

import re
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import requests

from ci_mlops.errors import PlatformFailed
from ci_mlops.platforms.azure.client import Client
from ci_mlops.platforms.azure.failures import Unreachable
from ci_mlops.platforms.azure.place import Place
from ci_mlops.platforms.azure.seen import Build
from ci_mlops.platforms.azure.token import Token
from ci_mlops.platforms.azure.transport import PatientAdapter, authorization
from ci_mlops.platforms.patience import Patience
from ci_mlops.platforms.unpacking import CHUNK, LARGEST, fetch_and_unpack, save

MOST_RUNS = 50
"""How many runs are looked up at most, one call each: no list of artifacts goes by name here."""
PULL_REQUEST = re.compile(r"refs/pull/(\d+)/merge")
THEIR_STORAGE = (".visualstudio.com", ".dev.azure.com")
"""Where Azure DevOps keeps the artifacts of pipelines; it asks for our token there."""


def newest_artifact(client: Client, place: Place, name: str) -> str | None:
    """The address of its zip. A fork's run is of this pipeline too, and leaves what a stranger likes."""
    for build in client.pull_request_builds(MOST_RUNS):
        if not _is_ours(build, place):
            continue
        address = client.artifact_address(build.id, name)
        if address is not None and made_here(client, place, build):
            return address
    return None


def made_here(client: Client, place: Place, build: Build) -> bool:
    if not place.here:
        return build.told.get("pr.isFork", "").lower() == "false"
    number = PULL_REQUEST.fullmatch(build.branch)
    return number is not None and not client.is_from_fork(int(number[1]))


def _is_ours(build: Build, place: Place) -> bool:
    """The server filters by all of these; what only slipped through must not count."""
    same = build.pipeline == place.pipeline and build.repository.lower() == place.repository_id.lower()
    return same and build.reason == "pullRequest" and not build.deleted


def fetch_artifact(
    address: str,
    name: str,
    place: Place,
    token: Token,
    into: Path,
    patience: Patience,
    *,
    largest: int = LARGEST,
) -> Path:
    """The artifact's files in `into`, which appears whole or not at all."""

    def fetch(file: IO[bytes]) -> None:
        download(address, place, token, file, patience, largest=largest)

    # the zip holds one folder, named like the artifact
    return fetch_and_unpack(fetch, into, largest=largest, around=name)


def download(
    address: str, place: Place, token: Token, file: IO[bytes], patience: Patience, *, largest: int
) -> None:
    """
    Raises:
        PlatformFailed, Failed
    """
    if not _is_theirs(address, place):
        raise PlatformFailed(
            "The artifact was refused: Azure DevOps names a place for it that is not its own",
            where=address,
            mend="Delete the run that left it, and run the pipeline again.",
        )
    session = requests.Session()
    session.auth = authorization(token)
    adapter = PatientAdapter(patience, whole=False)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    with session:
        try:
            # a redirect to another host is followed without our token, which is what `requests` sees to
            with session.get(address, stream=True, timeout=patience.timeout) as stored:
                save(stored.iter_content(CHUNK), file, largest=largest)
        except requests.RequestException as error:
            raise Unreachable(f"the artifact can't be fetched ({type(error).__name__})") from error


def _is_theirs(address: str, place: Place) -> bool:
    """On the collection's own host, or on one that Azure DevOps is known to keep artifacts on."""
    told, own = urlsplit(address), urlsplit(place.collection)
    if (told.scheme, told.netloc) == (own.scheme, own.netloc):
        return True
    host = told.hostname or ""
    return told.scheme == "https" and (host == "dev.azure.com" or host.endswith(THEIR_STORAGE))

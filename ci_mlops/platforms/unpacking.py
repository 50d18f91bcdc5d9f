"""Archives that earlier runs left: fetched with a limit, unpacked without trust."""

import shutil
import stat
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath
from typing import IO

from ci_mlops.errors import PlatformFailed

LARGEST = 4 * 1024**3
"""Bytes, packed and unpacked alike."""
MOST_FILES = 10_000
CHUNK = 1024 * 1024


def everything(_: str) -> bool:
    return True


def fetch_and_unpack(
    fetch: Callable[[IO[bytes]], None],
    into: Path,
    *,
    largest: int = LARGEST,
    wanted: Callable[[str], bool] = everything,
    around: str = "",
) -> Path:
    """
    What `fetch` writes, unpacked into `into`, which appears whole or not at all.

    Args:
        fetch: Writes the archive.
        into: Replaced, if it is there.
        largest: Bytes that the files may fill.
        wanted: Which of them are written, by name.
        around: The folder that the archive may put around all of them; it is left out.
    """
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into.parent, prefix=".artifact-") as folder:
        archive = Path(folder) / "archive.zip"
        with archive.open("wb") as file:
            fetch(file)
        files = Path(folder) / "files"
        unpack(archive, files, largest=largest, wanted=wanted)
        if around and [path.name for path in files.iterdir()] == [around] and (files / around).is_dir():
            files /= around
        if into.exists():
            shutil.rmtree(into)
        files.replace(into)
    return into


def save(chunks: Iterable[bytes], file: IO[bytes], *, largest: int) -> None:
    """
    Raises:
        PlatformFailed: more than `largest` bytes.
    """
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > largest:
            raise _unsafe(f"it is larger than {largest:,} bytes")
        file.write(chunk)


def unpack(
    archive: Path, into: Path, *, largest: int = LARGEST, wanted: Callable[[str], bool] = everything
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
        mend="Delete the artifact, or the run that left it, and run it again.",
    )

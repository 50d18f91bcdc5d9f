"""Where pinned files are found: in the working tree if they are what the pin says, else in base's commit."""

import os
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from ci_mlops import repository
from ci_mlops.errors import BadConfig, BadData
from ci_mlops.files.digest import file_digest
from ci_mlops.flows.code import is_matched
from ci_mlops.flows.project import BROKEN_BASE, Project
from ci_mlops.records import FilePin, Lock


def test_files(project: Project, cache: Path) -> tuple[Path, ...]:
    """
    The test rows that base's pin names, in the pin's order; a change that moves them is judged on base's.

    Raises:
        BadData: a file that is nowhere to be found as it was pinned.
    """
    pins = _test_pins(project.policy_lock)
    files = tuple(find_pinned(project, pin, cache) for pin in pins)
    moved = _test_pins(project.lock)
    if moved != pins:
        # after the merge these are what every change is judged on
        for pin in moved:
            find_pinned(project, pin, cache, whose="ci-mlops.lock")
    return files


def _test_pins(lock: Lock) -> tuple[FilePin, ...]:
    pins = lock.data.get("test", ())
    if not pins:
        raise BadData(
            "No test data is pinned", where="ci-mlops.lock", mend="`ci-mlops pin`, then commit ci-mlops.lock."
        )
    return pins


def check_pinned_names(project: Project) -> None:
    """
    Hold the paths of the pinned test data against the config, which needs no file: jobs without the test rows do
    that too, or a lock that pins nothing real would be merged and stop every change after it.

    Raises:
        BadData: the lock pins other paths than the config names.
    """
    named = project.config.data.test.path
    pattern = PurePosixPath(named)
    for pin in _test_pins(project.lock):
        path = PurePosixPath(pin.path)
        if path != pattern and not is_matched(path, str(pattern)) and not _is_in_range(path, pattern):
            raise BadData(
                f"ci-mlops.lock pins {pin.path} as test data, and ci-mlops.yml names {named}",
                where=f"ci-mlops.lock; {project.config.where('data', 'test', 'path')}",
                mend="`ci-mlops pin`, then commit ci-mlops.lock.",
            )


def _is_in_range(path: PurePosixPath, pattern: PurePosixPath) -> bool:
    # `part-[0-9].csv`
    return "[" in str(pattern) and fnmatchcase(str(path), str(pattern))


def find_pinned(
    project: Project, pin: FilePin, cache: Path, *, whose: str = "", also: str | None = None
) -> Path:
    """`whose`: the lock that pins it, by default base's where there is one. `also`: another commit that may hold it."""
    here = project.folder / pin.path
    if _is(here, pin):
        return here
    kept = cache / "data" / pin.sha256 / PurePosixPath(pin.path).name
    if _is(kept, pin):
        return kept
    if project.base is not None:
        content = repository.bytes_at(
            project.base.commit, project.path_in_repository(pin.path), project.folder
        )
        if content is not None and _keep(content, kept, pin):
            return kept
    if also is not None and project.top is not None and also != (project.base and project.base.commit):
        with suppress(BadConfig):  # a shallow clone may lack it
            content = repository.bytes_at(also, project.path_in_repository(pin.path), project.folder)
            if content is not None and _keep(content, kept, pin):
                return kept
    if _grew(here, pin):
        # the change adds rows at the file's end: what base pins is its beginning
        with here.open("rb") as file:
            if _keep(file.read(pin.size), kept, pin):
                return kept
    is_bases = not whose and project.base is not None
    whose = "the base branch's ci-mlops.lock" if is_bases else "ci-mlops.lock"
    raise BadData(
        f"{pin.path} is not what {whose} pins ({pin.sha256[:8]})"
        if here.exists()
        else f"{pin.path} is missing",
        where=pin.path,
        mend="Fetch the data as it was pinned; if new data is meant: `ci-mlops pin`, in a change of its own."
        + (f" {BROKEN_BASE}" if is_bases else ""),
    )


def keep_pinned(pins: Sequence[FilePin], folder: Path, cache: Path) -> None:
    """Into the cache what of `folder` is as it was pinned: an earlier step may have fetched it there."""
    for pin in pins:
        kept = cache / "data" / pin.sha256 / PurePosixPath(pin.path).name
        if _is(folder / pin.path, pin) and not _is(kept, pin):
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / pin.path, kept)


def place_pinned(project: Project, pins: Sequence[FilePin], folder: Path, cache: Path) -> None:
    """Pinned data into another checkout, where git does not hold it: as links, as data may be large."""
    for pin in pins:
        place = folder / pin.path
        if _is(place, pin):
            continue
        found = find_pinned(project, pin, cache)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        place.symlink_to(found.resolve())


def _is(path: Path, pin: FilePin) -> bool:
    return path.is_file() and path.stat().st_size == pin.size and file_digest(path) == pin.sha256


def _grew(path: Path, pin: FilePin) -> bool:
    return path.is_file() and path.stat().st_size > pin.size


def _keep(content: bytes, place: Path, pin: FilePin) -> bool:
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=place.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    beside = Path(name)
    if not _is(beside, pin):
        beside.unlink()
        return False
    beside.replace(place)
    return True

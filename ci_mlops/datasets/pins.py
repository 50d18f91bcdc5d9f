"""Pin data sets, and hold them against their pins. Every problem is told at once."""

from collections.abc import Mapping
from pathlib import Path

from ci_mlops.datasets.digest import data_digest
from ci_mlops.datasets.faults import (
    changed_file,
    changed_file_unread,
    lacking_set,
    missing_file,
    surplus_set,
    unpinned_file,
)
from ci_mlops.datasets.measure import measure
from ci_mlops.datasets.sources import Absent, find_files
from ci_mlops.datasets.stat_cache import StatCache, open_cache
from ci_mlops.errors import BadData, BadDataProblems, CiMlopsError
from ci_mlops.files.walking import Found
from ci_mlops.records import FilePin, Lock

__all__ = ["check_data", "data_digest", "pin_data"]

Sets = Mapping[str, tuple[str, ...]]
TOLD = 100
NOWHERE: Mapping[str, str] = {}


def pin_data(folder: Path, sets: Sets, cache: Path, *, where: Mapping[str, str] = NOWHERE) -> Lock:
    """
    The lock of the data sets as they are now.

    Args:
        folder: The config's folder.
        sets: Data set -> its paths, globs and folders, relative to the config's folder.
        cache: Folder for digests by stat.
        where: Data set -> the place in the config that names it, for errors.

    Raises:
        BadDataProblems: everything that is wrong with any file.
    """
    stats = open_cache(cache, folder)
    data: dict[str, tuple[FilePin, ...]] = {}
    problems: list[BadData] = []
    for name, sources in sorted(sets.items()):
        found, faults = find_files(folder, name, sources, where.get(name, ""))
        measured = measure(folder, found, stats, count=True)
        problems += faults + measured.problems + _unwritable(found)
        data[name] = tuple(
            FilePin(path=path, sha256=entry.sha256, size=entry.size, rows=entry.rows, columns=entry.columns)
            for path, entry in sorted(measured.entries.items())
        )
    stats.save()
    _raise(problems)
    return Lock(data=data)


def check_data(
    folder: Path, sets: Sets, lock: Lock, cache: Path, *, where: Mapping[str, str] = NOWHERE
) -> None:
    """
    Hold the files of the data sets against a lock; arguments as for `pin_data`.

    Raises:
        BadDataProblems: each changed, missing or added file and data set, with its line in the lock and its mend.
    """
    stats = open_cache(cache, folder)
    problems: list[BadData] = []
    for name, sources in sorted(sets.items()):
        if name in lock.data:
            problems += _check_set(folder, name, sources, lock, stats, where=where.get(name, ""))
        else:
            problems.append(lacking_set(name, lock))
    problems += [surplus_set(name, lock) for name in sorted(lock.data) if name not in sets]
    stats.save()
    _raise(problems)


def _check_set(
    folder: Path, name: str, sources: tuple[str, ...], lock: Lock, stats: StatCache, *, where: str
) -> list[BadData]:
    found, faults = find_files(folder, name, sources, where)
    pins = {pin.path: pin for pin in lock.data[name]}
    pinned = found if found.keys() == pins.keys() else {path: found[path] for path in found if path in pins}
    entries = measure(folder, pinned, stats, count=False).entries
    missing = [pin for path, pin in pins.items() if path not in found]
    # what the config names and is not there is told once, with the line of its pin, if it has one
    problems = [fault for fault in faults if not (missing and isinstance(fault, Absent))]
    problems += [missing_file(name, pin, lock) for pin in missing]
    changed = [
        pin
        for path, pin in pins.items()
        if ((entry := entries.get(path)) is None or entry.sha256 != pin.sha256) and path in found
    ]
    # each is read again to say why: not for more than anybody reads
    problems += [changed_file(folder, name, pin, lock) for pin in changed[:TOLD]]
    problems += [changed_file_unread(name, pin, lock) for pin in changed[TOLD:]]
    problems += [unpinned_file(name, path, lock) for path in found if path not in pins]
    return problems


def _unwritable(found: Found) -> list[BadData]:
    return [
        BadData(f"{path!r} has a name that is not UTF-8", where=repr(path), mend="Rename the file.")
        for path in found
        if not path.isascii() and any("\ud800" <= letter <= "\udfff" for letter in path)
    ]


def _raise(problems: list[BadData]) -> None:
    if problems:
        told: list[CiMlopsError] = list(problems[:TOLD])
        if len(problems) > TOLD:
            told.append(BadData(f"and {len(problems) - TOLD:,} problems more"))
        raise BadDataProblems(told)

"""What is wrong with data that does not match its pin, in words, with the line of the pin and the mend."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from ci_mlops.datasets.lock_checks import AGAIN
from ci_mlops.datasets.measure import measure_file
from ci_mlops.errors import BadData
from ci_mlops.files.digest import read_chunks
from ci_mlops.records import FilePin, Lock


def changed_file(folder: Path, data_set: str, pin: FilePin, lock: Lock) -> BadData:
    """Read the file once more: a failure may take its time, and its reason is what the reader needs."""
    where = line_of(lock, data_set, pin.path)
    try:
        entry = measure_file(f"{folder}/{pin.path}", pin.path, count=False)
    except BadData as fault:
        return BadData(fault.what, where=where, mend=fault.mend)
    ends = changed_line_ends(folder / pin.path, pin.sha256)
    if ends:
        return BadData(
            f"{pin.path} has {ends}; its content is what was pinned",
            where=where,
            mend="Git changed them on checkout. Put the line "
            f"`{_pattern(pin.path)} -text` into .gitattributes, then `rm {pin.path} && git checkout -- {pin.path}`.",
        )
    size = f"{entry.size:,} bytes" if entry.size == pin.size else f"{entry.size:,} bytes, not {pin.size:,}"
    return BadData(
        f"{pin.path} has changed: it is {entry.sha256[:8]}, pinned was {pin.sha256[:8]} ({size})",
        where=where,
        mend=f"If the new data is meant: {AGAIN}",
    )


def changed_file_unread(data_set: str, pin: FilePin, lock: Lock) -> BadData:
    return BadData(f"{pin.path} has changed", where=line_of(lock, data_set, pin.path), mend=AGAIN)


def missing_file(data_set: str, pin: FilePin, lock: Lock) -> BadData:
    return BadData(
        f"{pin.path} is pinned and missing",
        where=line_of(lock, data_set, pin.path),
        mend=f"Fetch the data. If it is meant to be gone: {AGAIN}",
    )


def unpinned_file(data_set: str, path: str, lock: Lock) -> BadData:
    return BadData(
        f"{path} belongs to `{data_set}` and is not pinned",
        where=line_of(lock, data_set),
        mend=f"Remove it, or if it is meant: {AGAIN}",
    )


def lacking_set(data_set: str, lock: Lock) -> BadData:
    return BadData(f"{lock.name} has no data set `{data_set}`", where=lock.name, mend=AGAIN)


def surplus_set(data_set: str, lock: Lock) -> BadData:
    return BadData(
        f"{lock.name} pins a data set `{data_set}`, which the config does not have",
        where=line_of(lock, data_set),
        mend=AGAIN,
    )


def line_of(lock: Lock, data_set: str, path: str | None = None) -> str:
    """Of a pin, or of the first pin of a data set."""
    if path is None:
        path = min((pin.path for pin in lock.data.get(data_set, ())), default="")
    line = lock.lines.get((data_set, path))
    return f"{lock.name}:{line}" if line else lock.name


def changed_line_ends(path: Path, pinned: str) -> str:
    """`Windows line endings (CRLF)` or the like, if the file with the other line endings is what was pinned."""
    unix, windows = hashlib.sha256(), hashlib.sha256()
    for chunk in _unix_chunks(path):
        unix.update(chunk)
        windows.update(chunk.replace(b"\n", b"\r\n"))
    if unix.hexdigest() == pinned:
        return "Windows line endings (CRLF) where LF was pinned"
    if windows.hexdigest() == pinned:
        return "Unix line endings (LF) where CRLF was pinned"
    return ""


def _unix_chunks(path: Path) -> Iterator[bytes]:
    held = b""
    for chunk in read_chunks(path):
        joined = held + chunk
        # the second half of a line end may come with the next chunk
        held = b"\r" if joined.endswith(b"\r") else b""
        yield joined[: len(joined) - len(held)].replace(b"\r\n", b"\n")
    yield held


def _pattern(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    ending = name[name.index(".", 1) :] if "." in name[1:] else ""
    return f"{folder}{slash}*{ending}" if ending else path

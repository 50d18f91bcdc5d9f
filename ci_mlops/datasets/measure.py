"""Hash many files at once, each in a single read."""

import hashlib
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from ci_mlops.datasets.dialect import format_of
from ci_mlops.datasets.rows import UNKNOWN, LineCount, shape_of, wants_lines
from ci_mlops.datasets.stat_cache import Entry, StatCache
from ci_mlops.errors import BadData
from ci_mlops.files.walking import Found

CHUNK = 1 << 18
GROUP_BYTES = 8 << 20
GROUP_FILES = 256
THREADS = min(8, 2 * (os.cpu_count() or 1))
"""Twice the cores: half of them wait for a disk."""
LFS_POINTER = b"version https://git-lfs.github.com/spec/"


@dataclass(slots=True)
class Measured:
    entries: dict[str, Entry] = field(default_factory=dict)
    problems: list[BadData] = field(default_factory=list)


def measure(root: Path, found: Found, cache: StatCache, *, count: bool) -> Measured:
    """
    Digests of all found files, from the cache where nothing has changed, else from their bytes.

    `count`: rows and columns are wanted too.
    """
    measured = Measured()
    entries = measured.entries
    unknown: Found = {}
    for name, status in found.items():
        entry = cache.known(name, status)
        if entry is None or (count and not entry.counted):
            unknown[name] = status
        else:
            entries[name] = entry
    stop = threading.Event()
    groups = list(_groups(unknown))
    above = f"{root}/"

    def run(group: list[str]) -> None:
        for name in group:
            try:
                now = time.time_ns()
                entry = measure_file(above + name, name, count=count, stop=stop)
            except BadData as problem:
                measured.problems.append(problem)
            else:
                entries[name] = entry
                cache.learn(name, entry, now)

    if len(groups) < 2:
        for group in groups:
            run(group)
    else:
        with ThreadPoolExecutor(THREADS) as pool:
            try:
                list(pool.map(run, groups))
            except BaseException:
                # Ctrl-C shall not wait for the rest of 100 GB
                stop.set()
                pool.shutdown(cancel_futures=True)
                raise
    measured.problems.sort(key=lambda problem: problem.where)
    return measured


def measure_file(path: str, name: str, *, count: bool, stop: threading.Event | None = None) -> Entry:
    """
    Raises:
        BadData: unreadable, empty, a Git LFS pointer, or written to while it was read.
    """
    try:
        return _measure_file(path, name, count=count, stop=stop)
    except OSError as error:
        raise BadData(
            f"{name} can't be read: {error.strerror or error}",
            where=name,
            mend="Check its permissions, or fetch it again.",
        ) from error


def _measure_file(path: str, name: str, *, count: bool, stop: threading.Event | None) -> Entry:
    table = count and format_of(name) is not None
    lines = LineCount() if table and wants_lines(name) else None
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        before = os.fstat(descriptor)
        sha256, size = _hash(descriptor, before.st_size, name, lines, stop)
        shape = shape_of(Path(path), lines) if table else UNKNOWN
        after = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    # a file that is replaced by another loses a link, which moves its ctime
    if (
        size != after.st_size
        or before.st_mtime_ns != after.st_mtime_ns
        or before.st_ctime_ns != after.st_ctime_ns
    ):
        raise BadData(
            f"{name} changed while it was read",
            where=name,
            mend="Wait until nothing writes to it, then `ci-mlops pin`.",
        )
    # Spark and Hadoop leave empty markers such as _SUCCESS beside their data
    if size == 0 and not Path(path).name.startswith("_"):
        raise BadData(f"{name} is empty", where=name, mend="Fetch or write its content, or remove it.")
    return Entry(
        size=size,
        mtime_ns=after.st_mtime_ns,
        ctime_ns=after.st_ctime_ns,
        inode=after.st_ino,
        sha256=sha256,
        counted=count,
        rows=shape[0],
        columns=shape[1],
    )


def _hash(
    descriptor: int, size: int, name: str, lines: LineCount | None, stop: threading.Event | None
) -> tuple[str, int]:
    # one byte more than there is: a short answer says that the file ends here, without a second question
    chunk = os.read(descriptor, min(size + 1, CHUNK))
    if chunk.startswith(LFS_POINTER):
        raise BadData(
            f"{name} is a Git LFS pointer, not the data",
            where=name,
            mend="`git lfs pull` (in GitHub Actions: `lfs: true` for actions/checkout), then try again.",
        )
    digest = hashlib.sha256(chunk)
    read = len(chunk)
    while True:
        if lines is not None and chunk:
            lines.feed(chunk)
        if (read == size and len(chunk) < CHUNK) or not chunk or (stop is not None and stop.is_set()):
            return digest.hexdigest(), read
        chunk = os.read(descriptor, CHUNK)
        digest.update(chunk)
        read += len(chunk)


def _groups(found: Found) -> Iterator[list[str]]:
    """Small files in lots, so that handing them out costs little; the large ones first, so that none is waited for."""
    group: list[str] = []
    total = 0
    for name, status in sorted(found.items(), key=lambda item: -item[1].st_size):
        group.append(name)
        total += status.st_size
        if total >= GROUP_BYTES or len(group) >= GROUP_FILES:
            yield group
            group, total = [], 0
    if group:
        yield group

"""Digests of files that have not changed since they were hashed, so that they need not be hashed again."""

import hashlib
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from ci_mlops.files.replacing import replace_file

RACY = 2_000_000_000
"""Nanoseconds. A file written so shortly before it was hashed could be written again without its times moving on."""
KEPT_SECONDS = 30 * 24 * 3600


class Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    sha256: str
    counted: bool
    """Rows and columns were looked for; None then means that there are none to know."""
    rows: int | None = None
    columns: tuple[str, ...] | None = None


@dataclass(slots=True, kw_only=True)
class StatCache:
    """What is known of the files of one folder. A broken or foreign cache is an empty one."""

    path: Path
    entries: dict[str, Entry] = field(default_factory=dict)
    fresh: dict[str, Entry] = field(default_factory=dict)

    def known(self, name: str, status: os.stat_result) -> Entry | None:
        entry = self.entries.get(name)
        if (
            entry is not None
            and entry.mtime_ns == status.st_mtime_ns
            and entry.size == status.st_size
            and entry.ctime_ns == status.st_ctime_ns
            and entry.inode == status.st_ino
        ):
            return entry
        return None

    def learn(self, name: str, entry: Entry, hashed_at_ns: int) -> None:
        if hashed_at_ns - max(entry.mtime_ns, entry.ctime_ns) > RACY:
            self.fresh[name] = entry

    def save(self) -> None:
        """Keep what was learnt; costs nothing where nothing was. A cache that can't be written is no failure."""
        if not self.fresh:
            return
        content = msgspec.json.encode(self.entries | self.fresh)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self.path, content)
            _forget_old(self.path.parent)
        except OSError:
            return
        self.entries |= self.fresh
        self.fresh = {}


def open_cache(cache: Path, folder: Path) -> StatCache:
    key = hashlib.sha256(os.fsencode(os.path.realpath(folder))).hexdigest()[:32]
    path = cache / "digests" / f"{key}.json"
    try:
        entries = msgspec.json.decode(path.read_bytes(), type=dict[str, Entry])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        entries = {}
    return StatCache(path=path, entries=entries)


def _forget_old(folder: Path) -> None:
    # worktrees and workspaces come and go, each under a path of its own
    oldest = time.time() - KEPT_SECONDS
    for path in folder.glob("*.json"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)

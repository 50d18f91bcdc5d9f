"""What pinned data is: files by their SHA-256."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ci_mlops.records.environment import ResolvedEnvironment


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePin:
    path: str
    """POSIX, relative to the config's folder."""
    sha256: str
    """Hex, the plain SHA-256 of the file's bytes."""
    size: int
    rows: int | None = None
    columns: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """`ci-mlops.lock`: data set (`train`, `test`) -> its files, sorted by path."""

    data: Mapping[str, tuple[FilePin, ...]] = field(default_factory=dict)
    environment: ResolvedEnvironment | None = None
    """None: `environment: current`, or a lock that was made before there was anything to solve."""
    name: str = field(default="ci-mlops.lock", compare=False)
    lines: Mapping[tuple[str, str], int] = field(default_factory=dict, compare=False, repr=False)
    """(data set, path) -> line of its block, for a lock that was read; so that an error can point at it."""

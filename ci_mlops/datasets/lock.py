"""`ci-mlops.lock`: what the data was when it was pinned. TOML, one block per file, the same bytes for the same data."""

import json
import re
from collections.abc import Iterable
from json.encoder import encode_basestring
from pathlib import Path

from ci_mlops.datasets.digest import data_digest
from ci_mlops.datasets.lock_checks import AGAIN, UNCLEAN, VERSION, Checked, checked
from ci_mlops.datasets.lock_environment import canonical_environment, format_environment
from ci_mlops.errors import BadData
from ci_mlops.files.replacing import replace_file
from ci_mlops.records import FilePin, Lock

__all__ = ["LOCK_NAME", "data_digest", "format_lock", "parse_lock", "read_lock", "write_lock"]

LOCK_NAME = "ci-mlops.lock"
SIZE_LIMIT = 64 << 20
HEAD = f"# Written by `ci-mlops pin`. Commit it with the data's other files; don't edit it.\nversion = {VERSION}\n"

# The form that `format_lock` writes. A lock of many files is read by this alone, 30 times faster than by tomllib;
# whatever it does not match to the last byte goes through tomllib and the checks.
PLAIN = r'"([^"\\\x00-\x1f\x7f]+)"'
BLOCK = re.compile(
    rf'\n\[\[data\]\]\nset = {PLAIN}\npath = {PLAIN}\nsha256 = "([0-9a-f]{{64}})"\nsize = (0|[1-9][0-9]{{0,17}})\n'
    r"(?:rows = (0|[1-9][0-9]{0,17})\n)?(?:columns = (\[.*\])\n)?"
)
COLUMNS = re.compile(r'\[(?:"[^"\\\x00-\x1f\x7f]*"(?:, "[^"\\\x00-\x1f\x7f]*")*)?\]')


def read_lock(path: Path) -> Lock:
    """
    Raises:
        BadData: missing, unreadable, or not a lock of ours.
    """
    try:
        with path.open("rb") as file:
            content = file.read(SIZE_LIMIT + 1)
    except FileNotFoundError as error:
        raise BadData(f"{path.name} is missing", where=path.name, mend=AGAIN) from error
    except OSError as error:
        raise BadData(f"{path.name} can't be read: {error.strerror}", where=path.name) from error
    if len(content) > SIZE_LIMIT:
        raise BadData(f"{path.name} is larger than {SIZE_LIMIT >> 20} MiB", where=path.name, mend=AGAIN)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadData(f"{path.name} is not UTF-8", where=f"{path.name}:{line}", mend=AGAIN) from error
    return parse_lock(text, path.name)


def parse_lock(text: str, name: str = LOCK_NAME) -> Lock:
    """
    Raises:
        BadData: with the line, where there is one.
    """
    known = _canonical(text)
    blocks, environment = checked(text, name) if known is None else known
    sets: dict[str, dict[str, FilePin]] = {}
    lines: dict[tuple[str, str], int] = {}
    for line, data_set, pin in blocks:
        pins = sets.setdefault(data_set, {})
        if pin.path in pins:
            raise BadData(
                f"{pin.path} is pinned twice in `{data_set}`, first in line {lines[data_set, pin.path]}",
                where=f"{name}:{line}",
                mend=AGAIN,
            )
        pins[pin.path] = pin
        lines[data_set, pin.path] = line
    return Lock(
        data={data_set: _sorted(sets[data_set].values()) for data_set in sorted(sets)},
        environment=environment,
        name=name,
        lines=lines,
    )


def write_lock(path: Path, lock: Lock) -> None:
    """In one step; a lock that says the same already is left alone."""
    content = format_lock(lock).encode()
    try:
        if path.is_file() and path.read_bytes() == content:
            return
        replace_file(path, content)
    except OSError as error:
        raise BadData(f"{path.name} can't be written: {error.strerror}", where=str(path)) from error


def format_lock(lock: Lock) -> str:
    parts = [HEAD]
    for data_set, pins in sorted(lock.data.items()):
        for pin in _sorted(pins):
            parts.append(f"\n[[data]]\nset = {_quoted(data_set)}\npath = {_quoted(pin.path)}\n")
            parts.append(f'sha256 = "{pin.sha256}"\nsize = {pin.size}\n')
            if pin.rows is not None:
                parts.append(f"rows = {pin.rows}\n")
            if pin.columns is not None:
                parts.append(f"columns = [{', '.join(_quoted(column) for column in pin.columns)}]\n")
    if lock.environment is not None:
        parts.append(format_environment(lock.environment))
    return "".join(parts)


def _canonical(text: str) -> Checked | None:
    """The blocks with their lines, and the environment, if the text is exactly as `format_lock` writes it."""
    if not text.startswith(HEAD):
        return None
    blocks = []
    at, line = len(HEAD), HEAD.count("\n") + 2
    for block in BLOCK.finditer(text, at):
        data_set, path, sha256, size, rows, listed = block.groups()
        if block.start() != at:
            break
        if UNCLEAN.search(path) or (listed and not COLUMNS.fullmatch(listed)):
            return None
        pin = FilePin(
            path=path,
            sha256=sha256,
            size=int(size),
            rows=int(rows) if rows else None,
            columns=tuple(json.loads(listed)) if listed else None,
        )
        blocks.append((line, data_set, pin))
        at = block.end()
        line += 6 + (rows is not None) + (listed is not None)
    if at == len(text):
        return blocks, None
    environment = canonical_environment(text, at)
    return None if environment is None else (blocks, environment)


def _sorted(pins: Iterable[FilePin]) -> tuple[FilePin, ...]:
    return tuple(sorted(pins, key=lambda pin: pin.path))


def _quoted(text: str) -> str:
    # JSON's strings are TOML's, but for one character
    return encode_basestring(text).replace("\x7f", "\\u007f")

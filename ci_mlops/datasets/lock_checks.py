"""Read a lock that a hand or a merge has touched, and say which line of it is wrong."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ci_mlops.datasets.lock_environment import checked_environment
from ci_mlops.errors import BadData
from ci_mlops.records import FilePin, ResolvedEnvironment

VERSION = 1
AGAIN = "`ci-mlops pin`, then commit ci-mlops.lock."
CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})", re.MULTILINE)
UNCLEAN = re.compile(r"^/|(?:^|/)\.{0,2}(?:/|\Z)|\x00")
HEXDIGEST = re.compile(r"[0-9a-f]{64}")


Checked = tuple[list[tuple[int, str, FilePin]], ResolvedEnvironment | None]
"""The blocks of data with their lines, and the environment."""


def checked(text: str, name: str) -> Checked:
    document = _checked_document(text, name)
    blocks = list(_checked_blocks(document, text, name))
    return blocks, checked_environment(document, text, name, AGAIN)


def _checked_document(text: str, name: str) -> dict[str, Any]:
    conflict = CONFLICT.search(text)
    if conflict:
        raise BadData(
            f"{name} has an unresolved merge conflict",
            where=f"{name}:{_line(text, conflict.start())}",
            mend=f"Take either side whole (`git checkout --theirs {name}`), then {AGAIN}",
        )
    document = _document(text, name)
    version = document.get("version")
    if version != VERSION or isinstance(version, bool):
        found = re.search(r"^version\b", text, re.MULTILINE)
        raise BadData(
            f"{name} is of version {version!r}; this ci-mlops reads version {VERSION}"
            if "version" in document
            else f"{name} has no `version`",
            where=f"{name}:{_line(text, found.start()) if found else 1}",
            mend="Use the ci-mlops that wrote it (upgrade it), or write it again with this one: `ci-mlops pin`.",
        )
    unknown = [key for key in document if key not in ("version", "data", "environment", "package")]
    if unknown or not isinstance(document.get("data", []), list):
        raise BadData(
            f"{name} holds `{(unknown or ['data'])[0]}`, which is no part of a lock", where=name, mend=AGAIN
        )
    return document


def _checked_blocks(document: Mapping[str, Any], text: str, name: str) -> Iterator[tuple[int, str, FilePin]]:
    starts = [
        _line(text, start.start())
        for start in re.finditer(r"^[ \t]*\[\[[ \t]*data[ \t]*\]\]", text, re.MULTILINE)
    ]
    blocks = document.get("data", [])
    for number, block in enumerate(blocks):
        # `data = [{...}]` is TOML too, and has no line per block
        line = starts[number] if len(starts) == len(blocks) else 1
        yield line, *_pin(block, f"{name}:{line}")


def _document(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        line = at[1] if at else text.count("\n") + 1
        raise BadData(f"{name} is not TOML: {error}", where=f"{name}:{line}", mend=AGAIN) from error
    except RecursionError as error:
        raise BadData(f"{name} is nested too deeply to be a lock", where=name, mend=AGAIN) from error


def _pin(block: Any, where: str) -> tuple[str, FilePin]:
    if not isinstance(block, dict):
        raise BadData(f"A block of data is {block!r}", where=where, mend=AGAIN)
    fault = _fault(block)
    if fault:
        raise BadData(fault, where=where, mend=AGAIN)
    columns = block.get("columns")
    return block["set"], FilePin(
        path=block["path"],
        sha256=block["sha256"],
        size=block["size"],
        rows=block.get("rows"),
        columns=None if columns is None else tuple(columns),
    )


def _fault(block: Mapping[str, Any]) -> str:
    for key in block:
        if key not in CHECKS:
            return f"`{key}` is no part of a pin; it has {', '.join(CHECKS)}"
    for key, (right, words) in CHECKS.items():
        if key not in block and key in OPTIONAL:
            continue
        if key not in block:
            return f"`{key}` is missing"
        if not right(block[key]):
            return f"`{key}` is {str(block[key])[:80]!r}, not {words}"
    return ""


def _is_number(value: Any) -> bool:
    return type(value) is int and 0 <= value < 10**18


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


CHECKS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "set": (lambda value: isinstance(value, str) and value != "", "the name of a data set"),
    "path": (
        lambda value: isinstance(value, str) and not UNCLEAN.search(value),
        "a path inside the folder of ci-mlops.yml",
    ),
    "sha256": (
        lambda value: isinstance(value, str) and HEXDIGEST.fullmatch(value) is not None,
        "64 digits of 0-9 and a-f",
    ),
    "size": (_is_number, "a number of bytes"),
    "rows": (_is_number, "a number of rows"),
    "columns": (
        lambda value: isinstance(value, list) and all(isinstance(name, str) for name in value),
        "a list of names",
    ),
}
OPTIONAL = ("rows", "columns")

"""What differs inside a part: parameters, columns, packages, files of code."""

import re

from ci_mlops.records import ChangedItem, ChangedPart
from ci_mlops.report.inline import name
from ci_mlops.report.numbers import ARROW, NBSP, number
from ci_mlops.report.words import counted

_SHOWN = 6
_KINDS = {"code": "file", "environment": "package"}
_COUNTED = {"columns": "training column", "parameters": "parameter"}
_NUMBER = re.compile(r"-?[0-9][0-9.]{0,19}")


def in_brief(part: ChangedPart, words: str) -> str:
    """`code (2 files)`, `1 parameter`; the mere words of the part where it is not known what differs."""
    many = len(part.items) + part.left_out
    if not many:
        return words
    if part.part in _COUNTED:
        return counted(many, _COUNTED[part.part])
    return f"{words} ({counted(many, _KINDS.get(part.part, 'item'))})"


def rows_of(count: int | None) -> str:
    return f", {counted(count, 'row')}" if count is not None else ""


def differing(part: ChangedPart) -> str:
    """`: added a, b 1.0 → 2.0, removed c and 4 more`; empty where it is not known."""
    if not part.items:
        return ""
    shown = [_item(one) for one in part.items[:_SHOWN]]
    more = len(part.items) + part.left_out - len(shown)
    told = ", ".join(shown) + (f" and {number(more)} more" if more > 0 else "")
    return f": {told}" + (f", in {counted(part.commits, 'commit')}" if part.commits else "")


def settings_of(part: ChangedPart, *, before: bool) -> str:
    """`max_depth 6`: of the parameters that differ, one side's."""
    sides = [(one.name, one.champion if before else one.candidate) for one in part.items[:_SHOWN]]
    told = [f"{name(key)}{NBSP}{_plain(value)}" for key, value in sides if value is not None]
    more = len(part.items) + part.left_out - len(part.items[:_SHOWN])
    return (", ".join(told) or "none") + (f" and {number(more)} more" if more > 0 else "")


def _item(one: ChangedItem) -> str:
    if one.champion is None or one.candidate is None:
        value = one.candidate or one.champion or ""
        word = "added" if one.champion is None else "removed"
        return f"{word} {name(one.name)}" + (f"{NBSP}{_plain(value)}" if value else "")
    if not one.champion and not one.candidate:
        return f"changed {name(one.name)}"
    return f"{name(one.name)} {_plain(one.champion)}{NBSP}{ARROW}{NBSP}{_plain(one.candidate)}"


def _plain(value: str) -> str:
    """A number or a version as it is; anything else as code, for it is text of the change."""
    return value if _NUMBER.fullmatch(value) else name(value)

"""What one look found."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from ci_mlops.errors import CiMlopsError, Problems

Status = Literal["ok", "problem", "warning", "not_tried"]
BUG = 3
_GRAVEST = (2, 4, 5, 6, BUG)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    name: str
    """`data.target`: the topic, and what of it."""
    status: Status
    what: str
    """One sentence: what was found."""
    where: str = ""
    mend: str = ""
    exit_code: int = 0
    """Of the error that a run would end with; only a problem has one."""


def fine(name: str, what: str, where: str = "") -> Check:
    return Check(name=name, status="ok", what=what, where=where)


def warning(name: str, what: str, *, where: str = "", mend: str = "") -> Check:
    return Check(name=name, status="warning", what=what, where=where, mend=mend)


def not_tried(name: str, what: str, *, mend: str = "") -> Check:
    return Check(name=name, status="not_tried", what=what, mend=mend)


def problem(name: str, what: str, *, exit_code: int, where: str = "", mend: str = "") -> Check:
    return Check(name=name, status="problem", what=what, where=where, mend=mend, exit_code=exit_code)


def problems_of(name: str, error: CiMlopsError) -> Iterator[Check]:
    """An expected failure, in its own words; several of them are told one by one."""
    if isinstance(error, Problems):
        for one in error.problems:
            yield problem(name, one.what, exit_code=error.exit_code, where=one.where, mend=one.mend)
        return
    yield problem(name, error.what, exit_code=error.exit_code, where=error.where, mend=error.mend)


def exit_code_of(checks: Iterable[Check]) -> int:
    """The gravest: what comes first in a run stops all that comes after it."""
    codes = {check.exit_code for check in checks if check.status == "problem"}
    return next((code for code in _GRAVEST if code in codes), 0)

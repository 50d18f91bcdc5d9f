"""Why a function of the team's gives no number, in words of ours: what its worker tells are facts, and never trusted."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from ci_mlops.records.custom_metric import CustomName

Fault = Mapping[str, Any]
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,60}")
_DOES = {
    "starts": "starts another program",
    "connects": "reaches for the network",
    "writes": "writes to the disk",
}


def told(fault: Fault, name: CustomName) -> str:
    """
    In one sentence.

    >>> told({"what": "raised", "error": "KeyError", "line": 7}, CustomName(path="mine.py", function="profit"))
    '`profit` raised KeyError (mine.py:7)'
    """
    words = _WORDS.get(str(fault.get("what")), _ended)
    line = _count(fault, "line")
    return f"`{name.function}` {words(fault)}{f' ({name.path}:{line})' if line else ''}"


def _raised(fault: Fault) -> str:
    return f"raised {_word(fault, 'error') or 'an error of its own'}"


def _lacks(fault: Fault) -> str:
    return f"imports `{_word(fault, 'module')}`, and only numpy, pyarrow and the standard library are there"


def _forbidden(fault: Fault) -> str:
    return f"{_DOES.get(str(fault.get('does')), 'does more than compute')}, which a metric may not"


def _no_number(fault: Fault) -> str:
    kind = _word(fault, "type")
    return "gives neither a number nor one for each row" + (f", but {kind}" if kind else "")


def _no_rows(fault: Fault) -> str:
    shape = fault.get("shape")
    sizes = [str(size) for size in shape if isinstance(size, int)] if isinstance(shape, list) else []
    return f"gives an array of shape ({', '.join(sizes[:5])}) for {_count(fault, 'rows')} rows"


def _not_finite(fault: Fault) -> str:
    value = fault.get("value")
    return f"gives {value if value in ('nan', 'inf', '-inf') else 'a number above 1e100'}"


def _not_finite_rows(fault: Fault) -> str:
    return f"gives NaN, infinity or a number above 1e100 for {_count(fault, 'count')} of {_count(fault, 'rows')} rows"


def _ended(fault: Fault) -> str:
    return f"ended its interpreter (exit code {_count(fault, 'code')})"


_WORDS: Mapping[str, Callable[[Fault], str]] = {
    "raised": _raised,
    "lacks": _lacks,
    "forbidden": _forbidden,
    "no_number": _no_number,
    "no_rows": _no_rows,
    "not_finite": _not_finite,
    "not_finite_rows": _not_finite_rows,
    "changes": lambda _: "writes into the arrays that it is given",
    "differs": lambda _: "gives another number when it is asked again about the same rows",
    "rows_depend": lambda _: (
        "gives a row another number when other rows are left out; one number for all can be had"
    ),
    "two_kinds": lambda _: "gives one model a number, and the other one number for each row",
    "late": lambda fault: f"was stopped at its time limit of {_count(fault, 'seconds')} s",
}


def _word(fault: Fault, key: str) -> str:
    found = fault.get(key)
    return found if isinstance(found, str) and _WORD.fullmatch(found) else ""


def _count(fault: Fault, key: str) -> int:
    found = fault.get(key)
    return found if isinstance(found, int) and abs(found) < 10**12 else 0

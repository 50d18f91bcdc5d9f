"""The functions that expressions may call, and how many arguments each takes."""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from tests.azure.errors import PipelineRefused
from tests.azure.values import alike, is_list, members, order, to_bool, to_text

MANY = 255
Function = Callable[[Sequence[Any]], Any]


def _format(given: Sequence[Any]) -> str:
    pattern, *values = given

    def put(hit: re.Match[str]) -> str:
        if hit[0] in ("{{", "}}"):
            return hit[0][0]
        if hit["number"] is None or int(hit["number"]) >= len(values):
            raise PipelineRefused(f"format: '{hit[0]}' in {pattern!r} has no argument")
        return to_text(values[int(hit["number"])])

    return re.sub(r"\{\{|\}\}|\{(?P<number>\d+)\}|[{}]", put, to_text(pattern))


def _join(given: Sequence[Any]) -> str:
    separator, values = given
    if not is_list(values):
        return to_text(values)
    return to_text(separator).join(
        "" if is_list(one) or isinstance(one, dict) else to_text(one) for one in values
    )


def _replace(given: Sequence[Any]) -> str:
    text, old, new = map(to_text, given)
    return text.replace(old, new)


def _split(given: Sequence[Any]) -> list[str]:
    text, separator = map(to_text, given)
    return text.split(separator)


def _length(given: Sequence[Any]) -> int:
    if isinstance(given[0], dict):
        raise PipelineRefused("length: a text or a list is needed, not an object")
    return len(given[0])


def _coalesce(given: Sequence[Any]) -> Any:
    return next((one for one in given if one not in (None, "")), None)


def _folded(given: Sequence[Any]) -> tuple[str, str]:
    return to_text(given[0]).lower(), to_text(given[1]).lower()


def _contains(given: Sequence[Any]) -> bool:
    text, part = _folded(given)
    return part in text


def _starts(given: Sequence[Any]) -> bool:
    text, part = _folded(given)
    return text.startswith(part)


def _ends(given: Sequence[Any]) -> bool:
    text, part = _folded(given)
    return text.endswith(part)


FUNCTIONS: dict[str, tuple[int, int, Function]] = {
    "and": (2, MANY, lambda given: all(map(to_bool, given))),
    "or": (2, MANY, lambda given: any(map(to_bool, given))),
    "xor": (2, 2, lambda given: to_bool(given[0]) != to_bool(given[1])),
    "not": (1, 1, lambda given: not to_bool(given[0])),
    "eq": (2, 2, lambda given: alike(*given)),
    "ne": (2, 2, lambda given: not alike(*given)),
    "lt": (2, 2, lambda given: order(*given) < 0),
    "le": (2, 2, lambda given: order(*given) <= 0),
    "gt": (2, 2, lambda given: order(*given) > 0),
    "ge": (2, 2, lambda given: order(*given) >= 0),
    "in": (2, MANY, lambda given: any(alike(given[0], one) for one in given[1:])),
    "notin": (2, MANY, lambda given: not any(alike(given[0], one) for one in given[1:])),
    "contains": (2, 2, _contains),
    "containsvalue": (2, 2, lambda given: any(alike(one, given[1]) for one in members(given[0]))),
    "startswith": (2, 2, _starts),
    "endswith": (2, 2, _ends),
    "coalesce": (2, MANY, _coalesce),
    "format": (1, MANY, _format),
    "join": (2, 2, _join),
    "split": (2, 2, _split),
    "replace": (3, 3, _replace),
    "converttojson": (1, 1, lambda given: json.dumps(given[0], indent=2)),
    "length": (1, 1, _length),
    "lower": (1, 1, lambda given: to_text(given[0]).lower()),
    "upper": (1, 1, lambda given: to_text(given[0]).upper()),
    "trim": (1, 1, lambda given: to_text(given[0]).strip()),
}

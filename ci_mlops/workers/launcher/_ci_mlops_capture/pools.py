"""What a Pool of CatBoost's was made of: it shows neither its rows nor their labels as they were given."""

from __future__ import annotations

import contextlib
import sys
import weakref
from types import ModuleType
from typing import Any

from . import facts, frames, journal

# pool -> (itself, the rows, the labels, keys of a sample of the rows as they were then)
_known: dict[int, tuple[Any, Any, Any, Any]] = {}


class Watch:
    """Around the making of each Pool; in a pool of processes it is nothing."""

    def __call__(self, call: Any) -> Any:
        # a fit makes Pools of its own
        if journal.elsewhere() or journal.depth.inside():
            return contextlib.nullcontext()
        return Making(call)

    def __reduce__(self) -> Any:
        return getattr, (contextlib, "nullcontext")


class Making:
    def __init__(self, call: Any) -> None:
        self.call = call

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if kind is None:
            _, given, options = self.call
            journal.attempt("a Pool", remember, given, options)


def remember(given: tuple[Any, ...], options: dict[str, Any]) -> None:
    pool = given[0]
    rows = given[1] if len(given) > 1 else options.get("data")
    labels = given[2] if len(given) > 2 else options.get("label")
    for key in [key for key, known in _known.items() if known[0]() is None]:
        del _known[key]
    if facts.kind_of(rows) not in ("other", "text"):
        _known[id(pool)] = weakref.ref(pool), rows, labels, sampled(rows)


def sampled(rows: Any) -> Any:
    places = facts.places_of_sample(facts.rows_of(rows))
    return facts.keys_of(facts.rows_at(rows, places))


def opened(given: Any, beside: Any = None) -> tuple[Any, Any]:
    """(rows, labels) of a Pool whose rows are still as they were; of anything else itself, and what is `beside` it."""
    ref, rows, labels, sample = _known.get(id(given), (None, None, None, None))
    if ref is None or ref() is not given:
        return given, beside
    same = sys.modules["numpy"].array_equal(sampled(rows), sample)
    return (rows, labels) if same else (given, beside)


def patch(module: ModuleType) -> None:
    frames.replace(vars(module)["Pool"], "__init__", Watch())

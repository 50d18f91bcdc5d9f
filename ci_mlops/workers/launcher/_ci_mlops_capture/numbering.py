"""
Which rows these are, of what the script read: the labels of an index, carried on to arrays and to what is made of them.

A claim and no more: `match_lineage.py` holds the labels of the file against it before it is believed.
"""

from __future__ import annotations

import sys
import weakref
from typing import Any

from . import journal

MOST_KNOWN = 256


class Numbers:
    """
    One label a row. `kind`: "index" (labels of a frame's index), "order" (places in an array of `total` rows).

    `total` of an index: it is a part of a frame of so many rows, which had the plain index 0, 1, 2...
    """

    def __init__(self, kind: str, labels: Any, total: int | None = None) -> None:
        self.kind, self.labels, self.total = kind, labels, total

    def at(self, places: Any) -> Numbers:
        return Numbers(self.kind, self.labels[places], self.total)

    def told(self) -> dict[str, Any]:
        return {"kind": self.kind, "labels": self.labels, "total": self.total}


class Memory:
    """Where an array lies: views of it are rows of it."""

    def __init__(self, array: Any, numbers: Numbers) -> None:
        owner = array if array.base is None else array.base
        self.owner, self.numbers = weakref.ref(owner), numbers
        self.start = array.__array_interface__["data"][0]
        self.shape, self.strides = array.shape, array.strides

    def rows_of(self, view: Any) -> Numbers | None:
        down = self.strides[0]
        if down <= 0 or view.strides[0] <= 0 or view.strides[0] % down:
            return None
        away = view.__array_interface__["data"][0] - self.start
        across = self.strides[1] if len(self.strides) > 1 else 0
        # in a frame's own order the columns are the long way, in numpy's the rows are
        first = (away % across if 0 < down < across else away) // down
        step = view.strides[0] // down
        last = first + step * (view.shape[0] - 1)
        if away < 0 or not 0 <= first <= last < self.shape[0]:
            return None
        return self.numbers.at(slice(first, last + 1, step))


# object -> (itself, its numbers); by identity, as arrays compare by value
_known: dict[int, tuple[Any, Numbers]] = {}
_memories: list[Memory] = []


def of(given: Any) -> Numbers | None:
    known = _known.get(id(given))
    known_numbers = known[1] if known is not None and known[0]() is given else None
    if hasattr(given, "iloc"):
        # the index is the object's own, also after it was sorted or reset in place
        total = known_numbers.total if known_numbers is not None else None
        return Numbers("index", given.index, total) if given.index.nlevels == 1 else None
    return known_numbers or of_view(given) or of_picked(given)


def of_view(given: Any) -> Numbers | None:
    if (
        getattr(given, "base", None) is None
        or not getattr(given, "shape", ())
        or not hasattr(given, "strides")
    ):
        return None
    for memory in reversed(_memories):
        if memory.owner() is given.base:
            return memory.rows_of(given)
    return None


def of_picked(given: Any) -> Numbers | None:
    """What numpy picks out of an array by a fold's row numbers is a copy: known by being the same, byte for byte."""
    if not rows_in(given) > 0 or not hasattr(given, "strides"):
        return None
    numbers: Numbers
    for ref, numbers in reversed(_known.values()):
        whole = ref()
        if not hasattr(whole, "strides") or (whole.dtype, whole.shape[1:]) != (given.dtype, given.shape[1:]):
            continue
        for split in reversed(journal.splits):
            for side in (split.train, split.test) if split.total == len(whole) else ():
                if is_picked(given, whole, side):
                    return numbers.at(side)
    return None


def is_picked(given: Any, whole: Any, side: Any) -> bool:
    if len(side) != len(given) or whole[side[:1]].tobytes() != given[:1].tobytes():
        return False
    return bool(whole[side].tobytes() == given.tobytes())


def know(made: Any, numbers: Numbers | None) -> None:
    """`made` holds these rows, in this order."""
    if numbers is None or made is None or len(numbers.labels) != rows_in(made):
        return
    try:
        _known[id(made)] = (weakref.ref(made), numbers)
        if isinstance(made, sys.modules["numpy"].ndarray):
            _memories.append(Memory(made, numbers))
    except TypeError:  # a list
        return
    # a script that makes arrays in a loop makes them in the same places again and again
    if len(_known) > MOST_KNOWN or len(_memories) > 2 * MOST_KNOWN:
        for key in [key for key, (ref, _) in _known.items() if ref() is None]:
            del _known[key]
        _memories[:] = [memory for memory in _memories if memory.owner() is not None][-MOST_KNOWN:]


def rows_in(given: Any) -> int:
    shape = getattr(given, "shape", None)
    return int(shape[0]) if shape else -1


def made_of(result: Any, given: Any) -> None:
    """A transformer made `result` of `given`: as many rows are the same rows."""
    if result is not given and not hasattr(result, "iloc") and rows_in(result) == rows_in(given):
        know(result, of(given))


def parted(arrays: Any, parts: Any, sides: Any) -> None:
    """What is split together is parallel: an array that nobody knows has the rows of the frame beside it."""
    each = [of(array) for array in arrays]
    total = rows_in(arrays[0]) if rows_in(arrays[0]) >= 0 else len(arrays[0])
    shared = next((one for one in each if one is not None), None)
    shared = shared or Numbers("order", sys.modules["numpy"].arange(total), total)
    for place, part in enumerate(parts):
        numbers = each[place // 2] or shared
        if numbers.kind == "index" and numbers.total is None and is_plain(numbers.labels):
            numbers = Numbers("index", numbers.labels, len(numbers.labels))
        know(part, numbers.at(sides[place % 2]))


def is_plain(labels: Any) -> bool:
    return type(labels).__name__ == "RangeIndex" and labels.start == 0 and labels.step == 1


class Claim:
    """Of one fit: the numbers of its X, and of its y where that is a column with an index."""

    def __init__(self, x: Any, y: Any) -> None:
        self.x = of(x)
        self.y = of(y) if y is not None else None
        if self.x is None and self.y is not None:
            self.x = self.y
            know(x, self.y)

    def told(self) -> dict[str, Any]:
        return {
            "x": None if self.x is None else self.x.told(),
            "y": None if self.y is None else self.y.told(),
        }


def claims_of(fit: Any) -> list[dict[str, Any]] | None:
    """Of all calls of a fit that went on; None where one of them is not known."""
    claims = [claim.told() for claim in fit.claims if claim is not None]
    return claims if claims and len(claims) == len(fit.claims) else None

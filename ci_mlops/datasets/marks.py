"""The column `seen` of prediction files: which rows tell nothing of a model, or can't be asked of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
UNSEEN, SEEN, UNSCORED = 0, 1, 2
"""Any other mark, and none: the model was trained on this row, or it is not known that it was not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Of the rows that have a label. All arrays: shape (rows,)."""

    seen: Flags
    """Either model was trained on it."""
    unscored: Flags
    """Neither was, and one of them can't say anything of it: the script leaves such rows out."""
    lost: Flags
    """Of these, the ones that the candidate alone can't score; without a champion, all of them."""
    taken: Flags
    """Of the seen ones, those that the candidate alone was trained on."""

    @property
    def left_out(self) -> Flags:
        return self.seen | self.unscored


def marks_of(columns: Sequence[NDArray[np.float64] | None], known: Flags) -> Marks:
    """`columns`: of the candidate, then of the champion where there is one; None: a file without marks."""
    seen, unscored = np.zeros(len(known), dtype=np.bool_), np.zeros(len(known), dtype=np.bool_)
    others = np.zeros(len(known), dtype=np.bool_)
    for place, marks in enumerate(columns):
        if marks is None:
            continue
        seen |= (marks != UNSEEN) & (marks != UNSCORED)
        unscored |= marks == UNSCORED
        if place:
            others |= marks != UNSEEN
    seen &= known
    unscored &= known & ~seen
    own = columns[0]
    lost = unscored & ~others & (own == UNSCORED) if own is not None else seen & False
    # a candidate has nobody to fall behind where there is no champion
    taken = seen & ~others if len(columns) > 1 else seen & False
    return Marks(seen=seen, unscored=unscored, lost=lost, taken=taken)


def with_policy(
    own: NDArray[np.float64] | None, trained_on: Flags | None, *, keeps_seen: bool
) -> NDArray[np.float64] | None:
    """The marks of a model's file, with what its pinned training data says; or without, where seen rows are measured."""
    if keeps_seen:
        return None if own is None else np.where(own == UNSCORED, own, UNSEEN)
    if trained_on is None:
        return own
    marks = np.full(len(trained_on), float(UNSEEN)) if own is None else own
    return np.where(trained_on, float(SEEN), marks)


def count_seen(marks: NDArray[Any] | None) -> int | None:
    """None: nobody knows."""
    return None if marks is None else int(((marks != UNSEEN) & (marks != UNSCORED)).sum())


def count_unscored(marks: NDArray[Any] | None) -> int:
    return 0 if marks is None else int((marks == UNSCORED).sum())

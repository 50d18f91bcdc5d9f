"""Exact sums of one column by many groupings, where most values are zero or the same few: losses of decisions are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from ci_mlops.evaluation.exact import exact_sums
from ci_mlops.evaluation.rows import Floats, Ints

_FEW_LEVELS = 64
# enough to tell a loss of decisions from one of numbers, without sorting them all
_GLANCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class SparseColumn:
    rows: Ints
    """Where the value is not zero."""
    values: Floats
    levels: tuple[Sequence[int], Ints] | None
    """Of few different values: each one exact, and which of them a row has."""

    @classmethod
    def of(cls, column: Floats) -> Self:
        rows = np.flatnonzero(column)
        values = column[rows]
        levels = None
        if len(np.unique(values[:_GLANCE])) <= _FEW_LEVELS:
            different, place = np.unique(values, return_inverse=True)
            if len(different) <= _FEW_LEVELS:
                levels = (exact_sums(different, np.arange(len(different)), len(different)), place)
        return cls(rows=rows, values=values, levels=levels)

    def sums(self, codes: Ints, groups: int) -> list[int]:
        """As `exact_sums`, of all rows by their groups."""
        own = codes[self.rows]
        if self.levels is None:
            return exact_sums(self.values, own, groups)
        exact, place = self.levels
        counts = np.bincount(own * len(exact) + place, minlength=groups * len(exact)).reshape(groups, -1)
        return [
            sum(count * value for count, value in zip(held, exact, strict=True)) for held in counts.tolist()
        ]

"""Exact sums of many groups at once, digit by digit in arrays of whole numbers: the same for any order and any partitioning."""

from dataclasses import dataclass, field
from math import frexp, ldexp
from typing import Self

import numpy as np

from ci_mlops.evaluation.exact import BLOCK
from ci_mlops.evaluation.rows import Floats, Ints

_BITS = 32
"""Of a digit: those of a block stay below 2**53 where they are added up, and of 2**31 rows below 2**63."""
_LOWEST = -30
_FEW = 4
"""Where fewer than one row in so many has a digit left, the others are laid aside."""


@dataclass(slots=True)
class PlacedSums:
    """
    Sums of numbers by group, written with digits of 32 bits.

    Where a digit stands depends on nothing but the number, so blocks of rows add up place by place; what is below the
    last place (2**-960, or 2**(32 * lowest)) is dropped from each number by itself.
    """

    groups: int
    lowest: int = _LOWEST
    places: dict[int, Ints] = field(default_factory=dict)

    def add(self, values: Floats, codes: Ints) -> None:
        """Finite values, and the group of each."""
        for start in range(0, len(values), BLOCK):
            chosen = slice(start, start + BLOCK)
            base = int(codes[chosen].min())
            self._add(values[chosen], codes[chosen] - base, base)

    def _add(self, rest: Floats, codes: Ints, base: int) -> None:
        largest = max(float(rest.max(initial=0.0)), -float(rest.min(initial=0.0)))
        place = (frexp(largest)[1] - 1) // _BITS if largest else self.lowest - 1
        while place >= self.lowest:
            digits = rest * ldexp(1.0, -_BITS * place)
            np.trunc(digits, out=digits)
            sums = np.bincount(codes, digits).astype(np.int64)
            self._at(place)[base : base + len(sums)] += sums
            if place == self.lowest:
                return
            digits *= ldexp(1.0, _BITS * place)
            rest = rest - digits
            left = np.count_nonzero(rest)
            if not left:
                return
            if left < len(rest) // _FEW:
                chosen = np.flatnonzero(rest)
                rest, codes = rest[chosen], codes[chosen]
            place -= 1

    def _at(self, place: int) -> Ints:
        if place not in self.places:
            self.places[place] = np.zeros(self.groups, dtype=np.int64)
        return self.places[place]

    def __add__(self, other: Self) -> "PlacedSums":
        found = PlacedSums(
            self.groups, self.lowest, {place: sums.copy() for place, sums in self.places.items()}
        )
        for place, sums in other.places.items():
            found._at(place)[:] += sums
        return found

    def of(self, groups: Ints) -> Floats:
        """The sums of these groups, each rounded once."""
        least = min(self.places, default=0)
        totals = [0] * len(groups)
        for place, sums in self.places.items():
            shift = _BITS * (place - least)
            totals = [
                total + (more << shift) for total, more in zip(totals, sums[groups].tolist(), strict=True)
            ]
        above, below = 1 << max(0, _BITS * least), 1 << max(0, -_BITS * least)
        return np.array([total * above / below for total in totals])


def both(one: PlacedSums | None, other: PlacedSums | None) -> PlacedSums | None:
    return other if one is None else one if other is None else one + other

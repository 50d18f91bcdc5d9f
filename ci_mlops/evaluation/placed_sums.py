"""Exact sums of many groups at once, digit by digit in arrays of whole numbers: the same for any order and any partitioning."""

from dataclasses import dataclass, field
from math import frexp, ldexp
from typing import Self

import numpy as np

from ci_mlops.evaluation.exact import BLOCK
from ci_mlops.evaluation.rows import Floats, Ints

_BITS = 32
"""Of a digit: those of a block stay below 2**53 where they are added up, and of 2**31 rows below 2**63."""
_STEP = 8
"""Places are that many bits apart: few enough to be kept, and a block's largest number has most of its bits in one digit."""
_LOWEST = -960
_FEW = 4
"""Where fewer than one row in so many has a digit left, the others are laid aside."""


@dataclass(slots=True)
class PlacedSums:
    """
    Sums of numbers by group, written with digits of 32 bits.

    A digit's place is the power of two that it counts, so blocks of rows add up place by place; what is below the lowest
    (2**-960, or 2**lowest) is dropped from each number by itself.
    """

    groups: int
    lowest: int = _LOWEST
    places: dict[int, Ints] = field(default_factory=dict)

    def add(self, values: Floats, codes: Ints) -> None:
        """Finite values, and the group of each."""
        for start in range(0, len(values), BLOCK):
            chosen = slice(start, start + BLOCK)
            base = int(codes[chosen].min())
            self.add_from(base, values[chosen], codes[chosen] - base)

    def add_from(self, base: int, rest: Floats, codes: Ints) -> None:
        """Of at most `BLOCK` rows; groups are counted from `base`."""
        largest = max(float(rest.max(initial=0.0)), -float(rest.min(initial=0.0)))
        if not largest:
            return
        place = -((_BITS - frexp(largest)[1]) // _STEP) * _STEP
        while True:
            place = max(place, self.lowest)
            digits = rest * ldexp(1.0, -place)
            np.trunc(digits, out=digits)
            sums = np.bincount(codes, digits).astype(np.int64)
            self._at(place)[base : base + len(sums)] += sums
            if place == self.lowest:
                return
            digits *= ldexp(1.0, place)
            rest = np.subtract(rest, digits, out=digits)
            # ten times as fast as to count what is not zero
            some = rest != 0
            left = np.count_nonzero(some)
            if not left:
                return
            if left < len(rest) // _FEW:
                chosen = np.flatnonzero(some)
                rest, codes = rest.take(chosen), codes.take(chosen)
            place -= _BITS

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
            shift = place - least
            totals = [
                total + (more << shift) for total, more in zip(totals, sums[groups].tolist(), strict=True)
            ]
        above, below = 1 << max(0, least), 1 << max(0, -least)
        return np.array([total * above / below for total in totals])


def both(one: PlacedSums | None, other: PlacedSums | None) -> PlacedSums | None:
    return other if one is None else one if other is None else one + other

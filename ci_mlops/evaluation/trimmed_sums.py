"""Exact sums by the thousand, without the zeros that all of them end in: of losses of decisions a hundred bytes less each."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ci_mlops.evaluation.exact import as_float
from ci_mlops.evaluation.rows import Floats, Ints

# nothing but zeros is a multiple of everything that a float can be
_ANY = 4096


@dataclass(frozen=True, slots=True)
class TrimmedSums:
    whole: NDArray[np.object_]
    """Shape (sums,)."""
    zeros: int
    """`whole` times 2 to this power is what `exact_sums` gives."""

    @classmethod
    def of(cls, sums: Sequence[int]) -> Self:
        every = reduce(or_, sums, 0)
        zeros = (every & -every).bit_length() - 1 if every else _ANY
        return cls(np.array([total >> zeros for total in sums], dtype=object), zeros)

    def part(self, start: int, end: int) -> "TrimmedSums":
        return TrimmedSums(self.whole[start:end], self.zeros)

    def plus(self, other: "TrimmedSums", sign: int, places: tuple[Ints, Ints], size: int) -> "TrimmedSums":
        """`places`: where of `size` sums those of either go."""
        zeros = min(self.zeros, other.zeros)
        own, more = (side.whole << (side.zeros - zeros) for side in (self, other))
        return TrimmedSums(laid_out(own, more, sign, places, size), zeros)

    def at(self, chosen: NDArray[np.bool_]) -> "TrimmedSums":
        return TrimmedSums(self.whole[chosen], self.zeros)

    @property
    def floats(self) -> Floats:
        return np.array([as_float(total << self.zeros) for total in self.whole.tolist()], dtype=np.float64)


def laid_out(
    own: NDArray[Any], more: NDArray[Any], sign: int, places: tuple[Ints, Ints], size: int
) -> NDArray[Any]:
    """The sum of both, or the difference, each at its places."""
    total = np.zeros(size, dtype=own.dtype)
    total[places[0]] = own
    total[places[1]] += sign * more
    return total

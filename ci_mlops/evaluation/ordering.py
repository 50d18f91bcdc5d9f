"""Rows in the order of their scores, and where the rows of the other class stand: what metrics of order are made of."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ci_mlops.evaluation.exact import BLOCK
from ci_mlops.evaluation.rows import Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """Rows in order, and where each stretch of equal values starts and ends."""

    order: Ints
    starts: Ints
    ends: Ints

    def spread(self, values: Ints) -> Ints:
        """What is known of each stretch, given to its rows: shape (rows,), in the rows' own order."""
        found = np.empty(len(self.order), dtype=values.dtype)
        sizes = None if len(self.starts) == len(self.order) else self.ends - self.starts
        found[self.order] = values if sizes is None else np.repeat(values, sizes)
        return found

    @property
    def ranks(self) -> Ints:
        """Midranks, doubled."""
        return self.spread(self.starts + self.ends + 1)


def ties_of(values: Floats) -> Ties:
    # not a stable sort, which is several times slower: the order of equal values does not matter here
    order = np.argsort(values)
    ordered = values[order]
    new: NDArray[np.bool_] = np.ones(len(values), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    starts = np.flatnonzero(new)
    return Ties(order=order, starts=starts, ends=np.append(starts[1:], len(values)))


def sum_of_squares(values: Ints) -> int:
    """Exact, of whole numbers below 2**23."""
    parts = (values[start : start + BLOCK] for start in range(0, len(values), BLOCK))
    return sum(int(np.dot(part, part)) for part in parts)

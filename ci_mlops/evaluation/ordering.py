"""Rows in the order of their scores, and where the rows of the other class stand: what metrics of order are made of."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ci_mlops.evaluation.exact import BLOCK
from ci_mlops.evaluation.rows import Floats, Ints

Whole = NDArray[np.signedinteger]
"""Of as many bits as are enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """Rows in order, and where each stretch of equal values starts and ends."""

    order: Ints
    starts: Whole
    ends: Whole

    def spread(self, values: Whole) -> Whole:
        """What is known of each stretch, given to its rows: shape (rows,), in the rows' own order."""
        found = np.empty(len(self.order), dtype=values.dtype)
        sizes = None if len(self.starts) == len(self.order) else self.ends - self.starts
        found[self.order] = values if sizes is None else np.repeat(values, sizes)
        return found


def ties_of(values: Floats) -> Ties:
    # not a stable sort, which is several times slower: the order of equal values does not matter here
    order = np.argsort(values)
    ordered = values[order]
    new: NDArray[np.bool_] = np.ones(len(values), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    # half as wide as usual, for there may be a million of them
    starts = np.flatnonzero(new).astype(np.int32)
    return Ties(order=order, starts=starts, ends=np.append(starts[1:], np.int32(len(values))))


def in_one_order(one: Floats, other: Floats) -> bool:
    """Whether two scores put all rows in one order, and tie the same."""
    ranks, others = (ties.spread(ties.starts + ties.ends) for ties in (ties_of(one), ties_of(other)))
    return np.array_equal(ranks, others)


def sum_of_squares(values: Whole) -> int:
    """Exact, of whole numbers below 2**23."""
    parts = (values[start : start + BLOCK].astype(np.int64) for start in range(0, len(values), BLOCK))
    return sum(int(np.dot(part, part)) for part in parts)

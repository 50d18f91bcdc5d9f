"""Rows in the order of their scores, and what a metric of that order makes of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ci_mlops.evaluation.exact import as_fraction, exact_sums
from ci_mlops.evaluation.intervals import Interval
from ci_mlops.evaluation.rows import Floats, Ints

Flags = NDArray[np.bool_]
_WHOLE = 1 << 31


class Pulled(NamedTuple):
    """A value, and how one row more of weight 1 would move it, by where its score lies."""

    value: float
    of_positives: Floats
    """Shape (values,): the influence of one positive at each score."""
    of_negatives: Floats
    """And of one negative. Weighed by what lies there, both together add up to 0."""


Formula = Callable[[Floats, Floats, Floats], Pulled]
"""
(weight of the positives, weight of the negatives, score), each of shape (values,), by score in ascending order, no score
twice. Weights are counts, or sums of weights in effective rows (see `typical`); the scores may as well be bins of a
histogram, where rows are too many to be sorted. Rows of both classes are there. Made of whole arrays: it costs O(values).
"""
Lift = Callable[[Floats, Floats, Floats], float]
"""Of the same: by how much chance is expected to lift the value of so few rows; or at most, where `PairedLift` is given."""


def unlifted(positives: Floats, negatives: Floats, values: Floats) -> float:
    return 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    positives: Floats
    negatives: Floats
    values: Floats
    place: NDArray[np.signedinteger]
    """Shape (rows,): where among the values a row's score is."""

    def pulled(self, formula: Formula, share: float = 1.0) -> Pulled:
        """`share`: of the rows, that would tell as much if each were drawn alone."""
        if share == 1.0:
            # nothing to be copied, of what may be a million scores
            return formula(self.positives, self.negatives, self.values)
        value, of_positives, of_negatives = formula(
            self.positives * share, self.negatives * share, self.values
        )
        return Pulled(value, of_positives * share, of_negatives * share)

    def lifted(self, lift: Lift) -> float:
        return lift(self.positives, self.negatives, self.values)

    def influence(self, pulled: Pulled, positives: int, weights: Floats | None) -> Floats:
        """Shape (rows,): by how much each row moves the value; of rows whose `positives` come first."""
        own = np.concatenate(
            (
                pulled.of_positives.take(self.place[:positives]),
                pulled.of_negatives.take(self.place[positives:]),
            )
        )
        return own if weights is None else own * weights


PairedLift = Callable[[Ordered, Ordered, int, Floats | None, Ints | None], Interval]
"""
(champion, candidate, how many rows are positive, which come first, weights, groups) -> by how much chance may have lifted the
difference of two values at most, and by how much pressed it down.
"""


def typical(weights: Floats) -> float:
    """
    What a row weighs where it counts. A sum of weights, divided by it, is a number of effective rows.

    Source: Kish 1965, Survey Sampling.
    """
    return float(as_fraction(exact_sums(weights * weights)[0]) / as_fraction(exact_sums(weights)[0]))


def effective(weights: Floats) -> float:
    """As many rows of one weight would tell as much; source as above."""
    return float(as_fraction(exact_sums(weights)[0])) / typical(weights) if weights.any() else 0.0


def ordered(positive: Flags, scores: Floats, weights: Floats | None) -> Ordered:
    """All of shape (rows,); `weights` in effective rows."""
    if weights is None:
        return _counted(positive, scores)
    values, place = np.unique(scores, return_inverse=True)
    # added up in one order, whatever the order of the rows: sums of floats depend on it
    order = np.lexsort((weights, place))
    heavy, at, own = weights[order], place[order], positive[order]
    positives, negatives = (
        np.bincount(at[side], heavy[side], len(values)).astype(np.float64) for side in (own, ~own)
    )
    return Ordered(positives=positives, negatives=negatives, values=values, place=place)


def _counted(positive: Flags, scores: Floats) -> Ordered:
    # not a stable sort, which is several times slower: the order of equal values does not matter here
    order = np.argsort(scores)
    values = scores[order]
    new: Flags = np.ones(len(scores), dtype=np.bool_)
    np.not_equal(values[1:], values[:-1], out=new[1:])
    values = values[np.flatnonzero(new)]
    # half as wide as usual, for there may be a million of them
    ranks = np.cumsum(new, dtype=np.int32)
    ranks -= 1
    place = np.empty(len(scores), dtype=np.int32)
    place[order] = ranks
    del order, new
    positives = np.bincount(place[positive], minlength=len(values))
    negatives = np.bincount(ranks, minlength=len(values))
    negatives -= positives
    return Ordered(
        positives=positives.astype(np.float64),
        negatives=negatives.astype(np.float64),
        values=values,
        place=place,
    )


def at_least(weights: Floats) -> Floats:
    """What lies at each score or above it."""
    falling = weights[::-1]
    if weights.sum() < _WHOLE and np.array_equal(counts := falling.astype(np.int32), falling):
        # of counts, exact in whichever type, and three times as fast
        return np.cumsum(counts, dtype=np.int32)[::-1].astype(np.float64)
    return np.cumsum(falling)[::-1]

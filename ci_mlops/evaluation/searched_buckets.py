"""What the search keeps of a slice whose rows are drawn together, as a patient's: its sums, bucket by bucket."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ci_mlops.evaluation.buckets import effective
from ci_mlops.evaluation.exact import as_float
from ci_mlops.evaluation.influence import BUCKETS
from ci_mlops.evaluation.rows import Floats, Ints
from ci_mlops.evaluation.sparse_sums import SparseColumn

Exact = NDArray[np.object_]
"""Whole numbers as `exact_sums` writes them."""


# no slots: what is made of the sums is kept
@dataclass(frozen=True, kw_only=True)
class SearchedBuckets:
    """All of shape (buckets,)."""

    buckets: Ints
    """Those that hold a row, in ascending order: sums of floats depend on it."""
    rows: Ints
    differing: Ints
    weight: Exact | None
    """None: every row weighs 1."""
    worse: Exact
    """Sum of the candidate's loss less the champion's, times the rows' weights."""

    def plus(self, other: "SearchedBuckets", sign: int) -> "SearchedBuckets":
        buckets, place = np.unique(np.concatenate((self.buckets, other.buckets)), return_inverse=True)
        own, more = place[: len(self.buckets)], place[len(self.buckets) :]

        def added(one: NDArray[Any], two: NDArray[Any]) -> NDArray[Any]:
            total = np.zeros(len(buckets), dtype=one.dtype)
            total[own] = one
            total[more] += sign * two
            return total

        rows = added(self.rows, other.rows)
        left = rows > 0
        weight = None
        if self.weight is not None and other.weight is not None:
            weight = added(self.weight, other.weight)[left]
        return SearchedBuckets(
            buckets=buckets[left],
            rows=rows[left],
            differing=added(self.differing, other.differing)[left],
            weight=weight,
            worse=added(self.worse, other.worse)[left],
        )

    @cached_property
    def sizes(self) -> Floats:
        """Rows, or their weight."""
        return self.rows.astype(np.float64) if self.weight is None else _floats(self.weight)

    @cached_property
    def units(self) -> float:
        """As many groups of one size would tell as much."""
        return effective(self.sizes)

    @cached_property
    def moved(self) -> float:
        """As many groups would differ, if on each that does the models differed on as many rows."""
        return effective(self.differing.astype(np.float64))

    @cached_property
    def differing_together(self) -> float:
        """Rows on which the models differ in the group of a row on which they do."""
        differing = self.differing.astype(np.float64)
        return float((differing**2).sum() / differing.sum()) if differing.any() else 1.0

    @cached_property
    def pulls(self) -> Floats:
        """By how much each group's loss differs from what its size would let expect; they add up to 0."""
        worse, sizes = _floats(self.worse), self.sizes
        weight = sizes.sum()
        return worse - worse.sum() / weight * sizes if weight else worse

    def in_common(self, other: "SearchedBuckets") -> float:
        """Covariance of both totals, of the groups that have rows in both slices."""
        _, own, more = np.intersect1d(self.buckets, other.buckets, assume_unique=True, return_indices=True)
        return float((self.pulls[own] * other.pulls[more]).sum())


def _floats(exact: Exact) -> Floats:
    return np.array([as_float(total) for total in exact.tolist()], dtype=np.float64)


def bucket_sums(
    worse: SparseColumn, weight: SparseColumn | None, groups: Ints, codes: Ints, size: int
) -> Sequence[SearchedBuckets]:
    """`codes`: shape (rows,), below `size`, the slice of each row; `groups`: its bucket."""
    place = codes * BUCKETS + groups
    present, own, rows = np.unique(place, return_inverse=True, return_counts=True)
    differing = np.bincount(own[worse.rows], minlength=len(present))
    moved = np.array(worse.sums(own, len(present)), dtype=object)
    heavy = None if weight is None else np.array(weight.sums(own, len(present)), dtype=object)
    starts = np.searchsorted(present, np.arange(size + 1) * BUCKETS).tolist()
    return [
        SearchedBuckets(
            buckets=present[start:end] % BUCKETS,
            rows=rows[start:end],
            differing=differing[start:end],
            weight=None if heavy is None else heavy[start:end],
            worse=moved[start:end],
        )
        for start, end in pairwise(starts)
    ]

"""What the search keeps of a slice whose rows are drawn together, as a patient's: its sums, bucket by bucket."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from ci_mlops.evaluation.buckets import effective
from ci_mlops.evaluation.influence import BUCKETS
from ci_mlops.evaluation.rows import Floats, Ints
from ci_mlops.evaluation.sparse_sums import SparseColumn
from ci_mlops.evaluation.trimmed_sums import TrimmedSums, laid_out

# above so many places those that are met are sorted, not counted
_DENSE = 1 << 22


# no slots: what is made of the sums is kept
@dataclass(frozen=True, kw_only=True)
class SearchedBuckets:
    """All of shape (buckets,)."""

    buckets: Ints
    """Those that hold a row, in ascending order: sums of floats depend on it."""
    rows: Ints
    differing: Ints
    weight: TrimmedSums | None
    """None: every row weighs 1."""
    worse: TrimmedSums
    """Sum of the candidate's loss less the champion's, times the rows' weights."""

    def plus(self, other: "SearchedBuckets", sign: int) -> "SearchedBuckets":
        buckets, place = np.unique(np.concatenate((self.buckets, other.buckets)), return_inverse=True)
        places, size = (place[: len(self.buckets)], place[len(self.buckets) :]), len(buckets)
        rows = laid_out(self.rows, other.rows, sign, places, size)
        left = rows > 0
        heavy = self.weight and other.weight and self.weight.plus(other.weight, sign, places, size)
        return SearchedBuckets(
            buckets=buckets[left],
            rows=rows[left],
            differing=laid_out(self.differing, other.differing, sign, places, size)[left],
            weight=heavy and heavy.at(left),
            worse=self.worse.plus(other.worse, sign, places, size).at(left),
        )

    @cached_property
    def sizes(self) -> Floats:
        """Rows, or their weight."""
        return self.rows.astype(np.float64) if self.weight is None else self.weight.floats

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
        worse, sizes = self.worse.floats, self.sizes
        weight = sizes.sum()
        return worse - worse.sum() / weight * sizes if weight else worse

    def in_common(self, other: "SearchedBuckets") -> float:
        """Covariance of both totals, of the groups that have rows in both slices."""
        _, own, more = np.intersect1d(self.buckets, other.buckets, assume_unique=True, return_indices=True)
        return float((self.pulls[own] * other.pulls[more]).sum())


def bucket_sums(
    worse: SparseColumn, weight: SparseColumn | None, groups: Ints, codes: Ints, size: int
) -> Sequence[SearchedBuckets]:
    """`codes`: shape (rows,), below `size`, the slice of each row; `groups`: its bucket."""
    present, own, rows = _places(codes * BUCKETS + groups, size * BUCKETS)
    differing = np.bincount(own[worse.rows], minlength=len(present))
    moved = TrimmedSums.of(worse.sums(own, len(present)))
    heavy = None if weight is None else TrimmedSums.of(weight.sums(own, len(present)))
    starts = np.searchsorted(present, np.arange(size + 1) * BUCKETS).tolist()
    return [
        SearchedBuckets(
            buckets=present[start:end] % BUCKETS,
            rows=rows[start:end],
            differing=differing[start:end],
            weight=heavy and heavy.part(start, end),
            worse=moved.part(start, end),
        )
        for start, end in pairwise(starts)
    ]


def _places(places: Ints, size: int) -> tuple[Ints, Ints, Ints]:
    """Those that are met, which of these each row is at, and how many rows each has."""
    if size > _DENSE:
        return np.unique(places, return_inverse=True, return_counts=True)
    counts = np.bincount(places, minlength=size)
    present = np.flatnonzero(counts)
    number = np.zeros(size, dtype=np.int64)
    number[present] = np.arange(len(present))
    return present, number[places], counts[present]

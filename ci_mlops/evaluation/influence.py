"""
How sure we are of a number that rows pull at: the infinitesimal jackknife. Rows of one group are drawn together.

What a row adds to a metric is its influence; the metric of other rows would differ by the sum of theirs. So the spread of
influences is all that an interval needs, and it is closed: no row is drawn again.

Source: Efron 1982, The Jackknife, the Bootstrap and Other Resampling Plans, chapter 6; groups as Liang & Zeger 1986,
Biometrika 73.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from ci_mlops.evaluation.exact import as_fraction, exact_sums
from ci_mlops.evaluation.intervals import Interval, normal_quantile, poisson_limits, student_quantile
from ci_mlops.evaluation.rows import Floats, Ints

BUCKETS = 1024
"""
A group is known by a hash of its name, so that it is the same one in every partition. Two groups that share a bucket are
taken for one, which is never wrong, only a little careful.
"""
FEW = 10
"""Where fewer rows or groups than these differ, the sample's spread misses the ones that it happens not to hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    error: float
    """Standard error, widened where few moved."""
    units: float
    """Rows, or groups of about one size, that it rests on."""
    moved: int
    """Of these, how many pull at all."""

    def around(self, estimate: float, level: float) -> Interval:
        half = student_quantile(level, max(1, int(self.units) - 1)) * self.error
        return estimate - half, estimate + half


def spread(influence: Floats, groups: Ints | None, level: float, *, reach: float = 0.0) -> Spread:
    """
    Of influences that add up to (about) 0, shape (rows,): the estimate moves by their sum.

    `groups`: shape (rows,), the bucket of each row, below `BUCKETS`; None: every row is drawn alone. `reach`: how far one
    row could pull at most; a quarter of it stands for what was not seen where few rows pull.
    """
    pulls, sizes = influence, np.ones(len(influence))
    if groups is not None:
        sizes = np.bincount(groups, minlength=BUCKETS).astype(np.float64)
        totals = exact_sums(influence, groups, BUCKETS)
        pulls = np.array([float(as_fraction(total)) for total in totals])[sizes > 0]
        sizes = sizes[sizes > 0]
    rows = len(pulls)
    if rows < 2:
        return Spread(error=0.0, units=rows, moved=0)
    # exact sums, so that the order of rows can't move the last bit
    total, squares = as_fraction(exact_sums(pulls)[0]), as_fraction(exact_sums(pulls * pulls)[0])
    error = sqrt(max(0.0, float((squares - total * total / rows) * rows / (rows - 1))))
    moved = int(np.count_nonzero(np.abs(pulls) > 1e-9 * max(reach, 1e-300)))
    units = float(sizes.sum() ** 2 / (sizes**2).sum())
    if 0 < moved < FEW:
        wider = (poisson_limits(moved, level)[1] - moved) / (normal_quantile(level) * sqrt(moved))
        error = sqrt((error * wider) ** 2 + (reach / 4) ** 2)
    return Spread(error=error, units=units, moved=moved)

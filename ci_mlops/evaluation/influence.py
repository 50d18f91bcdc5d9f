"""
How sure we are of a number that rows pull at: the infinitesimal jackknife. Rows of one group are drawn together.

What a row adds to a metric is its influence; the metric of other rows would differ by the sum of theirs. So the spread of
influences is all that an interval needs, and it is closed: no row is drawn again.

Source: Efron 1982, The Jackknife, the Bootstrap and Other Resampling Plans, chapter 6; groups as Liang & Zeger 1986,
Biometrika 73.
"""

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np

from ci_mlops.evaluation.exact import BLOCK, as_float, as_fraction, exact_sums
from ci_mlops.evaluation.freedom import LEAST_FREEDOM, MOST_FREEDOM, freedom_of
from ci_mlops.evaluation.intervals import Interval, normal_quantile, poisson_limits, student_quantile
from ci_mlops.evaluation.rounded_sums import rounded_sums
from ci_mlops.evaluation.rows import Floats, Ints

BUCKETS = 1024
"""
A group is known by a hash of its name, so that it is the same one in every partition. Two groups that share a bucket are
taken for one, which is never wrong, only a little careful.
"""
FEW = 10
"""Where fewer rows or groups than these differ, the sample's spread misses the ones that it happens not to hold."""
UNSEEN = 0.25
"""As much of a row stands for what was not seen at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    error: float
    """Standard error, widened where few moved."""
    units: int
    """Rows, or groups, that pull or could."""
    freedom: int
    """Degrees of freedom of the error: few where few rows do most of the pulling, however many there are."""
    moved: int
    """Of these, how many pull at all."""

    @property
    def few(self) -> bool:
        return self.moved < FEW

    def quantile(self, level: float) -> float:
        return student_quantile(level, self.freedom)

    def around(self, estimate: float, level: float) -> Interval:
        half = self.quantile(level) * self.error
        return estimate - half, estimate + half


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulls:
    """What a spread needs to know of influences, whatever the level."""

    rows: int
    """Or groups."""
    reach: float = 0.0
    grouped: bool = False
    variance: float = 0.0
    freedom: int = LEAST_FREEDOM
    pulling: int = 0
    whole: float = inf
    """As many pulls, each as far as `reach`, make as large a variance; where whole pulls are what there is to count."""

    def spread(self, level: float, *, moved: int | None = None, units: float = inf) -> Spread:
        """See `spread`."""
        rows, freedom, reach = self.rows, self.freedom, self.reach
        if rows < 2:
            return Spread(error=0.0, units=rows, freedom=freedom, moved=0)
        error = sqrt(self.variance)
        if self.grouped or units < rows:
            apart = max(2.0, min(units, rows))
            error *= apart / (apart - 1)
            freedom = max(LEAST_FREEDOM, min(freedom, int(apart) - 1))
        moved = self.pulling if moved is None else min(moved, self.pulling)
        if self.whole < FEW:
            error, moved = with_two_more(error, reach), min(moved, int(self.whole))
        elif not moved:
            # what was never seen: the upper limit of a count of none
            error = poisson_limits(0, level)[1] / normal_quantile(level) * reach
        elif moved < FEW:
            wider = (poisson_limits(moved, level)[1] - moved) / (normal_quantile(level) * sqrt(moved))
            error = sqrt((error * wider) ** 2 + (UNSEEN * reach) ** 2)
        return Spread(error=error, units=rows, freedom=freedom, moved=moved)


def spread(
    influence: Floats,
    groups: Ints | None,
    level: float,
    *,
    reach: float = 0.0,
    moved: int | None = None,
    units: float = inf,
    counted: bool = False,
) -> Spread:
    """
    Of influences that add up to (about) 0, shape (rows,): the estimate moves by their sum.

    `groups`: shape (rows,), the bucket of each row, below `BUCKETS`; None: every row is drawn alone. `reach`: how far one
    row could pull at most; it stands for what was not seen where few rows pull, or none. `moved`: rows that differ,
    where one that does makes all others pull a little. `units`: effective rows, or groups, of the class that has the fewer.
    `counted`: a row pulls as far as it can or hardly at all, so that whole pulls are what there is to count.

    Degrees of freedom: those of a variance of squares that differ as these do. Source: Satterthwaite 1946, Biometrics
    Bulletin 2. What a row or group pulls is seen against a value that it is itself part of, so that few of them seem to
    pull too little: one of `units` is made good, as in the jackknife. Source: Bell & McCaffrey 2002, Survey Methodology 28.
    """
    return pulls_of(influence, groups, reach, counted=counted).spread(level, moved=moved, units=units)


def pulls_of(influence: Floats, groups: Ints | None, reach: float = 0.0, *, counted: bool = False) -> Pulls:
    """As `spread` is given them."""
    pulls = influence if groups is None else by_group(influence, groups)
    rows, grouped = len(pulls), groups is not None
    if rows < 2:
        return Pulls(rows=rows, reach=reach, grouped=grouped)
    largest = float(max(pulls.max(), -pulls.min()))
    scale, least = largest * largest, 1e-9 * max(reach, 1e-300)
    # exact sums, so that the order of rows can't move the last bit; and so many rows at a time as a core's cache holds
    total = squares = fourths = pulling = 0
    for start in range(0, rows, BLOCK):
        part = pulls[start : start + BLOCK]
        square = part * part
        total += exact_sums(part)[0]
        squares += exact_sums(square)[0]
        if scale:
            fourths += exact_sums((square / scale) ** 2)[0]
        pulling += int(np.count_nonzero(np.abs(part) > least))
    mean_square, summed = float(as_fraction(total) ** 2) / rows, as_float(squares)
    # what rounding alone leaves has no design
    if counted and grouped and largest > least:
        reach *= together(summed, as_float(exact_sums(influence * influence)[0]))
    whole = summed / (reach * reach) if counted and reach else inf
    alike = not scale or whole < FEW
    return Pulls(
        rows=rows,
        reach=reach,
        grouped=grouped,
        variance=max(0.0, summed - mean_square) * rows / (rows - 1),
        freedom=MOST_FREEDOM if alike else freedom_of(rows, summed / scale, as_float(fourths)),
        pulling=pulling,
        whole=whole,
    )


def together(squares: float, of_rows: float) -> float:
    """
    As many rows of a group as pull as one: sums of squared pulls of groups, by those of rows.

    Source: Kish 1965, Survey Sampling (the design effect).
    """
    return max(1.0, squares / of_rows) if of_rows else 1.0


def with_two_more(error: float, reach: float) -> float:
    """
    A standard error where fewer than `FEW` whole pulls were seen, each as far as `reach`: as if there were two more.

    Source: Bonett & Price 2012, Journal of Educational and Behavioral Statistics 37, for paired counts that differ.
    """
    return sqrt(error * error + 2 * reach * reach)


def by_group(influence: Floats, groups: Ints) -> Floats:
    """Sums of the groups that have rows, by bucket."""
    present = np.bincount(groups, minlength=BUCKETS) > 0
    return rounded_sums(influence, groups, BUCKETS)[present]

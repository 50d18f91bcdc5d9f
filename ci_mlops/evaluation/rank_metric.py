"""ROC AUC and how sure we are of a difference of two: DeLong."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import ClassVar, Literal, NamedTuple

import numpy as np

from ci_mlops.evaluation import bin_bounds
from ci_mlops.evaluation.bin_bounds import Counts
from ci_mlops.evaluation.binned import Formula
from ci_mlops.evaluation.class_ranks import Area, widening
from ci_mlops.evaluation.family import Family
from ci_mlops.evaluation.influence import FEW, UNSEEN
from ci_mlops.evaluation.intervals import Interval, area_interval, normal_quantile, wald
from ci_mlops.evaluation.metric import ClassCount, Measured
from ci_mlops.evaluation.ordered import Flags, Ordered, ordered
from ci_mlops.evaluation.ordering import Whole, sum_of_squares
from ci_mlops.evaluation.row_order import OrderedRows
from ci_mlops.evaluation.rows import Floats
from ci_mlops.evaluation.tally import Need, Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Placements:
    """For each positive, twice the number of negatives below it (ties count one); and for negatives likewise."""

    of_positives: Whole
    of_negatives: Whole

    @property
    def area(self) -> float:
        positives, negatives = len(self.of_positives), len(self.of_negatives)
        return int(self.of_positives.sum()) / (2 * positives * negatives)


def placements(labels: Floats, scores: Floats) -> Placements:
    """After one sort. Source: Sun & Xu 2014, IEEE Signal Processing Letters 21."""
    positive = labels == 1
    return _placed(ordered(positive, scores, None), positive, ~positive)


def _placed(own: Ordered, positives: slice | Flags, negatives: slice | Flags) -> Placements:
    """`positives`, `negatives`: which rows are of each class."""
    # twice the rows of a class that lie below each score, and those at the score itself once
    below, others_below = (
        2 * np.cumsum(side, dtype=np.int32) - side
        for side in (own.positives.astype(np.int32), own.negatives.astype(np.int32))
    )
    of_positives = others_below.take(own.place[positives])
    return Placements(
        of_positives=of_positives, of_negatives=2 * len(of_positives) - below.take(own.place[negatives])
    )


def area_of_bins(positives: Floats, negatives: Floats, values: Floats) -> tuple[float, Floats, Floats]:
    """Rows of one bin are ties."""
    below = (np.cumsum(negatives) - negatives / 2) / negatives.sum()
    above = 1 - (np.cumsum(positives) - positives / 2) / positives.sum()
    area = float((positives * below).sum() / positives.sum())
    return area, (below - area) / positives.sum(), (above - area) / negatives.sum()


@dataclass(frozen=True, slots=True, kw_only=True)
class RankMetric(Family):
    """Area under the ROC curve. Source: DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44."""

    need: Need = "scores"
    ranks: ClassVar[bool] = True

    @property
    def formula(self) -> Formula:
        return area_of_bins

    @property
    def bound(self) -> Callable[[Counts, Counts], float]:
        return bin_bounds.area

    def measure(self, tally: Tally, level: float) -> Measured:
        if self.name in tally.binned:
            same = tally.differing_scores == 0
            return tally.binned[self.name].measure(self.name, level, same=same, method="DeLong")
        if tally.weighted or tally.buckets is not None:
            return Area(name=self.name, of="event").measure(tally, level)
        positives = int(tally.joint[4:].sum())
        events = min(positives, tally.rows - positives)
        if events == 0:
            return Measured(events=0, reason=f"{self.name} is undefined: only one class is present")
        areas = tally.once(self.name, _areas)
        alone = _alone(areas, level)
        if areas.before is None:
            return Measured(
                events=events, candidate=areas.after, candidate_interval=alone, method="DeLong, logit"
            )
        difference, same = areas.after - areas.before, areas.same
        few = min(side.moved for side in areas.moved) < FEW
        error = _error(*areas.moved, level=level if few else None)
        return Measured(
            events=events,
            champion=areas.before,
            candidate=areas.after,
            candidate_interval=alone,
            difference=difference,
            interval=(0.0, 0.0) if same else wald(difference, error, normal_quantile(level)),
            method="identical order" if same else "DeLong, widened as few rows moved" if few else "DeLong",
            identical=same,
        )


class Sums(NamedTuple):
    """Of placements of the rows of one class, or of their differences: whole numbers, which no order of rows can move."""

    rows: int
    total: int
    squares: int
    moved: int
    """Rows whose number is another than it could be."""

    @property
    def variance(self) -> float:
        if self.rows < 2:
            return 0.0
        squares = self.squares * self.rows - self.total * self.total
        return float(Fraction(squares, self.rows * (self.rows - 1)))


def sums_of(values: Whole, still: int = 0) -> Sums:
    """`still`: the number of rows that have not moved."""
    moved = int(np.count_nonzero(values != still))
    return Sums(len(values), int(values.sum()), sum_of_squares(values), moved)


class _Areas(NamedTuple):
    """What there is to know of a slice, whatever the level; of both classes, positives first."""

    after: float
    own: tuple[Sums, Sums]
    """A row has moved that does not stand beyond all rows of the other class."""
    before: float | None
    moved: tuple[Sums, Sums]
    same: bool


def _areas(rows: OrderedRows) -> _Areas:
    after = _placed(rows.after, *rows.sides)
    faultless = (2 * len(after.of_negatives), 2 * len(after.of_positives)) if after.area else (0, 0)
    own = sums_of(after.of_positives, faultless[0]), sums_of(after.of_negatives, faultless[1])
    if rows.before is None:
        return _Areas(after.area, own, None, own, same=False)
    before = _placed(rows.before, *rows.sides)
    moved = (
        sums_of(after.of_positives - before.of_positives),
        sums_of(after.of_negatives - before.of_negatives),
    )
    # two scores that put all rows in one order are the same to a metric of order
    same = not any(side.moved for side in moved) and np.array_equal(rows.after.place, rows.before.place)
    return _Areas(after.area, own, before.area, moved, same)


def _alone(areas: _Areas, level: float) -> Interval:
    """Widened where few rows are misplaced, and by a whole row of each class where none is."""
    few = min(side.moved for side in areas.own) < FEW
    unseen = UNSEEN if 0 < areas.after < 1 else 1.0
    error = _error(*areas.own)
    widened = _error(*areas.own, level=level, unseen=unseen) if few else error
    return area_interval(areas.after, error, level, widened=widened)


def _error(positives: Sums, negatives: Sums, *, level: float | None = None, unseen: float = UNSEEN) -> float:
    """
    Standard error of an area, or of a difference of areas, from (differences of) placements; `level` widens it, by
    `unseen` rows of each class as well.
    """
    total = 0.0
    for own, other in ((positives, negatives), (negatives, positives)):
        error = sqrt(own.variance / own.rows) / (2 * other.rows)
        if level is not None:
            total += (error * widening(own.moved, level)) ** 2 + (unseen / own.rows) ** 2
        else:
            total += error**2
    return sqrt(total)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRankMetric(Family):
    """Mean area of each class against the rest, alike or by the classes' rows."""

    of: Literal["classes", "rows"]
    need: Need = "probabilities"
    ranks: ClassVar[bool] = True
    classes: ClassVar[ClassCount] = "several"

    def measure(self, tally: Tally, level: float) -> Measured:
        return Area(name=self.name, of=self.of).measure(tally, level)

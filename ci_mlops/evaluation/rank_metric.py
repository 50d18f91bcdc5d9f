"""ROC AUC and how sure we are of a difference of two: DeLong."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import ClassVar, Literal

import numpy as np

from ci_mlops.evaluation import bin_bounds
from ci_mlops.evaluation.binned import Formula
from ci_mlops.evaluation.class_ranks import Area, widening
from ci_mlops.evaluation.family import Family
from ci_mlops.evaluation.influence import FEW, UNSEEN
from ci_mlops.evaluation.intervals import Interval, area_interval, normal_quantile, wald
from ci_mlops.evaluation.metric import ClassCount, Measured
from ci_mlops.evaluation.ordering import Whole, in_one_order, sum_of_squares, ties_of
from ci_mlops.evaluation.rows import Floats, Ints
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
    """Midranks after one sort. Source: Sun & Xu 2014, IEEE Signal Processing Letters 21."""
    positive = labels == 1
    ties = ties_of(scores)
    below = np.zeros(len(scores) + 1, dtype=np.int32)
    np.cumsum(positive[ties.order], out=below[1:])
    # twice the positives below each stretch of ties, and those inside; the other rows are negatives
    positives = below[ties.starts] + below[ties.ends]
    negatives = ties.starts + ties.ends - positives
    of_positives, of_negatives = (ties.spread(side) for side in (negatives, positives))
    return Placements(
        of_positives=of_positives[positive],
        of_negatives=2 * int(below[-1]) - of_negatives[~positive],
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
    def bound(self) -> Callable[[Ints, Ints], float]:
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
        labels = np.concatenate([part.labels for part in tally.ranked])
        own = np.concatenate([part.candidate for part in tally.ranked])
        after = placements(labels, own)
        alone = _alone(after, level)
        scores = [part.champion for part in tally.ranked if part.champion is not None]
        if tally.champion is None or not scores:
            return Measured(
                events=events, candidate=after.area, candidate_interval=alone, method="DeLong, logit"
            )
        others = np.concatenate(scores)
        before = placements(labels, others)
        difference = after.area - before.area
        moved = after.of_positives - before.of_positives, after.of_negatives - before.of_negatives
        # two scores that put all rows in one order are the same to a metric of order
        same = not any(side.any() for side in moved) and in_one_order(own, others)
        few = min(int(np.count_nonzero(side)) for side in moved) < FEW
        error = _error(*moved, level=level) if few else _error(*moved)
        return Measured(
            events=events,
            champion=before.area,
            candidate=after.area,
            candidate_interval=alone,
            difference=difference,
            interval=(0.0, 0.0) if same else wald(difference, error, normal_quantile(level)),
            method="identical order" if same else "DeLong, widened as few rows moved" if few else "DeLong",
            identical=same,
        )


def _alone(own: Placements, level: float) -> Interval:
    """Widened where few rows are misplaced, and by a whole row of each class where none is."""
    positives, negatives = len(own.of_positives), len(own.of_negatives)
    misplaced = own.of_positives - 2 * negatives, own.of_negatives - 2 * positives
    if own.area == 0:
        misplaced = own.of_positives, own.of_negatives
    few = min(int(np.count_nonzero(side)) for side in misplaced) < FEW
    unseen = UNSEEN if 0 < own.area < 1 else 1.0
    error = _error(own.of_positives, own.of_negatives)
    widened = _error(*misplaced, level=level, unseen=unseen) if few else error
    return area_interval(own.area, error, level, widened=widened)


def _error(
    of_positives: Whole, of_negatives: Whole, *, level: float | None = None, unseen: float = UNSEEN
) -> float:
    """
    Standard error of an area, or of a difference of areas, from (differences of) placements; `level` widens it, by
    `unseen` rows of each class as well.
    """
    positives, negatives = len(of_positives), len(of_negatives)
    total = 0.0
    for side, own, other in ((of_positives, positives, negatives), (of_negatives, negatives, positives)):
        error = sqrt(_variance(side) / own) / (2 * other)
        if level is not None:
            moved = int(np.count_nonzero(side))
            total += (error * widening(moved, level)) ** 2 + (unseen / own) ** 2
        else:
            total += error**2
    return sqrt(total)


def _variance(values: Whole) -> float:
    """Of whole numbers, so that the order of rows can't move the last bit."""
    rows = len(values)
    if rows < 2:
        return 0.0
    total, squares = int(values.sum()), sum_of_squares(values)
    return float(Fraction(squares * rows - total * total, rows * (rows - 1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRankMetric(Family):
    """Mean area of each class against the rest, alike or by the classes' rows."""

    of: Literal["classes", "rows"]
    need: Need = "probabilities"
    ranks: ClassVar[bool] = True
    classes: ClassVar[ClassCount] = "several"

    def measure(self, tally: Tally, level: float) -> Measured:
        return Area(name=self.name, of=self.of).measure(tally, level)

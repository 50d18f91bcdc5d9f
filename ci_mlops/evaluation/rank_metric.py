"""ROC AUC and how sure we are of a difference of two: DeLong."""

from dataclasses import dataclass
from math import sqrt
from typing import ClassVar, Literal, Self

import numpy as np

from ci_mlops.evaluation.class_ranks import FEW, UNSEEN, Area, doubled_midranks, widening
from ci_mlops.evaluation.exact import as_fraction, exact_sums
from ci_mlops.evaluation.intervals import logit_interval, normal_quantile, wald
from ci_mlops.evaluation.metric import ClassCount, Measured
from ci_mlops.evaluation.rows import Floats, Ints
from ci_mlops.evaluation.tally import Need, Tally, Term, joined
from ci_mlops.records import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Placements:
    """For each positive, twice the number of negatives below it (ties count one); and for negatives likewise."""

    of_positives: Ints
    of_negatives: Ints
    ranks: Ints
    """Of all rows, doubled."""

    @property
    def area(self) -> float:
        positives, negatives = len(self.of_positives), len(self.of_negatives)
        return int(self.of_positives.sum()) / (2 * positives * negatives)


def placements(labels: Floats, scores: Floats) -> Placements:
    """Midranks after one sort. Source: Sun & Xu 2014, IEEE Signal Processing Letters 21."""
    positive = labels == 1
    everyone = doubled_midranks(scores)
    of_positives = everyone[positive] - doubled_midranks(scores[positive])
    below_negatives = everyone[~positive] - doubled_midranks(scores[~positive])
    of_negatives = 2 * int(positive.sum()) - below_negatives
    return Placements(of_positives=of_positives, of_negatives=of_negatives, ranks=everyone)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankMetric:
    """Area under the ROC curve. Source: DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44."""

    name: str
    higher_is_better: bool = True
    task: str = "classification"
    need: Need = "scores"
    term: Term | None = None
    cells: ClassVar[bool] = True
    ranks: ClassVar[bool] = True
    classes: ClassVar[ClassCount] = "two"
    weighs: ClassVar[bool] = True

    def bind(self, policy: Policy) -> Self:
        return self

    def measure(self, tally: Tally, level: float) -> Measured:
        if tally.weighted or joined(tally.ranked, "groups") is not None:
            return Area(name=self.name, of="event").measure(tally, level)
        positives = int(tally.joint[4:].sum())
        events = min(positives, tally.rows - positives)
        if events == 0:
            return Measured(events=0, reason=f"{self.name} is undefined: only one class is present")
        labels = np.concatenate([part.labels for part in tally.ranked])
        after = placements(labels, np.concatenate([part.candidate for part in tally.ranked]))
        alone = logit_interval(after.area, _error(after.of_positives, after.of_negatives), level)
        scores = [part.champion for part in tally.ranked if part.champion is not None]
        if tally.champion is None or not scores:
            return Measured(
                events=events, candidate=after.area, candidate_interval=alone, method="DeLong, logit"
            )
        before = placements(labels, np.concatenate(scores))
        # two scores that put all rows in one order are the same to a metric of order
        same = np.array_equal(after.ranks, before.ranks)
        difference = after.area - before.area
        moved = after.of_positives - before.of_positives, after.of_negatives - before.of_negatives
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


def _error(of_positives: Ints, of_negatives: Ints, *, level: float | None = None) -> float:
    """Standard error of an area, or of a difference of areas, from (differences of) placements; `level` widens it."""
    positives, negatives = len(of_positives), len(of_negatives)
    total = 0.0
    for side, own, other in ((of_positives, positives, negatives), (of_negatives, negatives, positives)):
        error = sqrt(_variance(side / (2 * other)) / own)
        if level is not None:
            moved = int(np.count_nonzero(side))
            total += (error * widening(moved, level)) ** 2 + (UNSEEN / own) ** 2
        else:
            total += error**2
    return sqrt(total)


def _variance(values: Floats) -> float:
    """Exact in the sums, so that the order of rows can't move the last bit."""
    rows = len(values)
    if rows < 2:
        return 0.0
    total, squares = as_fraction(exact_sums(values)[0]), as_fraction(exact_sums(values * values)[0])
    return max(0.0, float((squares - total * total / rows) / (rows - 1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRankMetric:
    """Mean area of each class against the rest, alike or by the classes' rows."""

    name: str
    of: Literal["classes", "rows"]
    higher_is_better: bool = True
    task: str = "classification"
    need: Need = "probabilities"
    term: Term | None = None
    cells: ClassVar[bool] = True
    ranks: ClassVar[bool] = True
    classes: ClassVar[ClassCount] = "several"
    weighs: ClassVar[bool] = True

    def bind(self, policy: Policy) -> Self:
        return self

    def measure(self, tally: Tally, level: float) -> Measured:
        return Area(name=self.name, of=self.of).measure(tally, level)

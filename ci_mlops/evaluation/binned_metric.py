"""How sure we are of a metric of order that was measured on bins."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from ci_mlops.evaluation.bins import COARSE, SIZE
from ci_mlops.evaluation.class_ranks import widening
from ci_mlops.evaluation.influence import FEW, UNSEEN
from ci_mlops.evaluation.intervals import area_interval, normal_quantile
from ci_mlops.evaluation.metric import Measured
from ci_mlops.evaluation.rows import Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What a formula makes of one model's bins."""

    value: float
    pulls: Floats
    """Shape (2 * bins,): of a negative and of a positive in each bin; 0 where no row is."""
    bound: float
    """How far the value can be from that of the rows themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binned:
    """A metric on one slice; the first two of what has shape (classes,) is of the negatives."""

    sides: Sequence[Side]
    """Of the champion, where there is one, then of the candidate."""
    counts: Ints
    """Shape (2 * bins,), of the candidate."""
    squares: Floats
    """Shape (classes,): sums over the rows of how differently both models pull, squared."""
    moved: Ints
    """Shape (classes,): rows that pull differently at all."""

    def measure(self, name: str, level: float, *, same: bool, method: str) -> Measured:
        """`same`: no score differs; `method`: what the spread of pulls is called."""
        by_class = np.array([self.counts[0::2].sum(), self.counts[1::2].sum()])
        events = int(by_class.min())
        if events == 0:
            return Measured(events=0, reason=f"{name} is undefined: only one class is present")
        after = self.sides[-1]
        own = self.counts * after.pulls**2
        error = _error(np.array([own[0::2].sum(), own[1::2].sum()]), by_class)
        low, high = area_interval(after.value, error, level)
        alone = max(0.0, low - after.bound), min(1.0, high + after.bound)
        if len(self.sides) == 1:
            method = f"{method}, logit{_method(self.counts, after.bound)}"
            return Measured(events=events, candidate=after.value, candidate_interval=alone, method=method)
        before = self.sides[0]
        difference, bound = after.value - before.value, after.bound + before.bound
        few = int(self.moved.min()) < FEW
        error = _error(self.squares, by_class, self.moved if few else None, level)
        half = normal_quantile(level) * error + bound
        widened = ", widened as few rows moved" if few else ""
        return Measured(
            events=events,
            champion=before.value,
            candidate=after.value,
            candidate_interval=alone,
            difference=difference,
            interval=(0.0, 0.0) if same else (difference - half, difference + half),
            method="identical order" if same else f"{method}{widened}{_method(self.counts, bound)}",
            identical=same,
        )


def _method(counts: Ints, bound: float) -> str:
    bins = SIZE if len(counts) == 2 * SIZE else SIZE >> COARSE
    return f" on {bins} bins, and wider by the {bound:.1g} that these can move"


def _error(squares: Floats, by_class: Ints, moved: Ints | None = None, level: float = 0.0) -> float:
    """As DeLong's of two samples; `moved` widens it, as in `rank_metric`."""
    total = 0.0
    for place, (square, rows) in enumerate(zip(squares.tolist(), by_class.tolist(), strict=True)):
        variance = square * rows / max(1, rows - 1)
        if moved is not None:
            variance = variance * widening(int(moved[place]), level) ** 2 + (UNSEEN / rows) ** 2
        total += variance
    return sqrt(total)

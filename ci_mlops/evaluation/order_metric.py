"""Metrics of the order that a model puts rows of two classes in, all of them by their influence."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import exp, log
from typing import ClassVar

import numpy as np

from ci_mlops.evaluation.family import Family
from ci_mlops.evaluation.influence import Spread, by_group, spread
from ci_mlops.evaluation.intervals import Interval
from ci_mlops.evaluation.metric import Measured
from ci_mlops.evaluation.ordered import (
    Flags,
    Formula,
    Lift,
    Ordered,
    Pulled,
    effective,
    ordered,
    typical,
    unlifted,
)
from ci_mlops.evaluation.rows import Floats, Ints
from ci_mlops.evaluation.tally import Need, Ranked, Tally, joined


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    positive: Flags
    weights: Floats | None
    """In effective rows."""
    groups: Ints | None
    counts: tuple[float, float]
    """Effective rows: positives and negatives."""
    units: float
    """Effective rows, or groups, of the class that has the fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMetric(Family):
    """
    One formula of the distinct scores; the difference of two models is as unsure as the difference of what each row adds
    to both is spread, whatever the formula, the weights and the groups. See `influence` and `ordered.Formula`.
    """

    formula: Formula
    events: Callable[[float, float], float]
    """(positives, negatives) -> rows that the formula's denominator rests on."""
    lift: Lift = unlifted
    bound: Callable[[Ints, Ints], float] | None = None
    """See `binned.BinnedMetric`; without it rows are kept, however many they are."""
    ratio: bool = False
    """May exceed 1."""
    of_values: bool = False
    """Of the scores themselves, not only of their order."""
    folded: bool = False
    """Never below 0, so that chance alone lifts it, and by how much can't be told from the rows: it widens the interval."""
    need: Need = "scores"
    ranks: ClassVar[bool] = True

    def measure(self, tally: Tally, level: float) -> Measured:
        if self.name in tally.binned:
            binned = tally.binned[self.name]
            same = tally.differing_scores == 0
            measured = binned.measure(self.name, level, same=same, method="paired influence")
            negatives, positives = (float(binned.counts[side::2].sum()) for side in (0, 1))
            return replace(measured, events=int(self.events(positives, negatives) + 1e-9))
        rows = _rows(tally.ranked)
        if not all(rows.counts):
            return Measured(events=0, reason=f"{self.name} is undefined: only one class is present")
        events = self.events(*rows.counts)
        events = int((events if rows.groups is None else min(events, rows.units)) + 1e-9)
        after = ordered(rows.positive, joined(tally.ranked, "candidate"), rows.weights)
        of_after = after.pulled(self.formula)
        alone = self._alone(rows, after, of_after, level)
        if tally.champion is None:
            return Measured(
                events=events,
                candidate=of_after.value,
                candidate_interval=alone,
                method=self._method(rows, "influence"),
            )
        before = ordered(rows.positive, joined(tally.ranked, "champion"), rows.weights)
        of_before = before.pulled(self.formula)
        # two scores that put all rows in one order are the same to a metric of order
        same = np.array_equal(after.place, before.place)
        same = same and (not self.of_values or np.array_equal(after.values, before.values))
        difference = of_after.value - of_before.value
        influence = after.influence(of_after, rows.positive, rows.weights)
        influence -= before.influence(of_before, rows.positive, rows.weights)
        found = spread(
            influence,
            rows.groups,
            level,
            reach=_reach(of_after, of_before),
            moved=tally.differing_scores,
            units=rows.units,
        )
        return Measured(
            events=events,
            champion=of_before.value,
            candidate=of_after.value,
            candidate_interval=alone,
            difference=0.0 if same else difference,
            interval=(0.0, 0.0) if same else self._paired(difference, found, before, after, level),
            method="identical order" if same else self._method(rows, "paired influence", found),
            identical=same,
        )

    def _paired(
        self, difference: float, found: Spread, before: Ordered, after: Ordered, level: float
    ) -> Interval:
        low, high = found.around(difference, level)
        lifts = before.lifted(self.lift), after.lifted(self.lift)
        if self.folded:
            return low - lifts[1], high + lifts[0]
        more = lifts[1] - lifts[0]
        return low - max(0.0, more), high + max(0.0, -more)

    def _alone(self, rows: _Rows, own: Ordered, pulled: Pulled, level: float) -> Interval:
        influence = own.influence(pulled, rows.positive, rows.weights)
        found = spread(influence, rows.groups, level, reach=_reach_alone(pulled), units=rows.units)
        value, half = pulled.value, found.quantile(level) * found.error
        low, high = _inside(value, half, ratio=self.ratio)
        return max(0.0, low - own.lifted(self.lift)), high

    def _method(self, rows: _Rows, how: str, found: Spread | None = None) -> str:
        words = [how]
        if rows.weights is not None:
            words.append("weighted")
        if rows.groups is not None:
            words.append("by group")
        if found is not None and found.few:
            words.append("widened as few rows moved")
        return ", ".join([*words, "t"])


def _rows(parts: tuple[Ranked, ...]) -> _Rows:
    positive = np.concatenate([part.labels for part in parts]) == 1
    groups, weights = joined(parts, "groups"), joined(parts, "weights")
    own = np.ones(len(positive)) if weights is None else weights
    sides = positive, ~positive
    counts = [effective(own[side]) for side in sides]
    units = min(counts)
    if groups is not None and units:
        units = min(effective(by_group(own[side], groups[side])) for side in sides)
    if weights is not None and weights.any():
        weights = weights / typical(weights)
    return _Rows(
        positive=positive, weights=weights, groups=groups, counts=(counts[0], counts[1]), units=units
    )


def _reach(one: Pulled, other: Pulled) -> float:
    """How far a row could pull, that each model puts where it likes."""
    sides = (one.of_positives, other.of_positives), (one.of_negatives, other.of_negatives)
    return max(float(max(a.max() - b.min(), b.max() - a.min())) for a, b in sides)


def _reach_alone(pulled: Pulled) -> float:
    return float(max(np.abs(pulled.of_positives).max(), np.abs(pulled.of_negatives).max()))


def _inside(value: float, half: float, *, ratio: bool) -> Interval:
    """An interval that stays above 0, and below 1 where it is of a share."""
    if not value > 0 or (not ratio and value >= 1):
        return max(0.0, value - half), value + half if ratio else min(1.0, value + half)
    if ratio:
        factor = exp(min(half / value, 700.0))
        return value / factor, value * factor
    centre, wide = log(value / (1 - value)), min(half / (value * (1 - value)), 600.0)
    return 1 / (1 + exp(wide - centre)), 1 / (1 + exp(-centre - wide))

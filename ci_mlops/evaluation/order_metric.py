"""Metrics of the order that a model puts rows of two classes in, all of them by their influence."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import exp, inf, log
from typing import ClassVar

import numpy as np

from ci_mlops.evaluation.bin_bounds import Counts
from ci_mlops.evaluation.binned_metric import Binned
from ci_mlops.evaluation.family import Family
from ci_mlops.evaluation.influence import Pulls, Spread, pulls_of
from ci_mlops.evaluation.intervals import Interval, normal_quantile
from ci_mlops.evaluation.metric import Measured
from ci_mlops.evaluation.ordered import Formula, Lift, Ordered, PairedLift, Pulled, unlifted
from ci_mlops.evaluation.row_order import OrderedRows
from ci_mlops.evaluation.tally import Need, Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """What a formula makes of one model's order."""

    value: float
    lift: float
    pulls: Pulls


@dataclass(frozen=True, slots=True, kw_only=True)
class _Summed:
    """What there is to know of a slice, whatever the level."""

    counts: tuple[float, float]
    units: float
    """As in `OrderedRows`."""
    weighted: bool
    grouped: bool
    after: _Side
    before: _Side | None = None
    paired: Pulls = field(default=Pulls(rows=0))
    lifted: Interval = (0.0, 0.0)
    """By how much chance may have lifted the difference, and by how much pressed it down."""
    same: bool = False


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
    bound: Callable[[Counts, Counts], float] | None = None
    """See `binned.BinnedMetric`; without it rows are kept, however many they are."""
    ratio: bool = False
    """May exceed 1."""
    of_values: bool = False
    """Of the scores themselves, not only of their order."""
    lifts: PairedLift | None = None
    """Of a difference, where `lift` is not expected but at most; without it, what is expected of one less the other."""
    cut: bool = False
    """Rows pull by the side of a cut that they lie on: those that cross it are what there is to count."""
    need: Need = "scores"
    ranks: ClassVar[bool] = True

    def measure(self, tally: Tally, level: float) -> Measured:
        if self.name in tally.binned:
            return self._on_bins(tally.binned[self.name], level, same=tally.differing_scores == 0)
        if not all(tally.order.counts):
            return Measured(events=0, reason=f"{self.name} is undefined: only one class is present")
        return self._at(tally.once(self.name, self._summed), level, tally.differing_scores)

    def _summed(self, rows: OrderedRows) -> _Summed:
        of_after, after = self._side(rows, rows.after)
        alone = _Summed(
            counts=rows.counts,
            units=rows.units,
            weighted=rows.weights is not None,
            grouped=rows.groups is not None,
            after=after,
        )
        if rows.before is None:
            return alone
        of_before, before = self._side(rows, rows.before)
        # two scores that put all rows in one order are the same to a metric of order
        same = np.array_equal(rows.after.place, rows.before.place)
        influence = rows.after.influence(of_after, rows.positives, rows.weights)
        influence -= rows.before.influence(of_before, rows.positives, rows.weights)
        return replace(
            alone,
            before=before,
            paired=pulls_of(
                influence, rows.groups, farthest(of_after, of_before, rows.heavy), counted=self.cut
            ),
            lifted=self._lifted(rows, before.lift, after.lift),
            same=same and (not self.of_values or np.array_equal(rows.after.values, rows.before.values)),
        )

    def _side(self, rows: OrderedRows, own: Ordered) -> tuple[Pulled, _Side]:
        # around a cut is looked as far as it may lie, which goes by what is drawn: rows, or groups
        pulled = own.pulled(self.formula, rows.share if self.cut else 1.0)
        influence = own.influence(pulled, rows.positives, rows.weights)
        pulls = pulls_of(influence, rows.groups, _reach_alone(pulled, rows.heavy), counted=self.cut)
        return pulled, _Side(value=pulled.value, lift=own.lifted(self.lift), pulls=pulls)

    def _at(self, summed: _Summed, level: float, differing: int) -> Measured:
        events = self.events(*summed.counts)
        events = int((min(events, summed.units) if summed.grouped else events) + 1e-9)
        before, after, same = summed.before, summed.after, summed.same
        alone = self._alone(summed, level)
        if before is None:
            return Measured(
                events=events,
                candidate=after.value,
                candidate_interval=alone,
                method=_method(summed, "influence"),
            )
        difference = after.value - before.value
        found = summed.paired.spread(level, moved=differing, units=summed.units)
        (low, high), (up, down) = found.around(difference, level), summed.lifted
        return Measured(
            events=events,
            champion=before.value,
            candidate=after.value,
            candidate_interval=alone,
            difference=0.0 if same else difference,
            interval=(0.0, 0.0) if same else (low - up, high + down),
            method="identical order" if same else _method(summed, "paired influence", found),
            identical=same,
        )

    def _on_bins(self, binned: Binned, level: float, *, same: bool) -> Measured:
        found = binned.measure(
            self.name,
            level,
            same=same,
            method="paired influence",
            within=lambda value, error, at: _inside(value, normal_quantile(at) * error, ratio=self.ratio),
            most=inf if self.ratio else 1.0,
            cut=self.cut,
        )
        if found.reason:
            return found
        negatives, positives = binned.rows.tolist()
        events = self.events(positives, negatives)
        if binned.together is not None:
            events = min(events, binned.units)
        return replace(found, events=int(events + 1e-9))

    def _lifted(self, rows: OrderedRows, before: float, after: float) -> Interval:
        """`before`, `after`: by how much chance lifts both values."""
        if self.lifts is not None and rows.before is not None:
            return self.lifts(rows.before, rows.after, rows.positives, rows.weights, rows.groups)
        return max(0.0, after - before), max(0.0, before - after)

    def _alone(self, summed: _Summed, level: float) -> Interval:
        own = summed.after
        found = own.pulls.spread(level, units=summed.units)
        low, high = _inside(own.value, found.quantile(level) * found.error, ratio=self.ratio)
        return max(0.0, low - own.lift), high


def _method(summed: _Summed, how: str, found: Spread | None = None) -> str:
    words = [how]
    if summed.weighted:
        words.append("weighted")
    if summed.grouped:
        words.append("by group")
    if found is not None and found.few:
        words.append("widened as few rows moved")
    return ", ".join([*words, "t"])


def farthest(one: Pulled, other: Pulled, heavy: tuple[float, float]) -> float:
    """How far a row could pull, that each model puts where it likes; `heavy`: see `OrderedRows`."""
    sides = (one.of_positives, other.of_positives), (one.of_negatives, other.of_negatives)
    return max(
        own * float(max(a.max() - b.min(), b.max() - a.min()))
        for own, (a, b) in zip(heavy, sides, strict=True)
    )


def _reach_alone(pulled: Pulled, heavy: tuple[float, float]) -> float:
    sides = pulled.of_positives, pulled.of_negatives
    return max(own * float(np.abs(side).max()) for own, side in zip(heavy, sides, strict=True))


def _inside(value: float, half: float, *, ratio: bool) -> Interval:
    """An interval that stays above 0, and below 1 where it is of a share."""
    if not value > 0 or (not ratio and value >= 1):
        return max(0.0, value - half), value + half if ratio else min(1.0, value + half)
    if ratio:
        factor = exp(min(half / value, 700.0))
        return value / factor, value * factor
    centre, wide = log(value / (1 - value)), min(half / (value * (1 - value)), 600.0)
    return 1 / (1 + exp(wide - centre)), 1 / (1 + exp(-centre - wide))

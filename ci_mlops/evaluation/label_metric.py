"""Metrics of rows that may carry several labels at once. The labels of a row depend on each other, so rows are the unit."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import fsum, sqrt
from typing import Any, ClassVar, Self

import numpy as np

from ci_mlops.evaluation.cell_metric import CellMetric, Proportion
from ci_mlops.evaluation.class_metric import OneClass
from ci_mlops.evaluation.family import Family
from ci_mlops.evaluation.influence import FEW
from ci_mlops.evaluation.intervals import (
    normal_quantile,
    poisson_limits,
    student_quantile,
    wald,
)
from ci_mlops.evaluation.joint import Joint
from ci_mlops.evaluation.label_table import LabelTable, bits_of
from ci_mlops.evaluation.metric import ClassCount, Measured, slopes_of
from ci_mlops.evaluation.moment_metric import MomentMetric
from ci_mlops.evaluation.rows import Floats, Predictions
from ci_mlops.evaluation.tally import Need, Tally, Term
from ci_mlops.records import Policy

Numbers = Any
"""Arrays, real or complex."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelMetric(Family):
    """
    A formula of what was right, true and said, by label; its interval by the delta method: what a row adds to all its
    labels is one number, and the spread of these numbers over rows is all that the interval needs.
    """

    formula: Callable[[Numbers, Numbers, Numbers], Numbers]
    """Shares of rows, each of shape (..., labels): hits, truth, said; the last axis is summed over. Arithmetic alone."""
    every_label: bool
    """Its denominator rests on the rarest label; else on all rows that carry one."""
    cells: ClassVar[bool] = False
    classes: ClassVar[ClassCount] = "labels"

    def measure(self, tally: Tally, level: float) -> Measured:
        table = _table(tally, self.name)
        events = self._events(table)
        truth = table.bits[0]
        if not _summed(table.weight, truth).any():
            return Measured(events=events, reason=f"{self.name} is undefined: no row carries a label")
        before, before_pull = self._side(table, table.bits[1])
        after, after_pull = self._side(table, table.bits[2])
        rows = _effective(table.weight, table.square)
        if rows < 2:
            return Measured(events=events, champion=before, candidate=after, reason="one row has no spread")
        quantile = student_quantile(level, max(1, int(rows) - 1))
        low, high = wald(after, _error(table, after_pull, level), quantile)
        alone = (min(after, max(0.0, low)), max(after, min(1.0, high)))
        method = f"delta method over {'weighted ' if table.weighted else ''}rows, t"
        if tally.champion is None:
            return Measured(events=events, candidate=after, candidate_interval=alone, method=method)
        same = tally.differing_decisions == 0
        moved = int(table.rows[table.sets[1] != table.sets[2]].sum())
        error = _error(table, after_pull - before_pull, level, moved=moved)
        return Measured(
            events=events,
            champion=before,
            candidate=after,
            candidate_interval=alone,
            difference=after - before,
            interval=(0.0, 0.0) if same else wald(after - before, error, quantile),
            method="identical decisions" if same else method,
            identical=same,
        )

    def _side(self, table: LabelTable, said: Floats) -> tuple[float, Floats]:
        """The value of one model, and how far a row of each cell pulls at it."""
        truth, total = table.bits[0], float(table.weight.sum())
        sides = [_summed(table.weight, held) / total for held in (truth * said, truth, said)]
        value = float(np.real(self.formula(*sides)))
        # a label that was never called: as if it had been called once, for a ratio is torn at 0 of 0
        sides[2] = np.where(sides[2] > 0, sides[2], 1 / total)
        slopes = slopes_of(self.formula, *sides)
        pull = (truth * said) @ slopes[0] + truth @ slopes[1] + said @ slopes[2]
        return value, pull

    def _events(self, table: LabelTable) -> int:
        return carrying(table, each=self.every_label)


def carrying(table: LabelTable, *, each: bool = False) -> int:
    """Effective rows that carry a label; `each`: the rarest of them."""
    truth = table.bits[0]
    if not each:
        truth = truth.max(axis=1, keepdims=True)
    weight, square = _summed(table.weight, truth), _summed(table.square, truth)
    rows = np.divide(weight * weight, square, out=np.zeros_like(weight), where=square > 0)
    return int(rows.min() + 1e-9)


def _summed(weight: Floats, bits: Floats) -> Floats:
    """Of rows with each label. No product of matrices: its order of sums is a library's own affair."""
    return np.asarray((weight[:, None] * bits).sum(axis=0), dtype=np.float64)


def _effective(weight: Floats, square: Floats) -> float:
    """As many rows of one weight would tell as much. Source: Kish 1965, Survey Sampling."""
    return float(weight.sum() ** 2 / square.sum())


def _error(table: LabelTable, pull: Floats, level: float, *, moved: int | None = None) -> float:
    """Standard error; `moved`: rows on which the models differ, and where these are few it is widened as they tell little."""
    total, rows = float(table.weight.sum()), _effective(table.weight, table.square)
    middle = fsum(table.weight * pull) / total
    apart = (pull - middle) / total
    error = sqrt(fsum(table.square * apart * apart) * rows / (rows - 1))
    if moved is None or not 0 < moved < FEW:
        return error
    wider = (poisson_limits(moved, level)[1] - moved) / (normal_quantile(level) * sqrt(moved))
    heaviest = np.divide(table.square, table.weight, out=np.zeros_like(table.weight), where=table.weight > 0)
    farthest = float(np.abs(pull).max()) * float(heaviest.max()) / total
    return sqrt((error * wider) ** 2 + (farthest / 4) ** 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowMetric:
    """A mean of what each row's set is worth beside the true one, as `MomentMetric` measures it."""

    name: str
    worth: Callable[[Floats, Floats], Floats]
    """Bits of truth and of what was said, shape (rows, labels) -> one number a row."""
    labels: int = 1
    higher_is_better: bool = True
    task: str = "classification"
    need: Need = "decisions"
    cells: ClassVar[bool] = False
    ranks: ClassVar[bool] = False
    classes: ClassVar[ClassCount] = "labels"
    weighs: ClassVar[bool] = True

    @property
    def term(self) -> Term:
        return self._mean().term

    def bind(self, policy: Policy) -> Self:
        return replace(self, labels=max(1, len(policy.classes)))

    def measure(self, tally: Tally, level: float) -> Measured:
        # of rows that carry a label: there is no table of two classes to count events in
        events = carrying(_table(tally, self.name))
        return replace(self._mean().measure(tally, level), events=events)

    def _mean(self) -> MomentMetric:
        def own(labels: Floats, predictions: Predictions) -> Floats:
            return self.worth(bits_of(labels, self.labels), bits_of(predictions.decisions, self.labels))

        return MomentMetric(
            name=self.name,
            own=own,
            higher_is_better=self.higher_is_better,
            task="classification",
            classes="any",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Exact(Family):
    """Share of rows whose whole set is right: Tango's and Wilson's score intervals, as of any share of rows."""

    name: str = "accuracy"
    cells: ClassVar[bool] = False
    classes: ClassVar[ClassCount] = "labels"

    def measure(self, tally: Tally, level: float) -> Measured:
        share = Proportion(name=self.name, hits=("tp",), of=("fn", "tp"))
        return _as_binary(share, tally, _table(tally, self.name).of_exact(), level)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneLabel(OneClass):
    """A metric of two classes, with one label as the event: `recall of bug`."""

    classes: ClassVar[ClassCount] = "labels"

    def measure(self, tally: Tally, level: float) -> Measured:
        return _as_binary(self.metric, tally, _table(tally, self.name).of_label(self.place), level)


def of_label(metric: CellMetric, label: str) -> OneLabel:
    return OneLabel(metric=replace(metric, name=f"{metric.name} of {label}"), label=label)


def _as_binary(metric: CellMetric, tally: Tally, table: Joint, level: float) -> Measured:
    counts = np.array([table.cells[code].rows if code in table.cells else 0 for code in range(8)])
    differing = int(counts[[1, 2, 5, 6]].sum())
    return metric.measure(replace(tally, table=table, joint=counts, differing_decisions=differing), level)


def _table(tally: Tally, name: str) -> LabelTable:
    if tally.label_sets is None:
        msg = f"{name} was asked of rows without a table of label sets"
        raise NotImplementedError(msg)
    return tally.label_sets

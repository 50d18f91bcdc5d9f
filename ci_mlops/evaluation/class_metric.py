"""Metrics of decisions between three or more classes, and of one class among them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np

from ci_mlops.evaluation.cell_metric import CellMetric
from ci_mlops.evaluation.family import Family
from ci_mlops.evaluation.intervals import tango
from ci_mlops.evaluation.joint import Joint
from ci_mlops.evaluation.joint_metric import measure_joint
from ci_mlops.evaluation.metric import ClassCount, Measured, slopes_of
from ci_mlops.evaluation.rows import Floats
from ci_mlops.evaluation.tally import Need, Tally, Term
from ci_mlops.records import Policy

Numbers = Any
"""Arrays, real or complex: numpy's types of what comes of both say less than this."""


def _always(truth: Floats, said: Floats) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassMetric(Family):
    """A formula of what was right, what was true and what was said, by class."""

    formula: Callable[[Numbers, Numbers, Numbers], Numbers]
    """
    Shares of all rows, each of shape (..., classes): hits, truth, said; the last axis is summed over. Made of
    arithmetic alone.
    """
    rows: Callable[[Floats], float]
    """Rows by true class -> rows that the formula's denominator rests on."""
    every_class: bool = True
    """Undefined where a class has no row."""
    defined: Callable[[Floats, Floats], bool] = _always
    """By what was true and what was said, where the formula could divide nothing by nothing, but for rounding."""
    of_calls: bool = False
    """Torn where a class is never called."""
    labels: tuple[str, ...] = ()
    classes: ClassVar[ClassCount] = "several"

    def bind(self, policy: Policy) -> Self:
        return replace(self, labels=policy.classes)

    def measure(self, tally: Tally, level: float) -> Measured:
        if tally.table is None:
            msg = f"{self.name} was asked of rows without a table of classes"
            raise NotImplementedError(msg)
        same = tally.differing_decisions == 0
        return measure_joint(
            self, tally.table, level, alone=tally.champion is None, same=same, buckets=tally.buckets
        )

    def value(self, confusion: Floats) -> float | None:
        if self.every_class and not confusion.sum(axis=1).all():
            return None
        hits, truth, said = _sides(confusion)
        return float(np.real(self.formula(hits, truth, said))) if self.defined(truth, said) else None

    def slopes(self, confusion: Floats, rows: float) -> Floats:
        """By complex step: exact, see `metric.slope`."""
        hits, truth, said = _sides(confusion / confusion.sum())
        # a class that was never called: as if it had been called once, for a ratio is torn at 0 of 0; but of one row
        # it would have been called by all
        said = np.where(said > 0, said, 1 / max(2.0, rows))
        of_hits, of_truth, of_said = slopes_of(self.formula, hits, truth, said)
        slopes: Floats = of_truth[:, None] + of_said[None, :] + np.diag(of_hits)
        return slopes

    def counted(self, rows: Floats) -> float:
        return self.rows(rows.sum(axis=1))

    def share(self, confusion: Floats) -> tuple[float, float] | None:
        return None

    def silent(self, confusion: Floats) -> str:
        never = np.flatnonzero((confusion.sum(axis=0) == 0) & (confusion.sum(axis=1) > 0))
        if not self.of_calls or not len(never):
            return ""
        return f"the candidate calls no row {self._label(int(never[0]))}, and {self.name} needs it"

    def _label(self, place: int) -> str:
        return self.labels[place] if self.labels else str(place)

    def undefined(self, confusion: Floats, whose: str) -> tuple[str, bool]:
        empty = np.flatnonzero(confusion.sum(axis=1) == 0)
        if self.every_class and len(empty):
            return f"{self.name} is undefined: no row is of the class {self._label(int(empty[0]))}", False
        only_one = np.count_nonzero(confusion.sum(axis=1)) < 2
        return f"{self.name} of the {whose} is undefined: its denominator is zero", not only_one


def _sides(confusion: Floats) -> tuple[Floats, Floats, Floats]:
    return np.diagonal(confusion).copy(), confusion.sum(axis=1), confusion.sum(axis=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Right(ClassMetric):
    """The share of rows that are right: Tango's score interval, as both models share the denominator."""

    def measure(self, tally: Tally, level: float) -> Measured:
        measured = ClassMetric.measure(self, tally, level)
        table = tally.table
        if table is None or table.weighted or tally.buckets is not None:
            return measured
        if measured.identical or measured.candidate is None:
            return measured
        if tally.champion is None:
            return replace(measured, method="Wilson score interval")
        interval = tango(*self._turned(table), tally.rows, level)
        return replace(measured, interval=interval, method="Tango score interval")

    def share(self, confusion: Floats) -> tuple[float, float] | None:
        return float(np.trace(confusion)), float(confusion.sum())

    def _turned(self, table: Joint) -> tuple[int, int]:
        """Rows that count for the candidate alone, and for the champion alone."""
        return _turned(table)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong(Right):
    """The share of rows that are wrong."""

    def share(self, confusion: Floats) -> tuple[float, float] | None:
        return float(confusion.sum() - np.trace(confusion)), float(confusion.sum())

    def _turned(self, table: Joint) -> tuple[int, int]:
        gained, lost = _turned(table)
        return lost, gained


def _turned(table: Joint) -> tuple[int, int]:
    """Rows that only the candidate is right on, and that only the champion is."""
    truth, champion, candidate = table.places
    before, after = champion == truth, candidate == truth
    return int(table.rows[after & ~before].sum()), int(table.rows[before & ~after].sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class OneClass:
    """A metric of two classes, with one class as the event and all others as none: `recall of bug`."""

    metric: CellMetric
    label: str
    place: int = -1
    need: Need = "decisions"
    term: Term | None = None
    cells: ClassVar[bool] = True
    ranks: ClassVar[bool] = False
    classes: ClassVar[ClassCount] = "several"
    weighs: ClassVar[bool] = True

    @property
    def name(self) -> str:
        return self.metric.name

    @property
    def higher_is_better(self) -> bool:
        return self.metric.higher_is_better

    @property
    def task(self) -> str:
        return self.metric.task

    def bind(self, policy: Policy) -> Self:
        # of two classes it is refused by `compare`, in words
        return replace(self, place=policy.classes.index(self.label)) if policy.classes else self

    def measure(self, tally: Tally, level: float) -> Measured:
        if tally.table is None:
            msg = f"{self.name} was asked of rows without a table of classes"
            raise NotImplementedError(msg)
        table = tally.table.against_rest(self.place)
        counts = np.array([table.cells[code].rows if code in table.cells else 0 for code in range(8)])
        differing = int(counts[[1, 2, 5, 6]].sum())
        buckets = tally.buckets.against_rest(self.place) if tally.buckets else None
        one = replace(tally, table=table, joint=counts, differing_decisions=differing, buckets=buckets)
        return self.metric.measure(one, level)


def of_class(metric: CellMetric, label: str) -> OneClass:
    return OneClass(metric=replace(metric, name=f"{metric.name} of {label}"), label=label)

"""
What the average decision would cost at every threshold: for information, as a threshold is never chosen on test rows.

Its sums are exact and merge by `+`, so partitions may come in any order. What is told of them is told of ten rows or
more: see `told_together`.
"""

from dataclasses import dataclass, field
from typing import Self

import numpy as np

from ci_mlops.evaluation.exact import BLOCK, as_fraction, exact_sums
from ci_mlops.evaluation.row_prices import prices_of
from ci_mlops.evaluation.rows import Floats, Ints, Predictions, Rows
from ci_mlops.evaluation.sketching import LEAST_ROWS
from ci_mlops.evaluation.told_together import told_at
from ci_mlops.records import Cost, Policy

THRESHOLDS: Floats = np.arange(101) / 100
_EDGES: Floats = np.append(THRESHOLDS, np.inf)
_BINS = len(THRESHOLDS) + 1
_CELLS = 2 * _BINS
_DIGITS = 6
_ROUNDED = 1e-9
Curves = dict[str, list[float]]


@dataclass(slots=True)
class CostCurve:
    """
    Of one model: by the number of thresholds that a row's score reaches, and whether the model calls it, what it costs
    called and not called.
    """

    cost: Cost
    called: list[int] = field(default_factory=lambda: [0] * _CELLS)
    quiet: list[int] = field(default_factory=lambda: [0] * _CELLS)
    weight: int = 0
    rows: Ints = field(default_factory=lambda: np.zeros(_CELLS, dtype=np.int64))
    counts: Ints = field(default_factory=lambda: np.zeros((_CELLS, 2), dtype=np.int64))
    """Where rows of one error cost the same they need only be counted: negatives and positives, beside `rows`."""
    probable: bool = True
    """Whether every score is a probability: other scores have other thresholds."""

    def __add__(self, other: Self) -> "CostCurve":
        return CostCurve(
            cost=self.cost,
            called=_plus(self.called, other.called),
            quiet=_plus(self.quiet, other.quiet),
            weight=self.weight + other.weight,
            rows=self.rows + other.rows,
            counts=self.counts + other.counts,
            probable=self.probable and other.probable,
        )

    def add(self, rows: Rows, said: Predictions) -> None:
        scores = said.scores
        if scores is None or (scores.size and (scores.min() < 0 or scores.max() > 1)):
            self.probable = False
        if scores is None or not self.probable or not len(rows):
            return
        if not self.cost.by_row and rows.weights is None:
            for start in range(0, len(rows), BLOCK):
                block = slice(start, start + BLOCK)
                self._count(rows.labels[block], _cells(scores[block], said.decisions[block]))
            return
        place = _cells(scores, said.decisions)
        called, quiet = prices_of(rows, self.cost)
        weights = np.ones(len(rows)) if rows.weights is None else rows.weights
        self.rows += np.bincount(place[weights > 0], minlength=_CELLS)
        self.called = _plus(self.called, exact_sums(weights * called, place, _CELLS))
        self.quiet = _plus(self.quiet, exact_sums(weights * quiet, place, _CELLS))
        self.weight += exact_sums(weights)[0]

    def _count(self, labels: Floats, place: Ints) -> None:
        place *= 2
        place += labels == 1
        self.counts += np.bincount(place, minlength=2 * _CELLS).reshape(_CELLS, 2)

    def _priced(self) -> "CostCurve":
        """With what was only counted."""
        found = CostCurve(self.cost, list(self.called), list(self.quiet), self.weight, probable=self.probable)
        prices = (
            (found.called, self.cost.false_positive, self.cost.true_positive),
            (found.quiet, self.cost.true_negative, self.cost.false_negative),
        )
        for held, other, event in prices:
            unit = exact_sums(np.array([other, event]), np.arange(2), 2)
            for at, (others, events) in enumerate(self.counts.tolist()):
                held[at] += others * unit[0] + events * unit[1]
        found.weight += int(self.counts.sum()) * exact_sums(np.ones(1))[0]
        return found

    def values(self) -> list[float]:
        """At each of `THRESHOLDS`, the expected cost, give or take fewer than ten rows; empty where it can't be had."""
        priced = self._priced()
        rows = self.rows + self.counts.sum(axis=1)
        if not self.probable or not priced.weight or rows.sum() < 2 * LEAST_ROWS:
            return []
        total, found = sum(priced.quiet), []
        # at threshold k all rows that reach more than k thresholds are called
        moved = [0] * _BINS
        for at, called, quiet in zip(told_at(rows).tolist(), priced.called, priced.quiet, strict=True):
            moved[at] += called - quiet
        calling = sum(moved[1:])
        for more in moved[1:]:
            mean = float(as_fraction(total + calling) / as_fraction(priced.weight))
            found.append(float(f"{mean:.{_DIGITS}g}"))
            calling -= more
        return found


def _cells(scores: Floats, decisions: Floats) -> Ints:
    place = _reached(scores)
    place *= 2
    place += decisions == 1
    return place


def _reached(scores: Floats) -> Ints:
    """How many thresholds each score reaches: by arithmetic, ten times as fast as to search for it."""
    product = scores * (len(THRESHOLDS) - 1)
    place: Ints = product.astype(np.int64)
    product -= place
    # which may be rounded over the threshold that the score itself does not reach, or below one that it does
    near = np.flatnonzero((product < _ROUNDED) | (product > 1 - _ROUNDED))
    at, own = place[near], scores[near]
    at -= _EDGES.take(at) > own
    at += _EDGES.take(at + 1) <= own
    place[near] = at
    place += 1
    return place


def _plus(one: list[int], other: list[int]) -> list[int]:
    return [a + b for a, b in zip(one, other, strict=True)]


@dataclass(slots=True)
class CostCurves:
    """Counts both models' costs while the rows are read for something else."""

    candidate: CostCurve
    champion: CostCurve

    @classmethod
    def of(cls, cost: Cost) -> Self:
        return cls(candidate=CostCurve(cost), champion=CostCurve(cost))

    def add(self, rows: Rows) -> None:
        self.candidate.add(rows, rows.candidate)
        if rows.champion is not None:
            self.champion.add(rows, rows.champion)

    def __add__(self, other: Self) -> "CostCurves":
        return CostCurves(candidate=self.candidate + other.candidate, champion=self.champion + other.champion)

    def told(self, whose: str) -> Curves:
        """By the names that a verdict has for them; `whose`: `test` or `validation` rows."""
        sides = {"champion": self.champion, "candidate": self.candidate}
        found = {f"{whose}_cost.{side}": values for side, one in sides.items() if (values := one.values())}
        return {"threshold": THRESHOLDS.tolist(), **found} if found else {}


def curves_for(policy: Policy) -> CostCurves | None:
    """None: there are no costs of two classes."""
    priced = priced_by_threshold(policy)
    return None if priced is None else CostCurves.of(priced)


def priced_by_threshold(policy: Policy) -> Cost | None:
    return None if policy.classes or policy.task != "classification" else policy.cost

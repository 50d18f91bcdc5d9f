"""What is counted of a regression so that its residuals (prediction less truth) can be drawn, and how they spread."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from ci_mlops.evaluation.placed_sums import PlacedSums, both
from ci_mlops.evaluation.rows import Floats, Ints, Predictions, Rows
from ci_mlops.evaluation.sketch_bins import NUMBERS, number_bins_from, number_middles
from ci_mlops.evaluation.sketching import (
    LEAST_ROWS,
    Told,
    bar_codes,
    bars_of,
    count_from,
    rounded,
    span,
    stretches,
    told_bars,
)

_GROUPS, _ROWS_OF_GROUP = 20, 20
_LARGEST = 2.0**60
"""Larger numbers are not drawn: the last bins lie there."""
_DIGITS = 2.0**33 + 1


def _counts() -> Ints:
    return np.zeros(NUMBERS, dtype=np.int64)


def _sums() -> PlacedSums:
    return PlacedSums(NUMBERS)


@dataclass(slots=True)
class ResidualSketch:
    """Of one model; sums are those of each bin of its predictions."""

    residual_rows: Ints = field(default_factory=_counts)
    rows: Ints = field(default_factory=_counts)
    residuals: PlacedSums = field(default_factory=_sums)
    squares: PlacedSums = field(default_factory=_sums)
    residual_weights: PlacedSums | None = None
    """None: all rows count the same."""
    weights: PlacedSums | None = None
    within: bool = True
    """Whether all numbers are of a size that can be drawn."""

    def __add__(self, other: Self) -> "ResidualSketch":
        return ResidualSketch(
            residual_rows=self.residual_rows + other.residual_rows,
            rows=self.rows + other.rows,
            residuals=self.residuals + other.residuals,
            squares=self.squares + other.squares,
            residual_weights=both(self.residual_weights, other.residual_weights),
            weights=both(self.weights, other.weights),
            within=self.within and other.within,
        )

    def add(self, rows: Rows, said: Predictions) -> None:
        """A block of rows."""
        predicted = said.decisions
        with np.errstate(over="ignore"):
            residual = predicted - rows.labels
        if max(_largest(predicted), _largest(residual)) >= _LARGEST:
            self.within = False
        if not self.within or not len(rows):
            return
        base, place = number_bins_from(predicted)
        start, spot = number_bins_from(residual)
        count_from(base, self.rows, place)
        count_from(start, self.residual_rows, spot)
        residual = _short(residual)
        square = _short(residual * residual)
        if rows.weights is not None:
            if self.weights is None or self.residual_weights is None:
                self.weights, self.residual_weights = _sums(), _sums()
            self.weights.add_from(base, rows.weights, place)
            self.residual_weights.add_from(start, rows.weights, spot)
            residual, square = residual * rows.weights, square * rows.weights
        self.residuals.add_from(base, residual, place)
        self.squares.add_from(base, square, place)

    @property
    def drawable(self) -> bool:
        return self.within and int(self.rows.sum()) >= 2 * LEAST_ROWS

    def spread(self) -> Told:
        """
        Of groups of as many rows each, in the order of the predictions: the mean residual, and one standard deviation of
        the residuals to either side of it.
        """
        there = np.flatnonzero(self.rows)
        rows = self.rows[there]
        total = int(rows.sum())
        ends = stretches(rows, np.cumsum(rows) / total, 1 / min(_GROUPS, max(1, total // _ROWS_OF_GROUP)))
        starts = np.array([0, *(ends[:-1] + 1)])
        mass = rows.astype(np.float64) if self.weights is None else self.weights.of(there)
        kept = mass, mass * number_middles()[there], self.residuals.of(there), self.squares.of(there)
        mass, at, mean, square = (np.add.reduceat(of, starts) for of in kept)
        weighty = mass > 0
        at, mean, square = (of[weighty] / mass[weighty] for of in (at, mean, square))
        deviation = np.sqrt(np.maximum(square - mean * mean, 0.0))
        return {
            "residual_at": rounded(at),
            "residual_mean": rounded(mean),
            "residual_low": rounded(mean - deviation),
            "residual_high": rounded(mean + deviation),
        }

    def heights(self, there: Ints) -> Floats:
        if self.residual_weights is None:
            return self.residual_rows[there].astype(np.float64)
        return self.residual_weights.of(there)


def residual_bars(sides: Sequence[tuple[str, ResidualSketch]]) -> Told:
    """Histograms of both models' residuals over the same edges."""
    middles = number_middles()
    ends = [span(side.residual_rows, middles) for _, side in sides]
    low, high = min(low for low, _ in ends), max(high for _, high in ends)
    if not low < high:
        return {}
    bars = bars_of(max(int(side.residual_rows.sum()) for _, side in sides))
    edges = low + (high - low) * np.arange(bars + 1) / bars
    found: Told = {"residual_edge": rounded(edges)}
    for name, side in sides:
        there = np.flatnonzero(side.residual_rows)
        codes = bar_codes(middles[there], edges)
        rows = np.bincount(codes, side.residual_rows[there], bars).astype(np.int64)
        found[f"residual_rows.{name}"] = told_bars(np.bincount(codes, side.heights(there), bars), rows)
    return found


def _short(values: Floats) -> Floats:
    """
    The first 20 bits of each, so that sums need fewer digits: a millionth is finer than anybody draws.

    Source: Veltkamp's splitting, Dekker 1971, Numerische Mathematik 18.
    """
    product = values * _DIGITS
    rest = product - values
    product -= rest
    return product


def _largest(values: Floats) -> float:
    return max(float(values.max(initial=0.0)), -float(values.min(initial=0.0)))

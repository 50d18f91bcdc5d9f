"""What is counted of a model's scores so that its curves can be drawn: rows of both classes, by bin of the score."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from ci_mlops.evaluation.intervals import wilson
from ci_mlops.evaluation.placed_sums import PlacedSums, both
from ci_mlops.evaluation.rows import Floats, Ints, Predictions, Rows
from ci_mlops.evaluation.sketch_bins import SCORES, score_bins, score_middles
from ci_mlops.evaluation.sketching import (
    LEAST_ROWS,
    Told,
    bar_codes,
    bars_of,
    count,
    rounded,
    span,
    stretches,
    told_bars,
)

POINTS = 128
"""Of a curve, at most."""
LEVEL = 0.95
_GROUPS, _ROWS_OF_GROUP = 15, 20


@dataclass(slots=True)
class ScoreSketch:
    """Of one model, and two classes. A bin's negatives are counted at twice its number, its positives beside them."""

    rows: Ints = field(default_factory=lambda: np.zeros(2 * SCORES, dtype=np.int64))
    scores: PlacedSums = field(default_factory=lambda: PlacedSums(SCORES, lowest=-32))
    """Sums by bin; with weights, of score times weight."""
    weights: PlacedSums | None = None
    """None: all rows count the same."""
    squares: PlacedSums | None = None
    given: bool = True
    probable: bool = True
    """Whether every score may be a probability, as metrics of probabilities ask."""

    def __add__(self, other: Self) -> "ScoreSketch":
        return ScoreSketch(
            rows=self.rows + other.rows,
            scores=self.scores + other.scores,
            weights=both(self.weights, other.weights),
            squares=both(self.squares, other.squares),
            given=self.given and other.given,
            probable=self.probable and other.probable,
        )

    def add(self, rows: Rows, said: Predictions) -> None:
        """A block of rows."""
        scores = said.scores
        self.given = self.given and scores is not None
        if scores is None or not self.given or not len(scores):
            return
        self.probable = bool(self.probable and scores.min() >= 0 and scores.max() <= 1)
        place = score_bins(scores)
        spot = place * 2
        spot += rows.labels == 1
        count(self.rows, spot)
        if rows.weights is not None:
            self._weigh(scores, rows.weights, place, spot)
        elif self.probable:
            self.scores.add(scores, place)

    def _weigh(self, scores: Floats, weights: Floats, place: Ints, spot: Ints) -> None:
        if self.weights is None or self.squares is None:
            self.scores, self.squares, self.weights = (PlacedSums(n) for n in (SCORES, SCORES, 2 * SCORES))
        if self.probable:
            self.scores.add(scores * weights, place)
        self.weights.add(weights, spot)
        self.squares.add(weights * weights, place)

    @property
    def drawable(self) -> bool:
        """With rows enough that they are more than one point."""
        return self.given and int(self.rows.sum()) >= 2 * LEAST_ROWS

    def seen(self) -> "Seen":
        there = np.flatnonzero(self.rows[0::2] + self.rows[1::2])
        rows = self.rows.reshape(-1, 2)[there]
        mass = rows.astype(np.float64)
        if self.weights is not None:
            mass = np.stack((self.weights.of(2 * there), self.weights.of(2 * there + 1)), axis=1)
        squares = mass.sum(axis=1) if self.squares is None else self.squares.of(there)
        sums = self.scores.of(there) if self.probable else np.zeros(len(there))
        return Seen(
            rows=rows.sum(axis=1),
            negatives=mass[:, 0],
            positives=mass[:, 1],
            squares=squares,
            sums=sums,
            middles=score_middles()[there],
            probable=self.probable,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Bins that hold a row, in ascending order; all of shape (bins,)."""

    rows: Ints
    negatives: Floats
    """Rows, or their weight."""
    positives: Floats
    squares: Floats
    """Of the weights."""
    sums: Floats
    middles: Floats
    probable: bool

    @property
    def mass(self) -> Floats:
        return self.negatives + self.positives

    @property
    def values(self) -> Floats:
        """A score of each bin; the mean one where it is known, which is the very score where all are tied."""
        mass = self.mass
        if not self.probable:
            return self.middles
        means = np.divide(self.sums, mass, out=self.middles.copy(), where=mass > 0)
        return np.round(means, 9).astype(np.float64)

    def curves(self) -> Told:
        """ROC and precision-recall, whose points belong to the same thresholds; none of one class alone."""
        alarms, hits = (np.cumsum(side[::-1]) for side in (self.negatives, self.positives))
        if not (alarms[-1] and hits[-1]):
            return {}
        fpr, tpr = alarms / alarms[-1], hits / hits[-1]
        ends = stretches(self.rows[::-1], fpr + tpr, 2 / (POINTS - 2))
        called = alarms[ends] + hits[ends]
        precision = np.divide(hits[ends], called, out=np.zeros(len(ends)), where=called > 0)
        return {
            "roc_fpr": [0.0, *rounded(fpr[ends])],
            "roc_tpr": [0.0, *rounded(tpr[ends])],
            "pr_recall": rounded(tpr[ends]),
            "pr_precision": rounded(precision),
        }

    def calibration(self) -> Told:
        """Groups of as many rows each, as far as ties allow; none where scores are no probabilities."""
        if not self.probable:
            return {}
        total = int(self.rows.sum())
        groups = min(_GROUPS, max(1, total // _ROWS_OF_GROUP))
        ends = stretches(self.rows, np.cumsum(self.rows) / total, 1 / groups)
        starts = np.array([0, *(ends[:-1] + 1)])
        mass, squares, hits, sums = (
            np.add.reduceat(of, starts) for of in (self.mass, self.squares, self.positives, self.sums)
        )
        weighty = np.flatnonzero(mass > 0)
        mass, squares, hits, sums = (of[weighty] for of in (mass, squares, hits, sums))
        rates = np.minimum(hits / mass, 1.0)
        limits = [
            # as many rows of one weight would tell as much
            wilson(rate * effective, effective, LEVEL)
            for rate, effective in zip(rates.tolist(), (mass**2 / squares).tolist(), strict=True)
        ]
        return {
            "calibration_score": rounded(sums / mass),
            "calibration_rate": rounded(rates),
            "calibration_low": rounded(np.array([low for low, _ in limits])),
            "calibration_high": rounded(np.array([high for _, high in limits])),
            "calibration_rows": rounded(mass),
        }


def score_bars(sides: Sequence[tuple[str, Seen]]) -> Told:
    """Histograms of both models' scores over the same edges."""
    rows = max(int(side.rows.sum()) for _, side in sides)
    bars = bars_of(rows)
    edges = np.arange(bars + 1) / bars
    if not all(side.probable for _, side in sides):
        ends = [span(side.rows, side.middles) for _, side in sides]
        low, high = min(low for low, _ in ends), max(high for _, high in ends)
        if not low < high:
            return {}
        edges = low + (high - low) * edges
    found: Told = {"score_edge": rounded(edges)}
    for name, side in sides:
        codes = bar_codes(side.values if side.probable else side.middles, edges)
        own = np.bincount(codes, side.rows, bars).astype(np.int64)
        for kind, heights in (("rows", side.mass), ("positives", side.positives)):
            found[f"score_{kind}.{name}"] = told_bars(np.bincount(codes, heights, bars), own)
    return found

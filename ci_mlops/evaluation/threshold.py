"""
The threshold that a model decides best by: chosen on validation rows, never on those that it is judged on.

Source: of calibrated scores the cheapest is false_positive / (false_positive + false_negative), Elkan 2001, The Foundations
of Cost-Sensitive Learning; nobody has to believe that scores are calibrated, so every cut is tried.
"""

from dataclasses import dataclass
from math import inf, nextafter

import numpy as np

from ci_mlops.evaluation.row_prices import prices_of
from ci_mlops.evaluation.rows import Floats, Rows
from ci_mlops.records import Cost
from ci_mlops.records.threshold import ThresholdBy

_EQUAL = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """Rows of one model; all arrays have shape (rows,)."""

    labels: Floats
    scores: Floats
    weights: Floats
    called: Floats
    """What a row costs where it is called positive."""
    quiet: Floats
    """What it costs where it is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    threshold: float
    """A row whose score is at least this is called positive."""
    value: float
    """The expected cost there, or the F1."""
    share: float
    """Of the rows, called positive."""


def scored(rows: Rows, cost: Cost | None) -> Scored:
    """The candidate's side of a partition."""
    scores = rows.candidate.scores
    if scores is None:
        msg = "a threshold was asked of rows without scores"
        raise NotImplementedError(msg)
    called, quiet = prices_of(rows, cost or Cost())
    weights = np.ones(len(rows)) if rows.weights is None else rows.weights
    return Scored(labels=rows.labels, scores=scores, weights=weights, called=called, quiet=quiet)


def choose(rows: Scored, by: ThresholdBy, *, most: float = 1.0) -> Choice:
    """
    The middle of the best stretch of thresholds; of several stretches the widest, of equally wide ones the highest.

    `most`: the largest share of rows that may be called positive. There is at least one row, and one that weighs.
    """
    cuts, ends = _cuts(rows)
    values, shares = _by(rows, by, ends)
    allowed = shares <= most + _EQUAL
    spread = float(np.ptp(values)) or 1.0
    best = values[allowed].min()
    good = np.flatnonzero(allowed & (values <= best + _EQUAL * spread))
    # cuts that lie side by side are one stretch
    stretches = np.split(good, np.flatnonzero(np.diff(good) > 1) + 1)
    bounds = _bounds(cuts)
    widest = max(stretches, key=lambda part: (bounds[part[0]] - bounds[part[-1] + 1], -part[0]))
    high, low = float(bounds[widest[0]]), float(bounds[widest[-1] + 1])
    middle = low / 2 + high / 2
    threshold = middle if low < middle <= high else high
    at = int((cuts >= threshold).sum())
    return Choice(
        threshold=threshold, value=float(values[at]) * (-1 if by == "f1" else 1), share=float(shares[at])
    )


def _cuts(rows: Scored) -> tuple[Floats, tuple[Floats, ...]]:
    """Distinct scores from the highest on, and what is summed up to and with each: weight, events, cost of calling."""
    # rows of one score in one order, so that the order they came in can't move a sum's last bit
    order = np.lexsort((rows.weights, rows.quiet, rows.called, rows.labels, -rows.scores))
    scores = rows.scores[order]
    last = np.flatnonzero(np.append(np.diff(scores) != 0, True))
    weights = rows.weights[order]
    columns = (
        weights,
        weights * rows.labels[order],
        weights * (rows.called - rows.quiet)[order],
        weights * rows.quiet[order],
    )
    return scores[last], tuple(np.append(0.0, np.cumsum(column)[last]) for column in columns)


def _by(rows: Scored, by: ThresholdBy, ends: tuple[Floats, ...]) -> tuple[Floats, Floats]:
    """Of calling the first k distinct scores positive, k from 0 on: what is to be least, and the share called."""
    called, found, dearer, quiet = ends
    total = called[-1]
    if by == "cost":
        return (dearer + quiet[-1]) / total, called / total
    # -F1: 2 tp / (called + events)
    return -2 * found / np.maximum(called + found[-1], np.finfo(np.float64).tiny), called / total


def _bounds(cuts: Floats) -> Floats:
    """Thresholds in (bounds[k + 1], bounds[k]] call the k highest distinct scores."""
    highest, lowest = float(cuts[0]), float(cuts[-1])
    margin = (highest - lowest) or 1.0
    if lowest >= 0 and highest <= 1:
        top, bottom = (1.0, 0.0)
    else:
        top, bottom = highest + margin, lowest - margin
    top = top if top > highest else nextafter(highest, inf)
    bottom = bottom if bottom < lowest else nextafter(lowest, -inf)
    return np.concatenate(([top], cuts, [bottom]))

"""What two versions of a model most likely differ by, before anything is predicted: closed formulas of the rows alone."""

import math
from dataclasses import dataclass

from ci_mlops.records import Cost

DISAGREE = 0.12
"""Share of rows that two versions of a model judge differently; real pairs lie between 5 and 20 %."""
SPREAD = 0.2
"""Errors of two regressions differ, row by row, by a fifth of the target's standard deviation."""
AREA = 0.8
ALIKE = 0.8
"""How alike two versions of a model rank the rows, as a correlation."""
ASSUMED = f"if two versions disagree on {DISAGREE:.0%} of the rows"
ASSUMED_NUMBERS = f"if their errors differ by {SPREAD:.0%} of the target's spread"
ASSUMED_RANKS = f"if both rank with an area near {AREA:g}, and {ALIKE:g} alike"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the rows hold, as far as a closed formula needs it."""

    rows: int
    events: int = 0
    spread: float = 0.0
    """Standard deviation of a regression's target."""


def standard_error(metric: str, shown: Shown, cost: Cost | None) -> tuple[float | None, str]:
    """
    Of the difference between two versions of a model, by closed formulas: for a share sqrt(disagreement / rows),
    as both versions answer for the same rows.
    """
    others = shown.rows - shown.events
    counted = {
        "accuracy": shown.rows,
        "recall": shown.events,
        "precision": shown.events,
        "f1": shown.events,
        "f2": shown.events,
        "jaccard": shown.events,
        "specificity": others,
        "negative_predictive_value": others,
    }
    if metric in counted:
        count = counted[metric]
        return (math.sqrt(DISAGREE / count), ASSUMED) if count else (None, "no row counts for it")
    if metric == "balanced_accuracy" and shown.events and others:
        return math.sqrt(DISAGREE / shown.events + DISAGREE / others) / 2, ASSUMED
    if metric == "roc_auc" and shown.events and others:
        return _of_ranks(shown.events, others), ASSUMED_RANKS
    if metric == "expected_cost" and cost is not None and cost.by_error:
        # a row that is judged differently costs one error more or less
        share = shown.events / shown.rows
        missed, alarm = cost.false_negative - cost.true_positive, cost.false_positive - cost.true_negative
        return math.sqrt(DISAGREE * (share * missed**2 + (1 - share) * alarm**2) / shown.rows), ASSUMED
    if metric in ("mae", "rmse") and shown.spread:
        return SPREAD * shown.spread / math.sqrt(shown.rows), ASSUMED_NUMBERS
    return (
        None,
        "no closed formula tells it without predictions: `ci-mlops validate` once, then it is measured",
    )


def _of_ranks(events: int, others: int) -> float:
    """Hanley & McNeil 1982, of one area; two that are as alike as assumed."""
    first, second = AREA / (2 - AREA), 2 * AREA**2 / (1 + AREA)
    one = AREA * (1 - AREA) + (events - 1) * (first - AREA**2) + (others - 1) * (second - AREA**2)
    return math.sqrt(2 * (1 - ALIKE) * one / (events * others))

"""Sabotages of a model that says a number."""

from math import fsum, sqrt

import numpy as np

from ci_mlops.evaluation.drill.sabotage import FEW, Sabotage, some, where
from ci_mlops.evaluation.drill.scatter import spread
from ci_mlops.evaluation.rows import Floats, Predictions, Rows


def constant(rows: Rows) -> Predictions:
    return Predictions(decisions=np.full(len(rows), _mean(rows.labels)))


def scaled(rows: Rows) -> Predictions:
    return Predictions(decisions=rows.candidate.decisions * 1.1)


def shifted(rows: Rows) -> Predictions:
    """By a tenth of the target's standard deviation."""
    return Predictions(decisions=rows.candidate.decisions + _deviation(rows.labels) / 10)


def noisy(rows: Rows) -> Predictions:
    """Up to half a standard deviation of the target up or down."""
    return Predictions(decisions=rows.candidate.decisions + spread(len(rows)) * _deviation(rows.labels) / 2)


def few_right(rows: Rows) -> Predictions | str:
    off = rows.candidate.decisions != rows.labels
    if off.sum() < FEW:
        return f"the champion is off on fewer than {FEW} rows"
    return where(some(off, FEW), Predictions(decisions=rows.labels), rows.candidate)


def third_right(rows: Rows) -> Predictions:
    said = rows.candidate.decisions
    return Predictions(decisions=said + (rows.labels - said) / 3)


def _mean(values: Floats) -> float:
    return fsum(values.tolist()) / len(values)


def _deviation(values: Floats) -> float:
    return sqrt(_mean((values - _mean(values)) ** 2))


HARMFUL = (
    Sabotage(name="constant", title="Always the mean", intent="harm", apply=constant),
    Sabotage(name="scaled", title="Every answer a tenth larger", intent="harm", apply=scaled),
    Sabotage(name="shifted", title="Every answer a tenth of the spread higher", intent="harm", apply=shifted),
    Sabotage(name="noisy", title="Noise of half the spread", intent="harm", apply=noisy),
)
HARMLESS = (
    Sabotage(name="few-right", title="3 rows made right", intent="harmless", apply=few_right),
    Sabotage(name="third-right", title="Every error a third smaller", intent="harmless", apply=third_right),
)

"""Metrics of predicted numbers."""

from collections.abc import Sequence

import numpy as np

from ci_mlops.evaluation.exact import exact_square
from ci_mlops.evaluation.moment_metric import MomentMetric
from ci_mlops.evaluation.rows import Floats, Predictions

# scikit-learn's floor below the fraction: a true value of 0 does not divide by zero
_SMALLEST = float(np.finfo(np.float64).eps)


def _absolute(labels: Floats, predictions: Predictions) -> Floats:
    return np.abs(labels - predictions.decisions)


def _squared(labels: Floats, predictions: Predictions) -> Floats:
    return (labels - predictions.decisions) ** 2


def _percentage(labels: Floats, predictions: Predictions) -> Floats:
    return _absolute(labels, predictions) / np.maximum(np.abs(labels), _SMALLEST)


def _first_two_powers(labels: Floats) -> Sequence[Floats]:
    # R2 lives on the variance, so a square must keep the digits that rounding drops
    return labels, exact_square(labels)


def _root(mean: complex) -> complex:
    # flat at zero: a model without any error is no reason to divide by it
    return mean**0.5 if mean else 0 * mean


def _explained(mean: complex, mean_square: complex, squared_error: complex) -> complex:
    return 1 - squared_error / (mean_square - mean * mean)


mae = MomentMetric(name="mae", own=_absolute)
mape = MomentMetric(name="mape", own=_percentage)
mse = MomentMetric(name="mse", own=_squared)
rmse = MomentMetric(name="rmse", own=_squared, formula=_root)


def _far_from_zero(shared: list[float]) -> str:
    mean, mean_square = shared
    if mean_square - mean * mean < 1e-8 * mean_square:
        return "the true values differ by less than a ten-thousandth of their size: subtract a constant from them"
    return ""


r2 = MomentMetric(
    name="r2",
    own=_squared,
    shared=_first_two_powers,
    formula=_explained,
    doubt=_far_from_zero,
    higher_is_better=True,
)

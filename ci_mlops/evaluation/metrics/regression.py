"""Metrics of predicted numbers."""

from collections.abc import Sequence

import numpy as np

from ci_mlops.errors import BadData
from ci_mlops.evaluation.exact import exact_square
from ci_mlops.evaluation.moment_metric import MomentMetric
from ci_mlops.evaluation.numbered import Numbered
from ci_mlops.evaluation.rows import Floats, Predictions

# scikit-learn's floor below the fraction: a true value of 0 does not divide by zero
_SMALLEST = float(np.finfo(np.float64).eps)


def _absolute(labels: Floats, predictions: Predictions) -> Floats:
    return np.abs(labels - predictions.decisions)


def _squared(labels: Floats, predictions: Predictions) -> Floats:
    return (labels - predictions.decisions) ** 2


def _percentage(labels: Floats, predictions: Predictions) -> Floats:
    return _absolute(labels, predictions) / np.maximum(np.abs(labels), _SMALLEST)


def _squared_log(labels: Floats, predictions: Predictions) -> Floats:
    if min(labels.min(initial=0.0), predictions.decisions.min(initial=0.0)) <= -1:
        raise BadData(
            "a squared log error is of values above -1, and there are others among the labels or the predictions",
            mend="Name `mse`, or cut the predictions off at 0.",
        )
    return (np.log1p(labels) - np.log1p(predictions.decisions)) ** 2


def _pinball(quantile: float) -> MomentMetric:
    def loss(labels: Floats, predictions: Predictions) -> Floats:
        missed = labels - predictions.decisions
        return np.where(missed >= 0, quantile * missed, (quantile - 1) * missed)

    return MomentMetric(name="pinball_at", own=loss)


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
msle = MomentMetric(name="msle", own=_squared_log)
rmsle = MomentMetric(name="rmsle", own=_squared_log, formula=_root)
pinball_at = Numbered(name="pinball_at", make=_pinball, example=0.9)


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

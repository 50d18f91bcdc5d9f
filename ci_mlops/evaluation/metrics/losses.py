"""Losses of predicted probabilities: proper scores, so lying about how sure one is does not pay."""

import numpy as np

from ci_mlops.evaluation.moment_metric import MomentMetric
from ci_mlops.evaluation.rows import Floats, Predictions

_SMALLEST = float(np.finfo(np.float64).eps)


def _score(predictions: Predictions) -> Floats:
    return np.zeros_like(predictions.decisions) if predictions.scores is None else predictions.scores


def _log(labels: Floats, predictions: Predictions) -> Floats:
    # scikit-learn's clipping: a sure mistake costs 36, not infinity
    score = np.clip(_score(predictions), _SMALLEST, 1 - _SMALLEST)
    return -np.log(np.where(labels == 1, score, 1 - score))


def _squared(labels: Floats, predictions: Predictions) -> Floats:
    return (labels - _score(predictions)) ** 2


log_loss = MomentMetric(name="log_loss", own=_log, task="classification", need="probabilities")
brier = MomentMetric(name="brier", own=_squared, task="classification", need="probabilities")

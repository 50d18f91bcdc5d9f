"""Losses of predicted probabilities: proper scores, so lying about how sure one is does not pay."""

import numpy as np

from ci_mlops.evaluation.moment_metric import MomentMetric
from ci_mlops.evaluation.rows import Floats, Predictions

_SMALLEST = float(np.finfo(np.float64).eps)


def _score(predictions: Predictions) -> Floats:
    return np.zeros_like(predictions.decisions) if predictions.scores is None else predictions.scores


def _log(labels: Floats, predictions: Predictions) -> Floats:
    if predictions.scores is None:
        # measured of neither model; of several classes a label is no 0 or 1
        return np.zeros(len(labels))
    # scikit-learn's clipping: a sure mistake costs 36, not infinity
    score = np.clip(_score(predictions), _SMALLEST, 1 - _SMALLEST)
    right = _of_truth(labels, score) if score.ndim == 2 else _of_event(labels, score)
    return np.asarray(-np.log(right), dtype=np.float64)


def _squared(labels: Floats, predictions: Predictions) -> Floats:
    score = _score(predictions)
    if score.ndim == 2:
        # of several classes the sum over all of them: from 0 to 2
        right = _of_truth(labels, score)
        # sums of rows that lie otherwise in memory have other last bits
        score = np.ascontiguousarray(score)
        return np.asarray((score * score).sum(axis=1) + ((1 - right) ** 2 - right * right), dtype=np.float64)
    return (labels - score) ** 2


def _of_event(labels: Floats, score: Floats) -> Floats:
    # of labels 0 and 1 the same as a choice between the two, and several times faster; both products are exact
    return labels * score + (1 - labels) * (1 - score)


def _of_truth(labels: Floats, score: Floats) -> Floats:
    chosen: Floats = np.take_along_axis(score, labels.astype(np.int64)[:, None], axis=1)[:, 0]
    return chosen


log_loss = MomentMetric(name="log_loss", own=_log, task="classification", need="probabilities", classes="any")
brier = MomentMetric(name="brier", own=_squared, task="classification", need="probabilities", classes="any")

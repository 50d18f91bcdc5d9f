"""Metrics of predicted numbers that no mean of rows tells: medians, shares below a line, explained variance."""

from math import sqrt

import numpy as np

from ci_mlops.evaluation.folding import folding
from ci_mlops.evaluation.influence_metric import Influenced, InfluenceMetric
from ci_mlops.evaluation.intervals import normal_quantile
from ci_mlops.evaluation.numbered import Numbered
from ci_mlops.evaluation.rows import Floats

_WOODRUFF = normal_quantile(0.95)


def _median(labels: Floats, said: Floats, weights: Floats) -> Influenced:
    """
    A row moves a median by which side of it it lies on, over how densely errors lie there: looked up between the order
    statistics that bound the median at 95 %.

    Source: Woodruff 1952, JASA 47; McKean & Schrader 1984, Communications in Statistics 13.
    """
    errors = np.abs(labels - said)
    order = np.argsort(errors, kind="stable")
    ranked, mass = errors[order], np.cumsum(weights[order])
    total = mass[-1]
    middle = _at(ranked, mass, total / 2)
    half = _WOODRUFF * sqrt(total) / 2
    low, high = (
        ranked[min(len(ranked) - 1, int(np.searchsorted(mass, at)))]
        for at in (total / 2 - half, total / 2 + half)
    )
    per = (high - low) / (2 * half)
    side = np.sign(errors - middle) / 2
    side -= (weights * side).sum() / total
    return Influenced(float(middle), weights * side * per)


def _at(ranked: Floats, mass: Floats, at: float) -> float:
    """scikit-learn's: between two rows where it falls on the edge of both."""
    place = min(len(ranked) - 1, int(np.searchsorted(mass, at)))
    after = min(len(ranked) - 1, int(np.searchsorted(mass, mass[place], side="right")))
    on_edge = mass[place] - at <= np.finfo(np.float64).eps * mass[-1]
    return float((ranked[place] + ranked[after]) / 2 if on_edge else ranked[place])


def _explained(labels: Floats, said: Floats, weights: Floats) -> Influenced:
    total = weights.sum()

    def variance(values: Floats) -> tuple[float, Floats]:
        squares = (values - (weights * values).sum() / total) ** 2
        mean = (weights * squares).sum() / total
        return mean, (squares - mean) / total

    (left, of_left), (whole, of_whole) = variance(labels - said), variance(labels)
    counted = labels[weights > 0]
    # rounding leaves a variance to numbers that are all the same
    if not whole or counted.min() == counted.max():
        return Influenced(None, np.zeros_like(labels))
    return Influenced(float(1 - left / whole), weights * (left / whole * of_whole - of_left) / whole)


def _coverage(quantile: float) -> InfluenceMetric:
    def formula(labels: Floats, said: Floats, weights: Floats) -> Influenced:
        total, below = weights.sum(), labels <= said
        share = float((weights * below).sum() / total)
        influence = weights * (below - share) / total
        error = sqrt(float((influence * influence).sum()))
        sign = 1.0 if share >= quantile else -1.0
        return Influenced(
            abs(share - quantile), sign * influence, reach=1 / total, lifted=folding(share - quantile, error)
        )

    return InfluenceMetric(name="coverage_at", formula=formula, highest=1.0)


median_absolute_error = InfluenceMetric(name="median_absolute_error", formula=_median)
explained_variance = InfluenceMetric(
    name="explained_variance",
    formula=_explained,
    lowest=float("-inf"),
    highest=1.0,
    higher_is_better=True,
)
coverage_at = Numbered(name="coverage_at", make=_coverage, example=0.9)

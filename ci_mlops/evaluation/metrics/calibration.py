"""How far probabilities are from what happens."""

from collections.abc import Sequence
from math import sqrt

import numpy as np

from ci_mlops.evaluation.exact import as_float, exact_sums
from ci_mlops.evaluation.folding import folding
from ci_mlops.evaluation.influence import BUCKETS
from ci_mlops.evaluation.intervals import Interval
from ci_mlops.evaluation.order_metric import OrderMetric
from ci_mlops.evaluation.ordered import Ordered, Pulled
from ci_mlops.evaluation.rounded_sums import rounded_sums
from ci_mlops.evaluation.rows import Floats, Ints

BINS = 15


def _calibration_error(positives: Floats, negatives: Floats, values: Floats) -> Pulled:
    """
    Expected calibration error: distance between the mean score and the share of positives, over bins of equal mass.

    Bins of equal width would leave all rows of a rare event in the first one, and are the more biased. Source: Naeini,
    Cooper & Hauskrecht 2015, AAAI; Guo et al. 2017, ICML (15 bins); Nixon et al. 2019 and Roelofs et al. 2022, AISTATS
    (equal mass, and the bias of few rows, which nobody can take away where a model is well calibrated).
    """
    rows, bins, apart, _ = _binned(positives, negatives, values)
    sign = np.where(apart >= 0, 1.0, -1.0)[bins]
    value = float(np.abs(apart).sum() / rows)
    return Pulled(value, (sign * (1 - values) - value) / rows, (-sign * values - value) / rows)


def _by_chance(positives: Floats, negatives: Floats, values: Floats) -> float:
    rows, bins, apart, mass = _binned(positives, negatives, values)
    mean = np.divide(apart, mass, out=np.zeros(BINS), where=mass > 0)[bins]
    squares = positives * (1 - values - mean) ** 2 + negatives * (values + mean) ** 2
    errors = np.sqrt(np.bincount(bins, squares, BINS))
    return sum(map(folding, apart.tolist(), errors.tolist())) / rows


def _by_chance_between(
    before: Ordered, after: Ordered, positives: int, weights: Floats | None, groups: Ints | None
) -> Interval:
    """
    By how much more chance may have lifted the candidate's error than the champion's, and the champion's than the
    candidate's.

    Chance lifts a distance the more the nearer it truly is to 0, and how near cannot be told from rows that lift it: no
    estimate comes much closer than the whole of a lift. Source: Cai & Low 2011, Annals of Statistics 39. But the same rows lift
    both errors. A bin's lift falls by no more than its distance grows, so of two models whose bins are equally far off, as
    of two that differ on few rows, it cancels: what is left is at most the sum of how far their bins are apart. Those
    distances are paired, and shrunk by as much as chance alone has part in their squares. Source: Bröcker 2012, Climate
    Dynamics 39 (the part of chance in squared distances); Kumar, Liang & Ma 2019, NeurIPS.
    """
    positive = np.arange(len(after.place)) < positives
    own = np.ones(len(positive)) if weights is None else weights
    residuals, places, distances = [], [], []
    for side in (before, after):
        rows, bins, apart, mass = _binned(side.positives, side.negatives, side.values)
        place, mean = bins[side.place], np.divide(apart, mass, out=np.zeros(BINS), where=mass > 0)
        residuals.append(own * (positive - side.values[side.place] - mean[place]))
        places.append(place)
        distances.append(apart)
    first, second, together = _squares(residuals, places, groups)
    most = [
        sum(map(folding, of.tolist(), np.sqrt(squares).tolist()))
        for of, squares in zip(distances, (first, second), strict=True)
    ]
    shift = distances[1] - distances[0]
    true = max(0.0, 1 - together / max(float((shift**2).sum()), 1e-300))
    apart_by = sqrt(true) * float(np.abs(shift).sum())
    # the lift of a distance of 0 grows with its error
    surer = folding(0.0, 1.0) * float((np.sqrt(second) - np.sqrt(first)).sum())
    return (
        min(most[1], apart_by + max(0.0, surer)) / rows,
        min(most[0], apart_by + max(0.0, -surer)) / rows,
    )


def _squares(
    residuals: Sequence[Floats], places: Sequence[Ints], groups: Ints | None
) -> tuple[Floats, Floats, float]:
    """Variances of each model's sums by bin, and of the difference of those sums, over all bins together."""
    if groups is None:
        first, second = (
            rounded_sums(own * own, place, BINS) for own, place in zip(residuals, places, strict=True)
        )
        shared = residuals[0] * residuals[1] * (places[0] == places[1])
        product = as_float(exact_sums(shared)[0])
        return first, second, float(first.sum() + second.sum()) - 2 * product
    sums = [
        rounded_sums(own, groups * BINS + place, BUCKETS * BINS).reshape(BUCKETS, BINS)
        for own, place in zip(residuals, places, strict=True)
    ]
    first, second = ((own**2).sum(axis=0) for own in sums)
    return first, second, float(((sums[1] - sums[0]) ** 2).sum())


def _binned(positives: Floats, negatives: Floats, values: Floats) -> tuple[float, Ints, Floats, Floats]:
    """(all rows, bin of each score; of each bin how far the positives are from those foretold, and its rows)."""
    both = positives + negatives
    rows = float(both.sum())
    middle = (np.cumsum(both) - both / 2) / rows
    # a score is never parted, so that ties stay together
    bins = np.minimum((middle * BINS).astype(np.int64), BINS - 1)
    apart, mass = (
        np.bincount(bins, side, BINS).astype(np.float64) for side in (positives - both * values, both)
    )
    return rows, bins, apart, mass


def _rarer(positives: float, negatives: float) -> float:
    return min(positives, negatives)


ece = OrderMetric(
    name="ece",
    formula=_calibration_error,
    lift=_by_chance,
    events=_rarer,
    of_values=True,
    lifts=_by_chance_between,
    higher_is_better=False,
    need="probabilities",
)

"""How far probabilities are from what happens."""

import numpy as np

from ci_mlops.evaluation.folding import folding
from ci_mlops.evaluation.order_metric import OrderMetric
from ci_mlops.evaluation.ordered import Pulled
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
    folded=True,
    higher_is_better=False,
    need="probabilities",
)

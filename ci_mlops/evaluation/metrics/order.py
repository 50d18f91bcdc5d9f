"""Formulas of the order that a model puts rows of two classes in; see `ordered.Formula`."""

from collections.abc import Callable
from math import sqrt

import numpy as np

from ci_mlops.evaluation import bin_bounds
from ci_mlops.evaluation.bin_bounds import Counts
from ci_mlops.evaluation.intervals import normal_quantile
from ci_mlops.evaluation.numbered import Numbered
from ci_mlops.evaluation.order_metric import OrderMetric
from ci_mlops.evaluation.ordered import Formula, Pulled, at_least
from ci_mlops.evaluation.rows import Floats

_ALIKE = 0.3
"""
Two scores whose distances are so many standard errors apart could as well change places. Found by `benchmarks/coverage.py`:
at 0.5 intervals of KS are too narrow, at 0.2 wider than need be.
"""
_WOODRUFF = normal_quantile(0.95)


def _average_precision(positives: Floats, negatives: Floats, values: Floats) -> Pulled:
    """
    Precision at each step of recall, weighed by the step. Source: scikit-learn's average_precision_score.

    A row moves the step of recall at its own score, and precision at all scores up to its own.
    """
    total = positives.sum()
    called = at_least(positives + negatives)
    precision = _ratio(at_least(positives), called)
    value = (positives * precision).sum() / total
    lowered = _ratio(positives, called)
    # there may be a million scores: in place, so that no more arrays are held than needed
    raised = 1 - precision
    raised *= lowered
    np.cumsum(raised, out=raised)
    lowered *= precision
    np.cumsum(lowered, out=lowered)
    precision -= value
    precision += raised
    precision /= total
    np.negative(lowered, out=lowered)
    lowered /= total
    return Pulled(float(value), precision, lowered)


def _by_oneself(positives: Floats, negatives: Floats, values: Floats) -> float:
    """Each positive is among those found at its own score, and lifts precision there by what the others leave to one."""
    called = at_least(positives + negatives)
    left = 1 - _ratio(at_least(positives), called)
    return float((_ratio(positives, called) * left).sum() / positives.sum())


def _bound_of_precision(positives: Counts, negatives: Counts) -> float:
    own, others = positives.astype(np.float64), negatives.astype(np.float64)
    return bin_bounds.average_precision(positives, negatives) + _by_oneself(own, others, own)


def _kolmogorov_smirnov(positives: Floats, negatives: Floats, values: Floats) -> Pulled:
    """
    The largest distance between the shares of both classes at or below a score. Source: scipy's ks_2samp.

    Of other rows the largest distance lies at another score, often far off where the hill is flat. So a row pulls by the
    mean over the scores that could as well have been it, by how few standard errors of their distances lie between;
    pulls at one score alone would make two models seem to differ by all rows between their tops.

    Source: Bühlmann & Yu 2002, Annals of Statistics 30 (what a mean over near choices takes from the variance).
    """
    own, other = positives.sum(), negatives.sum()
    share, other_share = np.cumsum(positives) / own, np.cumsum(negatives) / other
    apart = other_share - share
    place = int(np.argmax(np.abs(apart)))
    sign = 1.0 if apart[place] >= 0 else -1.0
    lower = np.abs(apart[place]) - sign * apart
    off, other_off = np.abs(share - share[place]), np.abs(other_share - other_share[place])
    errors = np.sqrt(off / own + other_off / other)
    near = np.exp(-((_ratio(lower, _ALIKE * errors)) ** 2) / 2) * (positives / own + negatives / other)
    near /= near.sum()
    here = at_least(near)
    return Pulled(
        float(abs(apart[place])),
        sign * ((near * share).sum() - here) / own,
        sign * (here - (near * other_share).sum()) / other,
    )


def _ratio(top: Floats, bottom: Floats) -> Floats:
    """Of weights that may be 0."""
    return np.divide(top, bottom, out=np.zeros_like(bottom), where=bottom > 0)


class _Top:
    """
    The rows with the highest scores, up to a share of all; rows of one score at the cut are in it in proportion.

    With one more row among them the cut rises, with one below it falls: the rows that come and go there are positives as
    often as those around it, which is looked up between the ranks that bound the cut at 95 %, as a median's density is.

    Source: Woodruff 1952, JASA 47.
    """

    def __init__(self, positives: Floats, negatives: Floats, share: float) -> None:
        both = positives + negatives
        called, found = at_least(both), at_least(positives)
        self.rows, self.positives = called[0], found[0]
        size = share * self.rows
        depth, height = np.append(0.0, called[::-1]), np.append(0.0, found[::-1])
        self.found = np.interp(size, depth, height)
        # the share of each score's rows that is in it
        inside = np.clip(_ratio(size - (called - both), both), 0.0, 1.0)
        window = min(_WOODRUFF * sqrt(size * (1 - share)), size / 2, (self.rows - size) / 2)
        around = np.interp([size - window, size + window], depth, height)
        moving = (around[1] - around[0]) / (2 * window) * (inside - share)
        # of the positives found there
        self.of_positives, self.of_negatives = inside - moving, -moving


def _recall_at(share: float, scale: float = 1.0) -> Formula:
    def formula(positives: Floats, negatives: Floats, values: Floats) -> Pulled:
        top = _Top(positives, negatives, share)
        recall, per = top.found / top.positives, scale / top.positives
        return Pulled(float(scale * recall), (top.of_positives - recall) * per, top.of_negatives * per)

    return formula


def _lift_at(share: float) -> Formula:
    """Precision in the top by the share of positives: recall by the size of the top."""
    return _recall_at(share, 1 / share)


def _precision_at(share: float) -> Formula:
    def formula(positives: Floats, negatives: Floats, values: Floats) -> Pulled:
        top = _Top(positives, negatives, share)
        size = share * top.rows
        precision = top.found / size
        # the top grows with the rows
        grown = precision * share
        return Pulled(float(precision), (top.of_positives - grown) / size, (top.of_negatives - grown) / size)

    return formula


def _positives(positives: float, negatives: float) -> float:
    return positives


def _rarer(positives: float, negatives: float) -> float:
    return min(positives, negatives)


def _bound_at(share: float, *, scale: float = 1.0) -> Callable[[Counts, Counts], float]:
    """Of recall, times `scale`."""

    def bound(positives: Counts, negatives: Counts) -> float:
        found = bin_bounds.found_in_the_top(positives, negatives, share)
        return scale * found / float(positives.sum())

    return bound


def _bound_of_precision_at(share: float) -> Callable[[Counts, Counts], float]:
    def bound(positives: Counts, negatives: Counts) -> float:
        found = bin_bounds.found_in_the_top(positives, negatives, share)
        return found / (share * float((positives + negatives).sum()))

    return bound


def _lift(share: float) -> OrderMetric:
    return OrderMetric(
        name="lift_at",
        formula=_lift_at(share),
        bound=_bound_at(share, scale=1 / share),
        events=lambda positives, negatives: min(positives, share * (positives + negatives)),
        ratio=True,
        cut=True,
    )


def _precision(share: float) -> OrderMetric:
    return OrderMetric(
        name="precision_at",
        formula=_precision_at(share),
        bound=_bound_of_precision_at(share),
        events=lambda positives, negatives: share * (positives + negatives),
        cut=True,
    )


def _recall(share: float) -> OrderMetric:
    return OrderMetric(
        name="recall_at",
        formula=_recall_at(share),
        bound=_bound_at(share),
        events=lambda positives, negatives: min(positives, share * (positives + negatives)),
        cut=True,
    )


average_precision = OrderMetric(
    name="average_precision",
    formula=_average_precision,
    lift=_by_oneself,
    events=_positives,
    bound=_bound_of_precision,
)
ks = OrderMetric(
    name="ks",
    formula=_kolmogorov_smirnov,
    events=_rarer,
    bound=bin_bounds.kolmogorov_smirnov,
    cut=True,
)
lift_at = Numbered(name="lift_at", make=_lift, example=0.4)
precision_at = Numbered(name="precision_at", make=_precision, example=0.4)
recall_at = Numbered(name="recall_at", make=_recall, example=0.4)

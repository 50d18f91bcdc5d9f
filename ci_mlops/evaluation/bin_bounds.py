"""How far metrics of order can be from those of the rows themselves, where rows of one bin are taken for ties."""

import numpy as np

from ci_mlops.evaluation.rows import Floats, Ints

Counts = Ints | Floats
"""Of rows, by bin; or effective rows."""


def area(positives: Counts, negatives: Counts) -> float:
    """A pair of rows in one bin counts one half, and may be all right or all wrong."""
    return float((positives / positives.sum() * (negatives / negatives.sum())).sum()) / 2


def average_precision(positives: Counts, negatives: Counts) -> float:
    """In each bin the positives may all stand above its negatives, or all below them; one of any weight is the first."""
    first = 1.0 if np.issubdtype(positives.dtype, np.integer) else 0.0
    found, called = _from_the_top(positives), _from_the_top(positives + negatives)
    there = positives > 0
    own, above = positives[there], found[there] - positives[there]
    most = found[there] / (called[there] - negatives[there])
    before = called[there] - own + first
    least = np.divide(above + first, before, out=np.ones(len(own)), where=before > 0)
    tied = found[there] / called[there]
    return float((own / positives.sum() * np.maximum(most - tied, tied - least)).sum())


def kolmogorov_smirnov(positives: Counts, negatives: Counts) -> float:
    """The largest distance may lie inside of a bin."""
    return float(max(positives.max() / positives.sum(), negatives.max() / negatives.sum()))


def found_in_the_top(positives: Counts, negatives: Counts, share: float) -> float:
    """
    Number of positives in a share of the rows: those of the bin that the cut parts may all stand above its negatives, or
    all below them, where a tie leaves them in proportion.
    """
    both = positives + negatives
    called = _from_the_top(both)
    cut = int(np.flatnonzero(called >= share * called[0])[-1])
    return float(positives[cut] * negatives[cut] / both[cut])


def _from_the_top(counts: Counts) -> Floats:
    return np.cumsum(counts[::-1])[::-1].astype(np.float64)

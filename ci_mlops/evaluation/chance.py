"""
How many test rows equal some training row by chance, because the columns know few different rows.

Told by the test rows alone, which base pins: nothing that a change adds to its training data can make a copy of a test
row look like chance. The share of all draws that a sample of n rows has seen (its coverage) is had by rarefaction for a
smaller n, and by Chao and Jost's extrapolation of Good and Turing's estimate for a larger one (Ecology 93, 2012, 2533).
"""

from collections.abc import Sequence
from math import exp, lgamma, sqrt

import numpy as np
from numpy.typing import NDArray

ERRORS = 3.0
"""Standard errors of a count of rare events, beyond which it is no chance."""


def by_chance(counts: NDArray[np.int64], drawn: int) -> float:
    """
    Args:
        counts: How often each different row stands in the test rows; shape (kinds,).
        drawn: Training rows.

    Returns:
        Test rows to be expected that equal one of them. 0 where no two test rows are equal: then equal rows are rare.
    """
    rows = int(counts.sum())
    if not rows or not drawn:
        return 0.0
    sizes, kinds = np.unique(counts, return_counts=True)
    spectrum = dict(zip(sizes.tolist(), kinds.astype(float).tolist(), strict=True))
    singles, pairs = spectrum.get(1, 0.0), spectrum.get(2, 0.0)
    # as many pairs as there may well be, where so many were seen
    more = min(2 * sqrt(pairs), singles / 2)
    spectrum |= {1: singles - 2 * more, 2: pairs + more}
    seen = _rarefied(spectrum, rows, drawn) if drawn < rows else _extrapolated(spectrum, rows, drawn)
    return rows * seen


def is_chance(found: int, expected: float) -> bool:
    return found <= expected + ERRORS * sqrt(expected)


def repeats(counts: Sequence[int] | NDArray[np.int64]) -> int:
    """Rows that equal an earlier one."""
    return int(np.sum(counts)) - len(counts)


def _rarefied(spectrum: dict[int, float], rows: int, drawn: int) -> float:
    unseen = 0.0
    for size, kinds in spectrum.items():
        if rows - size >= drawn:
            left = lgamma(rows - size + 1) - lgamma(rows - size - drawn + 1)
            unseen += kinds * size / rows * exp(left - lgamma(rows) + lgamma(rows - drawn))
    return max(0.0, 1.0 - unseen)


def _extrapolated(spectrum: dict[int, float], rows: int, drawn: int) -> float:
    singles, pairs = spectrum[1], spectrum[2]
    if not singles:
        return 1.0
    stays = (rows - 1) * singles / ((rows - 1) * singles + 2 * pairs)
    return 1.0 - float(singles / rows * stays ** (drawn - rows + 1))

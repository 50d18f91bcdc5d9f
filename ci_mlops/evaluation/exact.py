"""Exact sums of floats: the same for any order and any partitioning, so the verdict is too."""

from fractions import Fraction

import numpy as np

from ci_mlops.evaluation.rows import Floats, Ints

# frexp's smallest exponent is -1073 and a mantissa has 53 bits, so every double is a whole number of 2**-1126
_UNIT = 1126
_LOWEST = 1073
_EXPONENTS = _LOWEST + 1025
_HALF = 26


def exact_sums(values: Floats, codes: Ints | None = None, groups: int = 1) -> list[int]:
    """
    Sum of the values of each group, as a whole number of 2**-1126; merge by `+`.

    A small superaccumulator: mantissas are added per exponent in halves of 26 and 27 bits, which float64 holds
    without rounding for up to 2**26 rows a call.

    `values` are finite; both arrays have shape (rows,), and `codes` holds the group of each row.
    """
    mantissa, exponent = np.frexp(values)
    whole = np.ldexp(mantissa, 53).astype(np.int64)
    high = whole >> _HALF
    low = whole - (high << _HALF)
    index = exponent.astype(np.int64) + _LOWEST
    if codes is not None:
        index += codes * _EXPONENTS
    size = groups * _EXPONENTS
    totals = (np.bincount(index, high, size), np.bincount(index, low, size))
    sums = [0] * groups
    for total, shift in zip(totals, (_HALF, 0), strict=True):
        for position in np.flatnonzero(total).tolist():
            group, exponent_index = divmod(position, _EXPONENTS)
            sums[group] += int(total[position]) << (exponent_index + shift)
    return sums


def as_fraction(total: int) -> Fraction:
    return Fraction(total, 1 << _UNIT)


def exact_square(values: Floats) -> Floats:
    """
    Squares without rounding: shape (2, rows), the rounded squares and what rounding took from them.

    Source: Dekker 1971, Numerische Mathematik 18.
    """
    split = values * 134217729.0
    upper = split - (split - values)
    lower = values - upper
    square = values * values
    rest = ((upper * upper - square) + 2 * upper * lower) + lower * lower
    return np.stack((square, rest))

"""Exact sums of floats: the same for any order and any partitioning, so the verdict is too."""

from fractions import Fraction

import numpy as np

from ci_mlops.evaluation.rows import Floats, Ints

# frexp's smallest exponent is -1073 and a mantissa has 53 bits, so every double is a whole number of 2**-1126
_UNIT = 1126
_LOWEST = 1073
_EXPONENTS = _LOWEST + 1025
_HALF = 26
# of many groups only those exponents are laid out that occur
_MOST_PLACES = 1 << 21


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
    places = None
    if size > _MOST_PLACES:
        places, index = np.unique(index, return_inverse=True)
        size = len(places)
    totals = (np.bincount(index, high, size), np.bincount(index, low, size))
    sums = [0] * groups
    for total, shift in zip(totals, (_HALF, 0), strict=True):
        for position in np.flatnonzero(total).tolist():
            place = position if places is None else int(places[position])
            group, exponent_index = divmod(place, _EXPONENTS)
            sums[group] += int(total[position]) << (exponent_index + shift)
    return sums


def as_fraction(total: int) -> Fraction:
    return Fraction(total, 1 << _UNIT)


def exact_square(values: Floats) -> Floats:
    """
    Squares without rounding: shape (2, rows), the rounded squares and what rounding took from them.

    Source: Dekker 1971, Numerische Mathematik 18.
    """
    upper, lower = _halves(values)
    square = values * values
    rest = ((upper * upper - square) + 2 * upper * lower) + lower * lower
    return np.stack((square, rest))


def exact_product(values: Floats, others: Floats) -> Floats:
    """As `exact_square`, of two arrays."""
    upper, lower = _halves(values)
    other_upper, other_lower = _halves(others)
    product = values * others
    rest = ((upper * other_upper - product) + upper * other_lower + lower * other_upper) + lower * other_lower
    return np.stack((product, rest))


def _halves(values: Floats) -> tuple[Floats, Floats]:
    split = values * 134217729.0
    upper = split - (split - values)
    return upper, values - upper

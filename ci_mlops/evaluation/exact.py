"""Exact sums of floats: the same for any order and any partitioning, so the verdict is too."""

from collections.abc import Sequence
from fractions import Fraction
from math import frexp, ldexp
from typing import NamedTuple

import numpy as np

from ci_mlops.evaluation.rows import Floats, Ints

# frexp's smallest exponent is -1073 and a mantissa has 53 bits, so every double is a whole number of 2**-1126
_UNIT = 1126
_ONE = 1 << _UNIT
_LOWEST = 1073
_EXPONENTS = _LOWEST + 1025
_HALF = 26
# of many groups only those exponents are laid out that occur
_MOST_PLACES = 1 << 21
BLOCK = 1 << 16
"""So many rows at a time, which a core's cache holds."""
_DIGIT = 53 - 16
# where units would leave the range of floats
_EXTREME = 800
_PLACES = 5


def exact_sums(values: Floats, codes: Ints | None = None, groups: int = 1) -> list[int]:
    """
    Sum of the values of each group, as a whole number of 2**-1126; merge by `+`.

    `values` are finite; both arrays have shape (rows,), and `codes` holds the group of each row.
    """
    sums = [0] * groups
    for start in range(0, len(values), BLOCK):
        block = slice(start, start + BLOCK)
        part = sums_of(digits_of(values[block]), None if codes is None else codes[block], groups)
        sums = part if start == 0 else [a + b for a, b in zip(sums, part, strict=True)]
    return sums


class Digits(NamedTuple):
    """
    One place of numbers written with large digits: floats that add up without rounding, in any order.

    `rows`: which rows they are of; None: of all. Where `plain` is False, they are numbers of any size.
    """

    values: Floats
    rows: Ints | None = None
    plain: bool = True


def digits_of(values: Floats) -> list[Digits]:
    """
    Of at most `BLOCK` finite values. A digit is a multiple of a unit so large that `BLOCK` of them stay below
    2**53 units; two digits are all of most numbers, as 74 bits below the largest of the block hold.

    Source: Rump, Ogita & Oishi 2008, SIAM Journal on Scientific Computing 31 (extraction of high-order parts).
    """
    largest = max(float(values.max(initial=0.0)), -float(values.min(initial=0.0)))
    if largest == 0.0:
        return []
    exponent = frexp(largest)[1]
    if not -_EXTREME < exponent < _EXTREME:
        return [Digits(values, plain=False)]
    found: list[Digits] = []
    rows: Ints | None = None
    rest = values
    for place in range(_PLACES):
        exponent -= _DIGIT
        # what is added and taken away again rounds to multiples of 2**exponent
        rounder = ldexp(1.5, 52 + exponent)
        digit = rest + rounder
        digit -= rounder
        found.append(Digits(digit, rows))
        rest = rest - digit
        if not rest.any():
            return found
        if place:
            left = np.flatnonzero(rest != 0)
            rows, rest = (left if rows is None else rows[left]), rest[left]
    return [*found, Digits(rest, rows, plain=False)]


def sums_of(digits: Sequence[Digits], codes: Ints | None, groups: int) -> list[int]:
    """Sums of the numbers that `digits_of` parted, as `exact_sums`."""
    sums = [0] * groups
    for digit in digits:
        own = codes if codes is None or digit.rows is None else codes[digit.rows]
        if not digit.plain:
            sums = [a + b for a, b in zip(sums, _sums_by_exponent(digit.values, own, groups), strict=True)]
            continue
        totals = (
            [float(digit.values.sum())] if own is None else np.bincount(own, digit.values, groups).tolist()
        )
        sums = [total + _units(part) for total, part in zip(sums, totals, strict=True)]
    return sums


def _units(value: float) -> int:
    numerator, denominator = value.as_integer_ratio()
    return numerator << (_UNIT + 1 - denominator.bit_length())


def _sums_by_exponent(values: Floats, codes: Ints | None, groups: int) -> list[int]:
    """
    For numbers of any size: mantissas are added per exponent in halves of 26 and 27 bits, which float64 holds
    without rounding for up to 2**26 rows a call.
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


def as_float(total: int) -> float:
    """Rounded once, as `float(as_fraction(total))` is, and ten times faster: for sums by the thousand."""
    return total / _ONE


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

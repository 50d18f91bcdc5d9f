"""The verdict is the same for any partitioning of the rows: not nearly, to the last bit."""

from fractions import Fraction
from math import fsum

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from ci_mlops.evaluation.exact import (
    BLOCK,
    _sums_by_exponent,
    as_float,
    as_fraction,
    exact_square,
    exact_sums,
)
from tests.evaluation.builders import REGRESSION, measured, parts_of, policy, rows, scored


@pytest.mark.parametrize("cuts", [[1], [250], [3, 4, 5, 499], list(range(10, 500, 10))])
def test_classification_is_the_same_for_any_partitioning(cuts):
    labels, a, b = scored(0, 500)
    region = np.arange(500) % 3
    whole = rows(labels, (a > 0.4, a), (b > 0.4, b), region=region)

    assert measured(parts_of(whole, cuts), policy()) == measured([whole], policy())
    assert measured(reversed(parts_of(whole, cuts)), policy()) == measured([whole], policy())


@pytest.mark.parametrize("cuts", [[1], [250], list(range(7, 500, 7))])
def test_regression_is_the_same_for_any_partitioning(cuts):
    rng = np.random.default_rng(0)
    labels = rng.normal(size=500) * 10.0 ** rng.integers(-8, 8, 500)
    whole = rows(labels, labels * 1.1, labels * 0.95)
    rules = policy(REGRESSION, task="regression")

    assert measured(parts_of(whole, cuts), rules) == measured([whole], rules)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=60))
def test_sums_are_exact_for_any_floats(values):
    exact = as_fraction(exact_sums(np.array(values, dtype=float))[0])

    assert exact == sum((Fraction(value) for value in values), Fraction(0))
    if abs(exact) < 1e308:
        assert as_float(exact_sums(np.array(values, dtype=float))[0]) == float(exact)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.floats(min_value=-1e100, max_value=1e100).filter(lambda v: v == 0 or abs(v) > 1e-100), max_size=30
    )
)
def test_squares_are_exact(values):
    square, rest = exact_square(np.array(values, dtype=float))

    assert [Fraction(s) + Fraction(r) for s, r in zip(square, rest, strict=True)] == [
        Fraction(v) ** 2 for v in values
    ]


def test_groups_add_up_to_the_whole():
    rng = np.random.default_rng(1)
    values, codes = rng.normal(size=1000), rng.integers(0, 7, 1000)
    groups = exact_sums(values, codes, 7)

    assert sum(groups) == exact_sums(values)[0]
    assert [float(as_fraction(total)) for total in groups] == [fsum(values[codes == g]) for g in range(7)]


@pytest.mark.parametrize("size", [1, 1000, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK])
@pytest.mark.parametrize("reach", [0, 12, 300])
def test_sums_of_large_digits_are_those_of_a_superaccumulator(size, reach):
    rng = np.random.default_rng(size + reach)
    values = rng.normal(size=size) * 10.0 ** rng.integers(-reach, reach + 1, size)
    codes = rng.integers(0, 3, size)

    assert exact_sums(values, codes, 3) == _sums_by_exponent(values, codes, 3)


def test_rows_beyond_one_block_are_counted_as_the_same_rows_in_partitions():
    labels, a, b = scored(0, 2 * BLOCK + 17)
    whole = rows(labels, (a > 0.4, a), (b > 0.4, b), region=np.arange(len(labels)) % 3)

    assert measured(parts_of(whole, [5, 100_000]), policy()) == measured([whole], policy())

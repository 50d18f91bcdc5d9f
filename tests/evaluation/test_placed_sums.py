"""Sums of many groups, digit by digit: exact, whatever the sizes, the order and the partitions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, strategies as st

from ci_mlops.evaluation.placed_sums import PlacedSums

NUMBERS = st.floats(-1e300, 1e300, allow_subnormal=False).filter(lambda value: not 0 < abs(value) < 1e-250)


@given(st.lists(st.tuples(NUMBERS, st.integers(0, 4)), min_size=1, max_size=60), st.integers(0, 60))
def test_each_group_has_its_exact_sum_rounded_once(rows, cut):
    values, codes = (np.array(column) for column in zip(*rows, strict=True))
    parts = []
    for chosen in (slice(0, cut), slice(cut, None)):
        parts.append(PlacedSums(5))
        parts[-1].add(values[chosen], codes[chosen])

    found = (parts[1] + parts[0]).of(np.arange(5))

    exact = [sum(map(Fraction, values[codes == group].tolist()), Fraction()) for group in range(5)]
    assert found.tolist() == [float(of) for of in exact]


@pytest.mark.parametrize("size", [1.0, 2.0**-31, 2.0**-33, 3.7e9])
def test_below_the_lowest_place_each_number_is_cut_by_itself(size):
    values = np.random.default_rng(1).uniform(0, size, 1000)
    sums = PlacedSums(1, lowest=-32)
    sums.add(values, np.zeros(1000, dtype=np.int64))

    cut = sum(int(Fraction(value) * 2**32) for value in values.tolist())
    assert sums.of(np.arange(1)).tolist() == [cut / 2**32]

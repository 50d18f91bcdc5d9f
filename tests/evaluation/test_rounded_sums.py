"""Sums of groups as floats are the exact ones, rounded once."""

from math import fsum

import numpy as np
import pytest

from ci_mlops.evaluation.exact import BLOCK, as_float, exact_sums
from ci_mlops.evaluation.rounded_sums import rounded_sums

SCALES = {
    "plain": (0, 0),
    "of many sizes": (-60, 60),
    "that leave the range of the digits": (-1000, 900),
}


@pytest.mark.parametrize("rows", [0, 1, 999, BLOCK + 500])
@pytest.mark.parametrize("scales", SCALES.values(), ids=list(SCALES))
def test_they_are_what_the_exact_sums_round_to(rows, scales):
    rng = np.random.default_rng(rows)
    values = np.ldexp(rng.normal(size=rows), rng.integers(scales[0], scales[1] + 1, rows))
    codes = rng.integers(0, 97, rows)

    found = rounded_sums(values, codes, 97)

    assert found.tolist() == [as_float(total) for total in exact_sums(values, codes, 97)]
    assert found.tolist() == [fsum(values[codes == group]) for group in range(97)]


def test_what_cancels_leaves_what_is_left():
    assert rounded_sums(np.array([1e300, 1.0, -1e300]), np.array([0, 0, 0]), 2).tolist() == [1.0, 0.0]

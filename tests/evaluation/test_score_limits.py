"""Score limits of a weighted sum of counts: what is known of them in closed form, and what must hold of any."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, strategies as st

from ci_mlops.evaluation.intervals import normal_quantile, poisson_limits, tango
from ci_mlops.evaluation.score_limits import score_limits

Z = normal_quantile(0.95)
NOT_SEEN = (0.0, 0.0)
counts_and_pulls = st.lists(
    st.tuples(st.integers(1, 500), st.floats(-1, 1).filter(lambda pull: abs(pull) > 1e-3)),
    min_size=1,
    max_size=12,
)
reaches = st.just(0.0) | st.floats(1e-3, 2)


def limits(kinds, reach=NOT_SEEN):
    counts, pulls = (np.array(column, dtype=float) for column in zip(*kinds, strict=True))
    return score_limits(float((counts * pulls).sum()), counts, pulls, reach, 0.95)


@pytest.mark.parametrize("count", [1, 7, 300])
def test_one_kind_of_rows_has_the_score_limits_of_a_count(count):
    assert limits([(count, 1.0)]) == pytest.approx(poisson_limits(count, 0.95), rel=1e-12)


@pytest.mark.parametrize(("gained", "lost"), [(5, 9), (0, 3), (12, 0), (0, 0), (400, 300)])
def test_two_kinds_that_pull_by_a_row_each_way_have_tangos_limits_where_rows_are_many(gained, lost):
    found = limits([(gained, 1.0), (lost, -1.0)], (-1.0, 1.0))

    assert found == pytest.approx(np.array(tango(gained, lost, 10**7, 0.95)) * 10**7, rel=1e-3)


def test_where_nothing_was_seen_the_farthest_row_decides():
    assert score_limits(0.3, np.zeros(2), np.array([-1.0, 1.0]), (-0.2, 0.5), 0.95) == pytest.approx(
        (0.3 - 0.2 * Z**2, 0.3 + 0.5 * Z**2)
    )


@given(counts_and_pulls, reaches, reaches)
def test_at_either_limit_the_test_just_rejects_nothing(kinds, down, up):
    """The limit is as far off as its own likeliest counts, found here on a grid of the multiplier, make it unlikely."""
    low, high = limits(kinds, (-down, up))
    counts, pulls = (np.array(column, dtype=float) for column in zip(*kinds, strict=True))
    estimate = float((counts * pulls).sum())

    assert low < estimate < high
    for distance, toward, reach in ((estimate - low, pulls, down), (high - estimate, -pulls, up)):
        pole = max(reach, -toward.min())
        ends = np.linspace(0, (1 / pole if pole > 0 else 1e4), 20_001)[1:-1]
        shrunk = 1 + ends[:, None] * toward
        variance = (counts * toward**2 / shrunk).sum(axis=1)
        reached = ends * np.sqrt(variance) >= Z
        nearest = (ends * variance)[reached]
        if len(nearest):
            before = (ends * variance)[~reached]
            assert (before.max() if len(before) else 0.0) <= distance * (1 + 1e-9)
            assert distance <= nearest.min() * (1 + 1e-9)


@given(counts_and_pulls, st.floats(0.01, 100))
def test_another_unit_scales_them(kinds, unit):
    plain = limits(kinds, (-1.0, 1.0))
    scaled = limits([(count, pull * unit) for count, pull in kinds], (-unit, unit))

    assert scaled == pytest.approx(tuple(limit * unit for limit in plain), rel=1e-9, abs=1e-9 * unit)


@given(counts_and_pulls)
def test_swapped_signs_mirror_them(kinds):
    low, high = limits(kinds, (-0.5, 1.0))

    mirrored = limits([(count, -pull) for count, pull in kinds], (-1.0, 0.5))
    assert mirrored == pytest.approx((-high, -low), rel=1e-12)


def test_of_many_rows_they_are_the_plain_ones():
    kinds = [(40_000, 0.5), (50_000, -0.5), (30_000, 0.1)]
    error = sqrt(sum(count * pull**2 for count, pull in kinds))
    estimate = sum(count * pull for count, pull in kinds)

    assert limits(kinds) == pytest.approx((estimate - Z * error, estimate + Z * error), abs=0.02 * error)

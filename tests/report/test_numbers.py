"""Numbers of a row: as few digits as are calm, and never so few that one is taken for a round one."""

import pytest
from hypothesis import example, given, strategies as st

from ci_mlops.report.numbers import NBSP, Scale
from ci_mlops.report.words import scale_of
from tests.report.verdicts import base, measured

METRICS = ("r2", "roc_auc", "recall", "expected_cost", "mae")
SIZES = st.floats(1e-8, 1e11)
SIGNED = st.builds(lambda size, sign: size * sign, SIZES, st.sampled_from([1, -1]))


def shown(text):
    """The number that a reader sees."""
    for each in (NBSP, "€", "pp", "+"):
        text = text.replace(each, "")
    return float(text.replace("−", "-"))


@given(metric=st.sampled_from(METRICS), champion=SIGNED, candidate=SIGNED, spread=SIZES)
@example(metric="r2", champion=-20225.0, candidate=0.958, spread=4000.0)
@example(metric="mae", champion=20225.0, candidate=0.04, spread=4000.0)
@example(metric="recall", champion=0.99996, candidate=0.2, spread=0.1)
def test_no_number_is_taken_for_a_round_one(metric, champion, candidate, spread):
    difference = candidate - champion
    m = measured(metric, champion, candidate, difference - spread, difference + spread)
    scale = scale_of(metric, base(), m)

    for value in (champion, candidate):
        seen = shown(scale.value(value))
        assert seen != 0
        # of what is below ten two digits are left, which round by less than a twentieth
        assert seen == pytest.approx(value, rel=0.051)
        if abs(value) < 1 - 1e-9:
            assert abs(seen) < 1
    for bound in (difference, difference - spread, difference + spread):
        in_points = bound * (100 if scale.points else 1)
        told = shown(scale.bare(bound))
        assert (told > 0) == (in_points >= 1e-9)
        assert (told < 0) == (in_points <= -1e-9)


@given(metric=st.sampled_from(METRICS), value=st.floats(0.05, 1e6), share=st.floats(0.5, 0.999))
def test_two_numbers_of_one_size_have_the_same_decimals(metric, value, share):
    other = value * share
    m = measured(metric, value, other, other - value - 0.01 * value, other - value + 0.01 * value)
    scale = scale_of(metric, base(), m)

    decimals = {len(scale.value(each).partition(".")[2]) for each in (value, other)}
    # but for what would be shown as perfect, and for a digit that is lost below ten and below one
    assert len(decimals) == 1 or other < 1 or (value >= 100 and other < 10)


@pytest.mark.parametrize(
    ("metric", "champion", "candidate", "expected"),
    [
        ("r2", -20225.3, 0.958, ("−20~225", "0.958")),
        ("r2", 0.04, 20225.3, ("0.040", "20~225")),
        ("mae", 20225.3, 12.3, ("20~225", "12.30")),
        ("mae", 10_002.4, 9_998.2, ("10~002", "9~998")),
        ("expected_cost", 1200.5, 95.25, ("€1~200", "€95")),
        ("expected_cost", 1200.5, 3.714, ("€1~200", "€3.71")),
        ("roc_auc", 0.99996, 0.987, ("0.99996", "0.987")),
        ("roc_auc", 1.0, 1.0, ("1.000", "1.000")),
        ("recall", 0.0004, 0.9, ("0.00040", "0.900")),
        ("recall", 0.054, 0.112, ("0.054", "0.112")),
    ],
)
def test_a_row_is_calm_where_its_numbers_are_of_one_size(metric, champion, candidate, expected):
    apart = abs(candidate - champion)
    scale = scale_of(metric, base(), measured(metric, champion, candidate, -apart - 0.05, apart + 0.05))

    told = (scale.value(champion), scale.value(candidate))
    assert told == tuple(text.replace("~", NBSP) for text in expected)


@pytest.mark.parametrize(
    ("scale", "bound", "expected"),
    [
        (Scale(points=True, change_decimals=1), -0.0004, "−0.040"),
        (Scale(points=True, change_decimals=1), -0.004, "−0.4"),
        (Scale(change_decimals=0), 0.958, "+0.96"),
        (Scale(change_decimals=3), 1e-17, "0.000"),
        (Scale(change_decimals=3), 0.0, "0.000"),
    ],
)
def test_of_a_bound_that_is_not_zero_its_sign_is_left(scale, bound, expected):
    assert scale.bare(bound) == expected

"""Intervals against published values, brute force and simulation."""

from math import sqrt
from statistics import NormalDist

import numpy as np
import pytest
from scipy import stats

from ci_mlops.evaluation.intervals import logit_interval, student_quantile, tango, wilson
from ci_mlops.evaluation.rank_metric import _error as area_error, placements, sums_of
from tests.evaluation.builders import CLASSIFICATION, REGRESSION, found, measured, policy, rows, scored

# DeLong, DeLong & Clarke-Pearson 1988: 43 rows; albumin, total protein, K-G score, survived
OVARIAN = """
3.0 5.8 10 0 3.2 6.3 5 1 3.9 6.8 3 1 2.8 4.8 6 0 3.2 5.8 3 1 0.9 4.0 5 0 2.5 5.7 8 0 1.6 5.6 5 1 3.8 5.7 5 1
3.7 6.7 6 1 3.2 5.4 4 1 3.8 6.6 6 1 4.1 6.6 5 1 3.6 5.7 5 1 4.3 7.0 4 1 3.6 6.7 4 0 2.3 4.4 6 1 4.2 7.6 4 0
4.0 6.6 6 0 3.5 5.8 6 1 3.8 6.8 7 1 3.0 4.7 8 0 4.5 7.4 5 1 3.7 7.4 5 1 3.1 6.6 6 1 4.1 8.2 6 1 4.3 7.0 5 1
4.3 6.5 4 1 3.2 5.1 5 1 2.6 4.7 6 1 3.3 6.8 6 0 1.7 4.0 7 0 3.7 6.1 5 1 3.3 6.3 7 1 4.2 7.7 6 1 3.5 6.2 5 1
2.9 5.7 9 0 2.1 4.8 7 1 2.8 6.2 8 0 4.0 7.0 7 1 3.3 5.7 6 1 3.7 6.9 5 1 3.6 6.6 5 1
"""


@pytest.fixture(scope="session")
def ovarian():
    albumin, protein, score, survived = np.array(OVARIAN.split(), dtype=float).reshape(43, 4).T
    return {"ALB": albumin, "TP": protein, "K-G": 10 - score, "labels": survived}


@pytest.mark.parametrize(
    ("champion", "candidate", "areas", "difference", "error", "low", "high"),
    [
        ("K-G", "TP", (0.7258, 0.6478), -0.0780, 0.1046, -0.2830, 0.1271),
        ("K-G", "ALB", (0.7258, 0.7366), 0.0108, 0.0953, -0.1761, 0.1976),
    ],
)
def test_delong_meets_the_published_values(ovarian, champion, candidate, areas, difference, error, low, high):
    comparison = measured(
        [
            rows(
                ovarian["labels"],
                (ovarian["labels"], ovarian[champion]),
                (ovarian["labels"], ovarian[candidate]),
            )
        ],
        policy(("roc_auc",)),
    )
    area = found(comparison, "roc_auc")

    assert (area.champion, area.candidate) == pytest.approx(areas, abs=5e-5)
    assert area.improvement == pytest.approx(difference, abs=5e-5)
    assert (area.high - area.low) / 2 / 1.959964 == pytest.approx(error, abs=5e-5)
    assert (area.low, area.high) == pytest.approx((low, high), abs=1e-4)


def test_tango_meets_the_published_airway_example():
    # Fagerland, Lydersen & Laake 2013: 1 against 7 of 21
    low, high = tango(1, 7, 21, 0.95)

    assert (low, high) == pytest.approx((-0.5172, -0.0260), abs=5e-5)


def test_tango_without_a_differing_row_is_as_wide_as_the_rows_allow():
    z2 = NormalDist().inv_cdf(0.975) ** 2
    low, high = tango(0, 0, 50, 0.95)

    assert (low, high) == pytest.approx((-z2 / (50 + z2), z2 / (50 + z2)), abs=1e-12)


@pytest.mark.parametrize(
    ("gained", "lost", "size"), [(0, 9, 9), (9, 0, 9), (3, 5, 8), (1, 0, 1), (400, 380, 100_000)]
)
def test_tango_is_a_mirror_image_of_itself_and_holds_its_estimate(gained, lost, size):
    low, high = tango(gained, lost, size, 0.95)
    mirrored = tango(lost, gained, size, 0.95)

    assert -1 <= low <= (gained - lost) / size <= high <= 1
    assert mirrored == pytest.approx((-high, -low), abs=1e-12)


@pytest.mark.parametrize(("hits", "size"), [(0, 20), (20, 20), (7, 31), (812, 1000)])
def test_wilson_is_that_of_scipy(hits, size):
    expected = stats.binomtest(hits, size).proportion_ci(0.95, method="wilson")

    assert wilson(hits, size, 0.95) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize("freedom", [19, 30, 100, 10_000])
@pytest.mark.parametrize("level", [0.95, 0.99])
def test_the_t_quantile_is_that_of_scipy(level, freedom):
    assert student_quantile(level, freedom) == pytest.approx(stats.t.ppf((1 + level) / 2, freedom), rel=1e-5)


@pytest.mark.parametrize("seed", range(10))
def test_placements_with_heavy_ties_are_those_of_counting_every_pair(seed):
    labels, scores, _ = scored(seed, 90, ties=True)
    found_placements = placements(labels, scores)
    positives, negatives = scores[labels == 1], scores[labels == 0]
    pairs = 2 * (positives[:, None] > negatives[None, :]) + (positives[:, None] == negatives[None, :])

    assert found_placements.of_positives.tolist() == pairs.sum(axis=1).tolist()
    assert found_placements.of_negatives.tolist() == pairs.sum(axis=0).tolist()


def test_the_smallest_example_of_an_area_has_its_known_variance():
    labels, scores = np.array([1.0, 1, 0, 0]), np.array([0.9, 0.4, 0.6, 0.1])
    placed = placements(labels, scores)

    assert placed.area == 0.75
    assert area_error(sums_of(placed.of_positives), sums_of(placed.of_negatives)) ** 2 == pytest.approx(
        0.125, rel=1e-12
    )


def bootstrap_error(draw, size, rng, rounds=400):
    return np.std([draw(rng.integers(0, size, size)) for _ in range(rounds)])


@pytest.mark.parametrize("name", [name for name in CLASSIFICATION if name != "roc_auc"])
def test_the_error_of_a_difference_is_that_of_resampled_rows(name):
    labels, a, b = scored(3, 1500)
    whole = measured([rows(labels, (a > 0.4, a), (b > 0.4, b))], policy((name,)))

    def draw(chosen):
        y, s, t = labels[chosen], a[chosen], b[chosen]
        return found(measured([rows(y, (s > 0.4, s), (t > 0.4, t))], policy((name,))), name).improvement

    measurement = found(whole, name)
    closed = (measurement.high - measurement.low) / 2 / 1.96
    assert closed == pytest.approx(bootstrap_error(draw, 1500, np.random.default_rng(1)), rel=0.15)


@pytest.mark.parametrize("name", REGRESSION)
def test_the_error_of_a_regression_difference_is_that_of_resampled_rows(name):
    rng = np.random.default_rng(5)
    labels = 10 + rng.gamma(2.0, 3.0, size=1500)
    a, b = labels + rng.normal(size=1500), labels + 0.9 * rng.normal(size=1500)
    rules = policy((name,), task="regression")

    def draw(chosen):
        return found(measured([rows(labels[chosen], a[chosen], b[chosen])], rules), name).improvement

    measurement = found(measured([rows(labels, a, b)], rules), name)
    closed = (measurement.high - measurement.low) / 2 / 1.96
    assert closed == pytest.approx(bootstrap_error(draw, 1500, rng), rel=0.15)


@pytest.mark.parametrize(
    "name", ["accuracy", "recall", "precision", "f1", "roc_auc", "brier", "expected_cost"]
)
def test_intervals_cover_the_truth_as_often_as_they_say(name):
    truth = found_on_many_rows(name)
    hits = 0
    for seed in range(400):
        labels, a, b = scored(10_000 + seed, 400)
        m = found(measured([rows(labels, (a > 0.4, a), (b > 0.4, b))], policy((name,))), name)
        hits += m.low <= truth <= m.high

    # 400 runs: three standard errors of the count are 3.3 %
    assert 0.917 <= hits / 400 <= 0.983


def found_on_many_rows(name):
    labels, a, b = scored(7, 2_000_000)
    return found(measured([rows(labels, (a > 0.4, a), (b > 0.4, b))], policy((name,))), name).improvement


def test_two_sided_normal_errors_agree_with_mcnemar_where_rows_are_many():
    low, high = tango(300, 200, 10_000, 0.95)
    plain = 1.96 * sqrt(500 / 10_000 - 0.01**2) / 100

    assert (high - low) / 2 == pytest.approx(plain, rel=0.01)


def test_an_area_so_near_one_that_its_odds_are_beyond_a_float_has_limits():
    assert logit_interval(1 - 1e-6, 0.4, 0.95) == pytest.approx((0.0, 1.0))

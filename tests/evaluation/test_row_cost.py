"""Costs that each row, or each slice, has of its own: values against brute force, and how sure they are."""

from dataclasses import replace

import numpy as np
import pytest

from ci_mlops.errors import BadData
from ci_mlops.records import Cost, PriceColumn, SliceCost
from tests.evaluation.builders import found, judged, measured, parts_of, policy, rows, rule

AMOUNT = (("false_negative", PriceColumn(column="amount", times=0.2)),)
NORTH = SliceCost(slice="region=north", prices=(("false_negative", 900.0),))


def decided(seed, size, *, weighted=False, events=0.3):
    """Two models that are right nine times in ten, amounts that are skewed, and two regions."""
    rng = np.random.default_rng(seed)
    labels = rng.random(size) < events
    champion, candidate = (np.where(rng.random(size) < 0.9, labels, ~labels) for _ in range(2))
    whole = rows(labels, champion, candidate, region=rng.choice(["north", "south"], size))
    return replace(
        whole,
        costs={"amount": rng.lognormal(5, 0.7, size)},
        weights=rng.integers(1, 6, size) / 4 if weighted else None,
    )


def cost_of(rules, whole, **more):
    return found(measured([whole], replace(rules, **more)), "expected_cost")


def brute(whole, missed, alarm):
    """Mean cost of both models; prices are numbers or arrays."""
    costs = []
    for side in (whole.champion, whole.candidate):
        misses, alarms = (
            (whole.labels == 1) & (side.decisions == 0),
            (whole.labels == 0) & (side.decisions == 1),
        )
        costs.append(np.average(misses * missed + alarms * alarm, weights=whole.weights))
    return costs


@pytest.mark.parametrize("weighted", [False, True])
def test_amounts_of_rows_make_the_cost_their_mean(weighted):
    whole = decided(1, 800, weighted=weighted)
    rules = policy(
        ("expected_cost",), cost=Cost(columns=AMOUNT, false_positive=20), weight="w" if weighted else None
    )

    m = cost_of(rules, whole)

    before, after = brute(whole, 0.2 * whole.costs["amount"], 20)
    assert (m.champion, m.candidate) == pytest.approx((before, after), rel=1e-12)
    assert m.improvement == pytest.approx(before - after, rel=1e-12)
    assert m.low < m.improvement < m.high


def test_a_slice_has_prices_of_its_own_and_all_rows_are_the_sum_over_slices():
    whole = decided(2, 900)
    rules = policy(("expected_cost",), cost=Cost(false_negative=500, false_positive=20, slices=(NORTH,)))
    north = whole.slices["region"].codes == 0

    everywhere = measured([whole], rules)

    parts = [found(everywhere, "expected_cost", f"region={name}") for name in ("north", "south")]
    m = found(everywhere, "expected_cost")
    assert (m.champion, m.candidate) == pytest.approx(brute(whole, np.where(north, 900, 500), 20), rel=1e-12)
    assert m.candidate == pytest.approx(sum(p.candidate * p.rows for p in parts) / m.rows, rel=1e-12)
    assert m.improvement == pytest.approx(sum(p.improvement * p.rows for p in parts) / m.rows, rel=1e-9)


@pytest.mark.parametrize(("size", "weighted"), [(60, False), (2000, False), (2000, True)])
def test_equal_amounts_tell_what_a_plain_price_tells(size, weighted):
    whole = decided(3, size, weighted=weighted)
    whole = replace(whole, costs={"amount": np.full(size, 2500.0)})
    weight = "w" if weighted else None
    plain = policy(("expected_cost",), cost=Cost(false_negative=500, false_positive=20), weight=weight)
    own = replace(plain, cost=Cost(columns=AMOUNT, false_positive=20))

    one, other = cost_of(plain, whole), cost_of(own, whole)

    assert (one.champion, one.candidate) == pytest.approx((other.champion, other.candidate), rel=1e-12)
    assert (other.low, other.high) == pytest.approx(
        (one.low, one.high), rel=0.05, abs=0.05 * (one.high - one.low)
    )
    if not weighted:
        assert one.events == other.events


def test_the_interval_is_that_of_a_mean_of_differences_where_rows_are_many():
    whole = decided(4, 20_000)
    rules = policy(("expected_cost",), cost=Cost(columns=AMOUNT, false_positive=20))

    m = cost_of(rules, whole)

    prices = np.where(whole.labels == 1, 0.2 * whole.costs["amount"], 20)
    wrong = [side.decisions != whole.labels for side in (whole.champion, whole.candidate)]
    differences = prices * wrong[0] - prices * wrong[1]
    half = 1.96 * differences.std() / np.sqrt(20_000)
    assert (m.low, m.high) == pytest.approx((m.improvement - half, m.improvement + half), abs=0.05 * half)


def test_the_interval_covers_where_amounts_are_skewed_and_errors_are_few():
    rng = np.random.default_rng(5)
    rules = policy(("expected_cost",), cost=Cost(columns=AMOUNT, false_positive=20))
    covered = runs = 0
    for seed in range(150):
        whole = decided(seed, 400)
        whole = replace(whole, costs={"amount": rng.lognormal(5, 1.0, 400)})
        m = cost_of(rules, whole)
        covered += m.low <= 0 <= m.high
        runs += 1

    # both models are equally good: 95 % of 150, less three standard errors
    assert covered / runs >= 0.89


def test_one_amount_that_outweighs_all_others_decides_nothing():
    whole = decided(6, 400)
    amounts = whole.costs["amount"].copy()
    amounts[np.flatnonzero(whole.labels == 1)[0]] = 1e7
    rules = policy(
        ("expected_cost",),
        (rule("expected_cost", "max_regression", 1e5),),
        cost=Cost(columns=AMOUNT, false_positive=20),
    )

    held, _ = judged([replace(whole, costs={"amount": amounts})], rules)

    assert held.gates[0].status == "undecided"
    assert "too few" in held.gates[0].reason


@pytest.mark.parametrize("times", [0.01, 131.0])
def test_dearer_rows_scale_the_improvement_and_its_interval(times):
    whole = decided(7, 500)
    rules = policy(("expected_cost",), cost=Cost(columns=AMOUNT, false_positive=20))
    dearer = (("false_negative", PriceColumn(column="amount", times=0.2 * times)),)

    one, other = (
        cost_of(rules, whole),
        cost_of(rules, whole, cost=Cost(columns=dearer, false_positive=20 * times)),
    )

    assert [other.improvement, other.low, other.high] == pytest.approx(
        [times * bound for bound in (one.improvement, one.low, one.high)], rel=1e-9
    )


def test_swapped_roles_change_the_sign():
    whole = decided(8, 500)
    rules = policy(("expected_cost",), cost=Cost(columns=AMOUNT, false_positive=20))
    swapped = replace(whole, champion=whole.candidate, candidate=whole.champion)

    one, other = cost_of(rules, whole), cost_of(rules, swapped)

    assert (one.improvement, one.low, one.high) == pytest.approx(
        (-other.improvement, -other.high, -other.low)
    )


@pytest.mark.parametrize("weighted", [False, True])
def test_rows_in_any_order_and_partitions_tell_the_same_to_the_last_bit(weighted):
    whole = decided(9, 300, weighted=weighted)
    rules = policy(
        ("expected_cost",),
        cost=Cost(columns=AMOUNT, false_positive=20, slices=(NORTH,)),
        weight="w" if weighted else None,
    )

    parts = list(reversed(parts_of(whole, [7, 120])))

    assert measured(parts, rules).measurements == measured([whole], rules).measurements


def test_identical_decisions_make_no_difference():
    whole = decided(10, 300)
    m = cost_of(
        policy(("expected_cost",), cost=Cost(columns=AMOUNT)), replace(whole, candidate=whole.champion)
    )

    assert (m.improvement, m.low, m.high, m.identical) == (0, 0, 0, True)


def test_a_priced_slice_that_no_row_is_in_is_refused_with_the_one_that_may_be_meant():
    wrong = SliceCost(slice="region=nroth", prices=(("false_negative", 900.0),))

    with pytest.raises(BadData, match="no row of the test data is in the slice region=nroth") as caught:
        cost_of(policy(("expected_cost",), cost=Cost(slices=(wrong,))), decided(11, 50))

    assert caught.value.mend == "Did you mean `region=north`?"


def test_the_candidates_own_cost_is_covered_where_rare_misses_decide_it():
    """20 positives of which nine in ten are found; Student's interval alone covers 0.88."""
    rng = np.random.default_rng(0)
    labels = np.arange(400) < 20
    rules = policy(
        ("expected_cost",),
        cost=Cost(columns=(("false_negative", PriceColumn(column="amount")),), false_positive=2),
    )
    inside = 0
    for _ in range(500):
        whole = rows(labels, None, rng.random(400) < np.where(labels, 0.9, 0.01))
        one = cost_of(rules, replace(whole, costs={"amount": np.full(400, 500.0)}))
        inside += one.candidate_low <= 0.05 * 0.1 * 500 + 0.95 * 0.01 * 2 <= one.candidate_high

    assert inside >= 0.93 * 500


def test_a_candidate_that_missed_nothing_does_not_keep_a_confident_limit_for_sure():
    labels = np.arange(400) < 20
    whole = replace(rows(labels, None, labels), costs={"amount": np.full(400, 500.0)})
    one = cost_of(policy(("expected_cost",), cost=Cost(columns=AMOUNT, false_positive=2)), whole)

    assert one.candidate == 0
    assert one.candidate_high > 0.9

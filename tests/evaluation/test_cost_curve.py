"""Expected cost at every threshold: against brute force, and the identity of net benefit."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, strategies as st

from ci_mlops.evaluation.cost_curve import THRESHOLDS, curves_for
from ci_mlops.evaluation.sketching import LEAST_ROWS
from ci_mlops.evaluation.told_together import told_at
from ci_mlops.records import Cost, PriceColumn
from tests.evaluation.builders import parts_of, policy, rows, scored

MODELS = ("champion", "candidate")


def curves_of(partitions, rules):
    parts = []
    for part in partitions:
        parts.append(curves_for(rules))
        parts[-1].add(part)
    return sum(parts[1:], parts[0]).told("test")


def some(seed, size, **kind):
    labels, a, b = scored(seed, size, **kind)
    return rows(labels, (a >= 0.5, a), (b >= 0.5, b))


def cost_at(whole, side, threshold, price=500.0):
    """By brute force."""
    called = getattr(whole, side).scores >= threshold
    each = np.where(whole.labels == 1, np.where(called, 3, price), 20 * called)
    return np.average(each, weights=whole.weights)


def dense(seed):
    """Forty rows of each score, so that ten lie between any two thresholds."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, 4000).astype(float)
    a, b = (rng.permutation(np.repeat(np.arange(100) / 100 + 0.005, 40)) for _ in range(2))
    return rows(labels, (a >= 0.5, a), (b >= 0.25, b))


@pytest.mark.parametrize("kind", ["plain", "weighted", "by row"])
def test_each_point_is_the_mean_cost_of_deciding_there(kind):
    whole = dense(1)
    price, cost = 500.0, Cost(false_negative=500, false_positive=20, true_positive=3)
    if kind == "weighted":
        whole = replace(whole, weights=np.random.default_rng(2).integers(1, 5, 4000) / 2)
    if kind == "by row":
        price = np.random.default_rng(3).lognormal(5, 1, 4000)
        whole = replace(whole, costs={"amount": price})
        cost = Cost(
            columns=(("false_negative", PriceColumn(column="amount")),), false_positive=20, true_positive=3
        )
    weight = "w" if kind == "weighted" else None

    told = curves_of([whole], policy(cost=cost, weight=weight))

    for side in ("champion", "candidate"):
        expected = [cost_at(whole, side, t, price) for t in THRESHOLDS]
        assert told[f"test_cost.{side}"] == pytest.approx(expected, rel=1e-5)
    assert told["threshold"][0::50] == [0.0, 0.5, 1.0]


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("size", [20, 60, 400, 4000])
@pytest.mark.parametrize("decided", [0.0, 0.0625, 0.3, 0.5, 0.974, 1.1])
def test_a_point_differs_from_the_truth_by_fewer_than_ten_rows(ties, size, decided):
    whole = decided_from(some(1, size, ties=ties), decided)

    told = curves_of([whole], policy(cost=Cost(false_negative=500, false_positive=20, true_positive=3)))

    dearest = 497 / size
    for side in MODELS:
        points = told[f"test_cost.{side}"]
        expected = [cost_at(whole, side, t) for t in THRESHOLDS]
        assert np.abs(np.array(points) - expected).max() <= (LEAST_ROWS - 1) * dearest + 1e-3
        assert points[0] == pytest.approx(expected[0], rel=1e-5)


def decided_from(whole, threshold):
    sides = {
        side: replace(
            getattr(whole, side), decisions=(getattr(whole, side).scores >= threshold).astype(float)
        )
        for side in MODELS
    }
    return replace(whole, **sides)


def step_of(curve, score):
    """What a reader does who knows somebody's score: by how much the cost falls where that person is no longer called."""
    at = int(np.flatnonzero(score < THRESHOLDS)[0])
    return curve[at] - curve[at - 1]


def test_who_knows_a_score_does_not_read_the_label_in_the_curve():
    """Alone between two thresholds; beside where the model decides, which is told exactly; among the last."""
    rng = np.random.default_rng(7)
    others = np.concatenate((rng.uniform(0, 0.29, 300), rng.uniform(0.51, 0.97, 300)))
    for score in (0.305, 0.498, 0.502, 0.985):
        scores, labels = np.append(others, score), np.append(rng.integers(0, 2, 600), 0).astype(float)
        near = int(np.flatnonzero(score < THRESHOLDS)[0])
        steps, told = {}, {}
        for label in (0, 1):
            labels[-1] = label
            whole = rows(labels, None, (scores >= 0.5, scores))
            exact = [np.where(labels, 500 * (scores < t), 20 * (scores >= t)).mean() for t in THRESHOLDS]
            steps[label] = exact[near] - exact[near - 1]
            curve = curves_of([whole], policy(cost=Cost(false_negative=500, false_positive=20)))
            told[label] = np.array(curve["test_cost.candidate"])
            where_it_decides = exact[50]
            if 0.4 < score < 0.6:
                # held against what is told of where the model decides; an alarm costs 20 / 601
                assert told[label][near - 1 : near + 1] == pytest.approx([where_it_decides] * 2, abs=0.01)

        # of the curve as it is: one alarm less for who is well, one miss more for who is ill
        assert steps[0] < 0 < steps[1]
        assert {curve[near] - curve[near - 1] for curve in told.values()} == {0.0}


@given(
    st.lists(st.sampled_from([0, 0, 0, 1, 2, 9, 10, 40]), min_size=6, max_size=40),
    st.one_of(st.none(), st.integers(0, 19)),
)
def test_of_each_side_of_where_a_model_decides_rows_are_told_ten_together(rows_at, decided):
    cells = np.zeros(2 * len(rows_at), dtype=np.int64)
    cells[0::2] = rows_at
    if decided is not None and decided < len(rows_at):
        # called from the middle of one place on
        cells[1::2][decided:] = rows_at[decided:]
        cells[0::2][decided + 1 :] = 0
    side = np.arange(len(cells)) % 2 if cells[1::2].any() else np.zeros(len(cells))

    found = told_at(cells)

    for called in set(side):
        there = (side == called) & (cells > 0)
        told = [int(cells[there & (found == place)].sum()) for place in set(found[there].tolist())]
        assert min(told, default=LEAST_ROWS) >= LEAST_ROWS or len(told) == 1
        # what reaches more is told no earlier
        assert (np.diff(found[there]) >= 0).all()
    quiet, loud = found[(side == 0) & (cells > 0)], found[(side == 1) & (cells > 0)]
    assert not quiet.size or not loud.size or quiet.max() <= loud.min()


def test_a_score_reaches_the_thresholds_that_are_not_above_it():
    scores = np.concatenate(
        (THRESHOLDS, np.nextafter(THRESHOLDS[1:], 0), np.nextafter(THRESHOLDS[:-1], 1), [0.3 - 0.1, 0.1 * 3])
    )
    scores = np.repeat(scores, LEAST_ROWS)
    labels = np.ones(len(scores))

    told = curves_of(
        [rows(labels, None, (scores >= 0, scores))], policy(cost=Cost(false_negative=len(scores)))
    )

    missed = [(scores < threshold).sum() for threshold in THRESHOLDS]
    assert told["test_cost.candidate"] == missed


def test_of_few_rows_there_is_no_curve():
    assert curves_of([some(8, 2 * LEAST_ROWS - 1)], policy()) == {}
    assert curves_of([some(8, 2 * LEAST_ROWS)], policy())


def test_partitions_in_any_order_tell_the_same_to_the_last_bit():
    whole, rules = some(4, 3000), policy()

    parts = list(reversed(parts_of(whole, [10, 2000])))

    assert curves_of(parts, rules) == curves_of([whole], rules)


def test_where_a_miss_weighs_what_the_threshold_says_the_curve_is_net_benefit():
    whole = dense(5)
    scores, events = whole.candidate.scores, whole.labels.mean()
    for t in (0.1, 0.25, 0.6):
        rules = policy(cost=Cost(false_negative=1 - t, false_positive=t))
        cost = curves_of([whole], rules)["test_cost.candidate"][round(100 * t)]
        called = scores >= t
        hits, alarms = (called & (whole.labels == 1)).mean(), (called & (whole.labels == 0)).mean()

        # Vickers & Elkin 2006
        benefit = hits - alarms * t / (1 - t)
        assert cost == pytest.approx((1 - t) * (events - benefit), rel=1e-5)


def test_scores_that_are_no_probabilities_have_no_curve():
    whole = some(6, 50)
    margins = replace(whole.candidate, scores=whole.candidate.scores * 9 - 4)

    told = curves_of([replace(whole, candidate=margins)], policy())

    assert "test_cost.candidate" not in told
    assert "test_cost.champion" in told
    assert curves_for(policy(task="regression", cost=Cost(over=1))) is None

"""Expected cost at every threshold: against brute force, and the identity of net benefit."""

from dataclasses import replace

import numpy as np
import pytest

from ci_mlops.evaluation.cost_curve import THRESHOLDS, curves_for
from ci_mlops.records import Cost, PriceColumn
from tests.evaluation.builders import parts_of, policy, rows, scored


def curves_of(partitions, rules):
    parts = []
    for part in partitions:
        parts.append(curves_for(rules))
        parts[-1].add(part)
    return sum(parts[1:], parts[0]).told("test")


def some(seed, size, **kind):
    labels, a, b = scored(seed, size, **kind)
    return rows(labels, (a >= 0.5, a), (b >= 0.5, b))


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("kind", ["plain", "weighted", "by row"])
def test_each_point_is_the_mean_cost_of_deciding_there(ties, kind):
    whole = some(1, 400, ties=ties)
    price, cost = 500.0, Cost(false_negative=500, false_positive=20, true_positive=3)
    if kind == "weighted":
        whole = replace(whole, weights=np.random.default_rng(2).integers(1, 5, 400) / 2)
    if kind == "by row":
        price = np.random.default_rng(3).lognormal(5, 1, 400)
        whole = replace(whole, costs={"amount": price})
        cost = Cost(
            columns=(("false_negative", PriceColumn(column="amount")),), false_positive=20, true_positive=3
        )
    weight = "w" if kind == "weighted" else None

    told = curves_of([whole], policy(cost=cost, weight=weight))

    for side in ("champion", "candidate"):
        scores = getattr(whole, side).scores
        expected = [
            np.average(
                np.where(whole.labels == 1, np.where(scores >= t, 3, price), 20 * (scores >= t)),
                weights=whole.weights,
            )
            for t in THRESHOLDS
        ]
        assert told[f"test_cost.{side}"] == pytest.approx(expected, rel=1e-5)
    assert told["threshold"][0::50] == [0.0, 0.5, 1.0]


def test_a_score_reaches_the_thresholds_that_are_not_above_it():
    scores = np.concatenate(
        (THRESHOLDS, np.nextafter(THRESHOLDS[1:], 0), np.nextafter(THRESHOLDS[:-1], 1), [0.3 - 0.1, 0.1 * 3])
    )
    labels = np.ones(len(scores))

    told = curves_of(
        [rows(labels, None, (scores >= 0.5, scores))], policy(cost=Cost(false_negative=len(scores)))
    )

    missed = [(scores < threshold).sum() for threshold in THRESHOLDS]
    assert told["test_cost.candidate"] == missed


def test_partitions_in_any_order_tell_the_same_to_the_last_bit():
    whole, rules = some(4, 300), policy()

    parts = list(reversed(parts_of(whole, [10, 200])))

    assert curves_of(parts, rules) == curves_of([whole], rules)


def test_where_a_miss_weighs_what_the_threshold_says_the_curve_is_net_benefit():
    whole = some(5, 500)
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

"""What decisions cost: values against brute force, and the gate that holds a costlier model back."""

from dataclasses import replace

import numpy as np
import pytest

from ci_mlops.records import Cost
from tests.evaluation.builders import (
    CLASSES,
    class_rows,
    classified,
    found,
    judged,
    measured,
    parts_of,
    policy,
    rows,
    rule,
)


def costlier():
    """400 events in 4 000 rows; the candidate raises 300 false alarms fewer and misses 60 events more."""
    labels = np.repeat([1.0, 0.0], [400, 3600])
    champion, candidate = labels.copy(), labels.copy()
    champion[:40], candidate[:100] = 0, 0
    champion[400:900], candidate[400:600] = 1, 1
    return rows(labels, champion, candidate)


def test_a_model_that_is_right_more_often_and_costs_more_is_blocked():
    rules = policy(
        ("accuracy", "expected_cost"),
        (rule("expected_cost", "max_regression", 0.4), rule("accuracy", "improve")),
    )

    held, ruling = judged([costlier()], rules)

    assert [gate.status for gate in held.gates] == ["broken", "held"]
    assert ruling.outcome == "blocked"
    accuracy = found(measured([costlier()], rules), "accuracy")
    assert accuracy.word == "better"


MATRIX = (
    ("bug", "feature", 3.0),
    ("bug", "question", 1.0),
    ("feature", "bug", 0.5),
    ("question", "question", -2.0),
)


def of_classes(seed, size, **more):
    labels, a, b = classified(seed, size)
    rules = policy(("expected_cost", "accuracy"), classes=CLASSES, cost=Cost(matrix=MATRIX), **more)
    return labels, a, b, rules


@pytest.mark.parametrize("weighted", [False, True])
def test_the_cost_of_several_classes_is_the_mean_of_the_prices(weighted):
    labels, a, b, rules = of_classes(5, 900, weight="w" if weighted else None)
    weights = np.random.default_rng(6).integers(1, 5, 900).astype(float) if weighted else None

    m = found(measured([class_rows(labels, a, b, weights)], rules), "expected_cost")

    prices = {(CLASSES.index(true), CLASSES.index(said)): price for true, said, price in MATRIX}
    costs = [
        [
            prices.get((int(true), int(said)), 0.0)
            for true, said in zip(labels, side.argmax(axis=1), strict=True)
        ]
        for side in (a, b)
    ]
    means = [np.average(cost, weights=weights) for cost in costs]
    assert (m.champion, m.candidate) == pytest.approx(means, abs=1e-12)
    assert m.improvement == pytest.approx(means[0] - means[1], abs=1e-12)
    # about the plain interval of a mean of paired differences
    influence = (np.subtract(*costs) - m.improvement) * (1 if weights is None else weights / weights.mean())
    error = np.sqrt((influence**2).mean() / 900)
    assert (m.high - m.low) / 2 == pytest.approx(1.96 * error, rel=0.1)
    assert m.low < m.improvement < m.high


def test_two_classes_among_three_cost_what_two_classes_cost():
    rng = np.random.default_rng(3)
    labels, champion, candidate = (rng.random(3000) < share for share in (0.3, 0.35, 0.4))
    binary = rows(labels, champion, candidate)
    two = found(measured([binary], policy(("expected_cost",))), "expected_cost")
    matrix = (("feature", "bug", 500.0), ("bug", "feature", 20.0))
    rules = policy(("expected_cost",), classes=CLASSES, cost=Cost(matrix=matrix))
    three = found(measured([binary], rules), "expected_cost")

    assert (three.champion, three.candidate) == pytest.approx((two.champion, two.candidate), rel=1e-12)
    assert (three.low, three.high) == pytest.approx((two.low, two.high), abs=0.002 * (two.high - two.low))
    assert three.events == two.events


@pytest.mark.parametrize("times", [0.01, 7.0])
def test_dearer_decisions_scale_the_improvement_and_its_interval(times):
    labels, a, b, rules = of_classes(8, 600)
    whole = [class_rows(labels, a, b)]
    scaled = policy(
        ("expected_cost",),
        classes=CLASSES,
        cost=Cost(matrix=tuple((true, said, times * price) for true, said, price in MATRIX)),
    )

    one, other = (found(measured(whole, given), "expected_cost") for given in (rules, scaled))

    assert [other.improvement, other.low, other.high] == pytest.approx(
        [times * bound for bound in (one.improvement, one.low, one.high)], rel=1e-9
    )


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("times", [0.01, 131.0])
def test_another_currency_moves_no_interval_of_two_classes(times, weighted):
    whole = replace(costlier(), weights=np.resize([0.5, 2.0, 1.0], 4000) if weighted else None)
    weight = "w" if weighted else None

    one, other = (
        found(
            measured(
                [whole],
                policy(
                    ("expected_cost",),
                    cost=Cost(false_negative=500 * unit, false_positive=20 * unit),
                    weight=weight,
                ),
            ),
            "expected_cost",
        )
        for unit in (1.0, times)
    )

    assert [other.improvement, other.low, other.high] == pytest.approx(
        [times * bound for bound in (one.improvement, one.low, one.high)], rel=1e-9
    )


def test_a_priced_class_without_enough_rows_leaves_the_cost_undecided():
    labels = np.repeat([0.0, 1.0, 2.0], [500, 500, 12])
    said = labels.copy()
    said[:40] = 1
    rules = policy(
        ("expected_cost",),
        (rule("expected_cost", "max_regression", 0.1),),
        classes=CLASSES,
        cost=Cost(matrix=(("question", "bug", 1000.0), ("bug", "feature", 1.0))),
    )

    held, _ = judged([rows(labels, labels, said)], rules)

    assert held.gates[0].status == "undecided"
    assert "12" in held.gates[0].reason
    assert "rarest" in held.gates[0].reason


@pytest.mark.parametrize("weighted", [False, True])
def test_the_cost_of_numbers_is_by_units_too_much_and_too_little(weighted):
    rng = np.random.default_rng(2)
    labels = rng.normal(50, 9, 700)
    a, b = (labels + rng.normal(shift, 4, 700) for shift in (1, -1))
    weights = rng.integers(1, 5, 700).astype(float) if weighted else None
    rules = policy(
        ("expected_cost", "mae"),
        task="regression",
        cost=Cost(over=2, under=5),
        weight="w" if weighted else None,
    )

    m = found(measured([rows_of_numbers(labels, a, b, weights)], rules), "expected_cost")

    means = [
        np.average(2 * np.maximum(side - labels, 0) + 5 * np.maximum(labels - side, 0), weights=weights)
        for side in (a, b)
    ]
    assert (m.champion, m.candidate) == pytest.approx(means, abs=1e-12)
    assert m.improvement == pytest.approx(means[0] - means[1], abs=1e-12)
    assert m.high < 0


def rows_of_numbers(labels, a, b, weights):
    return replace(rows(labels, a, b), weights=weights)


def test_equal_prices_of_too_much_and_too_little_are_the_mean_absolute_error():
    rng = np.random.default_rng(4)
    labels = rng.normal(0, 3, 300)
    whole = rows(labels, labels + rng.normal(0, 1, 300), labels + rng.normal(0, 2, 300))
    rules = policy(("expected_cost", "mae"), task="regression", cost=Cost(over=1, under=1))

    comparison = measured(parts_of(whole, [100, 101]), rules)

    cost, mae = (found(comparison, name) for name in rules.metrics)
    assert (cost.champion, cost.candidate, cost.low, cost.high) == (
        mae.champion,
        mae.candidate,
        mae.low,
        mae.high,
    )

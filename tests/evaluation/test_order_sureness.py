"""How sure we are of metrics that no closed form covers: they cover, by group as well, and few rows are no certainty."""

from dataclasses import replace

import numpy as np
import pytest

from ci_mlops import plugins
from ci_mlops.evaluation.influence import spread
from ci_mlops.evaluation.metrics.order import average_precision, ks, lift_at, precision_at, recall_at
from ci_mlops.evaluation.ordered import ordered
from tests.evaluation.builders import class_rows, classified, found, measured, policy, rows, scored

ORDER = ("average_precision", "ks", "lift at 0.2", "precision at 0.2", "recall at 0.2", "ece")
NUMBERS = ("coverage at 0.9", "explained_variance", "median_absolute_error", "pinball at 0.9", "rmsle")


def binary(rng, size, noise=(0.8, 0.7)):
    labels = (rng.random(size) < 0.4).astype(float)
    signal = 1.5 * labels + rng.normal(size=size)
    a, b = (1 / (1 + np.exp(0.8 - signal - n * rng.normal(size=size))) for n in noise)
    return rows(labels, (a > 0.5, a), (b > 0.5, b))


def numbers(rng, size):
    labels = rng.gamma(3.0, 5.0, size)
    a, b = (labels + 5 * n + n * rng.normal(size=size) * (1 + 0.2 * labels) for n in (1, 0.8))
    return rows(labels, np.maximum(a, 0), np.maximum(b, 0))


def queried(rng, size):
    labels = rng.integers(0, 4, size).astype(float)
    hard = rng.gamma(2.0, 1.0, size // 8 + 1)[np.arange(size) // 8]
    a, b = (labels + n * hard * rng.normal(size=size) for n in (1, 0.8))
    return replace(rows(labels, a, b), entities=np.arange(size) // 8)


def grouped(rng, size, groups=60):
    """Entities that lean to one class, and are easy or hard for one of the models."""
    bucket = rng.integers(0, groups, size)
    labels = np.where(rng.random(size) < 0.8, (rng.random(groups) < 0.4)[bucket], rng.random(size) < 0.4)
    signal = 1.5 * labels + rng.normal(size=size)
    a, b = (1 / (1 + np.exp(0.8 - signal - rng.normal(size=groups)[bucket])) for _ in range(2))
    return replace(rows(labels, (a > 0.5, a), (b > 0.5, b)), groups=bucket)


@pytest.mark.parametrize(
    ("draw", "names", "size", "task"),
    [
        (binary, ORDER, 250, "classification"),
        (numbers, NUMBERS, 200, "regression"),
        (queried, ("ndcg", "ndcg at 3"), 400, "regression"),
    ],
)
def test_the_truth_is_covered_and_not_by_intervals_that_hold_everything(draw, names, size, task):
    rules = policy(names, task=task, group="group")
    truth = {m.metric: m for m in measured([draw(np.random.default_rng(99), 200_000)], rules).measurements}
    held = {name: [] for name in names}
    for seed in range(200):
        for m in measured([draw(np.random.default_rng(seed), size)], rules).measurements:
            held[m.metric].append(m.low <= truth[m.metric].improvement <= m.high)

    for name, hits in held.items():
        assert np.mean(hits) >= 0.915, name
        # an error of chance is folded in a distance, and its interval says so by being the wider
        folded = name in ("ece", "coverage at 0.9")
        assert np.mean(hits) <= (1 if folded else 0.99), name
        assert truth[name].low < truth[name].improvement < truth[name].high


def test_rows_of_one_group_are_drawn_together():
    names = ("average_precision", "ks", "roc_auc")
    held = {(name, known): [] for name in names for known in (True, False)}
    for seed in range(100):
        whole = grouped(np.random.default_rng(seed), 600)
        for known in (True, False):
            part = whole if known else replace(whole, groups=None)
            for m in measured([part], policy(names)).measurements:
                # both models are of one kind, so that neither is the better one
                held[m.metric, known].append(m.low <= 0 <= m.high)

    for name in names:
        assert np.mean(held[name, True]) >= 0.9, name
        assert np.mean(held[name, False]) <= 0.85, name
    assert "by group" in found(measured([whole], policy(names)), "roc_auc").method


@pytest.mark.parametrize("name", ["ks", "lift at 0.2", "precision at 0.2", "recall at 0.2"])
def test_a_row_that_its_group_holds_four_times_tells_no_more_than_once(name):
    whole = replace(binary(np.random.default_rng(1), 300), groups=np.arange(300))
    repeated = taken(whole, np.repeat(np.arange(300), 4))
    once, often = (found(measured([part], policy((name,))), name) for part in (whole, repeated))

    assert (often.low, often.high) == pytest.approx((once.low, once.high), abs=1e-9)


@pytest.mark.parametrize("name", ["ks", "recall at 0.2"])
def test_a_group_that_crosses_a_cut_is_counted_once_however_many_rows_it_has(name):
    rng = np.random.default_rng(1)
    labels = (rng.random(300) < 0.2).astype(float)
    a = 2 * labels + rng.normal(size=300)
    b = a + 0.05 * rng.normal(size=300)
    sides = [(labels, 1 / (1 + np.exp(-side))) for side in (a, b)]
    whole = replace(rows(labels, *sides), groups=np.arange(300))
    repeated = taken(whole, np.repeat(np.arange(300), 4))
    once, often = (found(measured([part], policy((name,))), name) for part in (whole, repeated))

    assert "few rows moved" in once.method
    assert often.high - often.low == pytest.approx(once.high - once.low, rel=0.1)


def test_events_of_groups_are_groups():
    whole = replace(binary(np.random.default_rng(1), 300), groups=np.arange(300) // 30)

    for m in measured([whole], policy((*ORDER, "roc_auc"))).measurements:
        assert m.events <= 10, m.metric


@pytest.mark.parametrize("name", ["average_precision", "ks", "lift at 0.2", "recall at 0.2"])
def test_scores_on_another_scale_in_the_same_order_are_the_same_and_to_calibration_they_are_not(name):
    labels, a, _ = scored(0, 200)
    comparison = measured([rows(labels, (a > 0.4, a), (a > 0.4, a**2))], policy((name, "ece")))
    order, calibration = (found(comparison, one) for one in (name, "ece"))

    assert (order.low, order.high, order.identical) == (0.0, 0.0, True)
    assert not calibration.identical
    assert calibration.low < calibration.improvement < calibration.high


@pytest.mark.parametrize("name", ["average_precision", "ks"])
def test_two_different_perfect_orders_are_not_the_same_for_sure_and_one_is_no_certainty(name):
    rng = np.random.default_rng(0)
    labels = np.array([1.0] * 30 + [0.0] * 30)
    one, other = (np.where(labels == 1, 0.5, 0.0) + rng.random(60) / 3 for _ in range(2))
    m = found(measured([rows(labels, (labels, one), (labels, other))], policy((name,))), name)

    assert m.improvement == 0
    assert m.low < -0.02
    assert m.high > 0.02
    assert m.candidate == 1
    assert m.candidate_low < 0.97


@pytest.mark.parametrize("name", ["average_precision", "ks", "recall at 0.4"])
def test_a_few_rows_that_slip_are_covered(name):
    def draw(rng, size):
        labels = (rng.random(size) < 0.3).astype(float)
        a = np.where(labels == 1, 0.5, 0.0) + rng.random(size) / 2
        b = np.where((labels == 1) & (rng.random(size) < 0.03), a / 10, a)
        return rows(labels, (labels, a), (labels, b))

    rules = policy((name,))
    truth = found(measured([draw(np.random.default_rng(7), 300_000)], rules), name).improvement
    runs = [found(measured([draw(np.random.default_rng(seed), 150)], rules), name) for seed in range(150)]
    held = [m.low <= truth <= m.high for m in runs if not m.identical]

    assert len(held) > 100
    assert np.mean(held) >= 0.935


@pytest.mark.parametrize("name", ["ks", "lift at 0.4", "precision at 0.4", "recall at 0.4"])
def test_a_few_rows_that_cross_a_cut_are_covered_though_every_score_differs(name):
    def draw(rng, size):
        labels = (rng.random(size) < 0.1).astype(float)
        a = 1.5 * labels + rng.normal(size=size)
        lost = (labels == 1) & (rng.random(size) < 0.1)
        b = np.where(lost, rng.normal(size=size) - 0.5, a) + 0.02 * rng.normal(size=size)
        return rows(labels, (labels, 1 / (1 + np.exp(-a))), (labels, 1 / (1 + np.exp(-b))))

    rules = policy((name,))
    truth = found(measured([draw(np.random.default_rng(7), 300_000)], rules), name).improvement
    runs = [found(measured([draw(np.random.default_rng(seed), 300)], rules), name) for seed in range(150)]

    assert "widened as few rows moved" in runs[0].method
    assert np.mean([m.low <= truth <= m.high for m in runs]) >= 0.935


def test_two_models_that_are_both_calibrated_are_not_told_apart_by_chance():
    held = []
    for seed in range(100):
        rng = np.random.default_rng(seed)
        a, b = rng.random(400), rng.random(400)
        labels = (rng.random(400) < (a + b) / 2).astype(float)
        # each is a calibrated view of its own: the mean of what it does not know is a half
        sides = [(side > 0.5, (side + 0.5) / 2) for side in (a, b)]
        held.append(found(measured([rows(labels, *sides)], policy(("ece",))), "ece").word == "unclear")

    assert np.mean(held) >= 0.98


@pytest.mark.parametrize(
    "formula",
    [
        average_precision.formula,
        ks.formula,
        lift_at.told(0.3).formula,
        precision_at.told(0.3).formula,
        recall_at.told(0.3).formula,
        plugins.load("metrics", "ece").formula,
    ],
)
def test_pulls_add_up_to_nothing(formula):
    labels, a, _ = scored(0, 300, ties=True)
    seen = ordered(labels == 1, a, None)
    own = seen.pulled(formula)

    assert (seen.positives * own.of_positives + seen.negatives * own.of_negatives).sum() == pytest.approx(0)


@pytest.mark.parametrize("name", ORDER)
def test_an_interval_is_free_of_the_unit_of_weights(name):
    plain = binary(np.random.default_rng(1), 300)
    drawn = np.random.default_rng(2).gamma(2.0, 1.0, 300)
    once, often = (
        found(measured([replace(plain, weights=drawn * unit)], policy((name,), weight="w")), name)
        for unit in (1, 3)
    )

    assert (often.low, often.high) == pytest.approx((once.low, once.high), abs=1e-9)


def steep(size):
    """Two scores, of which the lower one alone can be the top of the hill."""
    labels, at = np.arange(size) % 2, np.arange(size)
    return labels, np.where((labels == 1) ^ (at % 7 == 0), 0.9, 0.1)


@pytest.mark.parametrize(
    ("formula", "rows_of"),
    [
        (average_precision.formula, lambda: scored(0, 300, ties=True)[:2]),
        (ks.formula, lambda: steep(300)),
    ],
    ids=["average_precision", "ks"],
)
def test_a_pull_is_by_how_much_a_row_more_moves_the_value(formula, rows_of):
    labels, a = rows_of()
    seen, step = ordered(labels == 1, a, None), 1e-6
    own = seen.pulled(formula)
    for place in range(len(seen.values)):
        more = np.zeros_like(seen.values)
        more[place] = step
        by_positive = formula(seen.positives + more, seen.negatives, seen.values).value - own.value
        by_negative = formula(seen.positives, seen.negatives + more, seen.values).value - own.value

        assert by_positive / step == pytest.approx(own.of_positives[place], abs=1e-6)
        assert by_negative / step == pytest.approx(own.of_negatives[place], abs=1e-6)


def taken(whole, at):
    """Some of the rows, in some order."""

    def side(predictions):
        scores = None if predictions.scores is None else predictions.scores[at]
        return replace(predictions, decisions=predictions.decisions[at], scores=scores)

    more = {
        name: column[at]
        for name in ("weights", "groups", "entities")
        if (column := getattr(whole, name)) is not None
    }
    return replace(
        whole,
        labels=whole.labels[at],
        champion=side(whole.champion),
        candidate=side(whole.candidate),
        **more,
    )


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("parts", [1, 7])
def test_with_groups_neither_order_nor_partition_of_rows_moves_a_bit(weighted, parts):
    rng = np.random.default_rng(3)
    labels, a, b = classified(2, 400)
    several = ("top_accuracy at 2", "roc_auc_ovr")
    cases = [
        (binary(rng, 400), (*ORDER, "roc_auc"), "classification", ()),
        (numbers(rng, 400), NUMBERS[:3], "regression", ()),
        (class_rows(labels, a, b), several, "classification", ("0", "1", "2")),
        (queried(rng, 400), () if weighted else ("ndcg",), "regression", ()),
    ]
    weights = rng.gamma(2.0, 1.0, 400) if weighted else None
    for plain, names, task, classes in cases:
        whole = replace(plain, groups=rng.integers(0, 50, 400), weights=weights)
        rules = policy(names, task=task, classes=classes, group="g", weight="w" if weighted else None)
        mixed = [taken(whole, at) for at in np.array_split(rng.permutation(400), parts)]

        assert measured(mixed, rules).measurements == measured([whole], rules).measurements


def test_few_pulls_that_do_most_of_the_pulling_have_few_degrees_of_freedom():
    rng = np.random.default_rng(0)
    even, heavy = rng.normal(size=1000), rng.normal(size=1000)
    heavy[:5] *= 100

    assert spread(even - even.mean(), None, 0.95).freedom > 800
    assert spread(heavy - heavy.mean(), None, 0.95).freedom < 15

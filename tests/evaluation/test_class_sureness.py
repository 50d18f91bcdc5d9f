"""Several classes, and rows of unequal weight: how sure the court is, and that names and order move nothing."""

import time
from dataclasses import replace

import numpy as np
import pytest

from ci_mlops.errors import BadConfig, BadData
from tests.evaluation.builders import (
    CLASSES,
    OF_CLASSES,
    OF_ONE,
    REGRESSION,
    class_rows,
    classified,
    found,
    judged,
    measured,
    parts_of,
    policy,
    rows,
    rule,
    scored,
)

SEVERAL = policy((*OF_CLASSES, *(f"{name} of bug" for name in OF_ONE)), classes=CLASSES)
SURE = ("accuracy", "balanced_accuracy", "f1_macro", "precision_macro", "log_loss", "roc_auc_ovr")


@pytest.mark.parametrize("cuts", [[1], [250], [3, 4, 5, 499], list(range(10, 500, 10))])
@pytest.mark.parametrize("weighted", [False, True])
def test_several_classes_are_the_same_for_any_partitioning(cuts, weighted):
    labels, a, b = classified(0, 500)
    weights = np.random.default_rng(1).gamma(1, 1, 500) if weighted else None
    whole = class_rows(labels, a, b, weights, region=np.arange(500) % 3)
    rules = replace(SEVERAL, weight="w") if weighted else SEVERAL

    assert measured(parts_of(whole, cuts), rules) == measured([whole], rules)
    assert measured(reversed(parts_of(whole, cuts)), rules) == measured([whole], rules)


@pytest.mark.parametrize("cuts", [[1], list(range(7, 500, 7))])
def test_weighted_rows_of_two_classes_and_numbers_are_the_same_for_any_partitioning(cuts):
    labels, a, b = scored(0, 500)
    weights = np.random.default_rng(1).gamma(1, 1, 500)
    binary = replace(rows(labels, (a > 0.4, a), (b > 0.4, b)), weights=weights)
    numbers = replace(rows(labels + a, a, b), weights=weights)
    of_two, of_numbers = policy(weight="w"), policy(REGRESSION, task="regression", weight="w")

    assert measured(parts_of(binary, cuts), of_two) == measured([binary], of_two)
    assert measured(parts_of(numbers, cuts), of_numbers) == measured([numbers], of_numbers)


@pytest.mark.parametrize("weighted", [False, True])
def test_the_order_that_classes_are_listed_in_moves_nothing(weighted):
    labels, a, b = classified(2, 400)
    weights = np.random.default_rng(1).gamma(1, 1, 400) if weighted else None
    order = np.array([2, 0, 1])
    listed = tuple(CLASSES[place] for place in order)
    rules = replace(SEVERAL, weight="w") if weighted else SEVERAL
    one = measured([class_rows(labels, a, b, weights)], rules)
    turned = class_rows(np.argsort(order)[labels], a[:, order], b[:, order], weights)
    other = measured([turned], replace(rules, classes=listed))

    for m in one.measurements:
        same = found(other, m.metric)
        assert (same.candidate, same.low, same.high, same.events) == pytest.approx(
            (m.candidate, m.low, m.high, m.events), abs=1e-12
        )


@pytest.mark.parametrize("weighted", [False, True])
def test_intervals_of_several_classes_cover(weighted):
    size, runs = 200_000, 150
    labels, a, b = classified(1, size, shares=[0.5, 0.35, 0.15])
    rng = np.random.default_rng(2)
    b = np.where((rng.random(size) < 0.6)[:, None], a, b)
    weights = np.where(labels == 2, 3.0, 1.0) * rng.gamma(2, 1, size) if weighted else None
    rules = policy(SURE, classes=CLASSES, weight="w" if weighted else None)

    def court(at):
        return measured(
            [class_rows(labels[at], a[at], b[at], None if weights is None else weights[at])], rules
        )

    truth = court(slice(None))
    samples = [court(rng.choice(size, 600, replace=False)) for _ in range(runs)]
    for name in SURE:
        real = found(truth, name).improvement
        held = [found(sample, name).low <= real <= found(sample, name).high for sample in samples]
        # three standard errors of 150 runs below 95 %
        assert sum(held) / runs >= 0.897, name


@pytest.mark.parametrize("unit", [1e-9, 3.0, 1e30])
def test_the_unit_that_weights_are_in_and_rows_of_no_weight_move_nothing(unit):
    labels, a, b = classified(0, 500)
    weights = np.random.default_rng(1).gamma(1, 1, 500)
    weights[:60] = 0
    rules = replace(SEVERAL, weight="w")
    one = measured([class_rows(labels, a, b, weights)], rules)
    other = measured([class_rows(labels[60:], a[60:], b[60:], weights[60:] * unit)], rules)

    for m in one.measurements:
        same = found(other, m.metric)
        assert (same.candidate, same.low, same.high, same.events) == pytest.approx(
            (m.candidate, m.low, m.high, m.events), abs=1e-9
        )


def test_weights_that_say_no_row_was_lost_are_not_certainty():
    labels = np.array([0.0] * 100 + [1.0] * 100)
    champion, candidate = labels.copy(), labels.copy()
    candidate[150] = 0.0
    weights = np.where(np.arange(200) == 150, 1e-9, 1.0)
    whole = replace(rows(labels, champion, candidate), weights=weights)
    held, _ = judged([whole], policy(("recall",), [rule("recall", "improve")], weight="w"))

    assert held.gates[0].status == "undecided"
    assert held.gates[0].low < -0.03 < 0.03 < held.gates[0].high


def test_two_rows_that_outweigh_all_others_are_too_few():
    labels, a, b = classified(3, 400)
    weights = np.ones(400)
    weights[:2] = 1e6
    whole = class_rows(labels, a, b, weights)
    held, ruling = judged(
        [whole], policy(("accuracy",), [rule("accuracy", "improve")], classes=CLASSES, weight="w")
    )

    assert held.gates[0].reason == "too few rows to judge accuracy: 2, at least 20 are needed"
    assert ruling.exit_code == 10


def test_a_rare_class_is_what_a_macro_metric_counts():
    labels, a, b = classified(3, 400, shares=[0.6, 0.38, 0.02])
    held, _ = judged(
        [class_rows(labels, a, b)], policy(("f1_macro",), [rule("f1_macro", "improve")], classes=CLASSES)
    )

    assert held.gates[0].reason.startswith("too few rows of the rarest class to judge f1_macro: ")


def test_a_candidate_that_never_calls_a_class_loses_it_whatever_the_metric_says_of_nothing():
    labels, a, _ = classified(3, 900)
    silent = a.copy()
    silent[:, 2] = 0
    gates = [
        rule(name, "max_regression", 0.02) for name in ("precision_macro", "f1_macro", "recall of question")
    ]
    gates.append(rule("precision of question", "max_regression", 0.02))
    held, ruling = judged([class_rows(labels, a, silent)], policy((), gates, classes=CLASSES))

    assert [gate.status for gate in held.gates] == ["undecided", "broken", "broken", "undecided"]
    assert all(gate.blocks for gate in held.gates)
    assert ruling.exit_code == 1


def test_scores_of_a_row_that_do_not_add_up_to_one_do_not_get_past_a_gate_on_probabilities():
    labels, a, b = classified(0, 400)
    b[3] *= 1.01
    held, ruling = judged(
        [class_rows(labels, a, b)],
        policy((), [rule("log_loss", "max_regression", 5.0)], classes=CLASSES),
    )

    assert (held.gates[0].status, ruling.exit_code) == ("undecided", 10)
    assert "those of a row do not add up to 1" in held.gates[0].reason


def test_a_class_without_a_row_leaves_a_macro_metric_undefined_and_says_which():
    labels, a, b = classified(0, 400)
    kept = labels != 2
    comparison = measured([class_rows(labels[kept], a[kept], b[kept])], SEVERAL)

    assert found(comparison, "f1_macro").reason == "f1_macro is undefined: no row is of the class question"
    assert found(comparison, "accuracy").candidate is not None


def test_hundreds_of_classes_are_measured_in_seconds():
    classes = tuple(f"c{number}" for number in range(300))
    labels, a, b = classified(0, 30_000, classes=300)
    rules = policy(
        ("accuracy", "balanced_accuracy", "f1_macro", "cohen_kappa", "log_loss", "recall of c7"),
        classes=classes,
    )
    whole = class_rows(labels, a, b, region=np.arange(30_000) % 4)
    started = time.perf_counter()
    comparison = measured([whole], rules)

    assert time.perf_counter() - started < 20
    assert found(comparison, "f1_macro").low is not None
    assert len(comparison.confusion_table.cells) <= 10_000
    assert comparison.confusion_table.left_out >= 0


def test_no_row_that_counts_is_refused():
    labels, a, b = classified(0, 100)

    with pytest.raises(BadData, match="every row has the weight 0 in the column `w`"):
        measured([class_rows(labels, a, b, np.zeros(100))], replace(SEVERAL, weight="w"))


@pytest.mark.parametrize("name", ["recall of bgu", "accuracy of bug"])
def test_a_metric_of_no_class_is_refused(name):
    labels, a, b = classified(0, 100)

    with pytest.raises(BadConfig):
        measured([class_rows(labels, a, b)], policy((name,), classes=CLASSES))


def test_moved_rows_that_happen_to_be_light_do_not_make_sure():
    """A few heavy rows decide, and in many samples none of those that the candidate gets wrong is among the moved."""
    rules = policy(("recall of question", "f1 of question"), classes=CLASSES, weight="w")

    def drawn(seed, size):
        labels, a, b = classified(seed, size, shares=[0.5, 0.3, 0.2])
        rng = np.random.default_rng(seed + 1)
        b = np.where((rng.random(size) < 0.5)[:, None], a, b)
        heavy = rng.random(size) < 0.03
        wrong = np.roll(np.eye(3), 1, axis=1)[labels] * 0.94 + 0.02
        b = np.where((heavy & (rng.random(size) < 0.3))[:, None], wrong, b)
        return measured([class_rows(labels, a, b, np.where(heavy, 30.0, 1.0))], rules)

    whole = drawn(10**6, 100_000)
    samples = [drawn(seed, 800) for seed in range(0, 240, 2)]

    for name in rules.metrics:
        shown = [m for m in (found(one, name) for one in samples) if m.events >= 20]
        held = np.mean([m.low <= found(whole, name).improvement <= m.high for m in shown])
        assert len(shown) > 50
        assert held > 0.9

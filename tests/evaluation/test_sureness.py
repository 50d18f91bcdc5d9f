"""Where a court could be fooled: models that leave a gate unmeasured, and few rows that look like certainty."""

from dataclasses import replace
from math import sqrt
from statistics import NormalDist

import numpy as np
import pytest

from ci_mlops.errors import BadData
from ci_mlops.records import Cost
from ci_mlops.records.labels import canonical_label
from tests.evaluation.builders import REGRESSION, found, judged, measured, policy, rows, rule, scored


def verdict_on(champion, candidate, gate, labels):
    held, ruling = judged([rows(labels, champion, candidate)], policy((gate.metric,), [gate]))
    return held.gates[0], ruling


@pytest.mark.parametrize("metric", ["roc_auc", "brier", "log_loss"])
def test_a_candidate_that_gives_no_scores_does_not_get_past_a_gate_on_them(metric):
    labels, a, b = scored(0, 800)
    gate, ruling = verdict_on((a > 0.4, a), b > 0.4, rule(metric, "max_regression", 0.01), labels)

    assert (gate.status, ruling.outcome, ruling.exit_code) == ("undecided", "undecided", 10)
    assert gate.reason == f"the candidate gives no scores, and {metric} needs them"


def test_one_score_outside_of_0_to_1_does_not_get_past_a_gate_on_probabilities():
    labels, a, b = scored(0, 800)
    b[3] = 1.001
    gate, ruling = verdict_on((a > 0.4, a), (b > 0.4, b), rule("brier", "max_regression", 0.01), labels)

    assert (gate.status, ruling.exit_code) == ("undecided", 10)


@pytest.mark.parametrize("metric", ["precision", "matthews_corrcoef"])
def test_a_candidate_that_calls_nothing_positive_does_not_get_past_a_gate(metric):
    labels, a, _ = scored(0, 800)
    gate, ruling = verdict_on(a > 0.4, np.zeros(800), rule(metric, "max_regression", 0.01), labels)

    assert (gate.status, ruling.exit_code) == ("undecided", 10)
    assert "of the candidate is undefined" in gate.reason


def test_rows_without_a_positive_are_too_few_rows_and_no_fault_of_the_model():
    labels = np.zeros(300)
    said = np.arange(300) % 7 == 0
    gate, ruling = verdict_on(said, ~said, rule("recall", "max_regression", 0.01), labels)

    assert (gate.status, ruling.exit_code) == ("undecided", 0)


def test_a_precision_that_no_mistake_was_seen_of_is_not_the_same_for_sure():
    labels = np.array([1.0] * 100 + [0.0] * 300)
    few = np.arange(400) < 25
    gate, _ = verdict_on(labels == 1, few, rule("precision", "improve"), labels)

    assert gate.status == "undecided"
    assert gate.low < 0 < gate.high


def covered(draw, metric, truth, runs=300, **more):
    """Of the runs in which the models differ at all: where they don't, the same is what is said."""
    seen = []
    for seed in range(runs):
        labels, champion, candidate = draw(np.random.default_rng(seed))
        m = found(measured([rows(labels, champion, candidate)], policy((metric,), **more)), metric)
        if not m.identical:
            seen.append(m.low <= truth <= m.high)
    return sum(seen) / len(seen)


def test_a_precision_near_one_is_covered():
    def draw(rng):
        labels = (rng.random(1000) < 0.5).astype(float)
        champion = labels.copy()
        called = rng.random(1000) < 0.03
        return labels, champion, np.where(called & (labels == 0), 1.0, labels)

    assert covered(draw, "precision", -(1 - 0.5 / (0.5 + 0.5 * 0.03))) >= 0.93


def test_a_cost_that_few_positives_decide_is_covered_or_not_decided():
    def draw(rng):
        labels = (rng.random(2000) < 0.04).astype(float)
        lost = rng.random(2000) < 0.05
        return labels, labels, np.where(lost, 0.0, labels)

    # 500 EUR for each of the 4 % of rows that are positive and the 5 % of these that are lost
    assert covered(draw, "expected_cost", -500 * 0.04 * 0.05) >= 0.92


def test_a_ranking_near_perfect_is_covered():
    def draw(rng):
        labels = np.array([1.0] * 40 + [0.0] * 200)
        champion = np.where(labels == 1, 2.0, 0.0) + rng.random(240)
        slipped = (labels == 1) & (rng.random(240) < 0.02)
        candidate = np.where(slipped, -1.0, champion)
        return labels, (labels, champion), (labels, candidate)

    assert covered(draw, "roc_auc", -0.02) >= 0.93


def test_two_different_perfect_rankings_are_not_the_same_for_sure():
    rng = np.random.default_rng(0)
    labels = np.array([1.0] * 20 + [0.0] * 20)
    one, other = (np.where(labels == 1, 2.0, 0.0) + rng.random(40) for _ in range(2))
    area = found(measured([rows(labels, (labels, one), (labels, other))], policy(("roc_auc",))), "roc_auc")

    assert area.improvement == 0
    assert area.low < 0 < area.high


def test_scores_on_another_scale_in_the_same_order_are_the_same_to_a_metric_of_order():
    labels, a, _ = scored(0, 200)
    logits = np.log(a / (1 - a))
    area = found(measured([rows(labels, (a > 0.4, a), (a > 0.4, logits))], policy(("roc_auc",))), "roc_auc")

    assert (area.low, area.high, area.identical) == (0.0, 0.0, True)


def test_an_r2_of_values_far_from_zero_is_given_without_an_interval_that_would_lie():
    rng = np.random.default_rng(0)
    labels = 1e7 + rng.normal(size=500)
    r2 = found(
        measured(
            [rows(labels, labels + rng.normal(size=500), labels + 0.9 * rng.normal(size=500))],
            policy(("r2",), task="regression"),
        ),
        "r2",
    )

    assert r2.candidate is not None
    assert r2.low is None
    assert "subtract a constant" in r2.reason


def test_two_rules_on_one_line_are_two_rules():
    labels = np.array([1.0] * 100 + [0.0] * 100)
    part = np.where(np.arange(200) % 40 == 0, "tiny", "rest")
    gates = [
        rule("recall", "min", 0.6, slice="part=rest", where="ci-mlops.yml:9", undecided="warn"),
        rule("recall", "min", 0.6, slice="part=tiny", where="ci-mlops.yml:9", undecided="block"),
    ]
    _, ruling = judged([rows(labels, labels, labels, part=part)], policy(("recall",), gates))

    assert (ruling.outcome, ruling.exit_code) == ("undecided", 10)


def test_one_row_is_no_evidence():
    for metric in REGRESSION:
        comparison = measured([rows([1.0], [2.0], [3.0])], policy((metric,), task="regression"))

        assert found(comparison, metric).low is None


def test_values_that_overflow_are_refused_in_words():
    labels = np.array([1e200, 2e200, 0.0])

    with pytest.raises(BadData, match="so large that their squares overflow"):
        measured([rows(labels, labels * 2, labels)], policy(REGRESSION, task="regression"))


def test_values_that_vanish_are_measured_or_said_to_be_out_of_reach():
    comparison = measured(
        [rows([1e-160, 0.0], [2e-160, 3e-160], [4e-160, 3e-160])], policy(REGRESSION, task="regression")
    )

    assert {m.metric for m in comparison.measurements} == set(REGRESSION)


def test_slices_of_one_name_are_refused():
    labels, a, b = scored(0, 100)
    columns = {"a": np.full(100, "b=c"), "a=b": np.full(100, "c")}

    with pytest.raises(BadData, match="two slices are called a=b=c"):
        measured([rows(labels, a > 0.4, b > 0.4, **columns)], policy(("accuracy",)))


def test_labels_beyond_the_floats_stay_apart():
    assert canonical_label(9007199254740993) != canonical_label(9007199254740992)
    assert canonical_label("+7") == canonical_label("7.0") == "7"


def test_the_candidates_own_cost_is_covered_where_rare_misses_decide_it():
    """20 positives of which nine in ten are found, 1500 times; a plain interval covers 0.88 of the cost."""
    rng = np.random.default_rng(0)
    labels = np.arange(400) < 20
    cost = Cost(unit="EUR", false_negative=500.0, false_positive=2.0)
    rules = policy(("expected_cost", "balanced_accuracy"), cost=cost)
    true = {"expected_cost": 0.05 * 0.1 * 500 + 0.95 * 0.01 * 2, "balanced_accuracy": (0.9 + 0.99) / 2}
    inside = dict.fromkeys(true, 0)
    for _ in range(1500):
        candidate = rng.random(400) < np.where(labels, 0.9, 0.01)
        for one in measured([rows(labels, None, candidate)], rules).measurements:
            inside[one.metric] += one.candidate_low <= true[one.metric] <= one.candidate_high

    assert min(inside.values()) >= 0.93 * 1500, inside


@pytest.mark.parametrize("metric", ["balanced_accuracy", "cohen_kappa", "f1", "matthews_corrcoef", "roc_auc"])
@pytest.mark.parametrize("grouped", [False, True])
def test_a_model_without_a_mistake_on_few_rows_is_not_one_for_sure(metric, grouped):
    labels = np.arange(40) % 2
    whole = rows(labels, None, (labels, labels * 0.8 + 0.1))
    if grouped:
        whole = replace(whole, groups=np.arange(40))
    one = found(measured([whole], policy((metric,), group="patient" if grouped else None)), metric)

    assert one.candidate == 1
    assert one.candidate_low < 0.95


@pytest.mark.parametrize(
    ("positives", "negatives", "apart"), [(20, 380, 2.66), (20, 20, 2.66), (20, 380, 3.29)]
)
def test_the_candidates_own_area_is_covered_where_few_rows_are_misplaced(positives, negatives, apart):
    """Scores of two normals; DeLong's logit interval alone covers 0.87, 0.90 and 0.86 of these."""
    rng = np.random.default_rng(1)
    area = NormalDist().cdf(apart / sqrt(2))
    labels = np.arange(positives + negatives) < positives
    inside = 0
    for _ in range(500):
        scores = rng.normal(np.where(labels, apart, 0), 1)
        one = found(measured([rows(labels, None, (scores > 1, scores))], policy(("roc_auc",))), "roc_auc")
        inside += one.candidate_low <= area <= one.candidate_high

    assert inside >= 0.91 * 500

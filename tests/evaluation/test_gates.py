"""Rules hold, break, are undecided or are skipped, each with its reason."""

from dataclasses import replace

import numpy as np
import pytest

from ci_mlops.evaluation.rows import SliceColumn
from ci_mlops.records import Limit
from tests.evaluation.builders import REGRESSION, found, judged, measured, policy, rows, rule, scored

LABELS = np.array([1.0] * 100 + [0.0] * 300)


def with_recall(hits):
    """A model that finds the first `hits` of 100 positives, and calls 30 of 300 negatives positive."""
    return (np.arange(400) < hits) | ((np.arange(400) >= 100) & (np.arange(400) < 130))


def one(rules, champion, candidate, labels=LABELS, **slices):
    held, ruling = judged([rows(labels, champion, candidate, **slices)], policy(("recall",), rules))
    return held.gates[0], ruling


def test_a_rule_holds_where_the_whole_interval_is_inside_the_margin():
    gate, ruling = one([rule("recall", "max_regression", 0.15)], with_recall(80), with_recall(79))

    assert (gate.status, ruling.outcome, ruling.exit_code) == ("held", "passed", 0)
    assert ruling.reason == "The rule holds."


def test_a_rule_breaks_where_the_whole_interval_is_beyond_the_margin():
    gate, ruling = one([rule("recall", "max_regression", 0.02)], with_recall(80), with_recall(60))

    assert (gate.status, ruling.outcome, ruling.exit_code) == ("broken", "blocked", 1)
    assert "recall is worse by 0.2" in ruling.reason


def test_a_regression_that_the_rows_can_not_tell_warns_by_default():
    gate, ruling = one([rule("recall", "max_regression", 0.02)], with_recall(80), with_recall(78))

    assert (gate.status, ruling.outcome, ruling.exit_code) == ("undecided", "undecided", 0)
    assert "can't tell" in gate.reason


def test_a_regression_that_the_rows_can_not_tell_blocks_where_the_policy_says_so():
    strict = rule("recall", "max_regression", 0.02, undecided="block")
    gate, ruling = one([strict], with_recall(80), with_recall(78))

    assert (gate.status, ruling.outcome, ruling.exit_code) == ("undecided", "undecided", 10)


@pytest.mark.parametrize(
    ("hits", "status", "code"),
    [(95, "held", 0), (81, "undecided", 10), (60, "broken", 1), (80, "skipped", 0)],
)
def test_must_improve_is_shown_or_not(hits, status, code):
    gate, ruling = one([rule("recall", "improve")], with_recall(80), with_recall(hits))

    assert (gate.status, ruling.exit_code) == (status, code)


@pytest.mark.parametrize(
    ("limit", "status", "code"), [(0.70, "held", 0), (0.79, "undecided", 10), (0.90, "broken", 1)]
)
def test_a_confident_limit_looks_at_the_interval(limit, status, code):
    sure = replace(rule("recall", "min"), limit=Limit(kind="min", value=limit, confident=True))
    gate, ruling = one([sure], with_recall(80), with_recall(80))

    assert (gate.status, ruling.exit_code) == (status, code)
    assert "beyond chance is asked for" in gate.reason


def test_a_confident_upper_limit_looks_at_the_upper_end():
    sure = replace(rule("expected_cost", "max"), limit=Limit(kind="max", value=30.0, confident=True))
    gate, _ = one([sure], with_recall(80), with_recall(80))

    assert gate.candidate < 30
    assert gate.status == "undecided"


def test_identical_predictions_hold_every_margin_even_zero_and_even_on_few_rows():
    model = with_recall(80)[:30]
    gates = [rule("recall", "max_regression", 0.0), rule("accuracy", "max_regression", 0.0)]
    held, ruling = judged([rows(LABELS[:30], model, model)], policy(("recall",), gates))

    assert [gate.status for gate in held.gates] == ["held", "held"]
    assert (held.gates[0].low, held.gates[0].high) == (0.0, 0.0)
    assert ruling.outcome == "passed"


def test_too_few_positives_are_undecided_and_counted():
    labels = np.array([1.0] * 12 + [0.0] * 300)
    gate, ruling = one(
        [rule("recall", "min", 0.5)], np.ones(312), np.ones(312) * (np.arange(312) % 2), labels
    )

    assert gate.status == "undecided"
    assert gate.reason == "too few positives to judge recall: 12, at least 20 are needed"
    assert ruling.exit_code == 10


@pytest.mark.parametrize(("limit", "status"), [(0.79, "held"), (0.80, "held"), (0.81, "broken")])
def test_an_absolute_limit_on_all_rows_is_decided_by_the_value(limit, status):
    gate, _ = one([rule("recall", "min", limit)], with_recall(80), with_recall(80))

    assert gate.status == status


def test_the_first_model_is_judged_by_absolute_rules_and_comparisons_are_skipped():
    gates = [rule("recall", "min", 0.7), rule("recall", "max_regression", 0.02)]
    held, ruling = judged([rows(LABELS, None, with_recall(80))], policy(("recall",), gates))

    assert [gate.status for gate in held.gates] == ["held", "skipped"]
    assert ruling.reason == "1 of 2 rules hold; 1 skipped, because there is no champion to compare with."
    assert ruling.exit_code == 0


def test_without_a_gate_nothing_is_decided():
    _, ruling = judged([rows(LABELS, with_recall(80), with_recall(70))], policy(("recall",)))

    assert (ruling.outcome, ruling.exit_code) == ("not_applicable", 0)


def test_a_rule_that_only_warns_never_blocks():
    gate, ruling = one(
        [rule("recall", "max_regression", 0.02, severity="warn")], with_recall(80), with_recall(60)
    )

    assert (gate.status, ruling.outcome) == ("broken", "passed")
    assert "only warns" in ruling.reason


def test_a_metric_that_can_not_be_had_does_not_pass():
    gate, ruling = one([rule("roc_auc", "min", 0.5)], with_recall(80), with_recall(80))

    assert (gate.status, ruling.exit_code) == ("undecided", 10)
    assert gate.reason == "the candidate gives no scores, and roc_auc needs them"


def test_scores_outside_of_0_to_1_are_no_probabilities_but_rank_rows():
    labels, a, b = scored(0, 300)
    comparison = measured([rows(labels, (a > 0.4, a), (b > 0.4, 10 * b - 5))], policy(("roc_auc", "brier")))

    assert found(comparison, "roc_auc").candidate is not None
    assert found(comparison, "brier").candidate is None
    assert "no probabilities" in found(comparison, "brier").reason


def test_a_slice_is_broken_only_where_its_interval_lies_wholly_beyond_the_limit():
    region = np.where(np.arange(400) % 4 == 0, "small", "large")
    gates = [rule("recall", "min", 0.85, slice="*")]
    held, _ = judged(
        [rows(LABELS, with_recall(80), with_recall(80), region=region)], policy(("recall",), gates)
    )
    by_slice = {gate.slice: gate.status for gate in held.gates}

    assert by_slice == {"region=large": "undecided", "region=small": "undecided"}

    held, ruling = judged(
        [rows(LABELS, with_recall(80), with_recall(40), region=region)], policy(("recall",), gates)
    )
    assert {gate.slice: gate.status for gate in held.gates} == {
        "region=large": "broken",
        "region=small": "broken",
    }
    assert ruling.exit_code == 1


def test_a_slice_that_is_not_in_the_data_is_undecided_and_named():
    region = np.where(np.arange(400) % 4 == 0, "small", "large")
    gate, _ = one(
        [rule("recall", "min", 0.5, slice="region=north", undecided="block")],
        with_recall(80),
        with_recall(80),
        region=region,
    )

    assert (gate.status, gate.slice) == ("undecided", "region=north")
    assert gate.reason == "no row of the test data is in slice region=north"


def test_slices_share_one_error_of_five_percent():
    # two models of the same quality, 40 slices: uncorrected, about two would look different
    alarms = 0
    for seed in range(60):
        labels, a, b = scored(seed, 4000, noise=(0.7, 0.7))
        slices = np.arange(4000) % 40
        comparison = measured([rows(labels, a > 0.4, b > 0.4, part=slices)], policy(("accuracy",)))
        alarms += any(m.word in ("better", "worse") for m in comparison.measurements if m.slice)

    assert alarms <= 9  # 5 % of 60 is 3; ten or more would be a chance of 1 in 1000


def test_the_clearest_slice_is_held_to_the_strictest_level_and_the_next_to_a_milder_one():
    labels = np.tile([1.0, 0.0], 600)
    part = np.repeat(["a", "b", "c"], 400)
    champion = labels.copy()
    candidate = labels.copy()
    candidate[:100] = 1 - candidate[:100]
    candidate[400:402] = 1 - candidate[400:402]
    champion[402:404] = 1 - champion[402:404]
    champion[800] = 1 - champion[800]
    comparison = measured([rows(labels, champion, candidate, part=part)], policy(("accuracy",)))
    levels = {m.slice: m.level for m in comparison.measurements if m.slice}

    assert found(comparison, "accuracy", "part=a").word == "worse"
    assert levels["part=a"] == pytest.approx(1 - 0.05 / 3)
    assert levels["part=b"] == levels["part=c"] == pytest.approx(1 - 0.05 / 2)


def several_worse(worse):
    """40 slices of 100 positives; in `worse` of them the candidate loses ten, elsewhere it swaps two for two."""
    part = np.repeat(np.arange(40), 100)
    place = np.arange(4000) % 100
    lost = (part < worse) & (place < 10)
    return np.ones(4000), (place >= 2), (place < 98) & ~lost, part


def words_of(rules, worse):
    labels, champion, candidate, part = several_worse(worse)
    found_all = measured([rows(labels, champion, candidate, part=part)], policy(("recall",), rules))
    return [m for m in found_all.measurements if m.slice]


def test_slices_that_only_warn_are_held_to_their_share_of_false_findings():
    block, warn = (
        rule("recall", "max_regression", 0.02, slice="*", severity=severity) for severity in ("block", "warn")
    )
    strict, mild = words_of([block], 8), words_of([warn], 8)

    assert sum(m.word == "worse" for m in mild) == 8
    # eight of 40 slices share 8/40 of 5 %; where one blocks, the clearest alone has 1/40 of it
    assert {m.level for m in mild} == {1 - 0.05 * 8 / 40}
    assert sum(m.word == "worse" for m in strict) == 0
    assert {m.level for m in strict} == {1 - 0.05 / 40}


def test_without_a_slice_that_differs_both_corrections_are_as_strict():
    block, warn = (
        rule("recall", "max_regression", 0.02, slice="*", severity=severity) for severity in ("block", "warn")
    )

    assert (
        {m.level for m in words_of([block], 0)} == {m.level for m in words_of([warn], 0)} == {1 - 0.05 / 40}
    )


def test_what_can_be_detected_is_found_four_times_in_five():
    rules = [rule("recall", "max_regression", 0.0)]
    labels, a, b = scored(0, 3000)
    held, _ = judged([rows(labels, a > 0.4, b > 0.4)], policy(("recall",), rules))
    gate, detectable = held.gates[0], held.detectable[0]
    error = (gate.high - gate.low) / 2 / 1.959964

    assert detectable.regression == pytest.approx((1.959964 + 0.841621) * error, rel=1e-6)


def test_regression_models_are_judged_by_the_same_rules():
    rng = np.random.default_rng(0)
    labels = rng.normal(50, 10, 800)
    good, bad = labels + rng.normal(size=800), labels + 3 * rng.normal(size=800)
    gates = [rule("mae", "max_regression", 0.1), rule("rmse", "max", 2.0), rule("r2", "improve")]
    held, ruling = judged([rows(labels, good, bad)], policy(REGRESSION, gates, task="regression"))

    assert [gate.status for gate in held.gates] == ["broken", "broken", "broken"]
    assert ruling.outcome == "blocked"


def test_a_model_without_any_error_is_better_not_a_division_by_zero():
    rng = np.random.default_rng(0)
    labels = rng.normal(50, 10, 200)
    comparison = measured(
        [rows(labels, labels + rng.normal(size=200), labels)], policy(REGRESSION, task="regression")
    )

    assert {m.metric: m.word for m in comparison.measurements} == dict.fromkeys(REGRESSION, "better")


def test_a_rule_on_a_crossing_is_held_against_every_combination_and_no_other_slice():
    labels, a, b = scored(3, 4000)
    where = np.arange(4000)
    region, sex = np.array(["n", "s"])[where % 2], np.array(["f", "m"])[where // 2 % 2]
    sliced = rows(labels, a > 0.5, b > 0.5, region=region, sex=sex)
    names = [f"{r}{s}" for r in "ns" for s in "fm"]
    crossed = SliceColumn(
        codes=(where % 2) * 2 + where // 2 % 2,
        names=tuple(f"region={name[0]} & sex={name[1]}" for name in names),
    )
    sliced = replace(sliced, slices={**sliced.slices, "region & sex": crossed})
    cuts = ("region", "sex", "region & sex")
    gates = [rule("recall", "min", 0.1, slice=cut) for cut in ("region", "region & sex", "region=n & sex=f")]
    held, _ = judged([sliced], policy(("recall",), gates, slices=cuts))

    assert [(gate.number, gate.slice) for gate in held.gates] == [
        (0, "region=n"),
        (0, "region=s"),
        *((1, name) for name in crossed.names),
        (2, "region=n & sex=f"),
    ]


HALVES = ["north", "south"] * 400


def on_slices(champion, candidate, metric, labels, regions=HALVES):
    gates = [rule(metric, "max_regression", 0.02, slice="*", undecided="warn")]
    return judged([rows(labels, champion, candidate, region=regions)], policy((metric,), gates))


def test_a_candidate_without_scores_does_not_get_past_a_gate_on_slices():
    labels, a, b = scored(0, 800)
    held, ruling = on_slices((a > 0.4, a), b > 0.4, "roc_auc", labels)

    assert {gate.undecided for gate in held.gates} == {"block"}
    assert (ruling.outcome, ruling.exit_code) == ("undecided", 10)


def test_a_candidate_that_is_silent_on_a_slice_with_rows_enough_does_not_get_past_its_gate():
    labels, a, _ = scored(0, 800)
    silent = (a > 0.4) & (np.array(HALVES) == "south")
    held, ruling = on_slices(a > 0.4, silent, "precision", labels)

    assert next((gate.slice, gate.undecided) for gate in held.gates) == ("region=north", "block")
    assert (ruling.outcome, ruling.exit_code) == ("undecided", 10)


def test_a_slice_of_few_rows_that_holds_no_alarm_only_warns():
    labels, a, _ = scored(0, 800)
    tiny = ["tiny"] * 30 + ["rest"] * 770
    few = (a > 0.4) & (np.array(tiny) == "rest")
    held, ruling = on_slices(a > 0.4, few, "precision", labels, tiny)

    assert [gate.status for gate in held.gates if gate.slice == "region=tiny"] == ["undecided"]
    assert ruling.exit_code == 0


def test_a_column_that_no_rule_is_about_does_not_loosen_the_rules_of_another():
    rng = np.random.default_rng(2)
    labels = rng.integers(0, 2, 8000)
    region, zips = np.array(["n", "s"])[np.arange(8000) % 2], np.arange(8000) // 2 % 150
    champion = np.where(rng.random(8000) < 0.85, labels, 1 - labels)
    candidate = np.where(rng.random(8000) < 0.03, 1 - champion, champion)
    worse = (region == "n") & (champion == labels) & (rng.random(8000) < 0.04)
    candidate = np.where(worse, 1 - labels, candidate)
    gate = rule("recall", "max_regression", 0.03, slice="region=n")
    more = {"zip": [f"z{one}" for one in zips]}

    def held(rules, **shown):
        whole = rows(labels, champion, candidate, region=region, **shown)
        return judged([whole], policy(("recall",), rules))[0].gates[0]

    alone, beside = held([gate]), held([gate], **more)
    warned = held([gate, rule("recall", "max_regression", 0.03, slice="zip", severity="warn")], **more)

    assert alone.status == "broken"
    assert (beside.low, beside.high) == (warned.low, warned.high) == (alone.low, alone.high)

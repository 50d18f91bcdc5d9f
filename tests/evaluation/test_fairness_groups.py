"""Fairness where rows are drawn together: a patient tells once, also where his rows lie in several groups of people."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from ci_mlops.evaluation.influence import BUCKETS
from ci_mlops.evaluation.paired_rates import correlation
from ci_mlops.records.fairness_names import FAIRNESS
from tests.evaluation.builders import found, judged, measured, parts_of, policy, rows, rule

BY_WARD = [f"{name} by ward" for name in sorted(FAIRNESS)]
PARITY, ODDS = "demographic_parity_difference by ward", "equalized_odds_difference by ward"
RATIO = "equal_opportunity_ratio by ward"


def rules(metrics, **more):
    return policy(metrics, **{"slices": ("ward",), "group": "patient", **more})


def visits(seed, people=200, each=5, *, stays=0.8, wards="ab"):
    """What is true of a visit, and what both models of one recipe say, is mostly of the patient; the ward has no part in it."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(people), each)
    same = rng.random(len(who)) < 0.8

    def shared():
        return np.where(same, rng.random(people)[who], rng.random(len(who)))

    labels = (shared() < 0.4).astype(float)
    sides = [np.where(shared() < 0.8, labels, 1 - labels) for _ in range(2)]
    home, elsewhere = rng.integers(0, len(wards), people)[who], rng.integers(0, len(wards), len(who))
    ward = np.array(list(wards))[np.where(rng.random(len(who)) < stays, home, elsewhere)]
    return replace(rows(labels, *sides, ward=ward), groups=who % BUCKETS)


def repeated(whole, times):
    at = np.repeat(np.arange(len(whole)), times)
    (column,) = whole.slices.values()
    sides = (whole.labels, whole.champion.decisions, whole.candidate.decisions)
    again = rows(*(side[at] for side in sides), ward=np.array(["a", "b"])[column.codes[at]])
    return replace(again, groups=whole.groups[at])


def test_values_are_those_of_rows_drawn_alone_and_every_interval_holds_its_value():
    whole = visits(0)
    alone = measured([replace(whole, groups=None)], rules(BY_WARD, group=None))
    together = measured([whole], rules(BY_WARD))

    for name in BY_WARD:
        m = found(together, name)
        assert (m.champion, m.candidate) == (found(alone, name).champion, found(alone, name).candidate), name
        assert m.low <= m.improvement <= m.high
        assert m.candidate_low <= m.candidate <= m.candidate_high
        assert m.method.endswith("rows drawn by group")


@pytest.mark.parametrize("metric", [PARITY, ODDS, RATIO])
def test_rows_that_are_each_a_patient_have_about_the_interval_of_rows_drawn_alone(metric):
    whole = visits(1, 700, 1)
    alone = found(measured([replace(whole, groups=None)], rules([metric], group=None)), metric)
    apart = found(measured([whole], rules([metric])), metric)

    assert apart.high - apart.low == pytest.approx(alone.high - alone.low, rel=0.1)
    assert apart.candidate_high == pytest.approx(alone.candidate_high, abs=0.02)


@pytest.mark.parametrize("metric", [PARITY, ODDS, RATIO])
def test_a_patient_whose_row_stands_five_times_tells_no_more_than_once(metric):
    once = visits(2, 700, 1)
    single = found(measured([once], rules([metric])), metric)
    five = found(measured([repeated(once, 5)], rules([metric])), metric)

    assert five.improvement == pytest.approx(single.improvement, abs=1e-12)
    assert five.events == single.events
    assert five.high - five.low == pytest.approx(single.high - single.low, rel=0.02)


def test_patients_are_covered_where_rows_would_not_be():
    covered = {"patient": [], None: []}
    for seed in range(150):
        whole = visits(seed)
        for group, seen in covered.items():
            asked = rules([PARITY, "accuracy_difference by ward"], group=group)
            comparison = measured([whole if group else replace(whole, groups=None)], asked)
            seen.append([m.candidate_low == 0.0 and m.low <= 0 <= m.high for m in comparison.measurements])
    by_patient, by_row = (np.mean(covered[group], axis=0) for group in ("patient", None))

    # the share of 150 runs is known to 1.8 %
    assert by_patient.min() >= 0.935
    assert by_row.max() < 0.9


def test_patients_with_visits_in_both_groups_make_their_difference_surer():
    """Each is seen once in either ward, and both models say the same there: only who is drawn is left to chance."""
    rng = np.random.default_rng(3)
    labels, champion, candidate = (np.repeat(rng.random(300) < share, 2) for share in (0.4, 0.5, 0.5))
    whole = rows(labels, champion, candidate, ward=np.tile(["a", "b"], 300))
    both, apart = (
        found(measured([replace(whole, groups=who)], rules([PARITY])), PARITY)
        for who in (np.repeat(np.arange(300), 2), np.arange(600))
    )

    assert both.candidate == apart.candidate == 0
    assert both.candidate_high < apart.candidate_high / 3


def test_what_the_same_draws_pull_at_goes_together():
    pulls = np.array([1.0, -2.0, 1.0, 0.0])

    assert correlation(pulls, pulls) == pytest.approx(1)
    assert correlation(pulls, -3 * pulls) == pytest.approx(-1)
    assert correlation(pulls, None) == correlation(pulls, np.zeros(4)) == 0


@settings(max_examples=8, deadline=None)
@given(edges=st.lists(st.integers(0, 1000), max_size=8), turned=st.booleans())
def test_partitions_that_cut_patients_and_their_order_move_no_bit(edges, turned):
    whole = visits(4, wards="abc")
    parts = [
        replace(part, groups=groups)
        for part, groups in zip(
            parts_of(whole, edges),
            [held for held in np.split(whole.groups, sorted(edges)) if len(held)],
            strict=True,
        )
    ]
    asked = rules([PARITY, ODDS, RATIO])

    assert measured(parts[::-1] if turned else parts, asked) == measured([whole], asked)


def test_swapped_models_change_the_sign_and_nothing_else():
    whole = visits(5)
    there, back = (
        measured([one], rules(BY_WARD)).measurements
        for one in (whole, replace(whole, champion=whole.candidate, candidate=whole.champion))
    )

    for one, other in zip(there, back, strict=True):
        assert other.improvement == pytest.approx(-one.improvement, abs=1e-12)
        assert (other.low, other.high) == pytest.approx((-one.high, -one.low), abs=1e-12)


def test_the_same_decisions_are_no_change():
    whole = visits(6)
    gates = [rule(name, "max_regression", 0.0) for name in BY_WARD]
    held, _ = judged([replace(whole, candidate=whole.champion)], rules((), gates=gates))

    assert {gate.status for gate in held.gates} == {"held"}


def test_groups_of_too_few_patients_are_told_as_patients():
    whole = visits(7, 15, 40)
    held, _ = judged([whole], rules((), gates=[rule(PARITY, "max", 0.1)]))
    blocks = measured([whole], rules([PARITY], group=None, time="day", block=3600.0)).measurements[0]

    assert held.gates[0].status == "undecided"
    assert held.gates[0].reason.startswith("fewer than two groups of ward have 20 `patient` with rows; left")
    assert blocks.reason.startswith(
        "fewer than two groups of ward have 20 stretches of `day` with rows; left"
    )

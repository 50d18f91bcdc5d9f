"""Rows of one patient are one draw: counted row by row they would seem to tell more than they do."""

from dataclasses import replace

import numpy as np
import pytest

from ci_mlops.evaluation.influence import BUCKETS
from tests.evaluation.builders import REGRESSION, found, judged, measured, parts_of, policy, rows, rule

METRICS = ("accuracy", "recall", "precision", "f1", "balanced_accuracy", "expected_cost", "brier", "log_loss")
GROUPED = {"group": "patient"}


def grouped(whole, groups):
    return replace(whole, groups=np.asarray(groups) % BUCKETS)


def patients(seed, count=60, visits=5):
    """Whether a model is right depends more on the patient than on the visit."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(count), visits)
    labels = ((rng.normal(size=count)[who] + rng.normal(size=len(who))) > 0).astype(float)
    sides = []
    for _ in range(2):
        hard = rng.normal(size=count)[who] * 1.2 + rng.normal(size=len(who)) * 0.5
        score = 1 / (1 + np.exp(-((labels * 2 - 1) * 1.0 + hard)))
        sides.append(((score > 0.5).astype(float), score))
    return labels, sides, who


@pytest.mark.parametrize("metric", METRICS)
def test_every_row_a_group_of_its_own_gives_about_the_interval_of_single_rows(metric):
    labels, sides, _ = patients(0, 200)
    whole = rows(labels, *sides)
    alone = found(measured([whole], policy((metric,))), metric)
    apart = found(measured([grouped(whole, np.arange(1000))], policy((metric,), **GROUPED)), metric)

    assert apart.improvement == alone.improvement
    assert (apart.high - apart.low) / (alone.high - alone.low) == pytest.approx(1, abs=0.08)
    assert apart.method.endswith("rows drawn by group")


@pytest.mark.parametrize("metric", METRICS)
def test_a_patient_whose_row_stands_five_times_tells_no_more_than_once(metric):
    labels, sides, _ = patients(0, 300, 1)
    once = rows(labels, *sides)
    five = rows(np.repeat(labels, 5), *[tuple(np.repeat(part, 5) for part in side) for side in sides])
    rules = policy((metric,), **GROUPED)
    single = found(measured([grouped(once, np.arange(300))], rules), metric)
    repeated = found(measured([grouped(five, np.repeat(np.arange(300), 5))], rules), metric)

    assert repeated.improvement == pytest.approx(single.improvement, abs=1e-12)
    assert repeated.events == single.events
    assert (repeated.high - repeated.low) / (single.high - single.low) == pytest.approx(1, abs=0.02)


def coverage(metric, by_group):
    seen = []
    for seed in range(150):
        labels, sides, who = patients(seed)
        whole = rows(labels, *sides)
        whole = grouped(whole, who) if by_group else whole
        m = found(measured([whole], policy((metric,), **(GROUPED if by_group else {}))), metric)
        # both models come from one recipe
        seen.append(m.low <= 0 <= m.high)
    return float(np.mean(seen))


@pytest.mark.parametrize("metric", ["accuracy", "f1", "log_loss"])
def test_patients_are_covered_where_rows_would_not_be(metric):
    assert coverage(metric, by_group=True) >= 0.93
    assert coverage(metric, by_group=False) < 0.87


def test_numbers_of_one_house_are_covered():
    seen = []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        who = np.repeat(np.arange(50), 6)
        labels = rng.normal(10, 1, size=300)
        sides = [labels + rng.normal(size=50)[who] + rng.normal(size=300) * 0.3 for _ in range(2)]
        rules = policy(REGRESSION, task="regression", group="house")
        found_all = measured([grouped(rows(labels, *sides), who)], rules)
        seen.append([m.low <= 0 <= m.high for m in found_all.measurements])
    assert np.mean(seen, axis=0).min() >= 0.92


def test_events_are_patients():
    labels = np.zeros(600)
    labels[:90] = 1
    who = np.repeat(np.arange(100), 6)
    whole = grouped(rows(labels, labels, np.where(np.arange(600) % 9 == 0, 1 - labels, labels)), who)
    held, ruling = judged([whole], policy(("recall",), [rule("recall", "max_regression", 0.05)], **GROUPED))

    assert (
        held.gates[0].reason == "too few `patient` with positives to judge recall: 15, at least 20 are needed"
    )
    assert ruling.outcome == "undecided"


@pytest.mark.parametrize("cuts", [[1], [150], list(range(7, 300, 7))])
def test_groups_that_partitions_cut_are_still_one(cuts):
    labels, sides, who = patients(1)
    whole = grouped(rows(labels, *sides, region=np.arange(300) % 3), who)
    parts = [
        replace(part, groups=groups)
        for part, groups in zip(parts_of(whole, cuts), np.split(whole.groups, cuts), strict=True)
    ]
    rules = policy(METRICS, **GROUPED)

    assert measured(parts, rules) == measured([whole], rules)
    assert measured(reversed(parts), rules) == measured([whole], rules)

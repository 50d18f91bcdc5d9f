"""What every installed metric promises, ours or anybody's: one suite, over all entry points."""

import math

import numpy as np
import pytest

from ci_mlops import plugins
from ci_mlops.evaluation.compare import compare
from ci_mlops.evaluation.rows import Predictions, Rows
from ci_mlops.records import Cost, Policy

METRICS = sorted(plugins.available("metrics"))
ROWS = 400


def policy_for(metric):
    costs = (
        Cost(unit="EUR", false_negative=500, false_positive=20) if metric.task == "classification" else None
    )
    return Policy(task=metric.task, metrics=(metric.name,), cost=costs)


def truth(metric, seed=7):
    random = np.random.default_rng(seed)
    if metric.task == "regression":
        return random.uniform(1, 100, ROWS)
    return (random.random(ROWS) < 0.4).astype(float)


def said(metric, labels, skill, seed):
    """Predictions that are right as often as the skill says; 1 is perfect."""
    random = np.random.default_rng(seed)
    if metric.task == "regression":
        return Predictions(decisions=labels + (1 - skill) * random.normal(0, 10, len(labels)))
    noise = random.random(len(labels))
    scores = skill * (0.05 + 0.9 * labels) + (1 - skill) * noise
    return Predictions(decisions=(scores >= 0.5).astype(float), scores=scores)


def judged(metric, labels, candidate, champion=None, parts=1):
    places = np.array_split(np.arange(len(labels)), parts)
    partitions = [
        Rows(
            labels=labels[at], candidate=cut(candidate, at), champion=cut(champion, at) if champion else None
        )
        for at in places
    ]
    (measurement,) = compare(partitions, policy_for(metric), [metric]).measurements
    return measurement


def cut(predictions, at):
    scores = None if predictions.scores is None else predictions.scores[at]
    return Predictions(decisions=predictions.decisions[at], scores=scores)


@pytest.fixture(params=METRICS)
def metric(request):
    return plugins.load("metrics", request.param)


def test_it_is_called_what_its_entry_point_says(metric, request):
    assert metric.name == request.node.callspec.params["metric"]
    assert metric.task in ("classification", "regression")
    assert metric.need in ("decisions", "scores", "probabilities")
    assert isinstance(metric.higher_is_better, bool)


def test_a_better_model_improves_it_and_the_interval_holds_the_improvement(metric):
    labels = truth(metric)

    m = judged(metric, labels, said(metric, labels, 0.9, 1), said(metric, labels, 0.3, 2))

    assert m.improvement > 0
    assert m.low <= m.improvement <= m.high
    assert m.low < m.high
    assert (m.candidate - m.champion) * (1 if metric.higher_is_better else -1) == pytest.approx(m.improvement)
    assert m.method


def test_the_same_predictions_are_no_difference_and_no_doubt(metric):
    labels = truth(metric)
    one = said(metric, labels, 0.5, 1)

    m = judged(metric, labels, one, one)

    assert (m.improvement, m.low, m.high) == (0, 0, 0)


def test_who_is_the_champion_only_turns_the_sign(metric):
    labels = truth(metric)
    one, other = said(metric, labels, 0.6, 1), said(metric, labels, 0.4, 2)

    forth, back = judged(metric, labels, one, other), judged(metric, labels, other, one)

    assert forth.improvement == pytest.approx(-back.improvement, abs=1e-12)
    assert (forth.low, forth.high) == pytest.approx((-back.high, -back.low), abs=1e-9)


def test_neither_the_order_of_rows_nor_their_partition_moves_a_bit(metric):
    labels = truth(metric)
    one, other = said(metric, labels, 0.6, 1), said(metric, labels, 0.4, 2)
    shuffled = np.random.default_rng(3).permutation(ROWS)

    whole = judged(metric, labels, one, other)
    parted = judged(metric, labels, one, other, parts=7)
    mixed = judged(metric, labels[shuffled], cut(one, shuffled), cut(other, shuffled), parts=3)

    assert whole == parted == mixed


def test_a_first_model_is_measured_alone(metric):
    labels = truth(metric)

    m = judged(metric, labels, said(metric, labels, 0.5, 1))

    assert m.champion is None
    assert m.improvement is None
    assert m.candidate_low <= m.candidate <= m.candidate_high


def test_what_is_undefined_is_none_with_a_reason_and_never_nan(metric):
    constant = np.zeros(50) if metric.task == "classification" else np.full(50, 3.0)
    one = said(metric, constant, 0.5, 1)

    m = judged(metric, constant, one, said(metric, constant, 0.4, 2))
    numbers = (m.champion, m.candidate, m.improvement, m.low, m.high)

    assert all(number is None or math.isfinite(number) for number in numbers)
    assert m.candidate is not None or m.reason

"""Which threshold is chosen: against brute force, and against the closed formula of calibrated scores."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from ci_mlops.evaluation.threshold import Scored, choose, scored
from ci_mlops.records import Cost
from tests.evaluation.builders import rows


def scored_rows(labels, scores, cost=None, **more):
    labels, scores = np.asarray(labels, dtype=float), np.asarray(scores, dtype=float)
    return scored(
        rows(labels, None, (scores >= 0.5, scores), **more), cost or Cost(false_negative=5, false_positive=1)
    )


def calibrated():
    """Of 100 rows that score p, 100 p are events: at every p from 0.01 to 0.99."""
    percent = np.repeat(np.arange(1, 100), 100)
    return (np.tile(np.arange(100), 99) < percent).astype(float), percent / 100


@pytest.mark.parametrize(("missed", "alarm"), [(500, 20), (1, 1), (1, 9), (3, 2), (1, 70)])
def test_of_calibrated_scores_the_cheapest_threshold_is_the_closed_one(missed, alarm):
    labels, scores = calibrated()

    choice = choose(scored_rows(labels, scores, Cost(false_negative=missed, false_positive=alarm)), "cost")

    # Elkan 2001; no score lies between the two
    best = alarm / (alarm + missed)
    assert choice.threshold == pytest.approx(best, abs=0.0101)
    assert ((scores >= choice.threshold) == (scores >= best)).mean() >= 0.99


def cost_at(rows_, threshold):
    called = rows_.scores >= threshold
    return np.average(np.where(called, rows_.called, rows_.quiet), weights=rows_.weights)


def f1_at(rows_, threshold):
    called = rows_.scores >= threshold
    hit = (rows_.weights * rows_.labels * called).sum()
    return 2 * hit / max(1e-300, (rows_.weights * (called + rows_.labels)).sum())


some_rows = st.lists(
    st.tuples(st.booleans(), st.integers(0, 10), st.integers(1, 4), st.integers(0, 9)),
    min_size=1,
    max_size=30,
)


@given(some_rows, st.sampled_from(["cost", "f1"]))
@settings(max_examples=200, deadline=None)
def test_no_threshold_is_better_than_the_chosen_one(drawn, by):
    labels, scores, weights, prices = (np.array(column, dtype=float) for column in zip(*drawn, strict=True))
    given_rows = Scored(
        labels=labels, scores=scores / 10, weights=weights, called=1 - labels, quiet=labels * prices
    )

    choice = choose(given_rows, by)

    tried = [-1.0, *np.linspace(0, 1, 101), 1.01]
    if by == "cost":
        assert choice.value == pytest.approx(cost_at(given_rows, choice.threshold), abs=1e-9)
        assert choice.value <= min(cost_at(given_rows, t) for t in tried) + 1e-9
    else:
        assert choice.value == pytest.approx(f1_at(given_rows, choice.threshold), abs=1e-9)
        assert choice.value >= max(f1_at(given_rows, t) for t in tried) - 1e-9
    shuffled = np.random.default_rng(1).permutation(len(labels))
    again = Scored(
        **{
            key: getattr(given_rows, key)[shuffled]
            for key in ("labels", "scores", "weights", "called", "quiet")
        }
    )
    assert choose(again, by) == choice


def test_of_equal_thresholds_it_is_the_middle_of_the_widest_stretch():
    choice = choose(scored_rows([0, 0, 1, 1], [0.1, 0.3, 0.7, 0.9]), "cost")

    assert choice.threshold == pytest.approx(0.5)
    assert (choice.value, choice.share) == (0, 0.5)


@pytest.mark.parametrize(
    ("labels", "called"),
    [([0, 0, 0, 0], 0.0), ([1, 1, 1, 1], 1.0)],
)
def test_calling_none_or_all_can_be_the_best(labels, called):
    for scores in ([0.0, 0.2, 0.9, 1.0], [-3.0, 0.0, 2.0, 7.5]):
        choice = choose(scored_rows(labels, scores), "cost")

        assert choice.share == called
        assert (np.array(scores) >= choice.threshold).mean() == called


def test_no_more_rows_are_called_than_may_be():
    labels, scores = calibrated()
    given_rows = scored_rows(labels, scores, Cost(false_negative=500, false_positive=20))

    free, held = choose(given_rows, "cost"), choose(given_rows, "cost", most=0.2)

    assert free.share > 0.9
    assert held.share <= 0.2
    assert held.share > 0.18
    assert held.threshold > free.threshold


def test_a_constant_score_is_one_cut():
    choice = choose(scored_rows([1, 0, 0], [0.5, 0.5, 0.5], Cost(false_negative=1, false_positive=5)), "cost")

    assert choice.share == 0
    assert choice.threshold > 0.5

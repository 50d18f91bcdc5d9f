"""How sure we are of a difference of calibration errors, each of which chance lifts by an amount that nobody can tell."""

from dataclasses import replace

import numpy as np
import pytest

from tests.evaluation.builders import found, measured, policy, rows

ECE = policy(("ece",))


def sigmoid(logits):
    return 1 / (1 + np.exp(-logits))


def drawn(rng, size, said):
    """`said`: (logits of the truth, rng) -> logits of the champion and of the candidate."""
    logits = 1.5 * rng.normal(size=size)
    labels = (rng.random(size) < sigmoid(logits)).astype(float)
    a, b = (sigmoid(side) for side in said(logits, rng))
    return rows(labels, (a > 0.5, a), (b > 0.5, b))


def too_sure(logits, rng):
    return 1.6 * logits, logits


def too_high(logits, rng):
    return logits, logits + 0.3


def alike(logits, rng):
    few = rng.random(len(logits)) < 0.06
    own = 1.3 * logits + 0.5 * rng.normal(size=len(logits))
    return own, np.where(few, 1.3 * logits + 0.5 * rng.normal(size=len(logits)), own)


def found_in(whole, rules=ECE):
    return found(measured([whole], rules), "ece")


@pytest.mark.parametrize("size", [100, 1000])
@pytest.mark.parametrize("said", [too_sure, too_high])
def test_what_chance_does_to_the_better_calibrated_model_alone_is_covered(said, size):
    truth = found_in(drawn(np.random.default_rng(99), 200_000, said)).improvement
    runs = [found_in(drawn(np.random.default_rng(seed), size, said)) for seed in range(100)]

    # chance lifts the calibrated model's error, so that the difference is seen too small on most rows
    assert abs(np.mean([m.improvement for m in runs])) < 0.75 * abs(truth)
    assert np.mean([m.low <= truth <= m.high for m in runs]) >= 0.935


@pytest.mark.parametrize("grouped", [False, True])
def test_what_chance_does_to_both_models_alike_does_not_widen_their_difference(grouped):
    widths, lifts = [], []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        whole = drawn(rng, 2000, alike)
        if grouped:
            whole = replace(whole, groups=rng.integers(0, 1024, 2000))
        m = found_in(whole)
        widths.append(m.high - m.low)
        lifts.append(m.candidate - m.candidate_low)
        assert m.low < m.improvement < m.high

    # with each model's own lift, and nothing else, they would be twice as wide as one of these
    assert np.mean(widths) < np.mean(lifts)


def test_the_difference_is_the_same_the_other_way_round():
    whole = drawn(np.random.default_rng(3), 500, too_sure)
    forth, back = (
        found_in(one) for one in (whole, replace(whole, champion=whole.candidate, candidate=whole.champion))
    )

    assert (back.low, back.high) == pytest.approx((-forth.high, -forth.low))


@pytest.mark.parametrize("columns", [("groups",), ("weights",), ("groups", "weights")])
def test_rows_that_stand_four_times_in_their_group_tell_no_more_than_once(columns):
    rng = np.random.default_rng(5)
    whole = drawn(rng, 400, alike)
    extra = {"groups": np.arange(400), "weights": rng.gamma(2.0, 1.0, 400)}
    at = np.repeat(np.arange(400), 4)

    def side(predictions, times):
        return replace(predictions, decisions=predictions.decisions[times], scores=predictions.scores[times])

    def taken(times, names):
        return replace(
            whole,
            labels=whole.labels[times],
            champion=side(whole.champion, times),
            candidate=side(whole.candidate, times),
            **{name: extra[name][times] for name in names},
        )

    rules = policy(("ece",), weight="w" if "weights" in columns else None)
    once, often = found_in(taken(np.arange(400), columns), rules), found_in(taken(at, columns), rules)
    if "groups" in columns:
        assert (often.low, often.high) == pytest.approx((once.low, once.high), abs=1e-9)
    else:
        assert often.high - often.low < 0.75 * (once.high - once.low)

"""What can be said where next to nothing differs, is drawn, or is given; and that nothing is made of rounding."""

from dataclasses import replace

import numpy as np
import pytest

from ci_mlops.evaluation.score_limits import score_limits
from tests.evaluation.builders import CLASSES, class_rows, found, judged, measured, policy, rows, rule, scored

NUMBERS = {"task": "regression", "cost": None}


def numbers(wrong, by, *, size=3000):
    """A candidate that is off by so much on so many rows, and elsewhere what the champion is."""
    rng = np.random.default_rng(4)
    truth = rng.normal(size=size)
    champion = truth + rng.normal(size=size)
    return rows(truth, champion, champion + np.where(np.arange(size) < wrong, by, 0.0))


@pytest.mark.parametrize(("wrong", "status"), [(1, "undecided"), (3, "undecided"), (9, "broken")])
def test_nine_rows_that_are_far_worse_break_a_rule_though_they_are_few(wrong, status):
    rules = policy(("mae",), [rule("mae", "max_regression", 0.1)], **NUMBERS)

    held, _ = judged([numbers(wrong, 1e6)], rules)

    assert [gate.status for gate in held.gates] == [status]


def test_so_few_show_no_rule_to_hold():
    rules = policy(("mae",), [rule("mae", "max_regression", 0.1)], **NUMBERS)

    held, _ = judged([numbers(9, 1e-6)], rules)

    [gate] = held.gates
    few = "the models differ on 9 rows, too few to tell how sure a mean of them is"
    assert (gate.status, gate.reason) == ("undecided", few)


def test_a_kind_of_rows_that_rounding_alone_leaves_moves_no_limit():
    pulls = np.array([1.0, -1.0])
    none, some = (
        score_limits(1.0, np.array([9.0, count]), pulls, (-1.0, 1.0), 0.95) for count in (0.0, 1e-16)
    )

    assert some == pytest.approx(none, rel=1e-7)


def test_rows_of_one_group_have_no_interval():
    labels, a, b = scored(0, 300)
    drawn = replace(rows(labels, (a > 0.4, a), (b > 0.4, b)), groups=np.zeros(300, dtype=np.int64))

    for m in measured([drawn], policy(group="g")).measurements:
        assert (m.low, m.high) == (None, None) or np.isfinite([m.low, m.high]).all()
        assert m.candidate_low is None or np.isfinite([m.candidate_low, m.candidate_high]).all()


def test_log_loss_of_several_classes_without_scores_is_asked_for_by_name():
    labels = np.arange(300) % 3
    whole = class_rows(labels, np.eye(3)[labels], np.eye(3)[(labels + 1) % 3])
    bare = replace(whole, candidate=replace(whole.candidate, scores=None))

    m = found(measured([bare], policy(("log_loss",), classes=CLASSES, cost=None)), "log_loss")

    assert (m.candidate, m.fault) == (None, True)
    assert "log_loss" in m.reason or "score" in m.reason


@pytest.mark.parametrize("weights", [None, np.random.default_rng(0).random(200)], ids=["alike", "weighted"])
@pytest.mark.parametrize("value", [0.1, 3.7])
def test_numbers_that_are_all_the_same_have_no_variance_to_explain(weights, value):
    rng = np.random.default_rng(1)
    labels = np.full(200, value)
    said = [labels * (1 + 0.1 * rng.normal(size=200)) for _ in range(2)]
    whole = replace(rows(labels, *said), weights=weights)
    rules = policy(("explained_variance",), weight=None if weights is None else "w", **NUMBERS)

    m = found(measured([whole], rules), "explained_variance")

    assert (m.champion, m.candidate, m.improvement) == (None, None, None)


@pytest.mark.parametrize("metric", ["ks", "lift at 0.1", "recall at 0.1"])
def test_heavy_rows_of_the_other_class_leave_a_real_loss_to_be_seen(metric):
    rng = np.random.default_rng(2)
    labels = (rng.random(4000) < 0.2).astype(float)
    score = 1 / (1 + np.exp(-(2 * labels + rng.normal(size=4000))))
    worse = np.where((labels == 1) & (rng.random(4000) < 0.3), 0.01, score)
    whole = replace(
        rows(labels, (score > 0.5, score), (worse > 0.5, worse)), weights=np.where(labels == 1, 1.0, 10.0)
    )

    m = found(measured([whole], policy((metric,), weight="w")), metric)

    assert m.high < 0


def test_brier_is_the_same_however_scores_lie_in_memory():
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 10, 500)
    classes = tuple("abcdefghij")
    sides = [rng.dirichlet(np.ones(10), 500) for _ in range(2)]
    plain = class_rows(labels, *sides)
    turned = replace(
        plain,
        champion=replace(plain.champion, scores=np.asfortranarray(plain.champion.scores)),
        candidate=replace(plain.candidate, scores=np.asfortranarray(plain.candidate.scores)),
    )
    rules = policy(("brier",), classes=classes, cost=None)

    assert measured([turned], rules) == measured([plain], rules)

"""What is worked out once for all metrics and levels is what each would have worked out by itself."""

import numpy as np
import pytest

from ci_mlops.evaluation.noted import _far
from ci_mlops.evaluation.ordered import at_least, ordered
from ci_mlops.evaluation.tally import ALL_ROWS, Plan, tally
from ci_mlops.flows.court import load_metric
from tests.evaluation.builders import policy, rows, scored

NAMES = ("roc_auc", "average_precision", "ks", "lift at 0.2", "ece")


def tallied(moved):
    labels, a, b = scored(4, 400, ties=True)
    after = np.where(np.arange(len(a)) < moved, b, a)
    whole = rows(labels, (a > 0.5, a), (after > 0.5, after))
    return tally(whole, Plan(cells=True, terms=(), ranks=True))[ALL_ROWS]


@pytest.mark.parametrize("moved", [0, 3, 400], ids=["none", "few", "all"])
def test_a_second_level_and_a_second_metric_are_told_as_if_they_were_the_first(moved):
    rules = policy(NAMES)
    metrics = [load_metric(name, rules).bind(rules) for name in NAMES]
    shared = tallied(moved)
    for metric in metrics:
        metric.measure(shared, 0.95)
    shared.let_go()

    for metric in metrics:
        again, alone = metric.measure(shared, 0.999), metric.measure(tallied(moved), 0.999)

        assert again == alone
        assert again.candidate_interval != metric.measure(shared, 0.95).candidate_interval


def test_rows_with_ties_are_counted_by_score_as_one_by_one():
    labels, a, _ = scored(1, 300, ties=True)
    seen = ordered(labels == 1, a, None)

    assert seen.values.tolist() == sorted(set(a.tolist()))
    assert seen.values[seen.place].tolist() == a.tolist()
    assert seen.positives.tolist() == [((a == value) & (labels == 1)).sum() for value in seen.values]
    assert seen.negatives.tolist() == [((a == value) & (labels == 0)).sum() for value in seen.values]


@pytest.mark.parametrize("weights", [[3.0, 0, 2, 5], [0.5, 0.25, 4, 1], [2.0**40, 1, 2.0**40, 3]])
def test_what_lies_at_a_score_or_above_it_is_the_same_of_counts_and_of_weights(weights):
    assert at_least(np.array(weights)).tolist() == [sum(weights[at:]) for at in range(len(weights))]


def test_answers_are_far_apart_by_their_own_size_and_not_by_the_largest():
    one = np.array([1.0, 1.0, 1e-3, 0.0, 1e6, np.inf])
    other = np.array([1.0 + 1e-12, 1.0 + 1e-6, 1e-3 + 1e-8, 0.0, 1e6 + 1e-4, np.inf])

    assert _far(one, other).tolist() == [False, True, True, False, False, False]
    assert _far(one[:5], other[:5]).tolist() == [False, True, True, False, False]

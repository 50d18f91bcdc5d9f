"""What lies in the rows that a candidate can't score."""

import numpy as np

from ci_mlops.evaluation.lost import classes_in, column_in, errors_in, plus, told
from tests.evaluation.builders import policy

LOST = np.array([True, False, False, True, False, False])
LABELS = np.array([1.0, 1, 0, 0, 0, 1])


def parts(sums, rules, rows=6):
    return [
        (one.kind, one.column, one.label, one.rows, one.lost, one.total) for one in told(sums, rows, rules)
    ]


def test_rows_of_each_class_are_counted():
    assert parts(classes_in(LABELS[LOST], LABELS[~LOST], policy()), policy()) == [
        ("class", "", "negatives", 3, 1, 3),
        ("class", "", "positives", 3, 1, 3),
    ]


def test_a_class_that_nothing_is_lost_of_is_not_told_and_others_by_their_names():
    rules = policy(classes=("bug", "feature", "question"), names=(("bug", "a fault"),))
    found = classes_in(np.array([0.0]), np.array([0.0, 1, 2]), rules)

    assert parts(found, rules) == [("class", "", "rows of a fault", 2, 1, 2)]


def test_a_row_of_several_labels_is_lost_of_each():
    rules = policy(classes=("bug", "feature", "question"), multilabel=True)
    found = classes_in(np.array([5.0]), np.array([1.0, 2]), rules)

    assert [one[2:] for one in parts(found, rules)] == [
        ("rows of bug", 2, 1, 2),
        ("rows of question", 1, 1, 1),
    ]
    weights = column_in("w", (np.array([2.0]), np.array([5.0])), (np.ones(2), np.array([1.0, 2])), rules)
    assert parts(found | weights, rules, 3)[-1] == ("column", "w", "", 3, 2.0, 4.0)


def test_a_columns_sum_is_of_all_rows_and_of_each_class_and_a_lost_row_without_a_number_counts_nothing():
    values = np.array([-5.0, 1, 1, np.nan, 1, 2])
    rules = policy()
    found = column_in("w", (values[LOST], LABELS[LOST]), (values[~LOST], LABELS[~LOST]), rules)

    assert parts(found | classes_in(LABELS[LOST], LABELS[~LOST], rules), rules)[2:] == [
        ("column", "w", "", 6, 5.0, 10.0),
        ("column", "w", "positives", 3, 5.0, 8.0),
    ]


def test_errors_of_a_classifier_are_counted_and_of_numbers_added_up():
    said = np.array([0.0, 1, 1, 0, 1, 1])
    of = ((said[LOST], LABELS[LOST]), (said[~LOST], LABELS[~LOST]))

    assert parts(errors_in(*of, regression=False), policy()) == [("errors", "", "", 3, 1.0, 3.0)]
    rules = policy((), task="regression")
    off = ((np.array([4.5]), np.array([1.0])), (np.array([1.0]), np.array([1.5])))
    assert parts(errors_in(*off, regression=True), rules) == [("errors", "", "", 6, 3.5, 4.0)]
    assert classes_in(LABELS, LABELS, rules) == {}


def test_sums_are_the_same_in_any_order_and_partitioning():
    dice = np.random.default_rng(0)
    values, labels, lost = dice.lognormal(size=500), dice.integers(0, 2, 500) * 1.0, dice.random(500) < 0.1

    def of(rows):
        gone, kept = rows[lost[rows]], rows[~lost[rows]]
        return column_in("w", (values[gone], labels[gone]), (values[kept], labels[kept]), policy())

    whole, order = of(np.arange(500)), dice.permutation(500)
    assert plus(plus(of(order[:7]), of(order[7:300])), of(order[300:])) == whole

"""What decisions cost: values against brute force, and the gate that holds a costlier model back."""

import numpy as np

from tests.evaluation.builders import found, judged, measured, policy, rows, rule


def costlier():
    """400 events in 4 000 rows; the candidate raises 300 false alarms fewer and misses 60 events more."""
    labels = np.repeat([1.0, 0.0], [400, 3600])
    champion, candidate = labels.copy(), labels.copy()
    champion[:40], candidate[:100] = 0, 0
    champion[400:900], candidate[400:600] = 1, 1
    return rows(labels, champion, candidate)


def test_a_model_that_is_right_more_often_and_costs_more_is_blocked():
    rules = policy(
        ("accuracy", "expected_cost"),
        (rule("expected_cost", "max_regression", 0.4), rule("accuracy", "improve")),
    )

    held, ruling = judged([costlier()], rules)

    assert [gate.status for gate in held.gates] == ["broken", "held"]
    assert ruling.outcome == "blocked"
    accuracy = found(measured([costlier()], rules), "accuracy")
    assert accuracy.word == "better"

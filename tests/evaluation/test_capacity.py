"""Alarms that somebody can look at: a rule that the candidate's own interval decides."""

import numpy as np
import pytest

from tests.evaluation.builders import found, judged, measured, policy, rows, rule


def calling(share, size):
    labels = np.arange(size) % 2
    said = (np.arange(size) < share * size).astype(float)
    return rows(labels, said, said)


@pytest.mark.parametrize(
    ("share", "size", "status"),
    [
        (0.07, 2000, "held"),
        (0.13, 2000, "broken"),
        (0.099, 2000, "undecided"),
        (0.13, 100, "undecided"),
        (0.0, 19, "undecided"),
    ],
)
def test_the_interval_of_the_selection_rate_decides(share, size, status):
    rules = policy(("accuracy",), (rule("selection_rate", "capacity", 0.1, undecided="warn"),))

    held, ruling = judged([calling(share, size)], rules)

    (gate,) = held.gates
    assert gate.status == status
    assert ruling.outcome == {"held": "passed", "broken": "blocked"}.get(status, "undecided")
    assert ruling.exit_code == (1 if status == "broken" else 0)


def test_the_selection_rate_is_the_share_of_rows_called_positive():
    whole = rows([1, 0, 0, 1, 0] * 20, [1, 0, 0, 0, 0] * 20, [1, 1, 0, 1, 0] * 20)

    m = found(measured([whole], policy(("selection_rate",))), "selection_rate")

    assert (m.champion, m.candidate) == (0.2, 0.6)
    assert m.improvement == pytest.approx(-0.4)
    assert m.low < -0.4 < m.high < 0

"""What columns of few values make equal by chance is no leak, and a copy is."""

import numpy as np
import pytest

from ci_mlops.evaluation.chance import by_chance, is_chance


def drawn(cells, test, training, *, copied, runs=40):
    """(share of runs that are called chance, mean of what is expected, mean of what is found)."""
    dice = np.random.default_rng(cells + training)
    told, expected, found = [], [], []
    for _ in range(runs):
        rows, trained = dice.integers(cells, size=test), dice.integers(cells, size=training)
        counts = np.unique(rows, return_counts=True)[1].astype(np.int64)
        hit = np.isin(rows, trained)
        hit[: int(copied * test)] = True
        expected.append(by_chance(counts, training))
        found.append(int(hit.sum()))
        told.append(is_chance(found[-1], expected[-1]))
    return np.mean(told), np.mean(expected), np.mean(found)


@pytest.mark.parametrize(
    ("cells", "test", "training"), [(5000, 600, 100), (5000, 600, 600), (5000, 600, 5000), (50, 300, 900)]
)
def test_honest_rows_of_coarse_columns_are_called_chance(cells, test, training):
    told, expected, found = drawn(cells, test, training, copied=0)

    assert told >= 0.95
    assert found <= expected * 1.2


@pytest.mark.parametrize(
    ("cells", "test", "training"), [(5000, 600, 100), (5000, 600, 600), (10**9, 300, 3000)]
)
def test_copies_are_told_from_chance(cells, test, training):
    assert drawn(cells, test, training, copied=0.3)[0] == 0


def test_where_no_two_test_rows_are_equal_nothing_is_expected():
    assert by_chance(np.ones(500, dtype=np.int64), 10**6) == 0
    assert not is_chance(1, 0.0)
    assert is_chance(0, 0.0)


def test_one_kind_of_row_that_repeats_excuses_no_copies_of_the_others():
    counts = np.array([60] + [1] * 5940, dtype=np.int64)

    assert by_chance(counts, 10**5) == pytest.approx(60, abs=1)

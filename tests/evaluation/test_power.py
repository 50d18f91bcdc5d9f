"""What rows can show, and how many would show a rule's margin."""

import numpy as np
import pytest

from tests.evaluation.builders import judged, policy, rows, rule


def two_equal_models(seed, size, disagree=0.06, **slices):
    """Right equally often, and of another mind on a share of the rows."""
    rng = np.random.default_rng(seed)
    labels = (rng.random(size) < 0.4).astype(float)
    wrong = rng.random(size) < 0.1
    moved = rng.random(size)
    first, second = wrong | (moved < disagree / 2), wrong | (moved > 1 - disagree / 2)
    return [rows(labels, np.abs(labels - first), np.abs(labels - second), **slices)]


RULES = policy(("accuracy",), [rule("accuracy", "max_regression", 0.02)])


def test_the_rows_needed_are_those_of_the_formula():
    held, _ = judged(two_equal_models(1, 4000), RULES)
    (found,) = held.detectable

    # (z.975 + z.80)^2 times the share of rows that are judged differently, where both are wrong on a tenth anyhow
    assert found.rows_needed == pytest.approx(7.849 * 0.9 * 0.06 / 0.02**2, rel=0.15)
    assert found.margin == 0.02


def test_with_the_rows_needed_the_margin_is_shown_four_times_in_five():
    needed = round(7.849 * 0.9 * 0.06 / 0.02**2)
    held = [judged(two_equal_models(seed, needed), RULES)[0].gates[0].status == "held" for seed in range(300)]

    assert np.mean(held) == pytest.approx(0.8, abs=0.06)


def test_a_slice_needs_more_rows_the_more_slices_share_the_error():
    where = np.arange(6000) % 10
    rules = policy(("accuracy",), [rule("accuracy", "max_regression", 0.02, slice="*")])
    (alone, *_), (shared, *_) = (
        judged(two_equal_models(2, 6000, part=parts), rules)[0].detectable for parts in (where > 0, where)
    )

    assert (alone.slice, shared.slice) == ("part=False", "part=0")
    # both are the same 600 rows: (z.9875 + z.80)^2 against (z.9975 + z.80)^2
    assert shared.rows_needed / alone.rows_needed == pytest.approx(
        (2.807 + 0.842) ** 2 / (2.241 + 0.842) ** 2, rel=0.1
    )


def test_a_slice_below_the_floor_finds_nothing_and_tells_how_many_rows_would_be_judged():
    few = np.arange(3000) < 15
    rules = policy(("accuracy",), [rule("accuracy", "max_regression", 0.4, slice="few=True")])
    (found,) = judged(two_equal_models(3, 3000, disagree=0.3, few=few), rules)[0].detectable

    assert found.regression is None
    assert found.reason == "too few rows to judge accuracy: 15, at least 20 are needed"
    assert found.rows_needed >= 20

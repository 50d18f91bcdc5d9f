"""Margins that the rows can show."""

import math

import pytest

from ci_mlops.evaluation.intervals import tango
from ci_mlops.survey.margins import (
    DISAGREEMENT,
    WIDEST,
    Rows,
    friendly,
    ranking_margin,
    regression_margin,
    rules,
    share_margin,
)


@pytest.mark.parametrize("rows", [200, 1_000, 20_000])
def test_equally_good_models_are_shown_to_be_no_worse_by_the_interval_that_decides(rows):
    each = int(rows * DISAGREEMENT / 2)

    low, _ = tango(each, each, rows, 0.95)

    assert low > -share_margin(rows)


def test_more_rows_make_a_smaller_margin_and_few_rows_never_a_hopeless_one():
    margins = [share_margin(rows) for rows in (1, 30, 300, 3_000, 300_000)]

    assert margins == sorted(margins, reverse=True)
    assert margins[0] == WIDEST
    assert share_margin(0) == WIDEST
    assert ranking_margin(0, 10) == WIDEST
    assert ranking_margin(5_000, 5_000) < ranking_margin(50, 50)


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf, 1e-9, 123.4, 1e12])
def test_every_margin_is_a_number_above_zero(value):
    assert 0 < friendly(value) < math.inf
    assert 0 < regression_margin(value, 10) < math.inf


@pytest.mark.parametrize("kind", ["classification", "multiclass", "regression"])
@pytest.mark.parametrize("positives", [10, 400])
def test_there_are_four_rules_at_most_and_the_one_on_slices_is_told_apart(kind, positives):
    rows = Rows(all=1000, positives=positives, smallest_slice=50, spread=2.0)

    made = rules(rows, kind=kind, ranks=True, sliced=True)

    assert 2 <= len(made) <= 4
    assert [rule.blocks for rule in made] == [True] * (len(made) - 1) + [False]


def test_rare_events_are_judged_by_precision_common_ones_by_accuracy():
    rare = rules(Rows(all=1000, positives=50), kind="classification", ranks=False, sliced=False)
    common = rules(Rows(all=1000, positives=500), kind="classification", ranks=False, sliced=False)

    assert [(rule.metric, rule.rows) for rule in rare] == [("recall", 50), ("precision", 50)]
    assert [(rule.metric, rule.rows) for rule in common] == [("recall", 500), ("accuracy", 1000)]

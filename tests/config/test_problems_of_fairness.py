"""Fairness metrics in the config: named as fairlearn names them, between groups that are declared."""

import pytest

from ci_mlops.config import parse_config
from ci_mlops.records.metric_names import canonical_metric

from .conftest import CLASSIFICATION, REGRESSION

GATE = 'gates: [{{metric: "{}", max: 0.1}}]\n'


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("true_positive_rate_difference by sex", "recall_difference by sex"),
        ("equalized_odds_ratio  by kind of card", "equalized_odds_ratio by kind of card"),
        ("recall of by sex", "recall of by sex"),
    ],
)
def test_fairlearns_other_names_are_ours(written, meant):
    assert canonical_metric(written) == meant


def test_a_fairness_metric_may_be_shown_and_gated():
    metric = "demographic_parity_difference by region"
    policy = parse_config(CLASSIFICATION + f"metrics: [{metric}]\n" + GATE.format(metric)).policy()

    assert policy.metrics == (metric,)
    assert policy.gates[0].metric == metric


@pytest.mark.parametrize(
    ("metric", "edit", "problem"),
    [
        (
            "equalized_odds_difference by regoin",
            ("", ""),
            (
                "`equalized_odds_difference by regoin` compares groups of `regoin`, which `data.test.slices` does not list",
                "Did you mean `equalized_odds_difference by region`?",
            ),
        ),
        (
            "equalized_odds_difference",
            ("", ""),
            (
                "`equalized_odds_difference` does not say between which groups",
                "Write `equalized_odds_difference by region`, a column that `data.test.slices` lists.",
            ),
        ),
        (
            "recall_ratio by region",
            ('positive: "yes"', "classes: [a, b, c]"),
            (
                "`recall_ratio by region` is of two classes, and `data.test.classes` lists 3",
                "Gate a metric on every slice: `{metric: accuracy, slice: region, min: LIMIT}`.",
            ),
        ),
        (
            "recall_ratio by region",
            ('positive: "yes"', 'positive: "yes", weight: w'),
            (
                "`recall_ratio` does not heed the weights of rows, and `weight` is `w`",
                "Name another metric, or remove `data.test.weight`.",
            ),
        ),
    ],
)
def test_groups_that_can_not_be_compared_are_told(told, metric, edit, problem):
    text = CLASSIFICATION.replace(*edit) if edit[0] else CLASSIFICATION

    assert told(text + GATE.format(metric)) == [
        f"{problem[0]} | ci-mlops.yml:6 gates[0].metric | {problem[1]}"
    ]


def test_a_fairness_metric_of_numbers_or_of_one_slice_is_told(told):
    (of_numbers,) = told(REGRESSION + GATE.format("recall_difference by sex"))
    gate = 'gates: [{metric: "recall_difference by region", slice: age_band, max: 0.1}]\n'
    (of_slice,) = told(CLASSIFICATION + gate)

    assert "is a metric of classification, and the task is regression" in of_numbers
    assert of_slice == (
        "`recall_difference by region` compares groups of all rows, and `slice` is `age_band` | "
        "ci-mlops.yml:6 gates[0].slice | Remove `slice`."
    )

"""What is wrong with metrics and gates: what, where and mend of each."""

import pytest

from .conftest import CLASSIFICATION

CLASSES = (
    "accuracy, balanced_accuracy, brier, cohen_kappa, expected_cost, f1, f2, jaccard, log_loss, "
    "matthews_corrcoef, negative_predictive_value, precision, recall, roc_auc, specificity"
)


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (
            "metrics: []",
            "`metrics` is an empty list | ci-mlops.yml:6 metrics | Give it a value, or remove the line.",
        ),
        (
            "metrics: recall",
            (
                "`metrics` must be a list; found the text `recall` | ci-mlops.yml:6 metrics | "
                "Write `[a, b]`, or one `- ` line for each."
            ),
        ),
        (
            "metrics: [recall, sensitivity]",
            "`recall` is listed twice | ci-mlops.yml:6 metrics[1] | Keep one of them.",
        ),
        (
            "metrics: [recall, xyzzy]",
            f"unknown metric `xyzzy` | ci-mlops.yml:6 metrics[1] | Installed: {CLASSES}.",
        ),
        (
            "gates: [{metric: acuracy_score, min: 0.5}]",
            "unknown metric `acuracy_score` | ci-mlops.yml:6 gates[0].metric | Did you mean `accuracy_score`?",
        ),
        (
            "gates: [{metric: mae, max: 2}]",
            (
                "`mae` is a metric of regression, and the task is classification | ci-mlops.yml:6 gates[0].metric | "
                f"For classification: {CLASSES}."
            ),
        ),
        (
            "gates: [{metric: expected_cost, must: improve}]",
            (
                "`expected_cost` needs `cost` | ci-mlops.yml:6 gates[0].metric | "
                "Add `cost: {unit: EUR, false_negative: 500, false_positive: 20}` with your numbers."
            ),
        ),
        (
            "gates: [{metric: recall, max_regression: 5}]",
            (
                "`max_regression: 5`, but `recall` lies between 0 and 1 | ci-mlops.yml:6 gates[0].max_regression | "
                "Did you mean 0.05?"
            ),
        ),
        (
            "gates: [{metric: mcc, min: -2}]",
            (
                "`min: -2`, but `matthews_corrcoef` lies between -1 and 1 | ci-mlops.yml:6 gates[0].min | "
                "Choose a limit that can hold and can break."
            ),
        ),
        (
            "gates: [{metric: recall, min: 0.9, max: 0.1}]",
            "`min` 0.9 is above `max` 0.1 | ci-mlops.yml:6 gates[0].min | Swap them.",
        ),
        (
            "gates: [{metric: recall, min: 0.9}, {metric: recall_score, min: 0.8}]",
            "`min` of `recall` is set already, in gates[0] | ci-mlops.yml:6 gates[1].min | Keep one of them.",
        ),
        (
            "gates: [{metric: recall, slice: colour, min: 0.9}]",
            (
                "slice column `colour` is not in `data.test.slices` | ci-mlops.yml:6 gates[0].slice | "
                "Add it there. Listed: region, age_band."
            ),
        ),
        (
            "gates: [{metric: recall, slice: region=, min: 0.9}]",
            "`region=` names no value | ci-mlops.yml:6 gates[0].slice | Write `region=VALUE`, or `region` for all.",
        ),
        (
            "gates: [{metric: recall, min: true}]",
            (
                "`min` must be a number; found `true` | ci-mlops.yml:6 gates[0].min | "
                "Write it without quotes and with a point, as `0.05`."
            ),
        ),
        (
            "gates: [{metric: recall, min: 0.5, severity: blok}]",
            (
                "`severity` must be `block` or `warn`; found the text `blok` | ci-mlops.yml:6 gates[0].severity | "
                "Did you mean `block`?"
            ),
        ),
        (
            "gates: [recall]",
            (
                "`gates[0]` must be a mapping; found the text `recall` | ci-mlops.yml:6 gates[0] | "
                "Write `key: value` lines below it, or `{key: value}`."
            ),
        ),
        (
            "gates: [{metric: recall, min: }]",
            "`min` has no value | ci-mlops.yml:6 gates[0].min | Give it a value, or remove the line.",
        ),
    ],
)
def test_a_gate_that_cannot_judge_is_refused(told, lines, problem):
    assert told(CLASSIFICATION + lines + "\n") == [problem]

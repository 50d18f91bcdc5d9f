"""What is wrong with metrics and gates: what, where and mend of each."""

import pytest

from ci_mlops.config import parse_config

from .conftest import CLASSIFICATION

CLASSES = (
    "accuracy, average_precision, balanced_accuracy, brier, cohen_kappa, ece, expected_cost, f1, f2, jaccard, ks, "
    "lift at 0.1, log_loss, matthews_corrcoef, negative_predictive_value, precision, precision at 0.1, recall, "
    "recall at 0.1, roc_auc, specificity, zero_one_loss"
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
            "gates: [{metric: recall, must: improve, confident: true}]",
            (
                "`confident` is of `min` and `max`, and this gate has neither | ci-mlops.yml:6 gates[0].confident | "
                "Remove it: `max_regression` and `must: improve` look at the interval in any case."
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


SEVERAL = """\
model: issue-router
task: classification
data:
  train: data/train.csv
  test: {path: data/test.csv, target: kind, classes: [bug, feature, question]}
"""


@pytest.mark.parametrize(
    ("metric", "what", "mend"),
    [
        (
            "recall",
            "is a metric of two classes, and `data.test.classes` lists 3",
            "`recall_macro` or `recall of bug`",
        ),
        ("sensitivity", "is a metric of two classes", "`recall_macro` or `recall of bug`"),
        ("roc_auc", "is a metric of two classes", "Write `roc_auc_ovr`."),
        ("specificity", "is a metric of two classes", "Write `specificity_macro` or `specificity of bug`."),
        ("expected_cost", "`expected_cost` needs `cost`", "cost: {unit: EUR, matrix: {bug: {feature: 3}}}"),
        ("expected_cost of bug", "asks of one class, and `expected_cost` is of all", "Write `expected_cost`"),
        (
            "recall of bgu",
            "asks of a class that is not in `data.test.classes`",
            "Did you mean `recall of bug`?",
        ),
        ("recall of night", "asks of a class that is not in", "Listed: bug, feature, question."),
        (
            "accuracy of bug",
            "asks of one class, and `accuracy` is of all",
            "Write `accuracy`, or `recall of bug`.",
        ),
        ("recal of bug", "unknown metric `recal of bug`", "Did you mean `recall of bug`?"),
        ("mae", "is a metric of regression", "f1_macro"),
    ],
)
def test_a_metric_that_does_not_fit_three_classes_is_refused_with_the_one_that_does(told, metric, what, mend):
    (gate,) = told(SEVERAL + f"gates: [{{metric: {metric}, min: 0.5}}]\n")

    assert what in gate
    assert mend in gate


@pytest.mark.parametrize(
    ("metric", "mend"),
    [
        ("recall_macro", "Write `recall`, or list three or more labels in `data.test.classes`."),
        ("f1_weighted", "Write `f1`, or list"),
        ("roc_auc_ovr_weighted", "Write `roc_auc`, or list"),
        ("recall of bug", "Write `recall`: its class is `positive`."),
    ],
)
def test_a_metric_of_three_classes_does_not_fit_two(told, metric, mend):
    (gate,) = told(CLASSIFICATION + f"gates: [{{metric: {metric}, min: 0.5}}]\n")

    assert mend in gate


def test_a_brier_score_of_several_classes_goes_to_two(told):
    assert "lies between 0 and 2" in told(SEVERAL + "gates: [{metric: brier, max: 2.5}]\n")[0]
    assert parse_config(SEVERAL + "gates: [{metric: brier, max: 1.5}]\n").policy().metrics


def test_what_is_measured_of_several_classes_without_being_named():
    policy = parse_config(SEVERAL + "gates: [{metric: sensitivity of bug, min: 0.5}]\n").policy()

    assert policy.metrics == ("accuracy", "balanced_accuracy", "f1_macro", "log_loss", "recall of bug")
    assert policy.classes == ("bug", "feature", "question")

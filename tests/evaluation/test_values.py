"""Point values are scikit-learn's, to 1e-12."""

import warnings

import numpy as np
import pytest
from sklearn import metrics as sk

from tests.evaluation.builders import REGRESSION, found, measured, policy, rows, scored

OF_DECISIONS = {
    "accuracy": sk.accuracy_score,
    "balanced_accuracy": sk.balanced_accuracy_score,
    "cohen_kappa": sk.cohen_kappa_score,
    "f1": sk.f1_score,
    "f2": lambda y, p: sk.fbeta_score(y, p, beta=2),
    "jaccard": sk.jaccard_score,
    "matthews_corrcoef": sk.matthews_corrcoef,
    "negative_predictive_value": lambda y, p: sk.precision_score(y, p, pos_label=0),
    "precision": sk.precision_score,
    "recall": sk.recall_score,
    "specificity": lambda y, p: sk.recall_score(y, p, pos_label=0),
}
OF_SCORES = {
    "brier": sk.brier_score_loss,
    "log_loss": lambda y, s: sk.log_loss(y, s, labels=[0, 1]),
    "roc_auc": sk.roc_auc_score,
}
OF_NUMBERS = {
    "mae": sk.mean_absolute_error,
    "mape": sk.mean_absolute_percentage_error,
    "mse": sk.mean_squared_error,
    "r2": sk.r2_score,
    "rmse": sk.root_mean_squared_error,
}
# scikit-learn puts 0 where there is nothing to divide by; we say that there is none
UNDEFINED_WITHOUT_POSITIVES = {
    "balanced_accuracy",
    "cohen_kappa",
    "f1",
    "f2",
    "jaccard",
    "matthews_corrcoef",
    "precision",
    "recall",
    "roc_auc",
}


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("seed", range(20))
def test_every_value_of_both_models_is_that_of_scikit_learn(seed, ties):
    labels, a, b = scored(seed, 50 + 37 * seed, ties=ties)
    comparison = measured([rows(labels, (a > 0.4, a), (b > 0.4, b))], policy())

    for name, reference in OF_DECISIONS.items():
        assert found(comparison, name).champion == pytest.approx(reference(labels, a > 0.4), abs=1e-12), name
        assert found(comparison, name).candidate == pytest.approx(reference(labels, b > 0.4), abs=1e-12), name
    for name, reference in OF_SCORES.items():
        assert found(comparison, name).champion == pytest.approx(reference(labels, a), abs=1e-12), name
        assert found(comparison, name).candidate == pytest.approx(reference(labels, b), abs=1e-12), name


@pytest.mark.parametrize("seed", range(5))
def test_with_one_class_missing_values_are_those_of_scikit_learn_or_said_to_be_undefined(seed):
    _, a, b = scored(seed, 80)
    labels = np.zeros(80)
    comparison = measured([rows(labels, (np.zeros(80), a), (np.zeros(80), b))], policy())

    for name, reference in {**OF_DECISIONS, **OF_SCORES}.items():
        measurement = found(comparison, name)
        if name in UNDEFINED_WITHOUT_POSITIVES:
            assert measurement.candidate is None, name
            assert "undefined" in measurement.reason
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = reference(labels, b if name in OF_SCORES else np.zeros(80))
        assert measurement.candidate == pytest.approx(expected, abs=1e-12), name


@pytest.mark.parametrize("offset", [0.0, 1000.0, -3e6])
@pytest.mark.parametrize("seed", range(5))
def test_regression_values_are_those_of_scikit_learn_whatever_the_offset(seed, offset):
    rng = np.random.default_rng(seed)
    labels = offset + rng.normal(size=300)
    a, b = labels + rng.normal(size=300), labels + 0.5 * rng.normal(size=300)
    comparison = measured([rows(labels, a, b)], policy(REGRESSION, task="regression"))

    for name, reference in OF_NUMBERS.items():
        assert found(comparison, name).champion == pytest.approx(reference(labels, a), rel=1e-12), name
        assert found(comparison, name).candidate == pytest.approx(reference(labels, b), rel=1e-12), name


def test_expected_cost_is_what_the_mistakes_cost_per_decision():
    labels = [1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    comparison = measured(
        [rows(labels, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0], [1, 1, 0, 1, 1, 0, 0, 0, 0, 0])], policy()
    )

    cost = found(comparison, "expected_cost")
    assert (cost.champion, cost.candidate, cost.improvement) == (100.0, 54.0, 46.0)
    assert comparison.cost.champion == 100.0
    assert comparison.confusion.champion == (7, 0, 2, 1)
    assert comparison.confusion.candidate == (5, 2, 1, 2)

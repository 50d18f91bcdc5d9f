"""One name per metric, whatever it is called elsewhere, and the task that it fits."""

from collections.abc import Mapping
from types import MappingProxyType

from ci_mlops.records.policy import Task

ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "accuracy_score": "accuracy",
        "balanced_accuracy_score": "balanced_accuracy",
        "brier_score_loss": "brier",
        "neg_brier_score": "brier",
        "cohen_kappa_score": "cohen_kappa",
        "f1_score": "f1",
        "jaccard_score": "jaccard",
        "neg_log_loss": "log_loss",
        "mcc": "matthews_corrcoef",
        "mean_absolute_error": "mae",
        "neg_mean_absolute_error": "mae",
        "mean_absolute_percentage_error": "mape",
        "neg_mean_absolute_percentage_error": "mape",
        "mean_squared_error": "mse",
        "neg_mean_squared_error": "mse",
        "npv": "negative_predictive_value",
        "precision_score": "precision",
        "r2_score": "r2",
        "recall_score": "recall",
        "sensitivity": "recall",
        "roc_auc_score": "roc_auc",
        "root_mean_squared_error": "rmse",
        "neg_root_mean_squared_error": "rmse",
    }
)
"""scikit-learn's function and scorer names, and a few names of other trades -> ours."""

_CLASSIFICATION = (
    "accuracy",
    "balanced_accuracy",
    "brier",
    "cohen_kappa",
    "expected_cost",
    "f1",
    "f2",
    "jaccard",
    "log_loss",
    "matthews_corrcoef",
    "negative_predictive_value",
    "precision",
    "recall",
    "roc_auc",
    "specificity",
)
_REGRESSION = ("mae", "mape", "mse", "r2", "rmse")

TASK_OF: Mapping[str, Task] = MappingProxyType(
    {
        **dict.fromkeys(_CLASSIFICATION, "classification"),
        **dict.fromkeys(_REGRESSION, "regression"),
    }
)
"""Our metrics only: a plugin's metric is not in it, and may be named for either task."""

RANGE_OF: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        **{name: (0.0, 1.0) for name in _CLASSIFICATION if name not in ("expected_cost", "log_loss")},
        "cohen_kappa": (-1.0, 1.0),
        "matthews_corrcoef": (-1.0, 1.0),
    }
)
"""Smallest and largest value, of the metrics that have both by definition."""


def canonical_metric(name: str) -> str:
    """
    >>> [canonical_metric(name) for name in ("brier_score_loss", "sensitivity", "recall", "of_a_plugin")]
    ['brier', 'recall', 'recall', 'of_a_plugin']
    """
    return ALIASES.get(name, name)

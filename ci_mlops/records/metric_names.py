"""
One name per metric, whatever it is called elsewhere, and the task that it fits.

Of three or more classes a metric may be of one of them: `recall of bug`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from ci_mlops.records.custom_metric import custom_name
from ci_mlops.records.labels import canonical_label
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

ONE_CLASS = ("f1", "f2", "jaccard", "negative_predictive_value", "precision", "recall", "specificity")
"""Of two classes; of more they are asked of one class against the rest."""
TWO_CLASSES = ("expected_cost", *ONE_CLASS, "roc_auc")
ANY_CLASSES = ("accuracy", "balanced_accuracy", "brier", "cohen_kappa", "log_loss", "matthews_corrcoef")
SEVERAL_CLASSES = (
    *(f"{name}_{mean}" for name in ("f1", "precision", "recall") for mean in ("macro", "micro", "weighted")),
    "roc_auc_ovr",
    "roc_auc_ovr_weighted",
)
"""Of three or more classes only."""
LABEL_SETS = (
    "hamming_loss",
    *(f"jaccard_{mean}" for mean in ("macro", "micro", "weighted")),
    *(f"{name}_samples" for name in ("f1", "jaccard", "precision", "recall")),
)
"""Only of rows that may carry several labels at once; `accuracy` and the means of f1, precision and recall are too."""
_CLASSIFICATION = tuple(sorted((*TWO_CLASSES, *ANY_CLASSES, *SEVERAL_CLASSES, *LABEL_SETS)))
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


DEFAULTS_FOR_SETS = ("accuracy", "f1_micro", "f1_macro", "f1_samples", "hamming_loss")
DEFAULTS_FOR_SEVERAL = ("accuracy", "balanced_accuracy", "f1_macro", "log_loss")
FOR_SEVERAL: Mapping[str, str] = MappingProxyType(
    {
        "f1": "f1_macro",
        "precision": "precision_macro",
        "recall": "recall_macro",
        "roc_auc": "roc_auc_ovr",
    }
)
"""Metric of two classes -> what a reader of several most likely means."""
_OF = " of "


def canonical_metric(name: str) -> str:
    """
    >>> [canonical_metric(name) for name in ("brier_score_loss", "sensitivity of 1.0", "recall", "of_a_plugin")]
    ['brier', 'recall of 1', 'recall', 'of_a_plugin']
    """
    custom = custom_name(name)
    if custom is not None:
        return custom.whole
    base, label = of_one_class(name)
    if label is None:
        return ALIASES.get(name, name)
    return f"{ALIASES.get(base, base)}{_OF}{canonical_label(label)}"


def of_one_class(name: str) -> tuple[str, str | None]:
    """
    The metric, and the class that it is asked of.

    >>> of_one_class("recall of bug"), of_one_class("recall")
    (('recall', 'bug'), ('recall', None))
    """
    base, of, label = name.partition(_OF)
    return (base.strip(), label.strip()) if of and base.strip() and label.strip() else (name, None)


def task_of(name: str) -> Task | None:
    """None: of a plugin."""
    return TASK_OF.get(of_one_class(name)[0])


def range_of(name: str, *, several: bool) -> tuple[float, float] | None:
    """Smallest and largest value, of a metric that has both by definition."""
    if name == "brier" and several:
        return 0.0, 2.0
    return RANGE_OF.get(of_one_class(name)[0])

"""
One name per metric, whatever it is called elsewhere, and the task that it fits.

Of three or more classes a metric may be of one of them: `recall of bug`. Some are told a number: `lift at 0.1` is the plugin
`lift_at`.
"""

from collections.abc import Mapping
from math import isfinite
from types import MappingProxyType

from ci_mlops.records.custom_metric import custom_name
from ci_mlops.records.labels import canonical_label
from ci_mlops.records.policy import Task

ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "accuracy_score": "accuracy",
        "average_precision_score": "average_precision",
        "balanced_accuracy_score": "balanced_accuracy",
        "brier_score_loss": "brier",
        "neg_brier_score": "brier",
        "cohen_kappa_score": "cohen_kappa",
        "expected_calibration_error": "ece",
        "explained_variance_score": "explained_variance",
        "f1_score": "f1",
        "jaccard_score": "jaccard",
        "neg_log_loss": "log_loss",
        "mcc": "matthews_corrcoef",
        "mean_absolute_error": "mae",
        "neg_mean_absolute_error": "mae",
        "mean_absolute_percentage_error": "mape",
        "neg_mean_absolute_percentage_error": "mape",
        "mean_pinball_loss": "pinball",
        "mean_squared_error": "mse",
        "neg_mean_squared_error": "mse",
        "mean_squared_log_error": "msle",
        "neg_mean_squared_log_error": "msle",
        "neg_median_absolute_error": "median_absolute_error",
        "ndcg_score": "ndcg",
        "npv": "negative_predictive_value",
        "pr_auc": "average_precision",
        "precision_score": "precision",
        "r2_score": "r2",
        "recall_score": "recall",
        "sensitivity": "recall",
        "roc_auc_score": "roc_auc",
        "root_mean_squared_error": "rmse",
        "neg_root_mean_squared_error": "rmse",
        "root_mean_squared_log_error": "rmsle",
        "neg_root_mean_squared_log_error": "rmsle",
        "top_k_accuracy": "top_accuracy",
        "top_k_accuracy_score": "top_accuracy",
    }
)
"""scikit-learn's function and scorer names, and a few names of other trades -> ours."""

ONE_CLASS = ("f1", "f2", "jaccard", "negative_predictive_value", "precision", "recall", "specificity")
"""Of two classes; of more they are asked of one class against the rest."""
TWO_CLASSES = (
    "average_precision",
    "ece",
    "ks",
    "lift_at",
    *ONE_CLASS,
    "precision_at",
    "recall_at",
    "roc_auc",
)
ANY_CLASSES = (
    "accuracy",
    "balanced_accuracy",
    "brier",
    "cohen_kappa",
    "expected_cost",
    "log_loss",
    "matthews_corrcoef",
    "zero_one_loss",
)
ANY_TASK = ("expected_cost",)
SEVERAL_CLASSES = (
    *(f"{name}_{mean}" for name in ("f1", "precision", "recall") for mean in ("macro", "micro", "weighted")),
    "jaccard_macro",
    "roc_auc_ovr",
    "roc_auc_ovr_weighted",
    "specificity_macro",
    "top_accuracy_at",
)
"""Of three or more classes only."""
_CLASSIFICATION = tuple(sorted((*TWO_CLASSES, *ANY_CLASSES, *SEVERAL_CLASSES)))
_REGRESSION = (
    "coverage_at",
    "explained_variance",
    "mae",
    "mape",
    "median_absolute_error",
    "mse",
    "msle",
    "ndcg",
    "ndcg_at",
    "pinball_at",
    "r2",
    "rmse",
    "rmsle",
)

TASK_OF: Mapping[str, Task] = MappingProxyType(
    {
        **dict.fromkeys(_CLASSIFICATION, "classification"),
        **dict.fromkeys(_REGRESSION, "regression"),
    }
)
"""By plugin. Our metrics only: a plugin's metric is not in it, and may be named for either task."""

SHARES_AT = ("coverage_at", "lift_at", "pinball_at", "precision_at", "recall_at")
"""Told a number between 0 and 1."""
COUNTS_AT = ("ndcg_at", "top_accuracy_at")
"""Told a whole number, 1 or more."""
PER_QUERY = ("ndcg", "ndcg_at")
"""A ranking for each value of `data.test.group`."""

RANGE_OF: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        **{
            name: (0.0, 1.0)
            for name in _CLASSIFICATION
            if name not in ("expected_cost", "lift_at", "log_loss")
        },
        **dict.fromkeys(("coverage_at", *PER_QUERY), (0.0, 1.0)),
        "cohen_kappa": (-1.0, 1.0),
        "matthews_corrcoef": (-1.0, 1.0),
    }
)
"""Smallest and largest value, of the metrics that have both by definition."""


DEFAULTS_FOR_SEVERAL = ("accuracy", "balanced_accuracy", "f1_macro", "log_loss")
FOR_SEVERAL: Mapping[str, str] = MappingProxyType(
    {
        "f1": "f1_macro",
        "jaccard": "jaccard_macro",
        "precision": "precision_macro",
        "recall": "recall_macro",
        "roc_auc": "roc_auc_ovr",
        "specificity": "specificity_macro",
    }
)
"""Metric of two classes -> what a reader of several most likely means."""
_OF = " of "
_AT = " at "


def canonical_metric(name: str) -> str:
    """
    >>> [canonical_metric(name) for name in ("brier_score_loss", "sensitivity of 1.0", "recall", "of_a_plugin")]
    ['brier', 'recall of 1', 'recall', 'of_a_plugin']
    >>> [canonical_metric(name) for name in ("lift at 0.10", "ndcg_score at 10", "lift at ten")]
    ['lift at 0.1', 'ndcg at 10', 'lift at ten']
    """
    custom = custom_name(name)
    if custom is not None:
        return custom.whole
    base, label = of_one_class(name)
    if label is not None:
        return f"{ALIASES.get(base, base)}{_OF}{canonical_label(label)}"
    base, at = at_number(name)
    if at is not None:
        number = as_number(at)
        return f"{ALIASES.get(base, base)}{_AT}{at if number is None else f'{number:.12g}'}"
    return ALIASES.get(name, name)


def of_one_class(name: str) -> tuple[str, str | None]:
    """
    The metric, and the class that it is asked of.

    >>> of_one_class("recall of bug"), of_one_class("recall")
    (('recall', 'bug'), ('recall', None))
    """
    base, of, label = name.partition(_OF)
    return (base.strip(), label.strip()) if of and base.strip() and label.strip() else (name, None)


def at_number(name: str) -> tuple[str, str | None]:
    """
    The metric, and the number that it is told, as it is written.

    >>> at_number("lift at 0.1"), at_number("lift"), at_number("recall of look at me")
    (('lift', '0.1'), ('lift', None), ('recall of look at me', None))
    """
    base, at, number = name.partition(_AT)
    told = at and base.strip() and number.strip() and of_one_class(name)[1] is None
    return (base.strip(), number.strip()) if told else (name, None)


def as_number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None


def at_name(plugin: str, number: float) -> str:
    """
    As it is written.

    >>> at_name("lift_at", 0.1), at_name("ndcg_at", 10)
    ('lift at 0.1', 'ndcg at 10')
    """
    return f"{plugin.removesuffix('_at')}{_AT}{number:.12g}"


def plugin_of(name: str) -> str:
    """
    What a metric's plugin is called.

    >>> [plugin_of(name) for name in ("lift at 0.1", "recall of bug", "recall")]
    ['lift_at', 'recall', 'recall']
    """
    base, number = at_number(name)
    return f"{base}_at" if number is not None else of_one_class(name)[0]


def task_of(name: str) -> Task | None:
    """None: of a plugin, or of any task."""
    plugin = plugin_of(name)
    return None if plugin in ANY_TASK else TASK_OF.get(plugin)


def range_of(name: str, *, several: bool) -> tuple[float, float] | None:
    """Smallest and largest value, of a metric that has both by definition."""
    if name == "brier" and several:
        return 0.0, 2.0
    return RANGE_OF.get(plugin_of(name))

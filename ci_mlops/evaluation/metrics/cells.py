"""Metrics of decisions, by scikit-learn's names."""

from ci_mlops.evaluation.cell_metric import CellMetric, Count, Proportion
from ci_mlops.evaluation.metrics import classes

accuracy = Proportion(
    name="accuracy", hits=("tn", "tp"), of=("tn", "fp", "fn", "tp"), several=classes.accuracy
)
zero_one_loss = Proportion(
    name="zero_one_loss",
    hits=("fp", "fn"),
    of=("tn", "fp", "fn", "tp"),
    several=classes.zero_one_loss,
    higher_is_better=False,
)
recall = Proportion(name="recall", hits=("tp",), of=("fn", "tp"))
specificity = Proportion(name="specificity", hits=("tn",), of=("tn", "fp"))
precision = Proportion(name="precision", hits=("tp",), of=("fp", "tp"))
negative_predictive_value = Proportion(name="negative_predictive_value", hits=("tn",), of=("tn", "fn"))
jaccard = Proportion(name="jaccard", hits=("tp",), of=("fp", "fn", "tp"))


def _positives(tn: Count, fp: Count, fn: Count, tp: Count) -> Count:
    return fn + tp


def _smaller_class(tn: Count, fp: Count, fn: Count, tp: Count) -> Count:
    return min(tn + fp, fn + tp)


def _f_beta(weight: float) -> CellMetric:
    def formula(tn: complex, fp: complex, fn: complex, tp: complex) -> complex:
        return (1 + weight) * tp / ((1 + weight) * tp + weight * fn + fp)

    return CellMetric(name=f"f{round(weight**0.5)}", formula=formula, events=_positives)


def _balanced(tn: complex, fp: complex, fn: complex, tp: complex) -> complex:
    return (tp / (tp + fn) + tn / (tn + fp)) / 2


def _matthews(tn: complex, fp: complex, fn: complex, tp: complex) -> complex:
    return (tp * tn - fp * fn) / ((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)) ** 0.5


def _kappa(tn: complex, fp: complex, fn: complex, tp: complex) -> complex:
    rows = tn + fp + fn + tp
    chance = ((tp + fp) * (tp + fn) + (tn + fn) * (tn + fp)) / rows
    return (tp + tn - chance) / (rows - chance)


f1 = _f_beta(1)
f2 = _f_beta(4)
balanced_accuracy = CellMetric(
    name="balanced_accuracy", formula=_balanced, events=_smaller_class, several=classes.balanced_accuracy
)
matthews_corrcoef = CellMetric(
    name="matthews_corrcoef", formula=_matthews, events=_smaller_class, several=classes.matthews_corrcoef
)
cohen_kappa = CellMetric(
    name="cohen_kappa", formula=_kappa, events=_smaller_class, several=classes.cohen_kappa
)

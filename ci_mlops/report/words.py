"""Metrics, rules and slices in words."""

from ci_mlops.records import GateResult, Limit, Measurement, Policy, Verdict
from ci_mlops.records.custom_metric import short_name
from ci_mlops.records.metric_names import of_one_class
from ci_mlops.report.inline import name
from ci_mlops.report.numbers import NBSP, Scale, decimals_for, number

TITLES = {
    "accuracy": "Accuracy",
    "balanced_accuracy": "Balanced accuracy",
    "brier": "Brier score",
    "cohen_kappa": "Cohen's kappa",
    "expected_cost": "Expected cost",
    "f1": "F1",
    "f1_macro": "F1, macro",
    "f1_micro": "F1, micro",
    "f1_weighted": "F1, by class size",
    "f2": "F2",
    "f1_samples": "F1, by row",
    "hamming_loss": "Hamming loss",
    "jaccard": "Jaccard index",
    "jaccard_macro": "Jaccard index, macro",
    "jaccard_micro": "Jaccard index, micro",
    "jaccard_samples": "Jaccard index, by row",
    "jaccard_weighted": "Jaccard index, by class size",
    "log_loss": "Log loss",
    "mae": "Mean absolute error",
    "mape": "Mean absolute percentage error",
    "matthews_corrcoef": "Matthews correlation",
    "mse": "Mean squared error",
    "negative_predictive_value": "Negative predictive value",
    "precision": "Precision",
    "precision_macro": "Precision, macro",
    "precision_micro": "Precision, micro",
    "precision_samples": "Precision, by row",
    "precision_weighted": "Precision, by class size",
    "r2": "R²",
    "recall": "Recall",
    "recall_macro": "Recall, macro",
    "recall_micro": "Recall, micro",
    "recall_samples": "Recall, by row",
    "recall_weighted": "Recall, by class size",
    "rmse": "Root mean squared error",
    "roc_auc": "ROC AUC",
    "roc_auc_ovr": "ROC AUC, one against the rest",
    "roc_auc_ovr_weighted": "ROC AUC, one against the rest, by class size",
    "specificity": "Specificity",
}
# a name or a sign: keeps its capital inside a sentence
_PROPER = {"brier", "cohen_kappa", "f1", "f2", "jaccard", "matthews_corrcoef", "r2", "roc_auc"}
_PROPER |= {metric for metric in TITLES if metric.startswith(("f1_", "jaccard_", "roc_auc_"))}
# shares of rows: a difference is said in percentage points; scores and losses are not shares
SHARES = {
    "accuracy",
    "balanced_accuracy",
    "mape",
    "negative_predictive_value",
    "precision",
    "recall",
    "specificity",
    "hamming_loss",
    *(
        f"{metric}_{mean}"
        for metric in ("precision", "recall")
        for mean in ("macro", "micro", "samples", "weighted")
    ),
}
_LOWER_IS_BETTER = {"brier", "expected_cost", "hamming_loss", "log_loss", "mae", "mape", "mse", "rmse"}
_SIGNS = {"EUR": "€", "€": "€", "USD": "$", "$": "$", "GBP": "£", "£": "£", "JPY": "¥", "¥": "¥"}
# the court's own; fewer events than this decide nothing
FLOOR = Policy(task="classification", metrics=()).floor
_NAMELESS = {"", "0", "1", "true", "false"}


def title(metric: str) -> str:
    base, label = of_one_class(metric)
    if label is not None and base in TITLES:
        return f"{TITLES[base]} of {name(label)}"
    return TITLES.get(metric) or name(short_name(metric))


def spoken(metric: str) -> str:
    """Inside a sentence: `expected cost`, but `ROC AUC`."""
    words = title(metric)
    base = of_one_class(metric)[0]
    return words if base in _PROPER or base not in TITLES else words[0].lower() + words[1:]


def positive(verdict: Verdict) -> str:
    """The word for the event to be found, where it has one."""
    word = verdict.confusion.positive if verdict.confusion else ""
    return "" if word in _NAMELESS else name(word)


def tail(metric: str, verdict: Verdict) -> str:
    """What follows a metric's name at the head of a row."""
    if metric == "recall" and positive(verdict):
        return f", {positive(verdict)} caught"
    return " per decision" if metric == "expected_cost" else ""


def subject(gate: GateResult, verdict: Verdict) -> str:
    """What a rule is about, inside a sentence: `recall on defaults`."""
    words = spoken(gate.metric)
    if gate.slice is not None:
        return f"{words} on {slice_name(gate.slice)}"
    return f"{words} on {positive(verdict)}" if gate.metric == "recall" and positive(verdict) else words


def slice_name(slice_: str) -> str:
    """`region=north` is shown as `region = north`."""
    column, equals, value = slice_.partition("=")
    spaced = equals and column and column[-1] not in " <>!" and not value.startswith((" ", "="))
    return name(f"{column} = {value}" if spaced else slice_)


def higher_is_better(metric: str, measurement: Measurement | None) -> bool:
    return measurement.higher_is_better if measurement else metric not in _LOWER_IS_BETTER


def too_small(m: Measurement) -> bool:
    """Fewer events than a decision takes, or a difference that is not defined."""
    return m.low is None or m.events < FLOOR


def scale_of(metric: str, verdict: Verdict, measurement: Measurement | None = None) -> Scale:
    """How a metric's numbers are written: as many digits as its interval deserves."""
    m = measurement
    sizes = [abs(x) for x in (m.champion, m.candidate) if x is not None] if m else []
    spread = [abs(x) for x in (m.low, m.high, m.improvement) if x is not None] if m else []
    largest, widest = max(sizes, default=0.0), max(spread, default=0.0)
    if of_one_class(metric)[0] in SHARES:
        return Scale(points=True, decimals=3, change_decimals=max(1, decimals_for(widest * 100, 1)))
    # hundreds of euros need no cents, unless the difference is a matter of cents
    money = 0 if largest >= 100 and widest >= 10 else 2
    fewest = (
        money if metric == "expected_cost" else _fewest(largest) if metric in ("mae", "rmse", "mse") else 3
    )
    decimals = max(decimals_for(largest, fewest), decimals_for(widest, fewest))
    before, after = unit_of(metric, verdict)
    return Scale(before=before, after=after, decimals=decimals, change_decimals=decimals)


def unit_of(metric: str, verdict: Verdict) -> tuple[str, str]:
    """(sign before the number, unit behind it)."""
    if metric == "expected_cost":
        return sign_or_unit(verdict.cost.unit if verdict.cost else "")
    return sign_or_unit(verdict.unit) if metric in ("mae", "rmse") else ("", "")


def sign_or_unit(unit: str) -> tuple[str, str]:
    if unit in _SIGNS:
        return _SIGNS[unit], ""
    if len(unit) == 3 and unit.isascii() and unit.isupper() and unit.isalpha():
        return "", NBSP + unit
    return ("", NBSP + name(unit)) if unit.strip() else ("", "")


def rule_words(rule: Limit, scale: Scale, *, higher: bool) -> str:
    if rule.kind == "improve":
        return f"must {'rise' if higher else 'fall'}"
    if rule.value is None:
        return rule.kind
    if rule.kind == "max_regression":
        side = "below" if higher else "above"
        return f"at most {scale.margin(rule.value)} {side} champion" if rule.value else f"not {side} champion"
    return f"at {'least' if rule.kind == 'min' else 'most'} {scale.limit(rule.value)}"


def _fewest(largest: float) -> int:
    return 0 if largest >= 10_000 else 1 if largest >= 100 else 2 if largest >= 10 else 3


def counted(count: int, one: str, many: str = "") -> str:
    return f"{number(count)} {one if count == 1 else many or one + 's'}"

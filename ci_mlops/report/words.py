"""Metrics, rules and slices in words."""

from collections.abc import Sequence

from ci_mlops.records import GateResult, Limit, Measurement, Policy, Verdict
from ci_mlops.records.custom_metric import short_name
from ci_mlops.records.fairness_names import FAIRNESS, by_column
from ci_mlops.records.metric_names import COUNTS_AT, as_number, at_number, of_one_class, plugin_of
from ci_mlops.records.slices import CROSS
from ci_mlops.report.inline import name
from ci_mlops.report.numbers import NBSP, Scale, decimals_for, number

TITLES = {
    "accuracy": "Accuracy",
    "average_precision": "Average precision",
    "balanced_accuracy": "Balanced accuracy",
    "brier": "Brier score",
    "cohen_kappa": "Cohen's kappa",
    "coverage_at": "Coverage error at {}",
    "ece": "Calibration error",
    "expected_cost": "Expected cost",
    "explained_variance": "Explained variance",
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
    "ks": "Kolmogorov-Smirnov distance",
    "lift_at": "Lift in the top {}",
    "log_loss": "Log loss",
    "mae": "Mean absolute error",
    "mape": "Mean absolute percentage error",
    "matthews_corrcoef": "Matthews correlation",
    "median_absolute_error": "Median absolute error",
    "mse": "Mean squared error",
    "msle": "Mean squared log error",
    "ndcg": "NDCG",
    "ndcg_at": "NDCG at {}",
    "negative_predictive_value": "Negative predictive value",
    "pinball_at": "Pinball loss at {}",
    "precision": "Precision",
    "precision_at": "Precision in the top {}",
    "precision_macro": "Precision, macro",
    "precision_micro": "Precision, micro",
    "precision_samples": "Precision, by row",
    "precision_weighted": "Precision, by class size",
    "r2": "R²",
    "recall": "Recall",
    "recall_at": "Recall in the top {}",
    "recall_macro": "Recall, macro",
    "recall_micro": "Recall, micro",
    "recall_samples": "Recall, by row",
    "recall_weighted": "Recall, by class size",
    "rmse": "Root mean squared error",
    "rmsle": "Root mean squared log error",
    "roc_auc": "ROC AUC",
    "roc_auc_ovr": "ROC AUC, one against the rest",
    "roc_auc_ovr_weighted": "ROC AUC, one against the rest, by class size",
    "selection_rate": "Selection rate",
    "specificity": "Specificity",
    "specificity_macro": "Specificity, macro",
    "top_accuracy_at": "Accuracy of the top {}",
    "zero_one_loss": "Share of errors",
}
# a name or a sign: keeps its capital inside a sentence
_PROPER = {"brier", "cohen_kappa", "f1", "f2", "jaccard", "matthews_corrcoef", "r2", "roc_auc"}
_PROPER |= {"ks", "ndcg", "ndcg_at"}
_PROPER |= {metric for metric in TITLES if metric.startswith(("f1_", "jaccard_", "roc_auc_"))}
# shares of rows: a difference is said in percentage points; scores and losses are not shares
SHARES = {
    "accuracy",
    "balanced_accuracy",
    "coverage_at",
    "mape",
    "negative_predictive_value",
    "precision",
    "precision_at",
    "recall",
    "recall_at",
    "selection_rate",
    "specificity",
    "specificity_macro",
    "top_accuracy_at",
    "zero_one_loss",
    "hamming_loss",
    *(
        f"{metric}_{mean}"
        for metric in ("precision", "recall")
        for mean in ("macro", "micro", "samples", "weighted")
    ),
}
_LOWER_IS_BETTER = {
    "brier",
    "coverage_at",
    "ece",
    "expected_cost",
    "hamming_loss",
    "log_loss",
    "mae",
    "mape",
    "median_absolute_error",
    "mse",
    "msle",
    "pinball_at",
    "rmse",
    "rmsle",
    "selection_rate",
    "zero_one_loss",
}
# in the unit of the target
_OF_THE_UNIT = ("mae", "median_absolute_error", "pinball_at", "rmse")
_SIGNS = {"EUR": "€", "€": "€", "USD": "$", "$": "$", "GBP": "£", "£": "£", "JPY": "¥", "¥": "¥"}
# the court's own; fewer events than this decide nothing
FLOOR = Policy(task="classification", metrics=()).floor
_NAMELESS = {"", "0", "1", "true", "false"}


def title(metric: str) -> str:
    if (fairness := by_column(metric)) is not None:
        lead, column = fairness[0].replace("_", " "), fairness[1]
        return f"{lead[0].upper()}{lead[1:]} by {name(column)}"
    base, label = of_one_class(metric)
    if label is not None and base in TITLES:
        return f"{TITLES[base]} of {name(label)}"
    number = as_number(at_number(metric)[1] or "")
    if number is not None and (words := TITLES.get(plugin_of(metric))):
        return words.format(f"{number:g}" if plugin_of(metric) in COUNTS_AT else f"{100 * number:g}{NBSP}%")
    return TITLES.get(metric) or name(short_name(metric))


def spoken(metric: str) -> str:
    """Inside a sentence: `expected cost`, but `ROC AUC`."""
    words = title(metric)
    base = plugin_of(metric)
    if by_column(metric) is not None:
        return words[0].lower() + words[1:]
    return words if base in _PROPER or base not in TITLES else words[0].lower() + words[1:]


def positive(verdict: Verdict) -> str:
    """The word for the event to be found, where it has one."""
    word = verdict.confusion.positive if verdict.confusion else ""
    return "" if word in _NAMELESS else name(word)


def event_words(verdict: Verdict, count: int) -> str:
    """
    Behind a number of them: `defaults`, `rows of default`. `names` may call the event in the singular or the plural, and
    neither fits every number.
    """
    word = positive(verdict)
    if not word:
        return "positive" if count == 1 else "positives"
    bare = verdict.confusion.positive if verdict.confusion else ""
    plural = bare.endswith("s") and not bare.endswith("ss")
    return word if plural == (count != 1) else f"{'row' if count == 1 else 'rows'} of {word}"


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
    """`region=north & sex=f` is shown as `region = north & sex = f`."""
    parts = slice_.split(CROSS)
    # a value may hold ` & ` itself
    return name(CROSS.join(map(_spaced, parts)) if all("=" in part for part in parts) else _spaced(slice_))


def _spaced(part: str) -> str:
    column, equals, value = part.partition("=")
    spaced = equals and column and column[-1] not in " <>!" and not value.startswith((" ", "="))
    return f"{column} = {value}" if spaced else part


def higher_is_better(metric: str, measurement: Measurement | None) -> bool:
    if measurement is None:
        return plugin_of(metric) not in _LOWER_IS_BETTER and _of_groups(metric) != "difference"
    return measurement.higher_is_better


def _of_groups(metric: str) -> str:
    """`difference` or `ratio` of a fairness metric; empty for others."""
    found = by_column(metric)
    return FAIRNESS[found[0]][0] if found is not None else ""


def too_small(m: Measurement) -> bool:
    """Fewer events than a decision takes, or a difference that is not defined; without a champion there is none to define."""
    return m.events < FLOOR or (m.low is None and m.champion is not None)


def scale_of(metric: str, verdict: Verdict, measurement: Measurement | None = None) -> Scale:
    """How a metric's numbers are written: as many digits as its interval deserves."""
    m = measurement
    sizes = [abs(x) for x in (m.champion, m.candidate) if x is not None] if m else []
    spread = [abs(x) for x in (m.low, m.high, m.improvement) if x is not None] if m else []
    largest, widest = max(sizes, default=0.0), max(spread, default=0.0)
    if plugin_of(metric) in SHARES or _of_groups(metric) == "difference":
        changes = max(1, decimals_for(widest * 100, 1))
        return Scale(points=True, decimals=3, change_decimals=changes, beside=largest)
    # hundreds of euros need no cents, unless the difference is a matter of cents
    money = 0 if largest >= 100 and widest >= 10 else 2
    fewest = money if metric == "expected_cost" else _fewest(largest)
    decimals = max(decimals_for(largest, fewest), decimals_for(widest, fewest))
    before, after = unit_of(metric, verdict)
    return Scale(before=before, after=after, decimals=decimals, change_decimals=decimals, beside=largest)


def unit_of(metric: str, verdict: Verdict) -> tuple[str, str]:
    """(sign before the number, unit behind it)."""
    if metric == "expected_cost":
        return sign_or_unit(verdict.cost.unit if verdict.cost else "")
    return sign_or_unit(verdict.unit) if plugin_of(metric) in _OF_THE_UNIT else ("", "")


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
    sure = ", beyond chance" if rule.confident else ""
    return f"at {'least' if rule.kind == 'min' else 'most'} {scale.limit(rule.value)}{sure}"


def _fewest(largest: float) -> int:
    return 0 if largest >= 10_000 else 1 if largest >= 100 else 2 if largest >= 10 else 3


def counted(count: int, one: str, many: str = "") -> str:
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def either(told: Sequence[str]) -> str:
    """`a, b or c`"""
    return " or ".join(filter(None, (", ".join(told[:-1]), told[-1])))

"""The court's second half: hold a comparison against the rules. What can't be measured does not pass, and says why."""

from collections.abc import Sequence
from dataclasses import dataclass

from ci_mlops.evaluation.power import detectable
from ci_mlops.evaluation.search_gates import search_gates
from ci_mlops.records import Comparison, Detectable, GateResult, GateRule, Measurement, Policy
from ci_mlops.records.metric_names import of_one_class
from ci_mlops.records.slices import is_of
from ci_mlops.records.verdict import Status

NO_CHAMPION = "there is no champion to compare with"

Finding = tuple[Status, str]

_RAREST = "rows of the rarest class"
_COUNTED = {
    "recall": "positives",
    "f1": "positives",
    "f2": "positives",
    "jaccard": "positives",
    "specificity": "negatives",
    "precision": "rows called positive",
    "negative_predictive_value": "rows called negative",
    "roc_auc": "rows of the rarer class",
    "balanced_accuracy": "rows of the rarer class",
    "matthews_corrcoef": "rows of the rarer class",
    "cohen_kappa": "rows of the rarer class",
    "recall_macro": _RAREST,
    "precision_macro": _RAREST,
    "f1_macro": _RAREST,
    "roc_auc_ovr": _RAREST,
    "roc_auc_ovr_weighted": _RAREST,
}


# of one class among several the positives are its rows
_COUNTED_OF_ONE = {
    "positives": "rows of {}",
    "negatives": "rows of other classes than {}",
    "rows called positive": "rows called {}",
    "rows called negative": "rows not called {}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Every rule held against the comparison, and what these rows could have shown."""

    gates: tuple[GateResult, ...]
    detectable: tuple[Detectable, ...]


def hold(comparison: Comparison, policy: Policy) -> Held:
    by_place = {(m.metric, m.slice): m for m in comparison.measurements}
    present = [name for name, _ in comparison.slices]
    gates, found = [], []
    for number, rule in enumerate(policy.gates):
        for name in _slices_of(rule, present, policy.slices):
            measurement = by_place.get((rule.metric, name))
            gates.append(_hold_one(rule, number, name, measurement, policy.floor))
            if rule.limit.comparative and measurement is not None:
                few = _too_few(measurement, policy.floor)
                found.append(detectable(measurement, rule, floor=policy.floor, too_few=few))
    gates += search_gates(comparison, policy)
    return Held(gates=tuple(gates), detectable=tuple(found))


def _slices_of(rule: GateRule, present: Sequence[str], cuts: Sequence[str]) -> Sequence[str | None]:
    if rule.slice is None:
        return (None,)
    if rule.slice == "*":
        return present or ("*",)
    return [name for name in present if is_of(name, rule.slice, cuts)] or (rule.slice,)


def _hold_one(
    rule: GateRule, number: int, name: str | None, measurement: Measurement | None, floor: int
) -> GateResult:
    # what a model's own doing leaves unmeasured is no question of too few rows: it does not pass
    fault = measurement is not None and measurement.fault and measurement.slice is None
    if measurement is None:
        status, reason = _unmeasured(rule, name)
    elif rule.limit.comparative:
        status, reason = _hold_difference(rule, measurement, floor)
    else:
        status, reason = _hold_absolute(rule, measurement, floor)
    return GateResult(
        metric=rule.metric,
        slice=name,
        rule=rule.limit,
        severity=rule.severity,
        undecided="block" if fault else rule.undecided,
        status=status,
        champion=measurement.champion if measurement else None,
        candidate=measurement.candidate if measurement else None,
        improvement=measurement.improvement if measurement else None,
        low=measurement.low if measurement else None,
        high=measurement.high if measurement else None,
        reason=reason,
        where=rule.where,
        number=number,
    )


def _unmeasured(rule: GateRule, name: str | None) -> Finding:
    if name is None:
        return "undecided", f"{rule.metric} was not measured"
    return "undecided", f"no row of the test data is in slice {name}"


def _hold_difference(rule: GateRule, m: Measurement, floor: int) -> Finding:
    """The two-sided interval of the improvement decides, the very one that is shown."""
    if m.champion is None and m.candidate is not None:
        return "skipped", NO_CHAMPION
    if m.improvement is None or m.low is None or m.high is None:
        return "undecided", m.reason
    if m.identical or m.low == m.high == 0:
        return _hold_same(rule, m)
    if m.events < floor:
        return "undecided", _too_few(m, floor)
    return _hold_interval(rule, m, m.improvement, m.low, m.high)


def _hold_interval(rule: GateRule, m: Measurement, improvement: float, low: float, high: float) -> Finding:
    worse_allowed = rule.limit.value or 0.0
    improves = rule.limit.kind == "improve"
    word = "better" if improvement >= 0 else "worse"
    shown = f"{word} by {abs(improvement):.4g} ({m.level:.4g} interval {low:+.4g} to {high:+.4g})"
    asked = "it must improve" if improves else f"at most {worse_allowed:g} worse is allowed"
    said = f"{m.metric} is {shown}; {asked}"
    if low > 0 or (not improves and low >= -worse_allowed):
        return "held", said
    if high < -worse_allowed:
        return "broken", said
    return "undecided", f"{said}, and these rows can't tell"


def _hold_same(rule: GateRule, m: Measurement) -> Finding:
    """No change is neutral: never a regression, and no failure to improve either."""
    if rule.limit.kind == "improve":
        return "skipped", f"nothing changed: both models give the same {m.metric} row by row"
    return "held", f"{m.metric} is the same: {m.method}"


def _hold_absolute(rule: GateRule, m: Measurement, floor: int) -> Finding:
    """On all rows the value itself decides; a slice is broken only where its interval lies wholly beyond."""
    if m.candidate is None:
        return "undecided", m.reason
    if m.events < floor:
        return "undecided", _too_few(m, floor)
    limit = rule.limit.value or 0.0
    least = rule.limit.kind == "min"
    bound = f"{'at least' if least else 'at most'} {limit:g}"
    value = f"{m.metric} is {m.candidate:.4g}"
    if (m.candidate >= limit) if least else (m.candidate <= limit):
        return "held", f"{value}; {bound} is asked for"
    beyond = m.candidate_high if least else m.candidate_low
    if m.slice is None or beyond is None or ((beyond < limit) if least else (beyond > limit)):
        return "broken", f"{value}; {bound} is asked for"
    return "undecided", f"{value}; {bound} is asked for, and {m.events} {_counted(m)} can't tell"


def _counted(m: Measurement) -> str:
    base, label = of_one_class(m.metric)
    counted = _COUNTED.get(base, "rows")
    return counted if label is None else _COUNTED_OF_ONE.get(counted, counted).format(label)


def _too_few(m: Measurement, floor: int) -> str:
    return f"too few {_counted(m)} to judge {m.metric}: {m.events}, at least {floor} are needed"

"""The court's second half: hold a comparison against the rules. What can't be measured does not pass, and says why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ci_mlops.evaluation.capacity import hold_capacity
from ci_mlops.evaluation.power import detectable
from ci_mlops.evaluation.search_gates import search_gates
from ci_mlops.evaluation.tally import ALL_ROWS
from ci_mlops.records import Comparison, Detectable, GateResult, GateRule, Measurement, Policy
from ci_mlops.records.custom_metric import short_name
from ci_mlops.records.metric_names import of_one_class, plugin_of
from ci_mlops.records.policy import Severity
from ci_mlops.records.slices import is_of
from ci_mlops.records.verdict import Status

NO_CHAMPION = "there is no champion to compare with"

Finding = tuple[Status, str]

_RAREST = "rows of the rarest class"
_COUNTED = {
    "expected_cost": "rows of the rarest class that has a price",
    "recall": "positives",
    "f1": "positives",
    "f2": "positives",
    "jaccard": "positives",
    "specificity": "negatives",
    "precision": "rows called positive",
    "negative_predictive_value": "rows called negative",
    "average_precision": "positives",
    "ece": "rows of the rarer class",
    "jaccard_macro": _RAREST,
    "ks": "rows of the rarer class",
    "lift_at": "positives, or rows at the top",
    "ndcg": "queries",
    "ndcg_at": "queries",
    "precision_at": "rows at the top",
    "recall_at": "positives, or rows at the top",
    "roc_auc": "rows of the rarer class",
    "specificity_macro": _RAREST,
    "balanced_accuracy": "rows of the rarer class",
    "matthews_corrcoef": "rows of the rarer class",
    "cohen_kappa": "rows of the rarer class",
    "log_loss": "rows beside the commonest class",
    "brier": "rows beside the commonest class",
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
            gates.append(_hold_one(rule, number, name, measurement, policy))
            if rule.limit.comparative and measurement is not None:
                few = _too_few(measurement, policy)
                found.append(detectable(measurement, rule, floor=policy.floor, too_few=few))
    gates += search_gates(comparison, policy)
    return Held(gates=tuple(gates), detectable=tuple(found))


def ruled_slices(policy: Policy, places: Iterable[str]) -> dict[str, dict[str, Severity]]:
    """Metric -> slice that one of its rules is about -> `block` where one of these blocks; of slices, and all rows."""
    present = sorted(name for name in places if name != ALL_ROWS)
    found: dict[str, dict[str, Severity]] = {}
    for rule in policy.gates:
        of_metric = found.setdefault(rule.metric, {})
        for name in _slices_of(rule, present, policy.slices):
            if name is not None and of_metric.get(name) != "block":
                of_metric[name] = rule.severity
    return found


def _slices_of(rule: GateRule, present: Sequence[str], cuts: Sequence[str]) -> Sequence[str | None]:
    if rule.slice is None:
        return (None,)
    if rule.slice == "*":
        return present or ("*",)
    return [name for name in present if is_of(name, rule.slice, cuts)] or (rule.slice,)


def _hold_one(
    rule: GateRule, number: int, name: str | None, measurement: Measurement | None, policy: Policy
) -> GateResult:
    # what a model's own doing leaves unmeasured is no question of too few rows: it does not pass
    fault = measurement is not None and measurement.fault
    if measurement is None:
        status, reason = _unmeasured(rule, name)
    elif rule.limit.kind == "capacity":
        status, reason = hold_capacity(rule.limit.value or 0.0, measurement, policy.floor)
    elif rule.limit.comparative:
        status, reason = _hold_difference(rule, measurement, policy)
    else:
        status, reason = _hold_absolute(rule, measurement, policy)
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
        return "undecided", f"{short_name(rule.metric)} was not measured"
    return "undecided", f"no row of the test data is in slice {name}"


def _hold_difference(rule: GateRule, m: Measurement, policy: Policy) -> Finding:
    """The two-sided interval of the improvement decides, the very one that is shown."""
    if m.champion is None and m.candidate is not None:
        return "skipped", NO_CHAMPION
    if m.improvement is None or m.low is None or m.high is None:
        return "undecided", m.reason
    if m.identical or m.low == m.high == 0:
        return _hold_same(rule, m)
    if m.events < policy.floor:
        return "undecided", _too_few(m, policy)
    status, said = _hold_interval(rule, m, m.improvement, m.low, m.high)
    if status == "held" and m.reason and not m.fault:
        return "undecided", m.reason
    return status, said


def _hold_interval(rule: GateRule, m: Measurement, improvement: float, low: float, high: float) -> Finding:
    worse_allowed = rule.limit.value or 0.0
    improves = rule.limit.kind == "improve"
    word = "better" if improvement >= 0 else "worse"
    shown = f"{word} by {abs(improvement):.4g} ({m.level:.4g} interval {low:+.4g} to {high:+.4g})"
    asked = "it must improve" if improves else f"at most {worse_allowed:g} worse is allowed"
    said = f"{short_name(m.metric)} is {shown}; {asked}"
    if low > 0 or (not improves and low >= -worse_allowed):
        return "held", said
    if high < -worse_allowed:
        return "broken", said
    return "undecided", f"{said}, and these rows can't tell"


def _hold_same(rule: GateRule, m: Measurement) -> Finding:
    """No change is neutral: never a regression, and no failure to improve either."""
    if rule.limit.kind == "improve":
        return "skipped", f"nothing changed: both models give the same {short_name(m.metric)} row by row"
    return "held", f"{short_name(m.metric)} is the same: {m.method}"


def _hold_absolute(rule: GateRule, m: Measurement, policy: Policy) -> Finding:
    """
    On all rows the value itself decides, and of a `confident` limit the interval; a slice is broken only where its
    interval lies wholly beyond.
    """
    if m.candidate is None:
        return "undecided", m.reason
    if m.events < policy.floor:
        return "undecided", _too_few(m, policy)
    limit = rule.limit.value or 0.0
    least = rule.limit.kind == "min"
    bound = f"{'at least' if least else 'at most'} {limit:g}"
    value = f"{short_name(m.metric)} is {m.candidate:.4g}"
    near, far = (m.candidate_low, m.candidate_high) if least else (m.candidate_high, m.candidate_low)
    if rule.limit.confident:
        if near is None or far is None:
            return "undecided", m.reason or f"how sure {short_name(m.metric)} is can't be told"
        value += f" ({m.level:.4g} interval {min(near, far):.4g} to {max(near, far):.4g})"
        bound += " beyond chance"
    holds = near if rule.limit.confident and near is not None else m.candidate
    if (holds >= limit) if least else (holds <= limit):
        return "held", f"{value}; {bound} is asked for"
    plain = m.slice is None and not rule.limit.confident
    if plain or far is None or ((far < limit) if least else (far > limit)):
        return "broken", f"{value}; {bound} is asked for"
    return "undecided", f"{value}; {bound} is asked for, and {m.events} {_counted(m, policy)} can't tell"


def _counted(m: Measurement, policy: Policy) -> str:
    label = of_one_class(m.metric)[1]
    counted = _COUNTED.get(plugin_of(m.metric), "rows")
    counted = counted if label is None else _COUNTED_OF_ONE.get(counted, counted).format(label)
    if policy.group is not None:
        return f"`{policy.group}` with {counted}"
    return f"stretches of `{policy.time}` with {counted}" if policy.block else counted


def _too_few(m: Measurement, policy: Policy) -> str:
    return f"too few {_counted(m, policy)} to judge {short_name(m.metric)}: {m.events}, at least {policy.floor} are needed"

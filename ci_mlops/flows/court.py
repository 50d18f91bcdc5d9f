"""A hearing: prediction files and the truth in, evidence and a ruling out. Used by `compare` and `judge`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ci_mlops import plugins
from ci_mlops.datasets.partitions import partitioned
from ci_mlops.datasets.prediction_file import PredictionFile, Truth
from ci_mlops.datasets.told import with_search
from ci_mlops.errors import BadConfig
from ci_mlops.evaluation.cell_metric import CellMetric
from ci_mlops.evaluation.class_metric import of_class
from ci_mlops.evaluation.compare import compare
from ci_mlops.evaluation.fairness import group_metric
from ci_mlops.evaluation.gates import Held
from ci_mlops.evaluation.label_metric import of_label
from ci_mlops.evaluation.measure import LEVEL
from ci_mlops.evaluation.metrics.labels import OF_LABELS
from ci_mlops.evaluation.outcome import Ruling, rule_on
from ci_mlops.evaluation.power import POWER
from ci_mlops.evaluation.waive import waive
from ci_mlops.flows.counting import LOCAL, counting_on
from ci_mlops.flows.custom_files import NOT_GIVEN, CustomFiles
from ci_mlops.flows.worst_case import held_at_worst
from ci_mlops.records import Comparison, Decided, Policy, PolicySource, ThresholdReport, WaiverUse
from ci_mlops.records.compute import Compute
from ci_mlops.records.custom_metric import custom_name
from ci_mlops.records.metric_fit import wrong_number
from ci_mlops.records.metric_names import as_number, at_number, of_one_class, plugin_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    comparison: Comparison
    held: Held
    ruling: Ruling
    waivers: tuple[WaiverUse, ...] = ()


def hear(
    truth: Truth,
    candidate: PredictionFile,
    champion: PredictionFile | None,
    policy: Policy,
    custom: CustomFiles = NOT_GIVEN,
    *,
    today: str = "",
    compute: Compute = LOCAL,
) -> Hearing:
    """
    `custom`: where metrics of the team's own are; without, they are told as not measured. `today`: ISO date, which
    waivers are held against.

    Raises:
        BadData: rows that can't be compared.
        BadConfig: a metric that no plugin brings, or that does not fit the classes.
    """

    def compared(candidate: PredictionFile, policy: Policy) -> Comparison:
        with (
            counting_on(compute) as counting,
            partitioned(with_search(truth), candidate, champion, policy, parts=counting.parts) as partitions,
        ):
            return compare(partitions, policy, metrics_of(policy), over=counting.over)

    comparison = compared(candidate, policy)
    named = named_metrics(policy)
    own = [name for name in named if custom_name(name) is not None]
    if own:
        from ci_mlops.flows.custom_metrics import Sides, custom_measurements

        sides = Sides(truth=truth, candidate=candidate, champion=champion)
        found = (*comparison.measurements, *custom_measurements(own, custom, sides, policy))
        in_order = tuple(sorted(found, key=lambda m: named.index(m.metric)))
        comparison = replace(comparison, measurements=in_order)
    held = held_at_worst(comparison, candidate, policy, compared)
    gates, uses = waive(held.gates, policy, today)
    return Hearing(
        comparison=comparison,
        held=replace(held, gates=gates),
        ruling=rule_on(gates),
        waivers=uses,
    )


def evidence(hearing: Hearing, of_validation: Mapping[str, list[float]] | None = None) -> dict[str, Any]:
    """
    What a verdict shows of it, by the names of its fields.

    `of_validation`: what the validation rows would cost at each threshold, which is shown rather than the test rows' cost.
    """
    found = hearing.comparison
    curves = {
        name: values
        for name, values in found.curves.items()
        if not (of_validation and name.startswith("test_cost."))
    }
    return {
        "rows": found.rows,
        "identical": found.identical,
        "gates": hearing.held.gates,
        "waivers": hearing.waivers,
        "measurements": found.measurements,
        "confusion": found.confusion,
        "confusion_table": found.confusion_table,
        "flips": found.flips,
        "weighting": found.weighting,
        "grouping": found.grouping,
        "cost": found.cost,
        "curves": curves | dict(of_validation or {}),
        "slices": found.slices,
        "search": found.search,
        "detectable": hearing.held.detectable,
    }


def with_rules(source: PolicySource, policy: Policy) -> PolicySource:
    """Where a policy was read, and all that it says."""
    return replace(source, rules=policy, level=LEVEL, power=POWER)


def named_metrics(policy: Policy) -> list[str]:
    """Those that are shown and those that are gated, each once."""
    return list(dict.fromkeys((*policy.metrics, *(gate.metric for gate in policy.gates))))


def metrics_of(policy: Policy) -> list[Any]:
    """The installed ones; the team's own are measured apart."""
    return [load_metric(name, policy) for name in named_metrics(policy) if custom_name(name) is None]


def told_by_policy(policy: Policy, *, has_champion: bool) -> ThresholdReport | None:
    """None: each model decides itself, or a threshold is to be chosen."""
    if policy.threshold is None or policy.threshold.value is None:
        return None
    both = Decided(threshold=policy.threshold.value)
    return ThresholdReport(by=None, champion=both if has_champion else None, candidate=both)


def load_metric(name: str, policy: Policy) -> Any:
    """
    The metric behind a name; `recall of bug` is the metric `recall` of one class, `lift at 0.1` is `lift_at`, told 0.1.

    Raises:
        BadConfig: no such metric, no such class, or a number that it can't be told.
    """
    if (wrong := wrong_number(name)) is not None:
        raise BadConfig(f"`{name}` {wrong[0]}", mend=wrong[1])
    if (fairness := group_metric(name)) is not None:
        return fairness
    if policy.multilabel and name in OF_LABELS:
        return OF_LABELS[name]
    base, label = of_one_class(name)
    metric = plugins.load("metrics", plugin_of(name))
    if label is None:
        return _told(metric, *at_number(name))
    if not isinstance(metric, CellMetric) or metric.several is not None:
        raise BadConfig(f"`{base}` is no metric of one class", mend=f"Write `{base}`.")
    if label not in policy.classes:
        raise BadConfig(
            f"`{name}` asks of a class that is none of {', '.join(policy.classes) or 'several'}",
            mend="Write it as `data.test.classes` or `--classes` does.",
        )
    return of_label(metric, label) if policy.multilabel else of_class(metric, label)


def _told(metric: Any, base: str, text: str | None) -> Any:
    number = as_number(text or "")
    # what the names alone can't say of a plugin
    if hasattr(metric, "told") == (number is None):
        name = f"{base} at {text}" if text else base
        what = "is told a number, and takes none" if text else "needs a number"
        raise BadConfig(f"`{name}` {what}", mend=f"Write `{base}`." if text else f"Write `{base} at NUMBER`.")
    return metric if number is None else metric.told(number)

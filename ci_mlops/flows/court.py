"""A hearing: prediction files and the truth in, evidence and a ruling out. Used by `compare` and `judge`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ci_mlops import plugins
from ci_mlops.datasets.predictions import PredictionFile, Truth, paired_rows
from ci_mlops.errors import BadConfig
from ci_mlops.evaluation.cell_metric import CellMetric
from ci_mlops.evaluation.class_metric import of_class
from ci_mlops.evaluation.compare import compare
from ci_mlops.evaluation.cost_curve import curves_for
from ci_mlops.evaluation.gates import Held, hold
from ci_mlops.evaluation.outcome import Ruling, rule_on
from ci_mlops.records import Comparison, Decided, Policy, ThresholdReport
from ci_mlops.records.metric_names import of_one_class


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    comparison: Comparison
    held: Held
    ruling: Ruling
    curves: Mapping[str, list[float]]


def hear(truth: Truth, candidate: PredictionFile, champion: PredictionFile | None, policy: Policy) -> Hearing:
    """
    Raises:
        BadData: rows that can't be compared.
        BadConfig: a metric that no plugin brings, or that does not fit the classes.
    """
    named = dict.fromkeys((*policy.metrics, *(gate.metric for gate in policy.gates)))
    metrics = [load_metric(name, policy) for name in named]
    rows, curves = paired_rows(truth, candidate, champion, policy), curves_for(policy)
    comparison = compare(curves.counted(rows) if curves else rows, policy, metrics)
    held = hold(comparison, policy)
    return Hearing(
        comparison=comparison,
        held=held,
        ruling=rule_on(held.gates),
        curves=curves.told("test") if curves else {},
    )


def evidence(hearing: Hearing) -> dict[str, Any]:
    """What a verdict shows of it, by the names of its fields."""
    found = hearing.comparison
    return {
        "rows": found.rows,
        "identical": found.identical,
        "gates": hearing.held.gates,
        "measurements": found.measurements,
        "confusion": found.confusion,
        "confusion_table": found.confusion_table,
        "weighting": found.weighting,
        "cost": found.cost,
        "curves": hearing.curves,
        "slices": found.slices,
        "detectable": hearing.held.detectable,
    }


def told_by_policy(policy: Policy, *, has_champion: bool) -> ThresholdReport | None:
    """None: each model decides itself, or a threshold is to be chosen."""
    if policy.threshold is None or policy.threshold.value is None:
        return None
    both = Decided(threshold=policy.threshold.value)
    return ThresholdReport(by=None, champion=both if has_champion else None, candidate=both)


def load_metric(name: str, policy: Policy) -> Any:
    """
    The metric behind a name; `recall of bug` is the metric `recall` of one class.

    Raises:
        BadConfig: no such metric, or no such class.
    """
    base, label = of_one_class(name)
    if label is None:
        return plugins.load("metrics", name)
    metric = plugins.load("metrics", base)
    if not isinstance(metric, CellMetric) or metric.several is not None:
        raise BadConfig(f"`{base}` is no metric of one class", mend=f"Write `{base}`.")
    if label not in policy.classes:
        raise BadConfig(
            f"`{name}` asks of a class that is none of {', '.join(policy.classes) or 'several'}",
            mend="Write it as `data.test.classes` or `--classes` does.",
        )
    return of_class(metric, label)

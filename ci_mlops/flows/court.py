"""A hearing: prediction files and the truth in, evidence and a ruling out. Used by `compare` and `judge`."""

from dataclasses import dataclass
from typing import Any

from ci_mlops import plugins
from ci_mlops.datasets.predictions import PredictionFile, Truth, paired_rows
from ci_mlops.errors import BadConfig
from ci_mlops.evaluation.cell_metric import CellMetric
from ci_mlops.evaluation.class_metric import of_class
from ci_mlops.evaluation.compare import compare
from ci_mlops.evaluation.gates import Held, hold
from ci_mlops.evaluation.outcome import Ruling, rule_on
from ci_mlops.records import Comparison, Policy
from ci_mlops.records.metric_fit import wrong_number
from ci_mlops.records.metric_names import as_number, at_number, of_one_class, plugin_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    comparison: Comparison
    held: Held
    ruling: Ruling


def hear(truth: Truth, candidate: PredictionFile, champion: PredictionFile | None, policy: Policy) -> Hearing:
    """
    Raises:
        BadData: rows that can't be compared.
        BadConfig: a metric that no plugin brings, or that does not fit the classes.
    """
    named = dict.fromkeys((*policy.metrics, *(gate.metric for gate in policy.gates)))
    metrics = [load_metric(name, policy) for name in named]
    comparison = compare(paired_rows(truth, candidate, champion, policy), policy, metrics)
    held = hold(comparison, policy)
    return Hearing(comparison=comparison, held=held, ruling=rule_on(held.gates))


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
        "slices": found.slices,
        "detectable": hearing.held.detectable,
    }


def load_metric(name: str, policy: Policy) -> Any:
    """
    The metric behind a name; `recall of bug` is the metric `recall` of one class, `lift at 0.1` is `lift_at`, told 0.1.

    Raises:
        BadConfig: no such metric, no such class, or a number that it can't be told.
    """
    if (wrong := wrong_number(name)) is not None:
        raise BadConfig(f"`{name}` {wrong[0]}", mend=wrong[1])
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
    return of_class(metric, label)


def _told(metric: Any, base: str, text: str | None) -> Any:
    number = as_number(text or "")
    # what the names alone can't say of a plugin
    if hasattr(metric, "told") == (number is None):
        name = f"{base} at {text}" if text else base
        what = "is told a number, and takes none" if text else "needs a number"
        raise BadConfig(f"`{name}` {what}", mend=f"Write `{base}`." if text else f"Write `{base} at NUMBER`.")
    return metric if number is None else metric.told(number)

"""A hearing: prediction files and the truth in, evidence and a ruling out. Used by `compare` and `judge`."""

from dataclasses import dataclass
from typing import Any

from ci_mlops import plugins
from ci_mlops.datasets.partitions import partitioned
from ci_mlops.datasets.predictions import PredictionFile, Truth
from ci_mlops.errors import BadConfig
from ci_mlops.evaluation.cell_metric import CellMetric
from ci_mlops.evaluation.class_metric import of_class
from ci_mlops.evaluation.compare import compare
from ci_mlops.evaluation.gates import Held, hold
from ci_mlops.evaluation.outcome import Ruling, rule_on
from ci_mlops.flows.counting import LOCAL, counting_on
from ci_mlops.records import Comparison, Policy
from ci_mlops.records.compute import Compute
from ci_mlops.records.metric_names import of_one_class


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    comparison: Comparison
    held: Held
    ruling: Ruling


def hear(
    truth: Truth,
    candidate: PredictionFile,
    champion: PredictionFile | None,
    policy: Policy,
    compute: Compute = LOCAL,
) -> Hearing:
    """
    Raises:
        BadData: rows that can't be compared.
        BadConfig: a metric that no plugin brings, or that does not fit the classes.
    """
    named = dict.fromkeys((*policy.metrics, *(gate.metric for gate in policy.gates)))
    metrics = [load_metric(name, policy) for name in named]
    with (
        counting_on(compute) as counting,
        partitioned(truth, candidate, champion, policy, parts=counting.parts) as partitions,
    ):
        comparison = compare(partitions, policy, metrics, over=counting.over)
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

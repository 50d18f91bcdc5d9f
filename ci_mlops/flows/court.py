"""A hearing: prediction files and the truth in, evidence and a ruling out. Used by `compare` and `judge`."""

from dataclasses import dataclass

from ci_mlops import plugins
from ci_mlops.datasets.predictions import PredictionFile, Truth, paired_rows
from ci_mlops.evaluation.compare import compare
from ci_mlops.evaluation.gates import Held, hold
from ci_mlops.evaluation.outcome import Ruling, rule_on
from ci_mlops.records import Comparison, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    comparison: Comparison
    held: Held
    ruling: Ruling


def hear(truth: Truth, candidate: PredictionFile, champion: PredictionFile | None, policy: Policy) -> Hearing:
    """
    Raises:
        BadData: rows that can't be compared.
        BadConfig: a metric that no plugin brings.
    """
    named = dict.fromkeys((*policy.metrics, *(gate.metric for gate in policy.gates)))
    metrics = [plugins.load("metrics", name) for name in named]
    comparison = compare(paired_rows(truth, candidate, champion, policy), policy, metrics)
    held = hold(comparison, policy)
    return Hearing(comparison=comparison, held=held, ruling=rule_on(held.gates))

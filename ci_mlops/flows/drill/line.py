"""The drill's line in a verdict: the part of it that asks no model and reads no file anew but the champion's."""

from ci_mlops.datasets.prediction_file import PredictionFile, Truth
from ci_mlops.errors import BadData
from ci_mlops.evaluation.drill.drill import drilled, rules_of, summed_up
from ci_mlops.flows.drill.ring import drilled_rules, ring_of, undrilled
from ci_mlops.records import Policy, Skip
from ci_mlops.records.drill_summary import DrillSummary

MOST_ROWS = 50_000
"""Measured: a second of one core, with six metrics and a column of slices."""
_WHAT = "drill"


def drill_line(
    truth: Truth, champion: PredictionFile | None, policy: Policy, *, rows: int, digest: str, test: str
) -> tuple[DrillSummary | None, tuple[Skip, ...]]:
    """The line, or why there is none. `digest` is the policy's, `test` that of the pinned rows, of which `rows` count."""
    left = undrilled(policy)
    policy = drilled_rules(policy)
    if why := _why_not(champion, policy, rows):
        return None, (Skip(what=_WHAT, reason=why),)
    assert champion is not None  # noqa: S101 - `_why_not` said so
    try:
        done, _ = drilled(ring_of(truth, champion, policy))
    except BadData as error:
        return None, (Skip(what=_WHAT, reason=f"the champion could not be sabotaged: {error.what}"),)
    rules = rules_of(done, policy)
    return summed_up(done, rules, policy=digest, test=test), left


def _why_not(champion: PredictionFile | None, policy: Policy, rows: int) -> str:
    if champion is None:
        return "there is no champion to sabotage"
    if not policy.gates:
        return "no gate is configured"
    if rows > MOST_ROWS:
        return f"{rows} rows are too many to drill in passing; `ci-mlops drill` does it by itself"
    return ""

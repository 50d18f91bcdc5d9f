"""What can be drawn of a measurement: its improvement, how sure it is, and how far its rule lets it fall."""

from math import isfinite

from ci_mlops.records import Limit, Measurement, Verdict
from ci_mlops.report.blocks import Interval
from ci_mlops.report.words import scale_of, too_small

_POINTS = "pp"


def interval_of(m: Measurement | None, rule: Limit | None, verdict: Verdict) -> Interval | None:
    if m is None or m.low is None or m.high is None or not m.low <= m.high:
        return None
    if m.slice is not None and too_small(m):
        return None
    # bounds so far apart that nothing can be drawn between them were written by somebody else
    if not isfinite(m.high - m.low) or not isfinite(m.improvement or 0.0):
        return None
    return Interval(
        at=m.improvement,
        low=m.low,
        high=m.high,
        limit=_limit(m, rule),
        unit=_POINTS if scale_of(m.metric, verdict, m).points else m.metric,
        word=m.word,
    )


def intervals_of(measured: tuple[Measurement, ...], verdict: Verdict) -> tuple[Interval | None, ...]:
    """Each with the rule that compares it, if there is one."""
    rules = {(gate.metric, gate.slice): gate.rule for gate in verdict.gates if gate.rule.comparative}
    return tuple(interval_of(m, rules.get((m.metric, m.slice)), verdict) for m in measured)


def _limit(m: Measurement, rule: Limit | None) -> float | None:
    """Of a rule that bounds the candidate itself: its distance from the champion."""
    if rule is None:
        return None
    if rule.kind == "improve":
        return 0.0
    if rule.value is None:
        return None
    if rule.kind == "max_regression":
        return -rule.value
    if m.champion is None:
        return None
    found = rule.value - m.champion if rule.kind == "min" else m.champion - rule.value
    return found if isfinite(found) else None

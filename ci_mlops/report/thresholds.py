"""From which score on each model decides, in words."""

from ci_mlops.records import Decided, Verdict
from ci_mlops.report.capacity import most_alarms
from ci_mlops.report.numbers import number, short
from ci_mlops.report.words import FLOOR, counted

_BY = {"cost": "at least expected cost", "f1": "at the highest F1"}


def thresholds(verdict: Verdict) -> str:
    """`The champion decides at 0.22 and the candidate at 0.17, each chosen on 1 200 validation rows at least cost.`"""
    told = verdict.threshold
    if told is None:
        return ""
    if told.by is None:
        who = "Both models call" if told.champion is not None else "The candidate calls"
        return f"{who} positive what scores at least {short(told.candidate.threshold)}, as the policy says."
    rows, best = counted(told.candidate.rows, "validation row"), _BY[told.by]
    if verdict.cost is not None and verdict.cost.capacity is not None:
        best += f" within {most_alarms(verdict)}"
    now = f"{_at(told.candidate)}"
    if told.champion is None:
        return f"The candidate decides at {now}, chosen on {rows} {best}.{_few(told.candidate)}"
    before = _at(told.champion)
    if told.champion.rows == told.candidate.rows:
        where = f"each chosen on {rows} {best}"
    else:
        where = f"chosen on {number(told.champion.rows)} and on {rows} {best}"
    return f"The champion decides at {before} and the candidate at {now}, {where}.{_few(told.candidate)}"


def _at(decided: Decided) -> str:
    return short(float(f"{decided.threshold:.3g}"))


def _few(decided: Decided) -> str:
    """What few events are chosen by is chance."""
    fewest = min(decided.events, decided.rows - decided.events)
    if fewest >= FLOOR:
        return ""
    return f" That is a choice by {counted(fewest, 'row')} of the rarer class: more validation rows would make it surer."

"""Alarms: how many there may be, and how many both models raise."""

from ci_mlops.records import Verdict
from ci_mlops.records.cost import A_YEAR
from ci_mlops.report.numbers import ARROW, number, short


def most_alarms(verdict: Verdict) -> str:
    """`200 alarms a day`."""
    capacity = verdict.cost.capacity if verdict.cost else None
    # a verdict may have been written by somebody else
    return "can be looked at" if capacity is None else f"{short(capacity.alarms)} alarms a {capacity.per}"


def alarms(verdict: Verdict) -> str:
    """`Alarms a day: 180 -> 214 (95 % CI 203 to 226), of which 200 can be looked at.`"""
    cost = verdict.cost
    rate = next((m for m in verdict.measurements if m.metric == "selection_rate" and m.slice is None), None)
    if cost is None or cost.capacity is None or cost.volume is None or rate is None or rate.candidate is None:
        return ""
    capacity = cost.capacity
    times = cost.volume / A_YEAR[capacity.per]
    fewest = 0 if capacity.alarms >= 20 else 1
    before = "" if rate.champion is None else f"{number(rate.champion * times, fewest)} {ARROW} "
    bounds = ""
    if rate.candidate_low is not None and rate.candidate_high is not None:
        low, high = (number(bound * times, fewest) for bound in (rate.candidate_low, rate.candidate_high))
        bounds = f" (95\N{NO-BREAK SPACE}% CI {low} to {high})"
    return (
        f"Alarms a {capacity.per}: {before}{number(rate.candidate * times, fewest)}{bounds}; "
        f"{short(capacity.alarms)} can be looked at."
    )

"""Costs of a year, where the policy says how many decisions one holds."""

from math import floor, log10

from ci_mlops.records import Measurement, Verdict
from ci_mlops.report.inline import strong
from ci_mlops.report.numbers import MINUS, number, percent
from ci_mlops.report.words import sign_or_unit

# no interval of a year's money deserves more
_DIGITS = 3


def volume_of(m: Measurement, verdict: Verdict) -> float | None:
    """Of all rows: nobody has said how many decisions fall into a slice."""
    if m.metric != "expected_cost" or m.slice is not None or verdict.cost is None:
        return None
    return verdict.cost.volume


def at_volume(verdict: Verdict) -> str:
    """`at 200 000 decisions a year`."""
    volume = verdict.cost.volume if verdict.cost else None
    return "" if volume is None else f"at {number(round(volume))} decisions a year"


def amount(money: float, verdict: Verdict, *, signed: bool = False) -> str:
    """
    In as many digits as anybody can know: `€526 000`. A volume that was given to the last decision makes no
    expectation that exact.
    """
    before, after = sign_or_unit(verdict.cost.unit if verdict.cost else "")
    size = abs(money)
    places = _DIGITS - 1 - floor(log10(size)) if size else 0
    rounded = round(size, places)
    text = number(rounded, max(0, min(2, places)))
    sign = (MINUS if money < 0 else "+" if signed else "") if rounded else ""
    return f"{sign}{before}{text}{after}"


def year_of_change(m: Measurement, verdict: Verdict) -> str:
    """`, €526 000 a year`: how much the difference is; empty without a volume."""
    volume = volume_of(m, verdict)
    if volume is None or m.champion is None or m.candidate is None:
        return ""
    return f", {amount(abs(m.candidate - m.champion) * volume, verdict)} a year"


def more_a_year(verdict: Verdict) -> str:
    """`, €646 000 more a year`; empty where nothing costs more, or without a volume."""
    cost = verdict.cost
    if cost is None or cost.volume is None or cost.champion is None or cost.candidate <= cost.champion:
        return ""
    return f", {amount((cost.candidate - cost.champion) * cost.volume, verdict)} more a year"


def year_interval(m: Measurement, verdict: Verdict) -> str:
    """`; at 200 000 decisions a year -€986 000 to -€86 000`, inside the interval's brackets."""
    volume = volume_of(m, verdict)
    if volume is None or m.low is None or m.high is None:
        return ""
    low, high = (amount(-bound * volume, verdict, signed=True) for bound in (m.high, m.low))
    return f"; {at_volume(verdict)} {low} to {high}"


def year_line(verdict: Verdict) -> str:
    """What each model costs a year, and the difference with its interval."""
    cost = verdict.cost
    m = next((m for m in verdict.measurements if m.metric == "expected_cost" and m.slice is None), None)
    if cost is None or cost.volume is None or m is None:
        return ""
    now = f"{strong(amount(cost.candidate * cost.volume, verdict))} with this model"
    lead = at_volume(verdict).capitalize()
    if cost.champion is None:
        return f"{lead} that is {now}."
    before = f"{amount(cost.champion * cost.volume, verdict)} with the champion"
    difference = amount((cost.candidate - cost.champion) * cost.volume, verdict, signed=True)
    told = f"{lead} that is {before} and {now}: {difference}"
    if m.low is None or m.high is None:
        return f"{told}, and these rows can't tell how sure that is."
    low, high = (amount(-bound * cost.volume, verdict, signed=True) for bound in (m.high, m.low))
    return f"{told} ({percent(m.level)} CI {low} to {high})."


def right_and_costlier(m: Measurement, verdict: Verdict) -> str:
    """Why a model with fewer errors is held back."""
    c = verdict.confusion
    if m.metric != "expected_cost" or m.slice is not None or c is None or c.champion is None:
        return ""
    errors = [sum(side[1:3]) for side in (c.champion, c.candidate)]
    if errors[1] >= errors[0] or (m.improvement or 0) >= 0:
        return ""
    return " It is wrong less often, and its mistakes cost more."

"""Costs of a year, where the policy says how many decisions one holds."""

from collections.abc import Mapping
from math import floor, isfinite, log10

from ci_mlops.records import Measurement, PriceColumn, Verdict
from ci_mlops.report.blocks import Details, Paragraph
from ci_mlops.report.inline import name, strong
from ci_mlops.report.numbers import MINUS, NBSP, Scale, number, percent, short
from ci_mlops.report.places import policy_named
from ci_mlops.report.words import scale_of, sign_or_unit, slice_name

# no interval of a year's money deserves more
_DIGITS = 3
_CENTS = 2
_MOST_DIGITS = 6
"""Of two sums that differ by little."""
_TIMES = "\N{MULTIPLICATION SIGN}"
_KINDS = {
    "true_negative": "a rightly quiet decision costs",
    "false_positive": "a false alarm costs",
    "false_negative": "a missed event costs",
    "true_positive": "an event that is found costs",
}


def cost_scale(verdict: Verdict) -> Scale:
    return scale_of("expected_cost", verdict, cost_measured(verdict))


def cost_measured(verdict: Verdict) -> Measurement | None:
    """On all rows."""
    return next((m for m in verdict.measurements if m.metric == "expected_cost" and m.slice is None), None)


def volume_of(m: Measurement, verdict: Verdict) -> float | None:
    """Of all rows: nobody has said how many decisions fall into a slice."""
    if m.metric != "expected_cost" or m.slice is not None or verdict.cost is None:
        return None
    return verdict.cost.volume


def at_volume(verdict: Verdict) -> str:
    """`at 200 000 decisions a year`."""
    volume = verdict.cost.volume if verdict.cost else None
    return "" if volume is None else f"at {number(round(volume))} decisions a year"


def amount(money: float, verdict: Verdict, *, signed: bool = False, beside: float = 0.0) -> str:
    """
    In as many digits as anybody can know: `€526 000`. A volume that was given to the last decision makes no
    expectation that exact. `beside`: a larger one in the same sentence, which sets the digits.
    """
    return _rounded_at(_places(max(abs(money), abs(beside)), _DIGITS), money, verdict, signed=signed)


def _places(money: float, digits: int) -> int:
    # a verdict may have been written by somebody else, with a volume beyond floating point
    return digits - 1 - floor(log10(money)) if money and isfinite(money) else 0


def _rounded_at(places: int, money: float, verdict: Verdict, *, signed: bool = False) -> str:
    before, after = sign_or_unit(verdict.cost.unit if verdict.cost else "")
    rounded = round(abs(money), places)
    text = number(rounded, max(0, min(_CENTS, places)))
    sign = (MINUS if money < 0 else "+" if signed else "") if rounded else ""
    return f"{sign}{before}{text}{after}"


def _bounds(m: Measurement, volume: float, verdict: Verdict) -> str:
    """`-€986 000 to -€86 000`; the cost itself rises where the improvement is below zero."""
    if m.low is None or m.high is None:
        return ""
    wider = max(abs(m.low), abs(m.high)) * volume
    low, high = (amount(-bound * volume, verdict, signed=True, beside=wider) for bound in (m.high, m.low))
    return f"{low} to {high}"


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
    return f"; {at_volume(verdict)} {_bounds(m, volume, verdict)}"


def year_line(verdict: Verdict) -> str:
    """What each model costs a year, and the difference with its interval."""
    cost = verdict.cost
    m = cost_measured(verdict)
    if cost is None or cost.volume is None or m is None:
        return ""
    lead = at_volume(verdict).capitalize()
    if cost.champion is None:
        return f"{lead} that is {strong(amount(cost.candidate * cost.volume, verdict))} with this model."
    told = f"{lead} that is {_sum(cost.champion * cost.volume, cost.candidate * cost.volume, verdict)}"
    if m.low is None or m.high is None:
        return f"{told}, and these rows can't tell how sure that is."
    return f"{told} ({percent(m.level)} CI {_bounds(m, cost.volume, verdict)})."


def _sum(champion: float, candidate: float, verdict: Verdict) -> str:
    """Both to the place where their difference ends, so that a reader who subtracts finds what is told."""
    more = candidate - champion
    ends = min(_CENTS, _places(abs(more), _DIGITS))
    places = min(ends, _places(max(abs(champion), abs(candidate)), _MOST_DIGITS))
    before, now = (_rounded_at(places, money, verdict) for money in (champion, candidate))
    difference = amount(more, verdict, signed=True)
    shown = round(round(candidate, places) - round(champion, places), places)
    adds_up = shown == round(round(more, _places(abs(more), _DIGITS)), ends)
    told = f"{before} with the champion and {strong(now)} with this model: {difference}"
    return told if adds_up else f"{told}, each rounded"


def right_and_costlier(m: Measurement, verdict: Verdict) -> str:
    """Why a model with fewer errors is held back."""
    c = verdict.confusion
    if m.metric != "expected_cost" or m.slice is not None or c is None or c.champion is None:
        return ""
    errors = [sum(side[1:3]) for side in (c.champion, c.candidate)]
    if errors[1] >= errors[0] or (m.improvement or 0) >= 0:
        return ""
    return " It is wrong less often, and its mistakes cost more."


def each_costs(verdict: Verdict) -> tuple[str, str, str, str]:
    """What one decision costs, as (true negative, false positive, false negative, true positive); empty: nothing."""
    cost = verdict.cost
    if cost is None:
        return "", "", "", ""
    told = [_each(kind, getattr(cost, kind), dict(cost.columns), verdict) for kind in _KINDS]
    return told[0], told[1], told[2], told[3]


def _each(kind: str, price: float, columns: Mapping[str, PriceColumn], verdict: Verdict) -> str:
    own = columns.get(kind)
    if own is None:
        return cost_scale(verdict).limit(price) if price else ""
    return name(own.column) if own.times == 1 else f"{short(own.times)}{NBSP}{_TIMES}{NBSP}{name(own.column)}"


def _elsewhere(verdict: Verdict) -> str:
    """` On region = north a missed event costs €900.`"""
    lines = []
    for one in verdict.cost.slices if verdict.cost else ():
        columns, prices = dict(one.columns), dict(one.prices)
        given = [kind for kind in _KINDS if kind in columns or kind in prices]
        told = [f"{_KINDS[k]} {_each(k, prices.get(k, 0.0), columns, verdict) or '0'}" for k in given]
        lines.append(f" On {slice_name(one.slice)} {' and '.join(told)}.")
    return "".join(lines)


def where_from(verdict: Verdict) -> str:
    """Who says what the errors cost, and what that is in a year; empty without costs."""
    if verdict.cost is None:
        return ""
    file, *place = policy_named(verdict) or ("the policy",)
    source = f"{file} ({place[0]})" if place else file
    return f"Costs come from {source}.{_elsewhere(verdict)} {year_line(verdict)}".strip()


def number_costs(verdict: Verdict) -> Details | None:
    """Of a regression: what its errors cost."""
    cost = verdict.cost
    if cost is None or verdict.task != "regression":
        return None
    scale = cost_scale(verdict)
    unit = name(verdict.unit) if verdict.unit else "unit"
    told = (
        f"A prediction that is too high costs {scale.limit(cost.over)} per {unit}, "
        f"one that is too low {scale.limit(cost.under)} per {unit}."
    )
    return Details(f"{strong('What errors cost')}", (Paragraph(f"{told} {where_from(verdict)}"),))

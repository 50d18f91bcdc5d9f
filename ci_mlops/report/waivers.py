"""Waivers in words: which rule does not block, why, until when and by whom; and which waivers are of no use."""

from ci_mlops.records import Verdict, Waiver, WaiverUse
from ci_mlops.report.inline import capital, name, prose
from ci_mlops.report.words import counted, slice_name, spoken

_LIMITS = {
    "min": "min",
    "max": "max",
    "max_regression": "max_regression",
    "improve": "must: improve",
    "search": "search",
}


def waiver_lines(verdict: Verdict) -> list[str]:
    """Told at the top."""
    return [_line(use) for use in verdict.waivers]


def with_waivers(verdict: Verdict) -> str:
    """` with 1 waiver`"""
    used = sum(use.status == "used" for use in verdict.waivers)
    return f" with {counted(used, 'waiver')}" if used else ""


def until(waiver: Waiver) -> str:
    """`waived until 2026-12-31`"""
    return f"waived until {prose(waiver.until)}"


def _line(use: WaiverUse) -> str:
    waiver = use.waiver
    by = f" by {name(waiver.by)}" if waiver.by else ""
    why = f"{capital(prose(waiver.reason.rstrip('.')))}."
    match use.status:
        case "used":
            return f"Waived until {prose(waiver.until)}{by}: {_rule(waiver)}. {why}"
        case "expired":
            return f"The waiver of {_rule(waiver)} expired after {prose(waiver.until)} and does nothing: the rule blocks again."
        case "unmatched":
            return f"The waiver of {_rule(waiver)} matches no rule and does nothing: remove it, or mend its spelling."
        case "idle":
            return f"The waiver of {_rule(waiver)} is not needed: what it is for does not block."


def _rule(waiver: Waiver) -> str:
    where = ""
    if waiver.slice is not None:
        where = " on every slice" if waiver.slice == "*" else f" on {slice_name(waiver.slice)}"
    return f"{spoken(waiver.metric)}{where}" + (f", {name(_LIMITS[waiver.limit])}" if waiver.limit else "")

"""
What a rule should say of a measurement: a second reading of the same numbers, written apart from `gates`.

A rule is a line, and a measurement a stretch on the same axis: `room` says how far its worst and its best end lie on
the allowed side of the line. That is all that there is to a gate; where `gates` says something else, one of the two
has a fault.
"""

from ci_mlops.records import GateRule, Measurement
from ci_mlops.records.verdict import Status

Room = tuple[float, float]
"""Worst and best; below 0 is beyond what the rule allows."""


_READ = ("min", "max", "max_regression", "improve")


def expected(rule: GateRule, found: Measurement | None, floor: int) -> Status | None:
    """None: a kind of limit that is read by `gates` alone."""
    return _reading(rule, found, floor) if rule.limit.kind in _READ else None


def _reading(rule: GateRule, found: Measurement | None, floor: int) -> Status:
    if found is None:
        return "undecided"
    if rule.limit.comparative and found.candidate is not None and found.champion is None:
        return "skipped"
    room = _room(rule, found)
    if room is not None and rule.limit.comparative and (found.identical or (found.low == 0 == found.high)):
        return "skipped" if rule.limit.kind == "improve" else "held"
    if room is None or found.events < floor:
        return "undecided"
    worst, best = room
    if best < 0:
        return "broken"
    # no worse is enough to hold a limit; to have improved takes more
    held = worst > 0 or (worst == 0 and rule.limit.kind != "improve")
    # a few rows that differ are enough to break a rule, never to hold one
    few = rule.limit.comparative and found.reason and not found.fault
    return "held" if held and not few else "undecided"


def beyond(rule: GateRule, found: Measurement | None) -> bool:
    """Whether the point value itself is worse than the rule allows, however sure these rows are of it."""
    if found is None or rule.limit.kind not in _READ:
        return False
    if rule.limit.comparative:
        lost = _lost(found)
        return lost is not None and lost > (rule.limit.value or 0.0)
    return found.candidate is not None and _side(rule, found.candidate) < 0


def wholly_beyond(rule: GateRule, found: Measurement | None) -> bool:
    """Whether these rows show it, be they as few as they may."""
    room = _room(rule, found) if found is not None and rule.limit.kind in _READ else None
    return room is not None and room[1] < 0


def _room(rule: GateRule, found: Measurement) -> Room | None:
    if rule.limit.comparative:
        if found.low is None or found.high is None:
            return None
        allowed = rule.limit.value or 0.0
        return found.low + allowed, found.high + allowed
    if found.candidate is None:
        return None
    point = _side(rule, found.candidate)
    if rule.limit.confident:
        # asked of the whole interval: its worse end holds it, its better one breaks it
        if found.candidate_low is None or found.candidate_high is None:
            return None
        first, second = (_side(rule, end) for end in (found.candidate_low, found.candidate_high))
        return min(first, second), max(first, second)
    bound = found.candidate_high if rule.limit.kind == "min" else found.candidate_low
    # on all rows the value itself decides; a slice is given the good end of its interval
    best = point if found.slice is None or bound is None else _side(rule, bound)
    return point, max(point, best)


def _side(rule: GateRule, value: float) -> float:
    limit = rule.limit.value or 0.0
    return value - limit if rule.limit.kind == "min" else limit - value


def _lost(found: Measurement) -> float | None:
    """From the two models' own values, not from the improvement that was made of them."""
    if found.champion is None or found.candidate is None:
        return None
    gained = found.candidate - found.champion
    return -gained if found.higher_is_better else gained

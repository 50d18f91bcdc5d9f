"""Waivers of the base branch: a blocking rule that is broken or undecided does not block for a while, and says so."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

from ci_mlops.records import GateResult, Policy, Waiver, WaiverUse
from ci_mlops.records.slices import CROSS, is_of, spelt

Waived = tuple[tuple[GateResult, ...], tuple[WaiverUse, ...]]


def waive(gates: Sequence[GateResult], policy: Policy, today: str) -> Waived:
    """
    Args:
        gates: As they were held.
        policy: The first of its waivers that fits a rule is used for it.
        today: ISO date in UTC; a waiver holds to the end of its last day.
    """
    waivers = policy.waivers
    used = [0] * len(waivers)
    results = []
    for gate in gates:
        number = next(
            (n for n, one in enumerate(waivers) if one.until >= today and _fits(one, gate, policy)), None
        )
        if number is None or not _counts(gate):
            results.append(gate)
            continue
        used[number] += 1
        results.append(replace(gate, waiver=waivers[number]))
    uses = [_use(waiver, count, gates, policy, today) for waiver, count in zip(waivers, used, strict=True)]
    return tuple(results), tuple(uses)


def _counts(gate: GateResult) -> bool:
    """Without a waiver it would keep the verdict from `passed`."""
    if gate.severity != "block":
        return False
    unsure = gate.status == "undecided" and (gate.slice is None or gate.undecided == "block")
    return gate.status == "broken" or unsure


def _fits(waiver: Waiver, gate: GateResult, policy: Policy) -> bool:
    # the search looks at far more than a gate of the same metric: only a waiver that names it waives it
    searched = gate.number == len(policy.gates)
    named = (waiver.limit == "search") if searched else waiver.limit in (None, gate.rule.kind)
    if waiver.metric != gate.metric or not named:
        return False
    if waiver.slice is None:
        return True
    if gate.slice is None:
        return False
    if waiver.slice in ("*", gate.slice):
        return True
    crossed = permutations(policy.search.columns, 2) if searched and policy.search is not None else ()
    cuts = (*policy.slices, *map(CROSS.join, crossed))
    return "=" not in waiver.slice and is_of(gate.slice, spelt(waiver.slice), cuts)


def _use(waiver: Waiver, count: int, gates: Sequence[GateResult], policy: Policy, today: str) -> WaiverUse:
    if waiver.until < today:
        return WaiverUse(waiver=waiver, status="expired")
    if not any(_fits(waiver, gate, policy) for gate in gates):
        return WaiverUse(waiver=waiver, status="unmatched")
    return WaiverUse(waiver=waiver, status="used" if count else "idle", gates=count)

"""Waivers of the base branch: a blocking rule that is broken or undecided does not block for a while, and says so."""

from collections.abc import Sequence
from dataclasses import replace

from ci_mlops.records import GateResult, Waiver, WaiverUse

Waived = tuple[tuple[GateResult, ...], tuple[WaiverUse, ...]]


def waive(gates: Sequence[GateResult], waivers: Sequence[Waiver], today: str) -> Waived:
    """
    Args:
        gates: As they were held.
        waivers: Of the policy; the first that fits a rule is used for it.
        today: ISO date in UTC; a waiver holds to the end of its last day.
    """
    used = [0] * len(waivers)
    results = []
    for gate in gates:
        number = next((n for n, one in enumerate(waivers) if one.until >= today and _fits(one, gate)), None)
        if number is None or not _counts(gate):
            results.append(gate)
            continue
        used[number] += 1
        results.append(replace(gate, waiver=waivers[number]))
    uses = [_use(waiver, count, gates, today) for waiver, count in zip(waivers, used, strict=True)]
    return tuple(results), tuple(uses)


def _counts(gate: GateResult) -> bool:
    """Without a waiver it would keep the verdict from `passed`."""
    if gate.severity != "block":
        return False
    unsure = gate.status == "undecided" and (gate.slice is None or gate.undecided == "block")
    return gate.status == "broken" or unsure


def _fits(waiver: Waiver, gate: GateResult) -> bool:
    if waiver.metric != gate.metric or waiver.limit not in (None, gate.rule.kind):
        return False
    if waiver.slice is None:
        return True
    if gate.slice is None:
        return False
    return waiver.slice in ("*", gate.slice, gate.slice.partition("=")[0])


def _use(waiver: Waiver, count: int, gates: Sequence[GateResult], today: str) -> WaiverUse:
    if waiver.until < today:
        return WaiverUse(waiver=waiver, status="expired")
    if not any(_fits(waiver, gate) for gate in gates):
        return WaiverUse(waiver=waiver, status="unmatched")
    return WaiverUse(waiver=waiver, status="used" if count else "idle", gates=count)

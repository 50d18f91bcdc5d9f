"""From gates to one word and one sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ci_mlops.records import GateResult
from ci_mlops.records.verdict import Outcome, Status

PASSED, BLOCKED, UNDECIDED = 0, 1, 10
_GRAVITY: tuple[Status | Literal["waived"], ...] = ("broken", "undecided", "waived", "skipped", "held")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    outcome: Outcome
    reason: str
    exit_code: int


def rule_on(gates: Sequence[GateResult]) -> Ruling:
    """
    Every blocking rule must be shown to hold.

    A gate on all rows that these rows can't decide makes the verdict undecided; its policy says whether that
    blocks. A slice that is too small is a fact of the report, unless its policy says block.
    """
    rules = gravest(gates)
    if not rules:
        return Ruling(
            outcome="not_applicable",
            reason="No gate is configured: measured for information.",
            exit_code=PASSED,
        )
    blocking = [gate for gate in rules if gate.severity == "block" and gate.waiver is None]
    broken = [gate for gate in blocking if gate.status == "broken"]
    if broken:
        return Ruling(outcome="blocked", reason=_count(broken, "broken", len(rules)), exit_code=BLOCKED)
    unsure = [
        gate
        for gate in blocking
        if gate.status == "undecided" and (gate.slice is None or gate.undecided == "block")
    ]
    if unsure:
        code = UNDECIDED if any(gate.blocks for gate in unsure) else PASSED
        return Ruling(outcome="undecided", reason=_count(unsure, "undecided", len(rules)), exit_code=code)
    return Ruling(outcome="passed", reason=_all_hold(rules), exit_code=PASSED)


def gravest(gates: Sequence[GateResult]) -> list[GateResult]:
    """One result a rule: a rule for every slice is as good as its worst slice."""
    worst: dict[int, GateResult] = {}
    for gate in gates:
        before = worst.get(gate.number)
        if before is None or _gravity(gate) < _gravity(before):
            worst[gate.number] = gate
    return list(worst.values())


def _gravity(gate: GateResult) -> int:
    """What is waived is no graver than what is not known to break."""
    return _GRAVITY.index("waived" if gate.waiver is not None else gate.status)


def _count(found: Sequence[GateResult], word: str, total: int) -> str:
    first = found[0]
    place = f" on {first.slice}" if first.slice else ""
    rules = "rule" if total == 1 else "rules"
    verb = "is" if len(found) == 1 else "are"
    return f"{len(found)} of {total} {rules} {verb} {word}: {first.reason}{place}."


def _all_hold(rules: Sequence[GateResult]) -> str:
    held = sum(rule.status == "held" for rule in rules)
    if held == len(rules):
        return "The rule holds." if held == 1 else f"All {held} rules hold."
    parts = [f"{held} of {len(rules)} rules hold" if held else "No rule is broken"]
    skipped = [rule for rule in rules if rule.status == "skipped"]
    if skipped:
        parts.append(f"{len(skipped)} skipped, because {skipped[0].reason}")
    waived = sum(rule.waiver is not None for rule in rules)
    if waived:
        parts.append(f"{waived} waived")
    warned = sum(rule.status in ("broken", "undecided") and rule.waiver is None for rule in rules)
    if warned:
        parts.append(f"{warned} not shown to hold, which only warns")
    return "; ".join(parts) + "."

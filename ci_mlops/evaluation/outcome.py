"""From gates to one word and one sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

from ci_mlops.records import GateResult
from ci_mlops.records.verdict import Outcome

PASSED, BLOCKED, UNDECIDED = 0, 1, 10


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
    if not gates:
        return Ruling(
            outcome="not_applicable",
            reason="No gate is configured: measured for information.",
            exit_code=PASSED,
        )
    blocking = [gate for gate in gates if gate.severity == "block"]
    broken = [gate for gate in blocking if gate.status == "broken"]
    if broken:
        return Ruling(outcome="blocked", reason=_count(broken, "broken", len(gates)), exit_code=BLOCKED)
    unsure = [
        gate
        for gate in blocking
        if gate.status == "undecided" and (gate.slice is None or gate.undecided == "block")
    ]
    if unsure:
        code = UNDECIDED if any(gate.blocks for gate in unsure) else PASSED
        return Ruling(outcome="undecided", reason=_count(unsure, "undecided", len(gates)), exit_code=code)
    return Ruling(outcome="passed", reason=_all_hold(gates), exit_code=PASSED)


def _count(found: Sequence[GateResult], word: str, total: int) -> str:
    first = found[0]
    place = f" on {first.slice}" if first.slice else ""
    rules = "rule" if total == 1 else "rules"
    verb = "is" if len(found) == 1 else "are"
    return f"{len(found)} of {total} {rules} {verb} {word}: {first.reason}{place}."


def _all_hold(gates: Sequence[GateResult]) -> str:
    held = sum(gate.status == "held" for gate in gates)
    parts = ["The rule holds" if len(gates) == 1 else f"{held} of {len(gates)} rules hold"]
    if held == len(gates) > 1:
        parts = [f"All {held} rules hold"]
    if held == 0:
        parts = ["No rule is broken"]
    skipped = [gate for gate in gates if gate.status == "skipped"]
    if skipped:
        parts.append(f"{len(skipped)} skipped, because {skipped[0].reason}")
    warned = sum(gate.status in ("broken", "undecided") for gate in gates)
    if warned:
        parts.append(f"{warned} not shown to hold, which only warns")
    return "; ".join(parts) + "."

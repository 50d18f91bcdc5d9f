"""What became of one sabotage: what the gates said, held against what they should have said."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ci_mlops.evaluation.drill.oracle import beyond, expected, wholly_beyond
from ci_mlops.evaluation.drill.sabotage import Sabotage
from ci_mlops.evaluation.drill.wording import listed, of_slice, rule_text, rules_text
from ci_mlops.evaluation.gates import Held
from ci_mlops.evaluation.outcome import Ruling
from ci_mlops.records import Comparison, GateResult, GateRule, Measurement, Policy
from ci_mlops.records.drill import Fate, Sabotaged

FEW_RIGHT = "few-right"
Place = tuple[str, str | None]
"""Metric and slice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One candidate before the court."""

    comparison: Comparison
    held: Held
    ruling: Ruling
    changed: int


def refused(sabotage: Sabotage, why: str) -> Sabotaged:
    """It was never scored."""
    harmless = sabotage.intent == "harmless"
    fate: Fate = "blocked" if harmless else "refused"
    return replace(_named_as(sabotage, fate, f"refused: {why}"), harmful=not harmless)


def scored(sabotage: Sabotage) -> Sabotaged:
    """What had to be refused as bad data was not."""
    reason = "NOT STOPPED: it was scored, and had to be refused as bad data"
    return replace(_named_as(sabotage, "not_stopped", reason), harmful=True)


def judged(sabotage: Sabotage, tried: Tried, champion: Tried, policy: Policy, effect: str) -> Sabotaged:
    """`champion`: the champion itself before the same court. `effect`: the metric that the effect is told in."""
    found = {(m.metric, m.slice): m for m in tried.comparison.measurements}
    before = {(m.metric, m.slice): m for m in champion.comparison.measurements}
    worse = [m for m in found.values() if m.word == "worse"]
    lost = [m for place, m in found.items() if m.fault and place in before and not before[place].fault]
    gated = {(gate.metric, gate.slice) for gate in tried.held.gates}
    felt = bool(worse) or any((m.metric, m.slice) in gated for m in lost)
    disagreements = tuple(_disagreements(sabotage, tried, found, policy))
    if sabotage.intent == "harmless":
        fate, reason = _fate_of_harmless(sabotage, tried, champion, policy)
    elif tried.ruling.exit_code:
        by = rules_text(stopping(tried), policy)
        fate, reason = (
            ("stopped", f"stopped by {by}") if felt else ("no_harm", f"no harm shown; stopped by {by}")
        )
    else:
        fate, reason = _fate_of_harm(tried.held.gates, worse, lost, found, policy)
    return replace(
        _named_as(sabotage, fate, reason),
        changed=tried.changed,
        harmful=sabotage.intent == "harm" and felt,
        effect=found.get((effect, None)),
        gates=tried.held.gates,
        stopped_by=stopping(tried),
        worse=tuple(of_slice(m.metric, m.slice) for m in worse),
        lost=tuple(of_slice(m.metric, m.slice) for m in lost),
        disagreements=disagreements,
    )


def _named_as(sabotage: Sabotage, fate: Fate, reason: str) -> Sabotaged:
    return Sabotaged(
        name=sabotage.name,
        title=sabotage.title,
        about=sabotage.about,
        intent=sabotage.intent,
        fate=fate,
        reason=reason,
    )


def stopping(tried: Tried) -> tuple[int, ...]:
    """Numbers of the rules that, each by itself, end the check with red."""
    return tuple(sorted({gate.number for gate in tried.held.gates if gate.blocks}))


def _disagreements(
    sabotage: Sabotage, tried: Tried, found: dict[Place, Measurement], policy: Policy
) -> list[str]:
    told = []
    for gate, rule in _with_rules(tried.held.gates, policy):
        should = expected(rule, found.get(_place(gate)), policy.floor)
        if should not in (gate.status, None):
            told.append(f"{rule_text(rule)} is {gate.status}, and by its numbers it is {should}")
        if sabotage.name == FEW_RIGHT and rule.limit.kind == "improve" and gate.status == "held":
            told.append(f"{rule_text(rule)} holds by 3 rows")
    return told


def _fate_of_harm(
    gates: Sequence[GateResult],
    worse: Sequence[Measurement],
    lost: Sequence[Measurement],
    found: dict[Place, Measurement],
    policy: Policy,
) -> tuple[Fate, str]:
    """Of harm that nothing stopped."""
    held = _with_rules(gates, policy)
    broken = [gate for gate, rule in held if wholly_beyond(rule, found.get(_place(gate)))]
    blocking = [gate for gate in broken if gate.severity == "block"]
    if blocking:
        return "not_stopped", f"NOT STOPPED: {_told(blocking[0], policy)}"
    shown = {(m.metric, m.slice) for m in worse}
    unsure = [
        gate
        for gate, rule in held
        if gate.severity == "block" and _place(gate) in shown and beyond(rule, found[_place(gate)])
    ]
    if unsure:
        return "undecided", f"let through undecided: {_told(unsure[0], policy)}, as these rows can't show it"
    if broken:
        return "warned", f"let through with a warning: {_told(broken[0], policy)}"
    if not shown:
        gone = f"no rule asks for what is lost: {_named(lost)}"
        return ("unwatched", gone) if lost else ("no_harm", "no harm shown")
    if not shown & {_place(gate) for gate in gates if gate.severity == "block"}:
        return "unwatched", f"no blocking rule looks at it: worse in {_named(worse)}"
    return "allowed", f"worse in {_named(worse)}, within what the rules allow"


def _with_rules(gates: Sequence[GateResult], policy: Policy) -> list[tuple[GateResult, GateRule]]:
    """Without what the court holds beside the policy's gates, which has no limit to be read."""
    return [(gate, policy.gates[gate.number]) for gate in gates if gate.number < len(policy.gates)]


def _place(gate: GateResult) -> Place:
    return gate.metric, gate.slice


def _told(gate: GateResult, policy: Policy) -> str:
    where = f" on {gate.slice}" if gate.slice and "=" not in (policy.gates[gate.number].slice or "") else ""
    return f"worse than {rule_text(policy.gates[gate.number])} allows{where}, and that rule is {gate.status}"


def _named(found: Sequence[Measurement]) -> str:
    """Where all rows show it, no slice needs to."""
    everywhere = [m for m in found if m.slice is None] or found
    return listed([f"`{of_slice(m.metric, m.slice)}`" for m in everywhere], most=3)


def _fate_of_harmless(sabotage: Sabotage, tried: Tried, champion: Tried, policy: Policy) -> tuple[Fate, str]:
    if not tried.ruling.exit_code:
        return "passed", "passes"
    numbers = stopping(tried)
    by = rules_text(numbers, policy)
    blocking = [gate for gate in tried.held.gates if gate.blocks]
    if sabotage.name == FEW_RIGHT and all(gate.rule.kind == "improve" for gate in blocking):
        return "passed", f"stopped by {by}, as it should be: 3 rows are chance"
    if sabotage.name != "champion" and all(gate.status == "undecided" for gate in blocking):
        return "unproven", f"stopped by {by}: these rows can't show enough"
    if sabotage.name != "champion" and set(numbers) <= set(stopping(champion)):
        return "blocked", f"stopped by {by}, which the champion itself does not keep"
    return "blocked", f"STOPPED, though it is no worse than the champion: by {by}"

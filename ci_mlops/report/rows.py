"""The rules of a verdict in the order of a reader's worry, one row each."""

from dataclasses import dataclass, replace

from ci_mlops.records import GateResult, Measurement, Verdict
from ci_mlops.report.words import higher_is_better, too_small

_MARKS = {"held": "✅", "broken": "⚠️", "undecided": "🟡", "skipped": "⚪", "waived": "🔓"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """One rule; a rule over many slices is shown by its worst."""

    gate: GateResult
    measurement: Measurement | None
    slices: int = 1
    """How many slices it stands for."""

    @property
    def mark(self) -> str:
        return "❌" if self.fate == "blocking" else _MARKS[self.fate]

    @property
    def fate(self) -> str:
        if self.gate.waiver is not None:
            return "waived"
        return "blocking" if self.gate.blocks and self.gate.status == "broken" else self.gate.status

    @property
    def higher(self) -> bool:
        return higher_is_better(self.gate.metric, self.measurement)

    @property
    def urgency(self) -> int:
        if self.gate.blocks:
            return 0 if self.gate.status == "broken" else 1
        return {"broken": 2, "undecided": 3, "held": 4, "skipped": 5}[self.gate.status]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many rules there are, and how many of each fate; a rule over slices is one."""

    rules: int
    blocking: int
    warned: int
    undecided: int
    skipped: int
    waived: int = 0

    @property
    def held(self) -> int:
        return self.rules - self.blocking - self.warned - self.undecided - self.skipped - self.waived


def rule_rows(verdict: Verdict) -> tuple[RuleRow, ...]:
    """Broken rules first, then undecided, then held; inside each the order of the policy."""
    rows: list[RuleRow] = []
    for results in _by_rule(verdict):
        alone = [
            row
            for row in results
            if len(results) == 1 or row.gate.blocks or row.gate.status == "broken" or row.gate.waiver
        ]
        rest = [row for row in results if row not in alone]
        rows += alone
        if rest:
            rows.append(replace(min(rest, key=_worry), slices=len(rest)))
    return tuple(sorted(rows, key=lambda row: row.urgency))


def tally(verdict: Verdict) -> Tally:
    fates = [min(results, key=_worry).fate for results in _by_rule(verdict)]
    return Tally(
        rules=len(fates),
        blocking=fates.count("blocking"),
        warned=fates.count("broken"),
        undecided=fates.count("undecided"),
        skipped=fates.count("skipped"),
        waived=fates.count("waived"),
    )


def _by_rule(verdict: Verdict) -> list[list[RuleRow]]:
    measured = {(m.metric, m.slice): m for m in verdict.measurements}
    rules: dict[int, list[RuleRow]] = {}
    for gate in verdict.gates:
        row = RuleRow(gate=gate, measurement=measured.get((gate.metric, gate.slice)))
        rules.setdefault(gate.number, []).append(row)
    return list(rules.values())


def _worry(row: RuleRow) -> tuple[bool, int, float]:
    """A slice too small to judge comes last: alone it decides nothing. Then by fate, and by how near the limit is."""
    gate = row.gate
    m = row.measurement
    small = gate.slice is not None and not gate.blocks and (m is None or too_small(m))
    shown = gate.improvement if gate.rule.comparative else gate.candidate
    towards = 1.0 if gate.rule.comparative or gate.rule.kind == "min" else -1.0
    return small, row.urgency, float("inf") if shown is None else shown * towards

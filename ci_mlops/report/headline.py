"""The first line: may I merge, and why."""

from ci_mlops.records import GateResult, Verdict
from ci_mlops.report.capacity import most_alarms
from ci_mlops.report.for_information import LEAD, MARK
from ci_mlops.report.inline import capital, name, prose
from ci_mlops.report.rows import RuleRow, rule_rows
from ci_mlops.report.waivers import with_waivers
from ci_mlops.report.words import counted, scale_of, subject

MARKS = {"passed": "✅", "blocked": "❌", "undecided": "🟡", "not_applicable": "⚪", "not_evaluated": "🔥"}


_LONGEST_REASON = 160


def headline(verdict: Verdict) -> str:
    """Without its mark: `Model gate passed: credit-default may be merged`."""
    told = _WORDS[verdict.verdict](verdict)
    return f"{LEAD}: {told[:1].lower()}{told[1:]}" if verdict.for_information else told


def mark(verdict: Verdict) -> str:
    """What a reader sees first: never a green sign where nothing was decided."""
    return MARK if verdict.for_information else MARKS[verdict.verdict]


def _passed(verdict: Verdict) -> str:
    waived = with_waivers(verdict)
    event = verdict.change.event if verdict.change else "local"
    if verdict.for_information or event in ("local", "branch", "other"):
        return f"Model gate passed{waived}: {name(verdict.model)} {_kept(verdict)}"
    may = "registered" if event == "push" else "merged"
    return f"Model gate passed{waived}: {name(verdict.model)} may be {may}"


def _kept(verdict: Verdict) -> str:
    """No more than was shown."""
    found = {gate.status for gate in verdict.gates}
    if found & {"broken", "undecided"}:
        return "breaks no rule that blocks"
    if found == {"skipped"}:
        return "has no rule that could be judged"
    return "keeps every rule that could be judged" if "skipped" in found else "keeps every rule"


def _blocked(verdict: Verdict) -> str:
    broken = [row for row in rule_rows(verdict) if row.gate.blocks and row.gate.status == "broken"]
    if not broken:
        return f"Model gate blocked: {prose(verdict.reason)}"
    return f"Model gate blocked: {_broken(broken[0], verdict)}{_more(broken[0], broken, ' broken')}"


def _more(told_of: RuleRow, rows: list[RuleRow], how: str) -> str:
    """What else there is to the row that is told of: more slices of its rule, which are no rules, and other rules."""
    slices = sum(row.gate.number == told_of.gate.number for row in rows) - 1
    rules = len({row.gate.number for row in rows}) - 1
    told = f", and on {counted(slices, 'more slice')}" if slices else ""
    return told + (f"{';' if told else ', and'} {counted(rules, 'more rule')}{how}" if rules else "")


def _broken(row: RuleRow, verdict: Verdict) -> str:
    gate = row.gate
    about = subject(gate, verdict)
    if gate.rule.kind == "max_regression":
        return f"{about} is worse than the champion"
    if gate.rule.kind == "capacity":
        return f"it raises more than {most_alarms(verdict)}"
    if gate.rule.kind == "improve" or gate.rule.value is None:
        return f"{about} does not {'rise' if row.higher else 'fall'}"
    limit = scale_of(gate.metric, verdict, row.measurement).limit(gate.rule.value)
    return f"{about} is {'below' if gate.rule.kind == 'min' else 'above'} {limit}"


def _undecided(verdict: Verdict) -> str:
    undecided = [row for row in rule_rows(verdict) if row.fate == "undecided"]
    if not undecided:
        return f"Model gate undecided: {prose(verdict.reason)}"
    fault = next((row for row in undecided if row.measurement is not None and row.measurement.fault), None)
    if fault is not None and fault.measurement is not None:
        return f"Model gate undecided: {prose(fault.measurement.reason)}{_more(fault, undecided, '')}"
    more = _more(undecided[0], undecided, "")
    return f"Model gate undecided: these rows can't show {_question(undecided[0], verdict)}{more}"


def _question(row: RuleRow, verdict: Verdict) -> str:
    gate: GateResult = row.gate
    about = subject(gate, verdict)
    scale = scale_of(gate.metric, verdict, row.measurement)
    if gate.rule.kind == "capacity":
        return f"whether it raises at most {most_alarms(verdict)}"
    if gate.rule.kind == "improve" or gate.rule.value is None:
        return f"whether {about} {'rises' if row.higher else 'falls'}"
    if gate.rule.kind == "max_regression":
        return f"whether {about} stays within {scale.margin(gate.rule.value)} of the champion"
    verb = "reaches" if gate.rule.kind == "min" else "stays at or below"
    return f"whether {about} {verb} {scale.limit(gate.rule.value)}"


def _not_applicable(verdict: Verdict) -> str:
    return f"Model gate not applicable. {capital(_sentence_inside(verdict.reason))}"


def _not_evaluated(verdict: Verdict) -> str:
    what = verdict.error.what if verdict.error else verdict.reason
    reason = f": {_sentence_inside(what)}" if told_whole(what) else ""
    return f"Model gate could not evaluate {name(verdict.model)}{reason}"


def told_whole(what: str) -> bool:
    """Short enough for a heading."""
    return len(what) <= _LONGEST_REASON


def _sentence_inside(text: str) -> str:
    return prose(text.strip().rstrip("."))


_WORDS = {
    "passed": _passed,
    "blocked": _blocked,
    "undecided": _undecided,
    "not_applicable": _not_applicable,
    "not_evaluated": _not_evaluated,
}

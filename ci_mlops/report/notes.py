"""The lines around the table: what the signs mean, what happens next, what can be done."""

from ci_mlops.records import Detectable, Measurement, Verdict
from ci_mlops.report.blocks import Block, Items, Paragraph
from ci_mlops.report.findings import doubts, rows_left_out
from ci_mlops.report.inline import capital, code, name, prose, shortened, strong
from ci_mlops.report.numbers import NBSP, number, short
from ci_mlops.report.places import is_commit, policy_place
from ci_mlops.report.proof import contaminated, of_the_pin
from ci_mlops.report.rows import RuleRow, rule_rows
from ci_mlops.report.slice_facts import rounded_up
from ci_mlops.report.thresholds import thresholds
from ci_mlops.report.waivers import waiver_lines
from ci_mlops.report.words import (
    counted,
    either,
    higher_is_better,
    scale_of,
    slice_name,
    spoken,
    subject,
    too_small,
)

_FEW, _MANY = 2, 10
_BUCKETED = 500


def policy_edited(verdict: Verdict) -> list[Block]:
    """Told at the top: a change must not judge itself by rules of its own."""
    policy = verdict.policy
    if policy is None or not policy.edited:
        return []
    lead = f"⚠️ {strong('This change also edits the gate policy')}"
    uses = "goes by" if verdict.verdict == "not_evaluated" else "used"
    used = f"The gate {uses} the policy of {policy_place(verdict)}, without these edits."
    if any(edit.startswith("waivers.") for edit in policy.edits):
        used += " A waiver applies after it is merged."
    edits = tuple(code(edit) for edit in policy.edits[:_MANY])
    if len(policy.edits) <= _FEW:
        told = ": ".join((name(policy.path), ", ".join(edits))) if edits else name(policy.path)
        return [Paragraph(f"{lead} ({told}). {used}")]
    if len(policy.edits) > _MANY:
        edits += (f"and {counted(len(policy.edits) - _MANY, 'more edit')}",)
    return [Paragraph(f"{lead} ({name(policy.path)}). {used}"), Items(edits)]


def notices(verdict: Verdict) -> list[Block]:
    lines = (
        [prose(notice) for notice in verdict.notices[:_MANY]]
        + _rows_seen(verdict)
        + contaminated(verdict)
        + doubts(verdict)[:_MANY]
    )
    lines += waiver_lines(verdict)[:_MANY]
    return [Paragraph(f"⚠️ {line}") for line in lines]


def footnote(verdict: Verdict) -> str:
    """What the signs mean, and how fair the comparison was."""
    parts = []
    if verdict.champion is not None and not verdict.identical:
        parts.append("≈ means the change is not distinguishable from chance.")
    parts.append("↑ higher is better, ↓ lower is better.")
    parts += [_same_rows(verdict), *_left_out(verdict), *of_the_pin(verdict)]
    parts += [_weighted(verdict), _grouped(verdict), thresholds(verdict)]
    if verdict.verdict != "undecided":
        parts.append(_detectable(verdict))
    parts.append(_drill(verdict))
    return " ".join(filter(None, parts))


def if_merged(verdict: Verdict) -> list[Block]:
    if verdict.change is None or verdict.change.event != "pull_request" or verdict.for_information:
        return []
    if verdict.verdict not in ("passed", "undecided") or verdict.exit_code:
        return []
    does = (
        f"this very model is registered and becomes {name(verdict.next_stage)}."
        if verdict.next_stage
        else "no registry is configured, so this model becomes the champion of the next change and nothing is registered."
    )
    return [Paragraph(f"{strong('If you merge:')} {does}")]


def open_questions(verdict: Verdict) -> list[Block]:
    """What these rows can't show, rule by rule, and what would."""
    undecided = [row for row in rule_rows(verdict) if row.fate == "undecided"]
    found = {(d.metric, d.slice, d.margin): d for d in verdict.detectable}
    lines = tuple(_open_question(row, found, verdict) for row in undecided[:_MANY])
    check = (
        "The policy asks for a decision, so the check is red: this is not a rejection."
        if verdict.exit_code
        else "The policy lets an undecided rule pass, so the check is green."
    )
    lead = Paragraph(strong("What these rows can't show.") + f" {check}")
    return [lead, Items(lines)] if lines else [lead]


def _open_question(
    row: RuleRow, found: dict[tuple[str, str | None, float | None], Detectable], verdict: Verdict
) -> str:
    gate = row.gate
    told = f"{capital(subject(gate, verdict))}: {prose(gate.reason.rstrip('.'))}."
    detectable = found.get((gate.metric, gate.slice, gate.rule.value))
    needed = detectable.rows_needed if detectable is not None else None
    if row.measurement is not None and too_small(row.measurement):
        # below the floor nothing is found, however large
        return (
            f"{told} About {number(rounded_up(needed))} rows like these could decide it." if needed else told
        )
    limit = gate.rule.value if gate.rule.kind == "max_regression" else None
    if detectable is None or detectable.regression is None or not limit or detectable.regression <= limit:
        return told
    size = scale_of(gate.metric, verdict, row.measurement).size(detectable.regression)
    times = (detectable.regression / limit) ** 2
    like = "if both models are equally good"
    rows = (
        f"; {like}, about {_more_rows(times)}{_in_all(needed, gate.slice)} would decide it"
        if times < 1000
        else ""
    )
    return f"{told} A {'loss' if row.higher else 'rise'} of {size} or more would be found at least 4 times in 5{rows}."


def _in_all(needed: int | None, place: str | None) -> str:
    return (
        f" ({number(rounded_up(needed))} {'in all' if place is None else 'of the slice'})" if needed else ""
    )


def _more_rows(times: float) -> str:
    return f"{number(times)} times as many rows" if times >= 1.5 else "half as many rows again"


def _grouped(verdict: Verdict) -> str:
    grouping = verdict.grouping
    if grouping is None:
        return ""
    what = f"Rows of one {name(grouping.column)}"
    if grouping.block is not None:
        what = f"Rows of one stretch of {_days(grouping.block)} of {name(grouping.column)}"
    told = f"{what} depend on each other and count as one draw"
    # entities are drawn in buckets of their hash: of many, the number is one of buckets
    few = f": they tell as much as {number(grouping.units)} of one size" if grouping.units < _BUCKETED else ""
    return f"{told}{few}."


def _days(seconds: float) -> str:
    days = seconds / 86400
    return counted(int(days), "day") if days >= 1 and days.is_integer() else f"{short(seconds / 3600)} h"


def _weighted(verdict: Verdict) -> str:
    weighting = verdict.weighting
    if weighting is None:
        return ""
    return (
        f"Rows are weighted by {name(weighting.column)}: the weights add up to {short(weighting.total)}, "
        f"and tell as much as {number(weighting.effective_rows)} rows of equal weight."
    )


def _same_rows(verdict: Verdict) -> str:
    rows = verdict.rows
    if rows is None:
        return ""
    if verdict.champion is None:
        overlap = verdict.overlap
        fresh = overlap is not None and (
            overlap.candidate == 0 or (overlap.candidate is not None and overlap.excluded > 0)
        )
        none = ", none of which it was trained on" if fresh else ""
        return f"The candidate was scored on {counted(rows.compared, 'row')}{none}."
    scored_here = verdict.isolation != "none" and not verdict.for_information
    how = "were scored in this run" if scored_here else "are compared"
    seen = verdict.overlap
    # what either has seen is left out
    known = seen is not None and seen.champion is not None and seen.candidate is not None
    if known and seen is not None and (seen.excluded or not (seen.champion or seen.candidate)):
        fair = f" {number(rows.compared)} held-out rows, none of which either was trained on."
    else:
        fair = f" {counted(rows.compared, 'row')}."
    if seen is not None and (seen.champion is None or seen.candidate is None):
        why = f" ({prose(seen.reason.rstrip('.'))})" if seen.reason else ""
        fair += f" Whether either was trained on them is not known{why}."
    return f"Both models {how} on the same{fair}"


def _left_out(verdict: Verdict) -> list[str]:
    rows = verdict.rows
    if rows is None:
        return []
    lines = []
    if rows.missing_label:
        lines.append(f"Left out for both: {counted(rows.missing_label, 'row')} without a label.")
    lines += rows_left_out(verdict)
    if not rows.distinct_ids:
        lines.append("Some ids occur more than once.")
    return lines


def _detectable(verdict: Verdict) -> str:
    """What a green mark is worth: the loss that these rows would have found."""
    rules = {(g.metric, g.slice) for g in verdict.gates if g.rule.kind == "max_regression"}
    measured = {(m.metric, m.slice): m for m in verdict.measurements}
    told = [
        _loss(d, d.regression, measured.get((d.metric, d.slice)), verdict)
        for d in verdict.detectable
        if d.regression is not None
        and (d.metric, d.slice) in rules
        and (m := measured.get((d.metric, d.slice))) is not None
        and not too_small(m)
    ][:3]
    return f"With these rows, {either(told)} or more would be found at least 4 times in 5." if told else ""


def _loss(d: Detectable, regression: float, m: Measurement | None, verdict: Verdict) -> str:
    """`a loss of recall of 5.3 pp`, `a rise of expected cost of 0.40`."""
    word = "loss" if higher_is_better(d.metric, m) else "rise"
    where = f" on {slice_name(d.slice)}" if d.slice else ""
    return f"a {word} of {spoken(d.metric)}{where} of {scale_of(d.metric, verdict, m).size(regression)}"


def _drill(verdict: Verdict) -> str:
    """Whether the rules behind the mark stop anything at all."""
    drill = verdict.drill
    if drill is None:
        return ""
    if not drill.harmful:
        return "Drill: no sabotage of the champion is shown to do harm on these rows, so it says nothing of the rules."
    told = f"these rules stop {number(drill.stopped)} of {number(drill.harmful)} harmful sabotages of the champion"
    parts = [told]
    if drill.let_through:
        parts.append(
            f"{strong('NOT STOPPED')}, though worse than a rule allows: {_titles(drill.let_through)}"
        )
    if drill.undecided:
        parts.append(f"these rows can't show the harm of: {_titles(drill.undecided)}")
    if drill.allowed:
        parts.append(f"within what they allow: {_titles(drill.allowed)}")
    if drill.unwatched:
        parts.append(f"no blocking rule looks at: {_titles(drill.unwatched)}")
    if drill.blocked:
        parts.append(f"stopped, though no worse than the champion: {_titles(drill.blocked)}")
    if drill.decoration:
        parts.append(f"{', '.join(map(name, drill.decoration[:_MANY]))} stopped none")
    return f"Drill: {'; '.join(parts)}."


def _titles(titles: tuple[str, ...]) -> str:
    more = f" and {number(len(titles) - 3)} more" if len(titles) > 3 else ""
    return ", ".join(map(name, titles[:3])) + more


def _rows_seen(verdict: Verdict) -> list[str]:
    seen, rows = verdict.overlap, verdict.rows
    if seen is None or seen.excluded or (verdict.proof and verdict.proof.models):
        return []
    of = f" of the {number(rows.compared)}" if rows else ""
    return [
        f"{number(count)}{of} test rows {'was' if count == 1 else 'were'} in the training data of the {who}: "
        "its numbers flatter it."
        for who, count in (("champion", seen.champion), ("candidate", seen.candidate))
        if count
    ]


def evaluated(verdict: Verdict) -> str:
    """`Evaluated commit 3f2c7d0 at 2026-11-23 10:41 UTC with ci-mlops 1.4.0.`"""
    commit = (verdict.change.head if verdict.change else None) or (
        verdict.candidate.commit if verdict.candidate else None
    )
    what = f" commit {commit[:7]}" if commit and is_commit(commit) else ""
    at = verdict.evaluated_at[:16].replace("T", " ")
    plain = all(c in "0123456789-: " for c in at)
    when = f" at {at.replace(' ', NBSP)}{NBSP}UTC" if at and plain else ""
    return f"Evaluated{what}{when} with ci-mlops {prose(shortened(verdict.tool.version))}."

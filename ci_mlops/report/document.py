"""A verdict as blocks, in the order in which a reader asks: may I merge, what does it mean, is it real, what now."""

from dataclasses import dataclass, replace

from ci_mlops.records import Verdict
from ci_mlops.report import details, notes, provenance
from ci_mlops.report.blocks import Block, Details, Heading, Paragraph
from ci_mlops.report.causes import where_it_comes_from
from ci_mlops.report.effect import effect
from ci_mlops.report.findings import how_made
from ci_mlops.report.for_information import informs_only
from ci_mlops.report.headline import headline, mark, told_whole
from ci_mlops.report.inline import name, prose, strong
from ci_mlops.report.proof import fair_comparison
from ci_mlops.report.rows import rule_rows
from ci_mlops.report.searched import worse_slices
from ci_mlops.report.tables import metrics_table, rules_table
from ci_mlops.report.ways_out import ways_out


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much of a verdict a rendering shows."""

    rules: int
    slices: int
    every_metric: bool


COMMENT = Size(rules=8, slices=20, every_metric=False)
TERMINAL = Size(rules=50, slices=20, every_metric=False)
FULL = Size(rules=200, slices=500, every_metric=True)
UNFOLDED = Size(rules=200, slices=50, every_metric=True)
"""Where nothing is folded away, a reader scrolls past every row."""


def document(verdict: Verdict, size: Size) -> tuple[Block, ...]:
    blocks: list[Block] = [Heading(f"{mark(verdict)} {headline(verdict)}"), *informs_only(verdict)]
    if verdict.verdict == "not_evaluated":
        return (
            *blocks,
            *_not_evaluated(verdict),
            *_folded(verdict, size),
            Paragraph(notes.evaluated(verdict)),
        )
    if not verdict.measurements and not verdict.gates:
        blocks += [*notes.policy_edited(verdict), *notes.notices(verdict), *_nothing_measured(verdict)]
        return (*blocks, *_folded(verdict, size), Paragraph(notes.evaluated(verdict)))
    blocks.append(Paragraph(effect(verdict)))
    blocks += worse_slices(verdict)
    blocks += [*notes.policy_edited(verdict), *notes.notices(verdict)]
    blocks += _table(verdict, size)
    blocks.append(Paragraph(notes.footnote(verdict)))
    blocks += _what_now(verdict)
    return (*blocks, *_folded(verdict, size), Paragraph(notes.evaluated(verdict)))


def _table(verdict: Verdict, size: Size) -> list[Block]:
    rows = rule_rows(verdict)
    if rows:
        return [rules_table(rows[: size.rules], verdict)]
    overall = tuple(m for m in verdict.measurements if m.slice is None)
    return [metrics_table(overall[: size.rules], verdict)] if overall else []


def _what_now(verdict: Verdict) -> list[Block]:
    if verdict.verdict == "blocked":
        cause = where_it_comes_from(verdict)
        return [*([Paragraph(cause)] if cause else []), *ways_out(verdict)]
    if verdict.verdict == "undecided":
        return [*notes.open_questions(verdict), *notes.if_merged(verdict)]
    if verdict.verdict == "not_applicable":
        return (
            [Paragraph("Nothing is gated on this report: the rules are shown as they would be held.")]
            if verdict.gates
            else []
        )
    return notes.if_merged(verdict)


def _folded(verdict: Verdict, size: Size) -> list[Details]:
    rows = rule_rows(verdict)
    shown = {row.gate.metric for row in rows}
    if not rows:
        # the table shows the metrics themselves
        shown = {m.metric for m in [m for m in verdict.measurements if m.slice is None][: size.rules]}
    found = {
        "more-rules": details.more_rules(rows[size.rules :], verdict),
        "errors": details.errors(verdict),
        "slices": details.slices(verdict, rows=size.slices, every_metric=size.every_metric),
        "metrics": details.all_metrics(verdict, shown, every=size.every_metric and bool(rows)),
        "moved": details.moved(verdict),
        "comparison": fair_comparison(verdict),
        "making": how_made(verdict),
        "changes": provenance.changed(verdict),
        "left-out": provenance.left_out(verdict),
        "audit": provenance.audit(verdict),
    }
    return [replace(block, key=key) for key, block in found.items() if block is not None]


def _not_evaluated(verdict: Verdict) -> list[Block]:
    """What happened, where, how to mend; never a word of rejection."""
    failure = verdict.error
    said = Paragraph(
        "This says nothing about the model: no rule was held against it, and it was neither accepted nor turned down."
    )
    if failure is None:
        return [said]
    lines = (
        [Paragraph(f"{strong('What happened:')} {prose(failure.what)}")]
        if not told_whole(failure.what)
        else []
    )
    lines += [Paragraph(f"{strong('Where:')} {name(failure.where)}")] if failure.where else []
    lines += [Paragraph(f"{strong('How to mend it:')} {prose(failure.mend)}")] if failure.mend else []
    return [*lines, *notes.policy_edited(verdict), *notes.notices(verdict), said]


def _nothing_measured(verdict: Verdict) -> list[Block]:
    if any(skip.what == "evaluation" for skip in verdict.skips):
        return [
            Paragraph(
                "Nothing was trained or measured. What is merged is judged on the default branch before anything is registered."
            )
        ]
    if verdict.verdict == "not_applicable":
        return [
            Paragraph(
                "Nothing that the model is made of differs from the champion's: there is nothing to judge."
            )
        ]
    return [Paragraph(prose(verdict.reason))]

"""The model card: what a version is for, how good it is and how sure that is, where it ends, who let it up, how it is made again."""

import json

from ci_mlops.records import Verdict, tags
from ci_mlops.records.passport import Papers
from ci_mlops.report import details, notes
from ci_mlops.report.blocks import Block, Heading, Items, Paragraph, Table
from ci_mlops.report.effect import effect
from ci_mlops.report.history import minute, what_happened, who_did, why_done
from ci_mlops.report.inline import code, name, prose, shortened, strong
from ci_mlops.report.markdown import Dialect, to_dialect
from ci_mlops.report.money import year_line
from ci_mlops.report.numbers import NONE, number
from ci_mlops.report.proof import fair_comparison
from ci_mlops.report.rows import rule_rows
from ci_mlops.report.tables import metrics_table, rules_table
from ci_mlops.report.words import counted, subject, title

LARGEST = 1 << 20
_MANY = 50
_SLICES = 20
_TASKS = {"classification": "Says which class a row is of", "regression": "Says a number for each row"}


def card_text(papers: Papers) -> str:
    """As a file beside the model, whose reader may fold nothing."""
    left_out = "More was left out to keep this short; verdict.json beside it tells all."
    return to_dialect(card(papers), Dialect(folds=False), largest=LARGEST, left_out=left_out)


def card(papers: Papers) -> tuple[Block, ...]:
    verdict = papers.verdict
    return (
        Heading(f"{name(papers.version.name)}, version {name(papers.version.number)}"),
        *_purpose(papers),
        Heading("How good it is"),
        *_quality(verdict),
        Heading("Where it ends"),
        *_limits(papers),
        Heading("What it was made of"),
        *_making(papers),
        Heading("How to use it"),
        *_use(papers),
        Heading("Who let it up"),
        *_moves(papers),
    )


def _purpose(papers: Papers) -> list[Block]:
    verdict = papers.verdict
    rules = verdict.policy.rules if verdict.policy else None
    told = _TASKS.get(verdict.task, "Predicts")
    if rules is not None and rules.classes:
        told += f": {', '.join(name(label) for label in rules.classes[:_MANY])}"
    elif verdict.task == "classification":
        told += f"; what is to be found is {name(rules.positive if rules and rules.positive else '1')}"
    elif verdict.unit:
        told += f", in {name(verdict.unit)}"
    judged = f"{strong(name(verdict.verdict))} on {_day(verdict)}: {prose(verdict.reason)}"
    return [Paragraph(f"{told}."), Paragraph(f"Its verdict: {judged}")]


def _quality(verdict: Verdict) -> list[Block]:
    overall = tuple(m for m in verdict.measurements if m.slice is None)
    if not overall and not verdict.gates:
        return [Paragraph("Nothing was measured.")]
    rows = rule_rows(verdict)
    blocks: list[Block] = [Paragraph(effect(verdict))]
    if rows:
        blocks.append(rules_table(rows[:_MANY], verdict))
    ruled = {row.gate.metric for row in rows}
    rest = tuple(m for m in overall if m.metric not in ruled)[:_MANY]
    if rest:
        blocks.append(metrics_table(rest, verdict))
    blocks.append(Paragraph(notes.footnote(verdict)))
    errors = details.errors(verdict)
    if errors is None:
        blocks += [Paragraph(line) for line in (year_line(verdict),) if line]
    folded = (
        errors,
        details.slices(verdict, rows=_SLICES, every_metric=False),
        fair_comparison(verdict),
    )
    return [*blocks, *(one for one in folded if one is not None)]


def _limits(papers: Papers) -> list[Block]:
    verdict = papers.verdict
    lines = [
        f"{title(gate.metric)}: {prose(gate.reason)}"
        if gate.slice is None
        else f"{subject(gate, verdict)}: {prose(gate.reason)}"
        for gate in verdict.gates
        if gate.status in ("broken", "undecided", "skipped")
    ][:_MANY]
    lines += [f"{prose(skip.what)} was left out: {prose(skip.reason)}" for skip in verdict.skips[:_MANY]]
    if papers.lock.environment is None:
        lines.append("Its packages are not pinned: what it runs in is known by its digest alone.")
    if papers.card is None:
        lines.append("What its training was told is not known: it was registered before that was kept.")
    lines.append(
        "It was judged on the pinned rows named below, and on no others: what they hold too few of, nobody has seen."
    )
    return [*notes.notices(verdict), Items(tuple(lines))]


def _making(papers: Papers) -> list[Block]:
    told, parts = papers.version.tags, dict(papers.card.parts) if papers.card else {}
    rows = [
        (name(rows), name(pin.path), NONE if pin.rows is None else number(pin.rows), code(pin.sha256[:16]))
        for rows, pins in sorted(papers.lock.data.items())
        for pin in pins
    ]
    data = Table(("Data", "File", "Rows", "SHA-256"), ("left", "left", "right", "left"), tuple(rows[:_MANY]))
    solved = papers.lock.environment
    packages = (
        f"{counted(len(solved.packages), 'package')} for Python {name(solved.python)}, from {name(solved.source)}"
        if solved
        else "not pinned"
    )
    lines = [
        ("Code", f"commit {code(told[tags.COMMIT][:12])}" if told.get(tags.COMMIT) else "outside of git"),
        ("Environment", f"{packages} ({code(shortened(told.get(tags.ENVIRONMENT, '')))})"),
        ("Training", ", ".join(f"{name(key)} = {code(value)}" for key, value in _settings(parts))),
        ("Fingerprint of all of it", code(shortened(told.get(tags.FINGERPRINT, "")))),
        ("Again", f"{code(f'ci-mlops reproduce {papers.version.number}')} makes it again, and compares"),
    ]
    cut = len(rows) - _MANY
    more = (
        [Paragraph(f"And {counted(cut, 'more file')}, in {code('ci-mlops.lock')} beside it.")]
        if cut > 0
        else []
    )
    return [data, *more, Items(tuple(f"{strong(label)}: {text}" for label, text in lines if text))]


def _settings(parts: dict[str, str]) -> list[tuple[str, str]]:
    """Of the training's command and its parameters, as the fingerprint has them."""
    found: list[tuple[str, str]] = []
    for part in ("run", "parameters"):
        try:
            held = json.loads(parts.get(part, "{}"))
        except (ValueError, RecursionError):
            held = {part: parts[part]}
        for key, value in held.items() if isinstance(held, dict) else ():
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            found.append((key, text))
    return found[:_MANY]


def _use(papers: Papers) -> list[Block]:
    version = papers.version
    loaded = f'mlflow.pyfunc.load_model("models:/{version.name}/{version.number}")'
    files = ", ".join(name(path) for path, _ in papers.files[:_MANY])
    lines = [
        f"{strong('From the registry')}: {code(loaded)}",
        f"{strong('Its files')}: {files}, {code(shortened(version.digest))} as a whole",
    ]
    if version.tags.get(tags.THRESHOLD):
        lines.append(
            f"{strong('It decides')} for {name(version.tags.get(tags.POSITIVE, '1'))} from a score of "
            f"{name(version.tags[tags.THRESHOLD])} on: whatever serves it has to decide from there too"
        )
    return [Items(tuple(lines))]


def _moves(papers: Papers) -> list[Block]:
    if not papers.events:
        return [Paragraph("So far it was registered, and no more.")]
    rows = [
        (minute(event.at), what_happened(event), who_did(event), why_done(event))
        for event in papers.events[-_MANY:]
    ]
    return [Table(("When (UTC)", "What", "Who", "Why"), ("left",) * 4, tuple(rows))]


def _day(verdict: Verdict) -> str:
    return prose(verdict.evaluated_at[:10]) or "an unknown day"

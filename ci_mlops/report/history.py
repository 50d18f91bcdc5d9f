"""The history of a model as blocks for people, and as lines for programs."""

import csv
import io
import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, get_args

import msgspec

from ci_mlops.records import AuditEvent
from ci_mlops.records.history import Held, History, Told
from ci_mlops.report.blocks import Align, Block, Heading, Items, Paragraph, Table
from ci_mlops.report.identity import identity_blocks
from ci_mlops.report.inline import ADDRESS, BREAK, code, commands_escaped, name, plain, prose, strong
from ci_mlops.report.numbers import NONE

HistoryFormat = Literal["terminal", "markdown", "json", "jsonl", "csv"]
HISTORY_FORMATS: tuple[HistoryFormat, ...] = get_args(HistoryFormat)
COLUMNS = (
    *(
        "number",
        "at",
        "kind",
        "stage",
        "version",
        "replaces",
        "source",
        "actor",
        "change",
        "commit",
        "verdict",
    ),
    *(
        "waivers",
        "approvals",
        "conditions",
        "reason",
        "run",
        "digest",
        "verdict_digest",
        "counts",
        "id",
        "previous",
        "event_digest",
    ),
)
_TRIED = ("approval", "after", "smoke", "scores", "passport")
_DID = {
    "registered": "registered",
    "promoted": "promoted",
    "rolled_back": "rolled back",
    "acknowledged": "acknowledged",
}


def render_history(
    history: History,
    format: HistoryFormat,  # noqa: A002 - the option's name
    *,
    now: bool = False,
    width: int = 100,
    colour: bool = False,
) -> str:
    """`now`: the stages alone. `jsonl` and `csv` are for export: all events, late ones too, one a line."""
    if format == "json":
        text = json.dumps(msgspec.to_builtins(history), indent=2, ensure_ascii=False, allow_nan=False)
        return commands_escaped(text) + "\n"
    if format == "jsonl":
        return "".join(
            commands_escaped(json.dumps(_flat(one), ensure_ascii=False)) + "\n" for one in history.events
        )
    if format == "csv":
        return _csv(history.events)
    blocks = document(history, now=now, whole=format == "markdown")
    if format == "markdown":
        from ci_mlops.report.markdown import to_github
        from ci_mlops.report.renderings import LARGEST_SUMMARY

        left_out = "Older events were left out to fit into a summary; `ci-mlops history` tells all."
        return to_github(blocks, largest=LARGEST_SUMMARY, left_out=left_out)
    from ci_mlops.report.terminal import to_text

    return f"{to_text(blocks, width=width, colour=colour)}\n"


def document(history: History, *, now: bool, whole: bool = True) -> tuple[Block, ...]:
    """`whole`: addresses of runs, which are wider than a terminal; else their numbers, and once where they are found."""
    # what matters first: a summary that grows too large loses what stands last
    heading = Heading(f"{name(history.name)} at {minute(history.at)} UTC")
    return (
        heading,
        _held(history.held),
        *_sum(history),
        *identity_blocks(history.identities),
        *(() if now else _events(history, whole=whole)),
    )


def _sum(history: History) -> list[Block]:
    """Whether it adds up, and the digest that somebody may write down elsewhere."""
    newest = f"The newest event: {code(history.head)}"
    if history.faults:
        faults = Items(tuple(prose(fault.told) for fault in history.faults))
        return [Heading("What does not add up"), faults, *([Paragraph(newest)] if history.head else [])]
    if not history.head:
        return [Paragraph("The trail holds no event yet: the first one will tell what it finds.")]
    known = len(history.acknowledged)
    more = f", but for {known} that somebody has looked into" if known else ""
    return [Paragraph(f"The trail adds up{more}. {newest}")]


def _held(held: Sequence[Held]) -> Table:
    rows = [
        (
            name(one.stage),
            strong(f"version {name(one.version)}") if one.version else NONE,
            name(one.event.verdict) if one.event and one.event.verdict else NONE,
            minute(one.event.at) if one.event else NONE,
            who_did(one.event) if one.event else ("found there" if one.version else NONE),
        )
        for one in held
    ]
    return Table(("Stage", "Holds", "Verdict", "Since", "By"), ("left",) * 5, tuple(rows))


def _events(history: History, *, whole: bool) -> list[Block]:
    told = [one for one in reversed(history.events) if one.standing == "valid"]
    late = len(history.events) - len(told)
    if not told:
        return []
    rows: list[tuple[str, ...]] = [
        (
            str(one.number),
            minute(one.event.at),
            what_happened(one.event),
            who_did(one.event),
            why_done(one.event),
        )
        for one in told
    ]
    runs = [_run(one.event.run, whole=whole) for one in told]
    head: tuple[str, ...] = ("#", "When (UTC)", "What", "Who", "Why")
    align: tuple[Align, ...] = ("right", "left", "left", "left", "left")
    if any(runs):
        head, align = (*head, "Run"), (*align, "left")
        rows = [(*row, run or NONE) for row, run in zip(rows, runs, strict=True)]
    blocks: list[Block] = [Table(head, align, tuple(rows))]
    places = {} if whole else dict.fromkeys(_split(one.event.run)[0] for one in told)
    blocks += [Paragraph(f"Runs: {place}...") for place in places if place]
    if late:
        attempts = "attempt" if late == 1 else "attempts"
        blocks.append(Paragraph(f"{late} more {attempts} came second, and moved nothing."))
    return blocks


def what_happened(event: AuditEvent) -> str:
    version = f"version {name(event.version)}"
    if event.kind == "acknowledged":
        places = [
            f"{name(stage)} at {f'version {name(number)}' if number else 'nothing'}, moved by another hand"
            for stage, number in event.found.items()
        ]
        count = len(event.acknowledged)
        others = [f"{count} {'fault' if count == 1 else 'faults'}"] if count else []
        return f"looked into: {'; '.join((*places, *others)) or 'what was noted before'}"
    if not event.stage:
        return f"{version} registered, no stage"
    before = f" (was {name(event.replaces)})" if event.replaces and event.replaces != event.version else ""
    found = "".join(
        f"; {name(stage)} was found at {name(number) if number else 'nothing'}"
        for stage, number in event.found.items()
    )
    return f"{name(event.stage)}: {version}{before}, {_DID[event.kind]}{found}"


def who_did(event: AuditEvent) -> str:
    approved = ", ".join(f"{name(one.by)} approved" for one in event.approvals)
    who = name(event.actor) if event.actor else "unknown"
    return f"{who}; {approved}" if approved else who


def why_done(event: AuditEvent) -> str:
    parts = [name(event.verdict) if event.verdict else "", name(event.change) if event.change else ""]
    parts += [f"waived: {prose(waiver)}" for waiver in event.waivers]
    # those that every event of its kind has, tell nothing
    tried = [one.name for one in event.conditions if one.held and one.name in _TRIED]
    parts.append(f"held: {', '.join(tried)}" if tried else "")
    parts.append(prose(event.reason) if event.reason else "")
    return ", ".join(part for part in parts if part) or NONE


def _run(address: str, *, whole: bool) -> str:
    if whole or not address:
        return address if ADDRESS.fullmatch(address) else address and name(address)
    return name(_split(address)[1])


def _split(address: str) -> tuple[str, str]:
    """What the addresses of a CI's runs have in common, and the number."""
    if not ADDRESS.fullmatch(address):
        return "", address
    number = re.split("[/=]", address)[-1]
    return address.removesuffix(number), number


def minute(at: str) -> str:
    try:
        return datetime.fromisoformat(at).strftime(f"%Y-%m-%d{BREAK}%H:%M")
    except ValueError:
        # edited in the registry: told as a fault, and shown as it is
        return name(at)


def _flat(told: Told) -> dict[str, object]:
    document: dict[str, object] = msgspec.to_builtins(told.event)
    rest = {"event_digest": told.digest, "counts": told.standing == "valid", "settled": told.settled}
    return {"number": told.number, **document, **rest}


def _csv(events: Sequence[Told]) -> str:
    kept = io.StringIO()
    lines = csv.writer(kept, lineterminator="\n")
    lines.writerow(COLUMNS)
    for one in events:
        flat = _flat(one)
        lines.writerow([_cell(flat[column]) for column in COLUMNS])
    return kept.getvalue()


def _cell(value: object) -> str:
    text = plain(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    if text in ("[]", "null"):
        return ""
    # a spreadsheet takes these for the beginning of a formula
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text

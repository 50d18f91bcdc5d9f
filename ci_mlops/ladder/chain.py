"""
Events bound to each other by digest, so that the order of the registry's own numbers makes a compare-and-set.

Two jobs that decide upon the same state name the same event as `previous`. Both entries get a number, and the lower one
counts; the other one is late, moves nothing and stays readable. No lock, so a killed job leaves nothing behind that
somebody would have to release.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Literal

import msgspec

from ci_mlops.records.trail import AuditEvent, Entry, Fault

Standing = Literal["valid", "late", "doubled", "unreadable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    number: int
    event: AuditEvent | None
    """None: it can't be read."""
    digest: str
    """Of its text as it is today."""
    standing: Standing
    settled: bool = False


@dataclass(frozen=True, kw_only=True)
class Trail:
    links: tuple[Link, ...] = ()
    """Oldest first."""
    faults: tuple[Fault, ...] = ()
    """Of the chain alone, acknowledged ones too; what the pointers say is another look."""
    head: str = ""
    """What the next event names as `previous`."""

    @cached_property
    def valid(self) -> tuple[Link, ...]:
        return tuple(link for link in self.links if link.standing == "valid")

    @cached_property
    def events(self) -> tuple[AuditEvent, ...]:
        """What happened, oldest first."""
        return tuple(link.event for link in self.valid if link.event is not None)

    @cached_property
    def acknowledged(self) -> frozenset[str]:
        return frozenset(key for event in self.events for key in event.acknowledged)

    def standing(self, event: AuditEvent) -> Standing | None:
        """None: it is not there."""
        return next((link.standing for link in self.links if link.event == event), None)


def encode(event: AuditEvent) -> str:
    """Canonical JSON; what an event does not say is left out, so that an older event's text never changes."""
    usual = {field.name: field.default for field in fields(AuditEvent)}
    document: Mapping[str, object] = msgspec.to_builtins(event)
    told = {key: value for key, value in document.items() if value not in ([], {}) and value != usual[key]}
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def text_digest(text: str) -> str:
    return f"sha256:{sha256(text.encode('utf-8', errors='surrogatepass')).hexdigest()}"


def link(entries: Sequence[Entry]) -> Trail:
    """
    What the entries make together, and every fault of their order and of their text.

    A fault stops nothing: whoever reverts at night gets the state that is left, and is told what it lacks.
    """
    links: list[Link] = []
    faults: list[Fault] = []
    known: set[str] = set()
    head, last_at = "", ""
    for entry in sorted(entries, key=lambda one: one.number):
        faults += _gap(links[-1].number if links else 0, entry.number)
        read = _read(entry)
        if read.digest in known:
            # the answer was lost on its way, and it was written again
            links.append(_with(read, "doubled"))
            continue
        faults += _text_faults(entry, read)
        if read.event is None:
            links.append(read)
            continue
        if read.event.previous != head and read.event.previous in known | {""} and known:
            links.append(_with(read, "late"))
            continue
        if read.event.previous != head:
            told = f"event {entry.number} follows an event that is not there any more, or was edited"
            faults.append(Fault(code="unlinked", number=entry.number, told=told, about=_short(read.digest)))
        if read.event.at < last_at:
            told = f"event {entry.number} says {read.event.at}, before the event that it follows ({last_at})"
            faults.append(Fault(code="backdated", number=entry.number, told=told, about=_short(read.digest)))
        links.append(_with(read, "valid"))
        # the digest that was written beside an edited text keeps what follows in its place
        head, last_at = entry.digest or read.digest, max(last_at, read.event.at)
        known |= {head, read.digest}
    return Trail(links=tuple(links), faults=tuple(faults), head=head)


def _gap(last: int, number: int) -> list[Fault]:
    return [
        Fault(code="missing", number=lost, told=f"event {lost} is missing")
        for lost in range(last + 1, number)
    ]


def _read(entry: Entry) -> Link:
    digest = text_digest(entry.text)
    event: AuditEvent | None = None
    try:
        read = msgspec.json.decode(entry.text.encode("utf-8", errors="surrogatepass"), type=AuditEvent)
        # whoever looks into the past compares it with times that have a zone
        event = read if datetime.fromisoformat(read.at).tzinfo else None
    except ValueError:
        pass
    return Link(number=entry.number, event=event, digest=digest, standing="unreadable", settled=entry.settled)


def _text_faults(entry: Entry, read: Link) -> list[Fault]:
    if read.event is None:
        told = f"event {entry.number} can't be read"
        return [Fault(code="unreadable", number=entry.number, told=told, about=_short(read.digest))]
    if entry.digest != read.digest:
        told = f"event {entry.number} was edited: it does not match the digest that was written with it"
        return [Fault(code="edited", number=entry.number, told=told, about=_short(read.digest))]
    return []


def _with(read: Link, standing: Standing) -> Link:
    return Link(
        number=read.number, event=read.event, digest=read.digest, standing=standing, settled=read.settled
    )


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12]

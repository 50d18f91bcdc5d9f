"""Which version holds which stage: the fold of all events."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from ci_mlops.errors import BadConfig
from ci_mlops.records.trail import AuditEvent

_LAST = 999_999
"""Of a second's microseconds: an event is told with thousandths."""


def holders(events: Iterable[AuditEvent]) -> Mapping[str, str]:
    """Stage -> version; a stage that nothing holds is not in it."""
    held: dict[str, str] = {}
    for event in events:
        held |= event.found
        if event.stage:
            held[event.stage] = event.version
    return {stage: version for stage, version in held.items() if version}


def not_ahead(moment: datetime, now: datetime) -> datetime:
    """
    What is asked about, at the latest now: a day or a minute alone is meant to its end (its last microsecond), and that of
    today has not come.

    Raises:
        BadConfig: it has not begun.
    """
    if _beginning(moment) > now:
        raise BadConfig(
            f"{moment.isoformat(timespec='minutes')} has not come yet",
            where="--at",
            mend="Name a moment of the past, as 2026-03-01T14:30 (UTC).",
        )
    return min(moment, now)


def _beginning(moment: datetime) -> datetime:
    if moment.microsecond != _LAST:
        return moment
    minute = moment.replace(second=0, microsecond=0)
    return minute.replace(hour=0, minute=0) if (minute.hour, minute.minute) == (23, 59) else minute


def until(events: Iterable[AuditEvent], moment: datetime) -> tuple[AuditEvent, ...]:
    """The events up to that moment, which belongs to it."""
    asked = moment.astimezone(UTC)
    return tuple(event for event in events if datetime.fromisoformat(event.at) <= asked)


def lineage(events: Iterable[AuditEvent], stage: str) -> tuple[str, ...]:
    """
    Versions that a rollback of the stage would go through, the present holder last.

    A promotion goes on top, a rollback takes down to where it leads: rolled back twice leads one further back, and
    not to the bad version again. Another hand that puts a version back there takes down as a rollback does; one that
    has never come up by the ladder is not gone through, unless it was there when the trail began.
    """
    stack: list[str] = []
    for at, event in enumerate(events):
        found = event.found.get(stage, "")
        if found and (at == 0 or found in stack):
            _take(stack, found, back=True)
        if event.stage == stage:
            _take(stack, event.version, back=event.kind == "rolled_back")
    return tuple(stack)


def founded(events: Iterable[AuditEvent], stage: str) -> frozenset[str]:
    """
    Versions that were found at the stage and may be gone back to by name: they were there before the trail began, or
    somebody has looked into it while they were. What another hand put there, and events have only noted, was let in by nobody.
    """
    belongs: set[str] = set()
    noted = ""
    for at, event in enumerate(events):
        noted = event.found.get(stage, noted)
        if not at or event.kind == "acknowledged":
            belongs.add(noted)
        if event.stage == stage:
            noted = ""
    return frozenset(belongs - {""})


def came(events: Sequence[AuditEvent], stage: str) -> AuditEvent | None:
    """The event by which the present holder took the stage; None: it was found there, or nothing holds it."""
    for event in reversed(events):
        if event.stage == stage:
            return event
        if stage in event.found:
            return None
    return None


def _take(stack: list[str], version: str, *, back: bool = False) -> None:
    if back and version in stack:
        while stack[-1] != version:
            stack.pop()
        return
    if not stack or stack[-1] != version:
        stack.append(version)

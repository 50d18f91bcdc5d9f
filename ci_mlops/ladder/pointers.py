"""What the trail says against where the registry's pointers are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ci_mlops.ladder.chain import Link, Trail
from ci_mlops.ladder.holders import holders
from ci_mlops.records.trail import AuditEvent, Fault

LONGEST_MOVE = timedelta(minutes=30)
"""From a job's event to its pointer: what takes longer was killed in between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointed:
    """Of one stage; an empty version: none."""

    stage: str
    told: str
    """The version that the trail has there."""
    found: str
    """The version that the pointer leads to."""
    unfinished: bool
    """A job ended between its event and its pointer: whoever comes next finishes it."""
    last: Link | None = None
    """The move that put it there."""

    @property
    def elsewhere(self) -> bool:
        """Somebody moved the pointer, and told nobody."""
        return self.told != self.found and not self.unfinished


def look(trail: Trail, stages: Sequence[str], pointers: Mapping[str, str]) -> tuple[Pointed, ...]:
    """`pointers`: stage -> version, as the registry has it today."""
    told = holders(trail.events)
    return tuple(_look(trail, stage, told.get(stage, ""), pointers.get(stage, "")) for stage in stages)


def pointer_faults(looked: Sequence[Pointed]) -> list[Fault]:
    faults = []
    for one in looked:
        if one.unfinished:
            what = f"{one.stage} is to point to version {one.told}, and still points to {_version(one.found)}: a job ended in between"
            faults.append(Fault(code="unfinished", told=what, about=f"{one.stage}:{one.told}"))
        elif one.elsewhere:
            was = f"the trail has {_version(one.told)} there" if one.told else "the trail has nothing there"
            what = f"{one.stage} points to {_version(one.found)}, but {was}: it was moved by another hand"
            faults.append(Fault(code="moved_elsewhere", told=what, about=f"{one.stage}:{one.found}"))
    return faults


def noted_faults(events: Sequence[AuditEvent], looked: Sequence[Pointed]) -> list[Fault]:
    """
    What another hand moved, and an event about something else has noted: that is no word of anybody who looked into it.

    It ends with an acknowledgement, or when the ladder moves that stage. What the first event found, was there before.
    """
    noted: dict[str, AuditEvent] = {}
    for at, event in enumerate(events):
        if event.kind == "acknowledged":
            noted.clear()
        elif at:
            noted |= dict.fromkeys(event.found, event)
        noted.pop(event.stage, None)
    return [
        Fault(
            code="moved_elsewhere",
            told=f"{one.stage} points to {_version(one.found)}: another hand had moved it there, and nobody has looked into it",
            about=f"{one.stage}:{noted[one.stage].id}",
        )
        for one in looked
        if one.stage in noted and not one.elsewhere
    ]


def has_ended(move: Link, now: datetime) -> bool:
    """No job is still about to move the pointer of this event."""
    return move.event is None or now - datetime.fromisoformat(move.event.at) > LONGEST_MOVE


def _look(trail: Trail, stage: str, told: str, found: str) -> Pointed:
    moves = [one for one in trail.valid if one.event is not None and one.event.stage == stage]
    newest = datetime.fromisoformat(trail.events[-1].at) if trail.events else None
    unfinished = newest is not None and told != found and found in _on_their_way(moves, newest)
    last = moves[-1] if moves else None
    return Pointed(stage=stage, told=told, found=found, unfinished=unfinished, last=last)


def _on_their_way(moves: Sequence[Link], newest: datetime) -> set[str]:
    """
    Where a pointer may be while jobs are at it: where each unsettled move puts it, and where the first of those that
    came after the last settled one found it.

    Whoever adds an event has looked at all pointers before, so a job that had ended by then has nothing on its way.
    """
    last = max((at for at, one in enumerate(moves) if one.settled), default=-1)
    begun = [
        (at, one.event)
        for at, one in enumerate(moves)
        if one.event is not None and not one.settled and not has_ended(one, newest)
    ]
    after = [event.replaces for at, event in begun if at > last]
    return {event.version for _, event in begun} | set(after[:1])


def _version(number: str) -> str:
    return f"version {number}" if number else "nothing"

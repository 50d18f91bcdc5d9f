"""What the trail says against where the registry's pointers are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ci_mlops.ladder.chain import Link, Trail
from ci_mlops.ladder.holders import holders
from ci_mlops.records.trail import AuditEvent, Fault


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
    event: AuditEvent | None = None
    """The one that put it there."""

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


def _look(trail: Trail, stage: str, told: str, found: str) -> Pointed:
    moves = [one for one in trail.valid if one.event is not None and one.event.stage == stage]
    unfinished = told != found and found in _on_their_way(moves)
    event = moves[-1].event if moves else None
    return Pointed(stage=stage, told=told, found=found, unfinished=unfinished, event=event)


def _on_their_way(moves: Sequence[Link]) -> set[str]:
    """
    Where a pointer may be while jobs are at it: where each unsettled move puts it, and where the first of those that
    came after the last settled one found it.
    """
    unsettled = [one.event for one in moves if one.event is not None and not one.settled]
    last = max((at for at, one in enumerate(moves) if one.settled), default=-1)
    tail = [one.event for one in moves[last + 1 :] if one.event is not None]
    return {event.version for event in unsettled} | {event.replaces for event in tail[:1]}


def _version(number: str) -> str:
    return f"version {number}" if number else "nothing"

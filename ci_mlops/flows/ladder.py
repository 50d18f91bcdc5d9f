"""The one way by which a pointer moves: first the event, which one of many takes its place in the trail, then the pointer."""

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ci_mlops import __version__
from ci_mlops.errors import RegistryFailed
from ci_mlops.ladder.chain import Trail, encode, link, text_digest
from ci_mlops.ladder.holders import holders
from ci_mlops.ladder.pointers import Pointed, has_ended, look, noted_faults, pointer_faults
from ci_mlops.ports import Registry
from ci_mlops.records import AuditEvent, Fault, Version

# others that come later may move the same pointer on, each at most once
ROUNDS = 100


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """What the registry says of one model, read at one moment."""

    name: str
    stages: tuple[str, ...]
    trail: Trail
    pointed: tuple[Pointed, ...]

    @property
    def found(self) -> Mapping[str, str]:
        """Stage -> version, where another hand moved the pointer: the next event tells it."""
        return {one.stage: one.found for one in self.pointed if one.elsewhere}

    @property
    def holders(self) -> Mapping[str, str]:
        """Where pointers lead, but for jobs that are at it or that were killed: there the trail says it."""
        held = {one.stage: one.told if one.unfinished else one.found for one in self.pointed}
        return {stage: version for stage, version in held.items() if version}

    @property
    def faults(self) -> tuple[Fault, ...]:
        # a trail that begins has found what it found
        moved = pointer_faults(self.pointed) if self.trail.links else []
        return (*self.trail.faults, *moved, *noted_faults(self.trail.events, self.pointed))

    @property
    def open_faults(self) -> tuple[Fault, ...]:
        """What nobody has acknowledged yet, and the next command does not mend by itself."""
        open_ones = (one for one in self.faults if one.code != "unfinished")
        return tuple(one for one in open_ones if one.key not in self.trail.acknowledged)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtaken:
    """Somebody else's event came first: nothing was moved."""

    by: AuditEvent


def read_ladder(registry: Registry, name: str, stages: Sequence[str]) -> Ladder:
    """
    A pointer that seems to have moved by itself is looked at again: while others are at it, what is read first is old
    when the rest is read.
    """
    read = _read(registry, name, stages)
    for _ in range(ROUNDS):
        if not read.found:
            return read
        again = _read(registry, name, stages)
        if again.found == read.found and again.trail.head == read.trail.head:
            return again
        read = again
    raise _unsteady(name, ", ".join(read.found))


def _read(registry: Registry, name: str, stages: Sequence[str]) -> Ladder:
    pointers = registry.pointers(name)
    trail = link(registry.entries(name))
    return Ladder(name=name, stages=tuple(stages), trail=trail, pointed=look(trail, stages, pointers))


def carry_out(registry: Registry, event: AuditEvent, about: Version) -> Overtaken | None:
    """
    None: it happened, and the pointer is where the trail says.

    A kill at any moment leaves the trail whole: without the event nothing happened, with it the next command moves
    the pointer.
    """
    text = encode(event)
    number = registry.add_entry(about, text, text_digest(text))
    trail = _with_it(registry, event, about)
    if trail.standing(event) == "late":
        return Overtaken(by=_winner(trail, event))
    follow(registry, trail, event, about, number)
    return None


def _with_it(registry: Registry, event: AuditEvent, about: Version) -> Trail:
    """The trail, once it shows what was just added: a server's search may lag behind its writes."""
    for pause in (0.0, 0.1, 0.5, 1.0, 2.0, 4.0):
        time.sleep(pause)
        trail = link(registry.entries(about.name))
        if trail.standing(event) is not None:
            return trail
    raise RegistryFailed(
        "The registry took an event, and does not show it",
        where=f"{about.name} event {event.id}",
        mend="Look at `ci-mlops history` in a while: no pointer was moved, and the next command finishes it if the event is there.",
    )


def follow(
    registry: Registry, trail: Trail, event: AuditEvent, about: Version, number: int, *, alone: bool = True
) -> None:
    """
    Move the event's pointer to where the whole trail has it, which later events may have moved on already.

    `alone`: no other job may still be about to move it for the same event, so it can be noted as settled.
    """
    name, stage = about.name, event.stage
    for _ in range(ROUNDS):
        wanted = holders(trail.events).get(stage, "")
        if not stage or registry.pointers(name).get(stage, "") == wanted:
            if alone:
                registry.settle(about, number, text_digest(encode(event)))
            return
        registry.move(name, stage, wanted)
        # whoever came in between has moved the pointer before us, and we have just moved it back
        trail = link(registry.entries(name))
    raise _unsteady(name, stage)


def finish(
    registry: Registry,
    ladder: Ladder,
    versions: Mapping[str, Version],
    now: datetime,
    say: Callable[[str], object] = str,
) -> Ladder:
    """
    Move the pointers that jobs were killed in front of, and settle what those moved that were killed just after.

    Whoever adds an event does this first. A job that is only slow may still move its pointer late, so its event is not
    noted as settled for it until it must have ended; where the pointer is then, is no riddle until the job itself has
    put it right.
    """
    begun = [one for one in ladder.pointed if one.unfinished or _left_behind(one, now)]
    for one in begun:
        move = one.last
        if move and move.event and (about := versions.get(move.event.version)):
            follow(registry, ladder.trail, move.event, about, move.number, alone=has_ended(move, now))
            if one.unfinished:
                say(
                    f"{one.stage} points to version {one.told} now: the job that was to move it there ended before it did"
                )
    return read_ladder(registry, ladder.name, ladder.stages) if begun else ladder


def _left_behind(one: Pointed, now: datetime) -> bool:
    """
    Unsettled, though the pointer is right and nobody is at it any more: were it left so, another hand that moves the
    pointer back would pass for a job that ended in between, and be undone without a word.
    """
    move = one.last
    return move is not None and not move.settled and one.told == one.found and has_ended(move, now)


def follows(ladder: Ladder, event: AuditEvent, now: datetime) -> AuditEvent:
    """The event with its place in the trail: what it follows, when, and what was found that nobody had told."""
    last = ladder.trail.events[-1].at if ladder.trail.events else ""
    at = now.isoformat(timespec="milliseconds")
    return replace(
        event,
        id=uuid.uuid4().hex,
        at=max(at, last),
        previous=ladder.trail.head,
        replaces=ladder.holders.get(event.stage, "") if event.stage else "",
        found=ladder.found,
        tool=__version__,
    )


def until_it_counts(
    registry: Registry,
    name: str,
    stages: Sequence[str],
    decide: Callable[[Ladder], tuple[AuditEvent, Version] | None],
) -> AuditEvent | None:
    """
    Decide anew upon what is there now, as long as others come first; None: nothing is left to do.

    Raises:
        RegistryFailed: others came first a hundred times.
    """
    for _ in range(ROUNDS):
        decided = decide(read_ladder(registry, name, stages))
        if decided is None:
            return None
        if carry_out(registry, *decided) is None:
            return decided[0]
    raise RegistryFailed(
        f"Others add to the trail of {name} faster than this can", where=name, mend="Run this again."
    )


def _winner(trail: Trail, late: AuditEvent) -> AuditEvent:
    return next(one for one in trail.events if one.previous == late.previous)


def _unsteady(name: str, stage: str) -> RegistryFailed:
    return RegistryFailed(
        f"`{stage}` of {name} does not stay where it is put",
        where=f"{name} {stage}",
        mend="Something else keeps moving it: look at `ci-mlops history`, stop the other one, then run this again.",
    )

"""Story: what held which stage, when, by whom and why; and whether all of it adds up."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal, TypedDict

from ci_mlops.errors import BadConfig
from ci_mlops.flows.identity import identities
from ci_mlops.flows.ladder import Ladder, carry_out, finish, follows, read_ladder
from ci_mlops.flows.moves import Moved, after
from ci_mlops.flows.open_registry import model_name, open_registry
from ci_mlops.flows.project import Project
from ci_mlops.flows.told import event_about
from ci_mlops.flows.tools import Tools
from ci_mlops.ladder.holders import came, holders, not_ahead, until
from ci_mlops.ladder.versions import version_faults
from ci_mlops.ports import Registry
from ci_mlops.records import AuditEvent, Fault, Version
from ci_mlops.records.history import Held, History, Told


class Faults(TypedDict):
    faults: tuple[Fault, ...]
    acknowledged: tuple[Fault, ...]


Walked = Literal["none", "held", "all"]


def history(
    tools: Tools,
    project: Project,
    *,
    at: datetime | None = None,
    head: str = "",
    walked: Walked = "none",
) -> History:
    """
    `at`: the stages as they were at that moment, with the events up to it. `head`: the digest of an event that must be there.
    `walked`: the versions whose chain of identity is walked, which fetches and hashes what is stored: those that hold a stage
    now, or all.

    Raises:
        BadConfig: no registry, or a moment that has not come yet.
        RegistryFailed: the registry refuses or can't be reached.
    """
    now = tools.now()
    # events tell their time as UTC, and are compared as text
    at = at and not_ahead(at, now).astimezone(UTC)
    now = at or now
    registry, name, stages = _opened(tools, project)
    ladder = read_ladder(registry, name, stages)
    # the trail is a path through the registry's numbers, so its time never runs back
    events = until(ladder.trail.events, now) if at else ladder.trail.events
    told = [
        Told(
            number=link.number,
            event=link.event,
            digest=link.digest,
            standing="late" if link.standing == "late" else "valid",
            settled=link.settled,
        )
        for link in ladder.trail.links
        if link.event is not None and link.standing in ("valid", "late")
    ]
    moment = now.isoformat(timespec="milliseconds")
    held = ladder.holders if at is None else holders(events)
    versions = registry.versions(name)
    asked = [one for one in versions if walked == "all" or one.number in ladder.holders.values()]
    return History(
        name=name,
        at=moment,
        head=ladder.trail.head,
        events=tuple(one for one in told if at is None or one.event.at <= moment),
        held=tuple(_held(stage, held.get(stage, ""), events) for stage in stages),
        identities=tuple(identities(registry, project.folder, asked, ladder.trail.events))
        if walked != "none"
        else (),
        **_faults(ladder, versions, head),
    )


def acknowledge(tools: Tools, project: Project, reason: str) -> Moved:
    """
    Note that somebody has looked into what does not add up; it stays told, and stops nobody any more.

    Raises:
        BadConfig: no reason.
        RegistryFailed: as `history`.
    """
    if not reason.strip():
        raise BadConfig(
            "An acknowledgement says what was found",
            where="--acknowledge",
            mend='Write it: `--acknowledge "…"`.',
        )
    registry, name, stages = _opened(tools, project)
    versions = registry.versions(name)
    known = {one.number: one for one in versions}
    ladder = finish(registry, read_ladder(registry, name, stages), known, tools.now(), tools.say)
    faults = _faults(ladder, versions, "")["faults"]
    if not faults:
        return Moved(said=("nothing to acknowledge: the trail adds up",))
    if not versions:
        raise BadConfig(
            f"`{name}` has no version that an event could be about", where="ci-mlops.yml registry"
        )
    event = replace(
        event_about(tools, project, versions[0], "acknowledged", reason=reason),
        # where a pointer is, the event itself tells as found: moved there once more it is news again
        acknowledged=tuple(
            fault.key for fault in faults if fault.code not in ("moved_elsewhere", "unfinished")
        ),
    )
    overtaken = carry_out(registry, follows(ladder, event, tools.now()), versions[0])
    if overtaken is not None:
        return after(overtaken, "", versions[0])
    return Moved(said=tuple(f"acknowledged: {fault.told}" for fault in faults))


def _opened(tools: Tools, project: Project) -> tuple[Registry, str, tuple[str, ...]]:
    registry = open_registry(tools, project.config, project.folder)
    assert project.config.registry is not None  # noqa: S101 - the registry was opened from it
    return registry, model_name(project.config), project.config.registry.stages


def _faults(ladder: Ladder, versions: Sequence[Version], head: str) -> Faults:
    every = (*ladder.faults, *version_faults(ladder.trail, versions, head))
    known = ladder.trail.acknowledged
    return {
        "faults": tuple(one for one in every if one.key not in known),
        "acknowledged": tuple(one for one in every if one.key in known),
    }


def _held(stage: str, version: str, events: tuple[AuditEvent, ...]) -> Held:
    took = came(events, stage)
    # another hand may have moved it since, be it back to a version that it held before
    return Held(stage=stage, version=version, event=took if took and took.version == version else None)

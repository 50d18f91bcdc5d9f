"""The trail against the versions that the registry has: neither may know of something that the other one does not."""

from collections.abc import Sequence

from ci_mlops.ladder.chain import Trail
from ci_mlops.records import Fault, Version
from ci_mlops.records.tags import LAST_EVENT


def version_faults(trail: Trail, versions: Sequence[Version], head: str = "") -> list[Fault]:
    """`head`: the digest of an event that somebody wrote down, as a run's log or a passport has it."""
    # an event that lies there and does not count was pushed aside: whoever writes the trail anew can make any one late
    there = {link.digest for link in trail.valid}
    faults = [fault for version in versions for fault in _cut_short(version, there)]
    if head and head not in there:
        faults.append(Fault(code="cut_short", told=f"event {head} is not in the trail", about=head))
    known = {version.number: version for version in versions}
    for event in {event.version: event for event in trail.events}.values():
        version = known.get(event.version)
        if version is None:
            told = f"version {event.version} is not in the registry any more"
            faults.append(Fault(code="unknown_version", told=told, about=event.version))
        elif version.digest != event.digest:
            told = f"version {event.version} says it is {version.digest or 'unknown'}, and the trail says {event.digest}"
            faults.append(Fault(code="unknown_version", told=told, about=f"{event.version}:{version.digest}"))
    return faults


def _cut_short(version: Version, there: set[str]) -> list[Fault]:
    """The version names the newest event about it, so a trail whose end was taken away is missed."""
    number, _, digest = version.tags.get(LAST_EVENT, "").partition(" ")
    if not digest or digest in there:
        return []
    told = f"event {number}, the last about version {version.number}, is not in the trail any more, or was edited"
    return [Fault(code="cut_short", told=told, about=digest)]

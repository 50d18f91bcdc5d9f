"""What the registry says that a version was made of, held against the audit trail before any of it is run."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from ci_mlops.errors import RegistryFailed
from ci_mlops.flows.identity import evidence_digests
from ci_mlops.flows.project import LOCK
from ci_mlops.ladder.chain import link
from ci_mlops.ladder.identity import registration_of, why_another
from ci_mlops.ports import Registry
from ci_mlops.records import AuditEvent, Version, tags


def as_registered(registry: Registry, version: Version) -> Version:
    """
    The version, with the commit of its registration as the trail tells it. Of one from before the trail began, the tags.

    Raises:
        RegistryFailed: its tags or its lock are not what was registered, or it never was: they name code and packages
            that would be run.
    """
    events = link(registry.entries(version.name)).events
    told = registration_of(events, version)
    why = why_another(events, version)
    if told is None and (why or not _is_of_before(version, events)):
        raise _refused(version, why or "the audit trail tells of no registration of it")
    if told is None:
        return version
    if not why and told.commit != version.tags.get(tags.COMMIT, ""):
        why = "its tag names another commit than was registered, by the audit trail"
    kept = evidence_digests(registry, version, [LOCK])
    if not why and LOCK in told.evidence and kept.get(LOCK) != told.evidence[LOCK]:
        why = f"{LOCK} beside it is not the one that was registered, by the audit trail"
    if why:
        raise _refused(version, why)
    return replace(version, tags={**version.tags, tags.MERGED: told.merged})


def _is_of_before(version: Version, events: Sequence[AuditEvent]) -> bool:
    """By the registry's own clock, which no client sets."""
    if not events:
        return True
    made = version.registered_at
    return bool(made) and datetime.fromisoformat(made) < datetime.fromisoformat(events[0].at)


def _refused(version: Version, why: str) -> RegistryFailed:
    return RegistryFailed(
        f"Version {version.number} of {version.name} is not what was registered, so nothing of it is run: {why}",
        where=version.uri,
        mend="`ci-mlops history --verify --all` tells the whole chain.",
    )

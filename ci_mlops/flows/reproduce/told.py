"""What the registry says that a version was made of, held against the audit trail before any of it is run."""

from dataclasses import replace

from ci_mlops.errors import RegistryFailed
from ci_mlops.flows.identity import evidence_digests
from ci_mlops.flows.project import LOCK
from ci_mlops.ladder.chain import link
from ci_mlops.ladder.identity import registration_of, why_another
from ci_mlops.ports import Registry
from ci_mlops.records import Version, tags


def as_registered(registry: Registry, version: Version) -> Version:
    """
    The version, with the commit of its registration as the trail tells it. Of one that the trail does not know, the tags.

    Raises:
        RegistryFailed: its tags or its lock are not what was registered: they name code and packages that would be run.
    """
    events = link(registry.entries(version.name)).events
    told = registration_of(events, version)
    if told is None:
        return version
    why = why_another(events, version)
    if not why and told.commit != version.tags.get(tags.COMMIT, ""):
        why = "its tag names another commit than was registered, by the audit trail"
    kept = evidence_digests(registry, version, [LOCK])
    if not why and LOCK in told.evidence and kept.get(LOCK) != told.evidence[LOCK]:
        why = f"{LOCK} beside it is not the one that was registered, by the audit trail"
    if why:
        raise RegistryFailed(
            f"Version {version.number} of {version.name} is not what was registered, so nothing of it is run: {why}",
            where=version.uri,
            mend="`ci-mlops history --verify --all` tells the whole chain.",
        )
    return replace(version, tags={**version.tags, tags.MERGED: told.merged})

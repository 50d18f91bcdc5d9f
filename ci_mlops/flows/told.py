"""What an event tells of its version and of the run that makes it."""

from ci_mlops.flows.project import Project
from ci_mlops.flows.tools import Tools
from ci_mlops.records import AuditEvent, Verdict, Version, tags
from ci_mlops.records.trail import Kind


def event_about(
    tools: Tools,
    project: Project,
    version: Version,
    kind: Kind,
    *,
    stage: str = "",
    source: str = "",
    verdict: Verdict | None = None,
    reason: str = "",
) -> AuditEvent:
    """Without its place in the trail: `ladder.follows` gives it that."""
    change = project.change
    return AuditEvent(
        id="",
        at="",
        previous="",
        kind=kind,
        version=version.number,
        digest=version.digest,
        stage=stage,
        source=source,
        verdict=version.tags.get(tags.VERDICT, ""),
        verdict_digest=version.tags.get(tags.VERDICT_DIGEST, ""),
        waivers=_used_waivers(verdict),
        reason=reason,
        actor=tools.actor(),
        change=version.tags.get(tags.CHANGE, ""),
        commit=version.tags.get(tags.COMMIT, ""),
        merged=change.head or project.commit or "",
        run=change.run_url,
    )


def _used_waivers(verdict: Verdict | None) -> tuple[str, ...]:
    used = [one.waiver for one in verdict.waivers if one.status == "used"] if verdict else []
    return tuple(f"{one.metric}: {one.reason}" for one in used)

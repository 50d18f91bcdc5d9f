"""What an event tells of its version and of the run that makes it."""

from collections.abc import Sequence

from ci_mlops.flows.project import Project
from ci_mlops.flows.tools import Tools
from ci_mlops.ladder.entry import waivers_told
from ci_mlops.records import Approval, AuditEvent, Verdict, Version, tags
from ci_mlops.records.trail import Kind

LONGEST_REASON = 1000
"""Tags of a server may hold no more than some thousand letters, and an event is one."""


def event_about(
    tools: Tools,
    project: Project,
    version: Version,
    kind: Kind,
    *,
    stage: str = "",
    source: str = "",
    verdict: Verdict | None = None,
    waived: Sequence[Approval] = (),
    reason: str = "",
) -> AuditEvent:
    """
    Without its place in the trail: `ladder.follows` gives it that. `waived`: who let the verdict through, where it is
    not one that passed.
    """
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
        waivers=waivers_told(verdict, waived),
        approvals=tuple(waived),
        reason=_legible(reason),
        actor=tools.actor(),
        change=version.tags.get(tags.CHANGE, ""),
        commit=version.tags.get(tags.COMMIT, ""),
        merged=change.head or project.commit or "",
        run=change.run_url,
    )


def _legible(reason: str) -> str:
    """No words that a terminal or a workflow hands us may keep a rollback from being written down."""
    text = reason.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="replace")
    return text if len(text) <= LONGEST_REASON else f"{text[:LONGEST_REASON]}…"

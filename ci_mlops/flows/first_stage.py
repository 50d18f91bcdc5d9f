"""A registered version takes the first stage, or does not: decided upon what the trail says at the very moment."""

from collections.abc import Mapping
from dataclasses import replace

from ci_mlops.flows.identity import evidence_digests
from ci_mlops.flows.ladder import Ladder, finish, follows, read_ladder, until_it_counts
from ci_mlops.flows.later import is_later, merged_commit
from ci_mlops.flows.project import Project
from ci_mlops.flows.registration import Plan, outrun
from ci_mlops.flows.standing import StandsNoMore
from ci_mlops.flows.told import event_about
from ci_mlops.flows.tools import Tools
from ci_mlops.ladder.entry import climbed
from ci_mlops.ports import Registry
from ci_mlops.records import AuditEvent, Registration, Version, tags

Versions = Mapping[str, Version]


def take_first_stage(tools: Tools, project: Project, registry: Registry, plan: Plan, version: Version) -> str:
    """
    Why it does not take it; empty: it holds it.

    Run again after a kill it finds the event, and moves the pointer that the killed job was to move.

    Raises:
        StandsNoMore: something else has come to hold the stage since the model was judged against its holder.
    """
    stages = _stages(project)
    versions = _versions(registry, version)
    ladder = finish(registry, read_ladder(registry, version.name, stages), versions, tools.now(), tools.say)
    told = [one for one in ladder.trail.events if _tells(one, version)]
    if any(one.digest != version.digest for one in told):
        return (
            f"the audit trail tells of another version {version.number}: the registered model was deleted and made again "
            f"(keep `ci-mlops history --format jsonl`, then delete `{version.name}.trail` as well)"
        )
    if any(one.stage for one in told):
        held = ladder.holders.get(stages[0], "")
        return (
            ""
            if held == version.number
            else f"it has held {stages[0]} already, where {f'version {held}' if held else 'nothing'} is now"
        )
    if told and plan.unmoved:
        return plan.unmoved
    unmoved = [plan.unmoved]
    evidence = _evidence(registry, plan, version)

    def decide(now: Ladder) -> tuple[AuditEvent, Version]:
        unmoved[-1] = plan.unmoved or _why_not_now(now, project, plan, version, versions)
        stage = "" if unmoved[-1] else stages[0]
        event = event_about(
            *(tools, project, version, "registered"), stage=stage, verdict=plan.verdict, waived=plan.waived
        )
        whole = replace(event, evidence=evidence, stored=version.tags.get(tags.STORED, ""))
        return follows(now, whole, tools.now()), version

    until_it_counts(registry, version.name, stages, decide)
    return unmoved[-1]


def tell_again(tools: Tools, project: Project, registry: Registry, plan: Plan, holder: Version) -> None:
    """
    A merge whose model holds the stage already says so: an older merge that ends later is to know that this one, which
    may have taken its change back, came after it.
    """
    stages = _stages(project)
    versions = _versions(registry, holder)
    finish(registry, read_ladder(registry, holder.name, stages), versions, tools.now(), tools.say)

    def decide(now: Ladder) -> tuple[AuditEvent, Version] | None:
        mine = merged_commit(project)
        if not mine or any(one.kind == "registered" and one.merged == mine for one in now.trail.events):
            return None
        if now.holders.get(stages[0]) != holder.number:
            return None
        if plan.unmoved and (stages[0] in now.found or not climbed(now.trail.events, stages[0]).held):
            # another hand put it there, and this verdict lets it in as little as the first one did
            return None
        event = event_about(tools, project, holder, "registered", stage=stages[0], verdict=plan.verdict)
        return follows(now, event, tools.now()), holder

    until_it_counts(registry, holder.name, stages, decide)


def _why_not_now(now: Ladder, project: Project, plan: Plan, version: Version, versions: Versions) -> str:
    """Merges are registered side by side, and to store a model takes its time: what holds the stage is looked at anew."""
    stage = _stages(project)[0]
    later = [one for one in now.trail.events if one.kind == "registered" and one.stage == stage]
    for one in later:
        if is_later(one.merged, one.run, project) and one.version in versions:
            return outrun(versions[one.version])
    held, judged_against = now.holders.get(stage, ""), plan.holder.number if plan.holder else ""
    if held not in (judged_against, version.number):
        raise StandsNoMore(
            f"{stage} has come to point to version {held or 'none'} meanwhile",
            where=f"{version.name} version {version.number}, which is stored",
            mend="Run `ci-mlops validate` again: it was judged against another champion.",
        )
    return ""


def _evidence(registry: Registry, plan: Plan, version: Version) -> Mapping[str, str]:
    """Of what lies there, and not of what is here: a second attempt of the same commit finds the first one's files."""
    kept = plan.decision.evidence if isinstance(plan.decision, Registration) else ()
    return evidence_digests(registry, version, [file.name for file in kept])


def _tells(event: AuditEvent, version: Version) -> bool:
    return (event.kind, event.version) == ("registered", version.number)


def _stages(project: Project) -> tuple[str, ...]:
    assert project.config.registry is not None  # noqa: S101 - the registry was opened from it
    return project.config.registry.stages


def _versions(registry: Registry, version: Version) -> Versions:
    return {one.number: one for one in registry.versions(version.name)} | {version.number: version}

"""Story: the version at one stage takes the next, after what was judged is held against what is stored."""

from collections.abc import Mapping
from dataclasses import replace

from ci_mlops.flows.entry import NOTHING, Weighed, try_out, weigh
from ci_mlops.flows.ladder import Ladder, carry_out, finish, follows, read_ladder
from ci_mlops.flows.moves import (
    Moved,
    after,
    judged_with,
    refuse_another_branch,
    refuse_before_merge,
    refuse_faults,
)
from ci_mlops.flows.open_registry import model_name, open_registry
from ci_mlops.flows.passport_check import why_no_entry
from ci_mlops.flows.project import Project
from ci_mlops.flows.promotion import lines, next_step, told, why_it_stays, would_promote
from ci_mlops.flows.told import event_about
from ci_mlops.flows.tools import Tools
from ci_mlops.ladder.identity import why_another
from ci_mlops.ports import Registry
from ci_mlops.records import Condition, Promotion, Stay, Version


def promote(
    tools: Tools, project: Project, stage: str | None = None, *, reason: str = "", dry_run: bool = False
) -> Moved:
    """
    Move `stage`'s pointer to what the stage before it holds; without `stage`, the one step that can be taken.

    What the stage asks for is looked at, and the stored files are fetched and held against the judged digest, before
    the pointer moves.

    Raises:
        BadConfig: no registry, no such stage, several steps, or a change or a branch that is not merged.
        RegistryFailed: the registry refuses, can't be reached, or stores other files than were judged; the trail has
            faults that nobody has looked into; somebody else moved the same pointer meanwhile.
    """
    refuse_before_merge(project)
    refuse_another_branch(project, "promotes")
    registry = open_registry(tools, project.config, project.folder)
    assert project.config.registry is not None  # noqa: S101 - the registry was opened from it
    name, stages = model_name(project.config), project.config.registry.stages
    versions = {version.number: version for version in registry.versions(name)}
    ladder = read_ladder(registry, name, stages)
    if not dry_run:
        ladder = finish(registry, ladder, versions, tools.now(), tools.say)
    step = next_step(stages, standing(ladder, versions), stage)
    if isinstance(step, Stay):
        return Moved(said=(f"nothing to promote: {step.reason}",), exit_code=step.exit_code)
    refuse_faults(ladder, tuple(versions.values()))
    verdict = judged_with(registry, step.version)
    asked = project.config.registry.entry.get(step.stage, NOTHING)
    papers = _papers(project, registry, step, ladder)
    if not all(one.held for one in papers):
        # of what is not what was registered nothing else is worth asking
        weighed = Weighed(conditions=papers)
    else:
        weighed = weigh(tools, step, asked, verdict, ladder.trail.events)
        weighed = replace(weighed, conditions=(*weighed.conditions, *papers))
    if dry_run:
        return Moved(
            said=would_promote(step, weighed.conditions, weighed.untried),
            exit_code=1 if weighed.broken else 0,
        )
    if weighed.broken:
        return Moved(said=why_it_stays(step, weighed.conditions, weighed.untried), exit_code=1)
    conditions = (*weighed.conditions, *try_out(tools, project, registry, step.version, asked, verdict))
    if not all(one.held for one in conditions):
        return Moved(said=why_it_stays(step, conditions), exit_code=1)
    event = event_about(
        *(tools, project, step.version, "promoted"),
        stage=step.stage,
        source=step.source,
        verdict=verdict,
        waived=weighed.waived,
        reason=reason,
    )
    event = replace(event, conditions=conditions, approvals=(*event.approvals, *weighed.approvals))
    overtaken = carry_out(registry, follows(ladder, event, tools.now()), step.version)
    if overtaken is not None:
        return after(overtaken, step.stage, step.version)
    return Moved(said=(f"moved {told(step)}", *(lines(conditions) if asked.asks else ())))


def _papers(project: Project, registry: Registry, step: Promotion, ladder: Ladder) -> tuple[Condition, ...]:
    """That it is the version which was registered, where it is not; and its passport, where the stage asks for one."""
    if another := why_another(ladder.trail.events, step.version):
        return (Condition(name="identity", held=False, told=another),)
    wanted = project.config.registry.passport if project.config.registry else None
    if wanted is None or step.stage not in wanted.required:
        return ()
    lacking = why_no_entry(project, registry, step.version, step.stage, ladder)
    told = lacking or "its passport is signed by a key of the policy"
    return (Condition(name="passport", held=not lacking, told=told),)


def standing(ladder: Ladder, versions: Mapping[str, Version]) -> Mapping[str, Version | None]:
    """Which version holds which stage."""
    return {stage: versions.get(ladder.holders.get(stage, "")) for stage in ladder.stages}

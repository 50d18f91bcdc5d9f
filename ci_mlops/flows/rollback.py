"""Story: a stage goes back to a version that it held before; at night, with one command, whatever else is wrong."""

import tempfile
from dataclasses import replace
from pathlib import Path

from ci_mlops.errors import BadData, TrainingFailed
from ci_mlops.flows.ladder import carry_out, finish, follows, read_ladder
from ci_mlops.flows.moves import Moved, after, judged_with, refuse_before_merge
from ci_mlops.flows.open_registry import model_name, open_registry
from ci_mlops.flows.project import Project
from ci_mlops.flows.scored_again import scored_again
from ci_mlops.flows.told import event_about
from ci_mlops.flows.tools import Tools
from ci_mlops.ladder.back import Target, step_back
from ci_mlops.ladder.entry import not_its_verdict
from ci_mlops.ladder.holders import not_ahead
from ci_mlops.ladder.identity import why_another
from ci_mlops.ports import Registry
from ci_mlops.records import Condition, Stay, Verdict, Version


def rollback(
    tools: Tools,
    project: Project,
    target: Target,
    *,
    reason: str = "",
    unscored: bool = False,
    dry_run: bool = False,
) -> Moved:
    """
    The stored files of the version are held against the judged digest, and it scores the pinned test rows once more,
    before the pointer moves; `unscored`: the digest alone, where the rows or the environment can't be had.

    Raises:
        BadConfig: no registry, no such stage or version, a moment that has not come yet, or a change that is not merged.
        RegistryFailed: the registry refuses, or stores other files than were judged; somebody else moved the pointer.
    """
    refuse_before_merge(project)
    target = replace(target, at=target.at and not_ahead(target.at, tools.now()))
    registry = open_registry(tools, project.config, project.folder)
    assert project.config.registry is not None  # noqa: S101 - the registry was opened from it
    name, stages = model_name(project.config), project.config.registry.stages
    versions = {version.number: version for version in registry.versions(name)}
    ladder = read_ladder(registry, name, stages)
    if not dry_run:
        ladder = finish(registry, ladder, versions, tools.now(), tools.say)
    decided = step_back(ladder.trail.events, stages, ladder.holders, target, tuple(versions))
    if isinstance(decided, Stay):
        return Moved(said=(f"nothing to roll back: {decided.reason}",), exit_code=decided.exit_code)
    version = versions[decided.version]
    before = f", in place of version {decided.replaces}" if decided.replaces else ""
    told = f"{decided.stage} back to {name} version {version.number}, {version.digest}{before}"
    if why := _of_before(version, decided.stage) or why_another(ladder.trail.events, version):
        return Moved(said=(f"{decided.stage} stays where it is: {why}",), exit_code=1)
    if dry_run:
        return Moved(said=(f"would move {told}",))
    verdict = judged_with(registry, version)
    conditions = (proof(tools, project, registry, version, verdict, unscored=unscored),)
    if broken := [one for one in conditions if not one.held]:
        return Moved(said=(f"{decided.stage} stays where it is: {broken[0].told}",), exit_code=1)
    event = event_about(
        *(tools, project, version, "rolled_back"), stage=decided.stage, verdict=verdict, reason=reason
    )
    event = replace(event, conditions=conditions)
    overtaken = carry_out(registry, follows(ladder, event, tools.now()), version)
    if overtaken is not None:
        return after(overtaken, decided.stage, version)
    return Moved(said=(f"moved {told}",))


def _of_before(version: Version, stage: str) -> str:
    """Empty: it was registered by us. With no digest nothing could be held against anything, not by `--unscored` either."""
    if version.digest:
        return ""
    return (
        f"version {version.number} was not registered by ci-mlops, so nothing says what its files were. If it must be that "
        f"one, set the alias `{stage}` in MLflow, and then `ci-mlops history --acknowledge`"
    )


def proof(
    tools: Tools,
    project: Project,
    registry: Registry,
    version: Version,
    verdict: Verdict | None,
    *,
    unscored: bool,
) -> Condition:
    """
    Raises:
        RegistryFailed: the stored files are not what was judged.
        BadData, TrainingFailed: it can't be scored, and what to do about it at night.
    """
    why = not_its_verdict(version, verdict)
    if unscored or why:
        # files that are damaged or gone are told as such: without a verdict `--unscored` would lead nowhere either
        with tempfile.TemporaryDirectory(prefix="ci-mlops-") as room:
            registry.fetch(version, Path(room))
    if unscored:
        return Condition(name="files", held=True, told="not asked to score: its files are what was judged")
    if why:
        told = f"{why}, so its scores can be held against nothing. `--unscored` goes back all the same"
        return Condition(name="scores", held=False, told=told)
    try:
        with tools.step(f"Score with version {version.number}"):
            return scored_again(tools, project, registry, version, verdict)
    except (BadData, TrainingFailed) as error:
        mend = f"{error.mend} `--unscored` goes back without scoring first; its files are held against what was judged all the same."
        raise type(error)(error.what, where=error.where, mend=mend.strip()) from error

"""Restore, train again, classify, and name the cause."""

from dataclasses import replace
from pathlib import Path

from ci_mlops import repository
from ci_mlops.errors import BadConfig
from ci_mlops.evaluation.reproduction import causes_of, exit_code_of, likeness_of, reason_of
from ci_mlops.flows import store
from ci_mlops.flows.open_registry import model_name, open_registry
from ci_mlops.flows.project import Project
from ci_mlops.flows.reproduce.bench import Bench
from ci_mlops.flows.reproduce.comparing import compare, differing_files
from ci_mlops.flows.reproduce.restore import Past, restore
from ci_mlops.flows.reproduce.seeds import try_seeds
from ci_mlops.flows.reproduce.told import as_registered
from ci_mlops.flows.reproduce.trials import find_cause
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.writing import tool, written_at
from ci_mlops.ports import Registry
from ci_mlops.records import Version
from ci_mlops.records.reproduction import Likeness, Measured, Reproduction

WORK = "reproduction"


def reproduce(
    tools: Tools,
    project: Project,
    asked: str,
    output: Path,
    *,
    least: Likeness = "statistically_equivalent",
    most: int = 12,
    seeds: int = 0,
) -> Reproduction:
    """
    Args:
        tools: What every story works with.
        project: Today's settings, in a repository that holds the version's commit.
        asked: A version's number, a stage, or nothing: the highest stage that holds a version.
        output: Our folder; its `reproduction/` is worked in, and stays where this fails, with the logs.
        least: How alike it has to come out for exit code 0.
        most: Trainings that may be spent on finding the cause.
        seeds: Trainings with other seeds, which tell how far those alone move each metric.

    Raises:
        BadConfig, BadData, RegistryFailed, TrainingFailed: what can't be restored.
    """
    if project.change.event in ("pull_request", "merge_group"):
        raise BadConfig(
            "A change that is not merged yet reproduces nothing: it could name another registry",
            where=f"event {project.change.event}",
            mend="Run `ci-mlops reproduce` on the base branch: by the clock, or by hand.",
        )
    project = _in_repository(project)
    registry = open_registry(tools, project.config, project.folder)
    version = find_version(registry, project, asked)
    tools.say(f"reproduce: {version.name} version {version.number}, {version.digest}")
    work = output / WORK
    store.drop(work)
    past = restore(tools, project, registry, as_registered(registry, version))
    with tools.group(f"Train version {version.number} again"):
        made = _made(tools, past, registry, work, least, most, seeds)
    store.drop(work)
    return made


def _in_repository(project: Project) -> Project:
    top = repository.find_root(project.folder)
    if top is None:
        raise BadConfig(
            "This folder is no git repository, so no commit can be restored",
            where=str(project.folder),
            mend="Run it in a clone of the repository, with its history.",
        )
    return replace(project, top=top.resolve())


def find_version(registry: Registry, project: Project, asked: str) -> Version:
    """
    Raises:
        BadConfig: there is no such version, or no stage holds one.
    """
    assert project.config.registry is not None  # noqa: S101 - the registry was opened from it
    name, stages = model_name(project.config), project.config.registry.stages
    if not asked or asked in stages:
        wanted = (asked,) if asked else tuple(reversed(stages))
        held = next((found for stage in wanted if (found := registry.pointer(name, stage))), None)
        if held is None:
            raise BadConfig(
                f"No version of {name} stands at {asked or 'any stage'}",
                where="registry",
                mend="Name a version: `ci-mlops reproduce 3`. `ci-mlops history` tells which there are.",
            )
        return held
    number = asked.removeprefix("v")
    found = next((one for one in registry.versions(name) if one.number == number), None)
    if found is None:
        raise BadConfig(
            f"{name} has no version {number}",
            where="VERSION",
            mend=f"Name a number, or a stage ({', '.join(stages)}). `ci-mlops history` tells which there are.",
        )
    return found


def _made(
    tools: Tools, past: Past, registry: Registry, work: Path, least: Likeness, most: int, seeds: int
) -> Reproduction:
    bench = Bench(tools, past, work)
    fresh = bench.train()
    measured = Measured(
        registered=past.version.digest, reproduced=fresh.card.model.digest, restored=past.restored
    )
    registered = bench.fetch(registry) if seeds or measured.reproduced != measured.registered else None
    if registered is not None and measured.reproduced != measured.registered:
        answers, differences = compare(bench, fresh, registered, work / "compared")
        files = differing_files(fresh, registered)
        measured = replace(measured, files=files, answers=answers, differences=differences)
        measured = find_cause(bench, measured, fresh, registered, most)
    if registered is not None and seeds:
        measured = replace(measured, seeds=try_seeds(bench, fresh, registered, seeds))
    policy = past.config.policy()
    likeness = likeness_of(measured)
    return Reproduction(
        model=past.version.name,
        version=past.version.number,
        likeness=likeness,
        reason=reason_of(measured),
        exit_code=exit_code_of(likeness, least),
        causes=causes_of(measured),
        measured=measured,
        trainings=bench.trainings,
        unit=policy.unit,
        currency=policy.cost.unit if policy.cost else "",
        evaluated_at=written_at(tools.now()),
        tool=tool(),
    )

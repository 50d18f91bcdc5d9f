"""Story: the very model that was judged is stored with its evidence, and the first stage's pointer moves to it."""

from dataclasses import dataclass
from pathlib import Path

from ci_mlops.environments.digest import environment_digest
from ci_mlops.environments.lines import hashed_line
from ci_mlops.errors import BadConfig, BadData, TrainingFailed
from ci_mlops.flows import store
from ci_mlops.flows.endpoints import refuse_to_register
from ci_mlops.flows.kept_packages import keep_packages
from ci_mlops.flows.ladder import Ladder, finish, follows, read_ladder, until_it_counts
from ci_mlops.flows.open_registry import model_name, open_registry
from ci_mlops.flows.own_environment import environment_of_card
from ci_mlops.flows.project import LOCK, Project
from ci_mlops.flows.registration import Candidate, Refusal, decide_registration, why_not_moved
from ci_mlops.flows.standing import read_today, why_judge_again
from ci_mlops.flows.told import event_about
from ci_mlops.flows.tools import Tools
from ci_mlops.ports import Registry
from ci_mlops.records import AuditEvent, Registration, TrainedModel, Verdict, Version
from ci_mlops.report.codec import read_verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    version: Version | None
    """None: nothing was registered."""
    stage: str | None
    """The stage that points to it now, by this registration."""
    said: tuple[str, ...]
    exit_code: int
    """The verdict's own: a blocked model that is stored stays blocked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be carried out."""

    decision: Registration | Refusal
    verdict: Verdict
    unmoved: str
    """Why no pointer moves; empty: one does."""


def register(tools: Tools, project: Project, output: Path, *, dry_run: bool = False) -> Registered:
    """
    Register what `output` holds; run again after a kill it finds what is there already.

    Raises:
        BadConfig: no registry, or a pull request that is not merged yet.
        BadData: `output` holds no verdict, one that does not stand any more, or a model that is not the judged one.
        RegistryFailed: the registry refuses or can't be reached.
    """
    refuse_before_merge(project)
    refuse_to_register(project.config)
    registry = open_registry(tools, project.config, project.folder)
    plan = plan_registration(tools, project, output, registry)
    decided, exit_code = plan.decision, plan.verdict.exit_code
    if dry_run or isinstance(decided, Refusal):
        there = decided.version if isinstance(decided, Refusal) else None
        return Registered(version=there, stage=None, said=describe(plan), exit_code=exit_code)
    version = registry.register(decided)
    stage, unmoved = tell_registered(tools, project, registry, plan, version)
    said = (
        f"registered {decided.name} version {version.number}, {decided.digest}",
        f"{stage} points to it" if stage else f"no pointer moves: {unmoved}",
    )
    return Registered(version=version, stage=stage, said=said, exit_code=exit_code)


def tell_registered(
    tools: Tools, project: Project, registry: Registry, plan: Plan, version: Version
) -> tuple[str | None, str]:
    """
    (the stage that it holds now, why no pointer moves): decided again upon what the trail says at the very moment.

    Run again after a kill it finds the event, and moves the pointer that the killed job was to move.
    """
    assert project.config.registry is not None  # noqa: S101 - the registry was opened from it
    stages = project.config.registry.stages
    versions = {one.number: one for one in registry.versions(version.name)} | {version.number: version}
    ladder = finish(registry, read_ladder(registry, version.name, stages), versions, tools.now())
    told = [one for one in ladder.trail.events if (one.kind, one.version) == ("registered", version.number)]
    if told and (plan.unmoved or any(one.stage for one in told)):
        return told[-1].stage or None, plan.unmoved
    outcome: list[tuple[str | None, str]] = []

    def decide(now: Ladder) -> tuple[AuditEvent, Version]:
        holder = versions.get(now.holders.get(stages[0], ""))
        unmoved = why_not_moved(plan.verdict, holder)
        stage = "" if unmoved else stages[0]
        outcome.append((stage or None, unmoved))
        event = event_about(tools, project, version, "registered", stage=stage, verdict=plan.verdict)
        return follows(now, event, tools.now()), version

    until_it_counts(registry, version.name, stages, decide)
    return outcome[-1]


def plan_registration(tools: Tools, project: Project, output: Path, registry: Registry) -> Plan:
    assert project.config.registry is not None  # noqa: S101 - the registry was opened from it
    verdict = read_verdict(output / "verdict.json")
    found = store.get(output / "models" / "candidate")
    if found is None:
        raise BadData(
            "There is no candidate to register",
            where=str(output / "models" / "candidate"),
            mend="Run `ci-mlops validate` first, or hand its whole --output folder over to this job.",
        )
    card, files = found
    name, stage = model_name(project.config), project.config.registry.stages[0]
    # read before the registry is asked, which may make its database beside the code
    today = read_today(tools, project)
    holder = registry.pointer(name, stage)
    requirements, python = _environment(tools, project, card)
    kept = keep_packages(output, card, requirements, python)
    evidence = (output / "verdict.json", output / "report.md", project.folder / LOCK, *kept)
    decision = decide_registration(
        verdict,
        Candidate(
            card=card,
            files=files,
            requirements=requirements,
            python=python,
            merged=project.change.head or project.commit or "",
        ),
        name=name,
        stage=stage,
        holder=holder,
        evidence=tuple(file for file in evidence if file.is_file()),
    )
    if isinstance(decision, Registration) and (why := why_judge_again(verdict, today)):
        raise BadData(
            f"The verdict does not stand any more: {why}",
            where=str(output / "verdict.json"),
            mend="Run `ci-mlops validate` again.",
        )
    return Plan(decision=decision, verdict=verdict, unmoved=why_not_moved(verdict, holder))


def describe(plan: Plan) -> tuple[str, ...]:
    """What `--dry-run` prints: exactly what would be carried out."""
    if isinstance(plan.decision, Refusal):
        return (f"nothing to register: {plan.decision.reason}",)
    decided = plan.decision
    files = ", ".join(file.name for file in decided.evidence)
    return (
        f"would register {decided.name}, {decided.digest}, with {files}",
        f"would move {decided.stage} to it" if decided.stage else f"would move no pointer: {plan.unmoved}",
    )


def refuse_before_merge(project: Project) -> None:
    if project.change.event in ("pull_request", "merge_group"):
        raise BadConfig(
            "A change that is not merged yet registers nothing",
            where=f"event {project.change.event}",
            mend="Run `ci-mlops register` on the push to the base branch: it finds the judged model there.",
        )


def _environment(tools: Tools, project: Project, card: TrainedModel) -> tuple[tuple[str, ...], str]:
    """Requirements, with hashes, of the lock that it was trained with; else those of the environment that we are in."""
    if card.resolved is not None and environment_digest(card.resolved) == card.environment:
        return tuple(hashed_line(one) for one in card.resolved.packages), card.resolved.python
    try:
        environment = environment_of_card(tools, project, card)
        if environment.digest() == card.environment:
            return environment.packages(), environment.python_version
        reason = "this is not the environment that it was trained in"
    except TrainingFailed as failure:
        reason = failure.what
    tools.say(f"notice: the registered model names no requirements: {reason}")
    return (), ""

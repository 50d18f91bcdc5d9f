"""Story: the very model that was judged is stored with its evidence, and the first stage's pointer moves to it."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ci_mlops.environments.digest import environment_digest
from ci_mlops.environments.lines import hashed_line
from ci_mlops.errors import BadConfig, BadData, TrainingFailed
from ci_mlops.flows import store
from ci_mlops.flows.endpoints import refuse_to_register
from ci_mlops.flows.evidence import evidence_of
from ci_mlops.flows.first_card import CARD, keep_first_card
from ci_mlops.flows.first_stage import take_first_stage, tell_again
from ci_mlops.flows.kept_packages import keep_packages
from ci_mlops.flows.later import is_of_later_merge, merged_commit
from ci_mlops.flows.open_registry import model_name, open_registry
from ci_mlops.flows.own_environment import environment_of_card
from ci_mlops.flows.project import Project
from ci_mlops.flows.registration import Candidate, Plan, Refusal, decide_registration, why_not_moved
from ci_mlops.flows.standing import StandsNoMore, read_today, why_judge_again
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.waived_before import waived_before
from ci_mlops.ladder.entry import who
from ci_mlops.ports import Registry
from ci_mlops.records import Registration, TrainedModel, Version
from ci_mlops.report.codec import read_verdict

CANDIDATE = Path("models", "candidate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    version: Version | None
    """None: nothing was registered."""
    stage: str | None
    """The stage that points to it now, by this registration."""
    said: tuple[str, ...]
    exit_code: int
    """The verdict's own, but for one that was waived: a blocked model that is stored stays blocked."""
    waived: str = ""
    """Who let the verdict through, though it is not one that passed."""


def register(tools: Tools, project: Project, output: Path, *, dry_run: bool = False) -> Registered:
    """
    Register what `output` holds; run again after a kill it finds what is there already.

    Raises:
        BadConfig: no registry, or a pull request that is not merged yet.
        BadData: `output` holds no verdict, or a model that is not the judged one.
        StandsNoMore: the verdict does not stand any more; or not since the model was stored, which then takes no stage.
        RegistryFailed: the registry refuses or can't be reached.
    """
    refuse_before_merge(project)
    refuse_to_register(project.config)
    registry = open_registry(tools, project.config, project.folder)
    with TemporaryDirectory(prefix="ci-mlops-") as room:
        plan = plan_registration(tools, project, output, registry, Path(room))
        return _carry_out(tools, project, plan, registry, dry_run=dry_run)


def _carry_out(
    tools: Tools, project: Project, plan: Plan, registry: Registry, *, dry_run: bool
) -> Registered:
    decided, exit_code, waived = plan.decision, plan.exit_code, who(plan.waived, "") if plan.waived else ""
    if dry_run or isinstance(decided, Refusal):
        there = decided.version if isinstance(decided, Refusal) else None
        if there is not None and not dry_run:
            tell_again(tools, project, registry, plan, there)
        return Registered(version=there, stage=None, said=describe(plan), exit_code=exit_code, waived=waived)
    version = registry.register(decided)
    keep_first_card(registry, project, decided, plan.verdict, version)
    unmoved = take_first_stage(tools, project, registry, plan, version)
    said = (
        f"registered {decided.name} version {version.number}, {decided.digest}",
        *_let_through(plan),
        f"no pointer moves: {unmoved}" if unmoved else f"{decided.stage} points to it",
    )
    stage = None if unmoved else decided.stage
    return Registered(version=version, stage=stage, said=said, exit_code=exit_code, waived=waived)


def plan_registration(tools: Tools, project: Project, output: Path, registry: Registry, room: Path) -> Plan:
    """`room`: an empty folder for what is kept beside the model."""
    assert project.config.registry is not None  # noqa: S101 - the registry was opened from it
    verdict = read_verdict(output / "verdict.json")
    found = store.get(output / CANDIDATE)
    if found is None:
        raise BadData(
            "There is no candidate to register",
            where=str(output / CANDIDATE),
            mend="Run `ci-mlops validate` first, or hand its whole --output folder over to this job.",
        )
    card, files = found
    name, stage = model_name(project.config), project.config.registry.stages[0]
    # read before the registry is asked, which may make its database beside the code
    today = read_today(tools, project)
    holder = registry.pointer(name, stage)
    waived = waived_before(tools, project, verdict)
    later = [one for one in (holder, today.champion) if is_of_later_merge(one, project)]
    outrun_by = next(iter(later), None)
    requirements, python = _environment(tools, project, card)
    decision = decide_registration(
        verdict,
        Candidate(
            card=card,
            files=files,
            requirements=requirements,
            python=python,
            merged=merged_commit(project),
            merged_run=project.change.run_url,
        ),
        name=name,
        stage=stage,
        holder=holder,
        evidence=(
            *evidence_of(tools, verdict, output, project.folder, room),
            output / CANDIDATE / store.CARD,
            *keep_packages(room, card, requirements, python),
        ),
        outrun_by=outrun_by,
        waived=bool(waived),
    )
    if isinstance(decision, Registration) and (why := why_judge_again(verdict, today)):
        raise StandsNoMore(
            f"The verdict does not stand any more: {why}",
            where=str(output / "verdict.json"),
            mend="Run `ci-mlops validate` again.",
        )
    return Plan(
        decision=decision,
        verdict=verdict,
        unmoved=why_not_moved(verdict, holder, outrun_by, waived=bool(waived)),
        holder=holder,
        waived=waived,
    )


def describe(plan: Plan) -> tuple[str, ...]:
    """What `--dry-run` prints: exactly what would be carried out."""
    if isinstance(plan.decision, Refusal):
        return (f"nothing to register: {plan.decision.reason}",)
    decided = plan.decision
    files = ", ".join([*(file.name for file in decided.evidence), CARD])
    return (
        f"would register {decided.name}, {decided.digest}, with {files}",
        *_let_through(plan),
        f"would move {decided.stage} to it" if decided.stage else f"would move no pointer: {plan.unmoved}",
    )


def _let_through(plan: Plan) -> tuple[str, ...]:
    said = f"its verdict is {plan.verdict.verdict}, and was waived: {who(plan.waived)}"
    return (said,) if plan.waived else ()


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

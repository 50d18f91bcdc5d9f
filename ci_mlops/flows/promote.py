"""Story: the version at one stage takes the next, after what was judged is held against what is stored."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from ci_mlops.errors import BadConfig, BadData
from ci_mlops.flows.open_registry import model_name, open_registry
from ci_mlops.flows.project import Project
from ci_mlops.flows.promotion import Stay, next_step, why_not_promoted
from ci_mlops.flows.tools import Tools
from ci_mlops.ports import Registry
from ci_mlops.records import Promotion, Verdict
from ci_mlops.report.codec import unseal

VERDICT = "verdict.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promoted:
    said: tuple[str, ...]
    exit_code: int = 0


def promote(tools: Tools, project: Project, stage: str | None = None, *, dry_run: bool = False) -> Promoted:
    """
    Move `stage`'s pointer to what the stage before it holds; without `stage`, the one step that can be taken.

    The stored files are fetched and held against the judged digest before the pointer moves.

    Raises:
        BadConfig: no registry, no such stage, several steps, or a change that is not merged.
        RegistryFailed: the registry refuses, can't be reached, or stores other files than were judged.
    """
    refuse_before_merge(project)
    registry = open_registry(tools, project.config, project.folder)
    assert project.config.registry is not None  # noqa: S101 - the registry was opened from it
    name, stages = model_name(project.config), project.config.registry.stages
    step = next_step(stages, {one: registry.pointer(name, one) for one in stages}, stage)
    if isinstance(step, Stay):
        return Promoted(said=(f"nothing to promote: {step.reason}",), exit_code=step.exit_code)
    if why := why_not_promoted(step, _verdict(registry, step)):
        return Promoted(
            said=(f"{name} version {step.version.number} stays at {step.source}: {why}",), exit_code=1
        )
    if dry_run:
        return Promoted(said=(f"would move {_told(step)}",))
    with tempfile.TemporaryDirectory(prefix="ci-mlops-") as room:
        registry.fetch(step.version, Path(room))
    registry.move(name, step.stage, step.version.number)
    return Promoted(said=(f"moved {_told(step)}",))


def refuse_before_merge(project: Project) -> None:
    if project.change.event in ("pull_request", "merge_group"):
        raise BadConfig(
            "A change that is not merged yet promotes nothing",
            where=f"event {project.change.event}",
            mend="Run `ci-mlops promote` on the base branch: by hand, or after a push to it.",
        )


def _verdict(registry: Registry, step: Promotion) -> Verdict | None:
    kept = registry.evidence(step.version, VERDICT)
    if kept is None:
        return None
    try:
        return unseal(kept, where=f"{step.version.name} version {step.version.number}: {VERDICT}")
    except BadData:
        return None  # what can't be read, or was changed, is no verdict


def _told(step: Promotion) -> str:
    before = f", in place of version {step.replaces.number}" if step.replaces else ""
    return f"{step.stage} to {step.version.name} version {step.version.number}, {step.version.digest}{before}"

"""Who the candidate is compared with. A role, not a name: decided here, fetched or trained elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass

from ci_mlops.config import Config
from ci_mlops.errors import BadConfig
from ci_mlops.flows.project import Project
from ci_mlops.records import Version

BASE = "base"


@dataclass(frozen=True, slots=True, kw_only=True)
class FromRegistry:
    version: Version
    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FromBase:
    commit: str
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoChampion:
    reason: str


Champion = FromRegistry | FromBase | NoChampion


def find_champion(project: Project, pointer: Callable[[str], Version | None]) -> Champion:
    """
    `pointer` answers which version a stage holds; asked from the highest stage down, and only where base
    names a registry.

    Raises:
        BadConfig: `compare_with` names what is neither `base` nor a stage.
    """
    if project.first_report:
        return NoChampion(reason=f"the base branch has no {project.config_name} yet")
    policy = project.policy
    for stage in stages_to_ask(policy):
        if version := pointer(stage):
            return FromRegistry(version=version, stage=stage)
    if project.base is None:
        return NoChampion(reason="there is no base to compare with")
    notice = ""
    if policy.registry is not None and policy.compare_with != BASE:
        notice = "no stage of the registry holds a version: compared with the base branch's model"
    return _from_base(project.base.commit, project, notice)


def stages_to_ask(config: Config) -> tuple[str, ...]:
    wanted = config.compare_with
    if wanted == BASE or (wanted is None and config.registry is None):
        return ()
    stages = config.registry.stages if config.registry else ()
    if wanted is None:
        return tuple(reversed(stages))
    if wanted not in stages:
        raise BadConfig(
            f"`compare_with: {wanted}` is none of the stages ({', '.join(stages) or 'no registry is configured'})",
            where=config.where("compare_with"),
            mend="Name a stage, or `base`.",
        )
    return (wanted,)


def _from_base(commit: str, project: Project, notice: str) -> Champion:
    assert project.base is not None  # noqa: S101 - asked for in `find_champion`
    assert project.base.config is not None  # noqa: S101 - asked for in `find_champion`
    if project.base.config.train is None:
        return NoChampion(reason="the base branch does not say how its model is trained")
    if project.base.lock is None:
        return NoChampion(reason="the base branch has no ci-mlops.lock, so its training data is not known")
    return FromBase(commit=commit, notice=notice)

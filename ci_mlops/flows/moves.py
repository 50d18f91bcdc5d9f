"""What every command that moves a stage by hand shares: when it refuses, and what it says where others came first."""

from collections.abc import Sequence
from dataclasses import dataclass

from ci_mlops.errors import BadConfig, RegistryFailed
from ci_mlops.flows.identity import kept_verdict
from ci_mlops.flows.ladder import Ladder, Overtaken
from ci_mlops.flows.project import Project
from ci_mlops.ladder.versions import version_faults
from ci_mlops.ports import Registry
from ci_mlops.records import Verdict, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    said: tuple[str, ...]
    exit_code: int = 0


def after(overtaken: Overtaken, stage: str, version: Version) -> Moved:
    """
    Raises:
        RegistryFailed: what came first was something else than what was wanted.
    """
    by = overtaken.by
    who = f"{by.actor or 'somebody'}{f', {by.run}' if by.run else ''}"
    if (by.stage, by.version) == (stage, version.number):
        said = f"nothing to do: {stage} was moved to version {version.number} a moment ago by {who}"
        return Moved(said=(said,))
    moved = f"moved {by.stage} to version {by.version}" if by.stage else f"told of version {by.version}"
    raise RegistryFailed(
        f"Nothing was moved: a moment ago {who} {moved}",
        where=f"{version.name} {stage}",
        mend="Look at `ci-mlops history --now`, then run this again if it is still what you want.",
    )


def refuse_faults(ladder: Ladder, versions: Sequence[Version]) -> None:
    """
    Raises:
        RegistryFailed: the trail does not add up, and nobody has acknowledged it.
    """
    # versions are cleaned up, and the one that goes up is held against the trail by itself
    cut = [one for one in version_faults(ladder.trail, versions) if one.code == "cut_short"]
    faults = (*ladder.open_faults, *(one for one in cut if one.key not in ladder.trail.acknowledged))
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise RegistryFailed(
            f"The audit trail does not add up: {faults[0].told}{more}",
            where=ladder.name,
            mend="`ci-mlops history --verify` tells all of it. Once somebody has looked into it: "
            '`ci-mlops history --acknowledge "what was found"`. `ci-mlops rollback` works all the same.',
        )


def refuse_before_merge(project: Project) -> None:
    if project.change.event in ("pull_request", "merge_group"):
        raise BadConfig(
            "A change that is not merged yet moves no stage, and signs nothing",
            where=f"event {project.change.event}",
            mend="Run it on the base branch: by hand, or after a push to it.",
        )


def refuse_another_branch(project: Project, does: str) -> None:
    """Whoever may start a workflow on a branch of their own would say there what a stage asks for, and of which registry."""
    if project.change.event == "branch":
        raise BadConfig(
            f"Another branch than the default one {does} nothing: what a stage asks for is not its word",
            where=f"event {project.change.event}",
            mend=f"Run it on {project.change.base_ref or 'the default branch'}.",
        )


def judged_with(registry: Registry, version: Version) -> Verdict | None:
    """The verdict that the version was registered with; what can't be read, or was changed, is none."""
    kept = kept_verdict(registry, version)
    return kept if isinstance(kept, Verdict) else None

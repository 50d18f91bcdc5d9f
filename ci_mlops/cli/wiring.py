"""The only file that names concrete adapters."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ci_mlops.cli.progress import group, say, step

if TYPE_CHECKING:
    from ci_mlops.flows.branch_policies import PolicyBook
    from ci_mlops.flows.doctor.patient import Instruments
    from ci_mlops.flows.tools import Tools
    from ci_mlops.ports import Environment, Proposals, Registry
    from ci_mlops.records import Change, ResolvedEnvironment


def now() -> datetime:
    return datetime.now(UTC)


def cache_folder(environ: Mapping[str, str]) -> Path:
    if folder := environ.get("CI_MLOPS_CACHE"):
        return Path(folder)
    return Path(environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ci-mlops"


def tools_from(environ: Mapping[str, str]) -> "Tools":
    from ci_mlops.flows.tools import Tools
    from ci_mlops.platforms import detect
    from ci_mlops.platforms.actor import actor

    @cache  # asking an interpreter what is installed takes a process
    def environment(declared: str, folder: Path, resolved: "ResolvedEnvironment | None") -> "Environment":
        from ci_mlops.environments.opening import open_environment

        return open_environment(
            declared, folder, resolved, cache=cache_folder(environ), environ=environ, say=say
        )

    def registry(uri: str, stages: tuple[str, ...]) -> "Registry":
        from ci_mlops.registries.mlflow import MlflowRegistry

        return MlflowRegistry(uri, stages)

    return Tools(
        platform=detect(environ),
        environment=environment,
        registry=registry,
        cache=cache_folder(environ),
        now=now,
        say=say,
        group=group,
        step=step,
        actor=lambda: actor(environ),
    )


def approvers_from(environ: Mapping[str, str], environment: str) -> Sequence[str]:
    """Who approved this run there."""
    if environ.get("TF_BUILD"):
        from ci_mlops.platforms.azure.approvals import approvers
    else:
        from ci_mlops.platforms.github.approvals import approvers

    return approvers(environ, environment)


def as_it_stands(environ: Mapping[str, str], change: "Change") -> "Change":
    """With what the event does not tell of a pull request, where the platform does."""
    if change.platform != "azure" or change.event != "pull_request":
        return change
    from ci_mlops.platforms.azure.standing import as_it_stands

    return as_it_stands(environ, change)


def about(tools: "Tools", environ: Mapping[str, str], change: "Change") -> "Tools":
    """The same tools, where the platform around us speaks about another change than its event names."""
    from ci_mlops.platforms.github import GitHub

    return replace(tools, platform=GitHub(environ, about=change))


def proposals_from(environ: Mapping[str, str]) -> "Proposals":
    """
    Raises:
        PlatformFailed: no platform around us has any.
    """
    from ci_mlops.errors import PlatformFailed

    if environ.get("GITHUB_ACTIONS") != "true":
        raise PlatformFailed(
            "There is no CI around us that has pull requests",
            where="environment variable GITHUB_ACTIONS is not `true`",
            mend="This runs in a GitHub Actions job.",
        )
    from ci_mlops.platforms.github.proposals import GitHubProposals

    return GitHubProposals(environ)


def instruments_from(environ: Mapping[str, str]) -> "Instruments":
    """What `doctor` looks with, beyond the tools of every story."""
    from ci_mlops.flows.doctor.patient import Instruments

    token = environ.get("GITHUB_TOKEN") or environ.get("GH_TOKEN") or ""

    def rules(repository: str, branch: str) -> Sequence[Mapping[str, Any]]:
        from ci_mlops.platforms.github.rules import branch_rules

        return branch_rules(environ, token, repository, branch)

    def try_registry(uri: str) -> str:
        from ci_mlops.registries.scratch import try_writes

        return try_writes(uri, environ)

    return Instruments(environ=environ, try_registry=try_registry, rules=rules if token else None)


def policies_from(environ: Mapping[str, str], origin: str) -> "PolicyBook":
    from ci_mlops.platforms.azure.policies import open_policies

    return open_policies(environ, origin)

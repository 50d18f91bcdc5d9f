"""A champion that is a registered version: its files, and the environment that it was registered with."""

import tempfile
from pathlib import Path

from ci_mlops.datasets.lock import parse_lock
from ci_mlops.environments.digest import environment_digest
from ci_mlops.errors import BadData
from ci_mlops.flows import store
from ci_mlops.flows.checkout import Role
from ci_mlops.flows.open_registry import open_registry
from ci_mlops.flows.project import LOCK, Project
from ci_mlops.flows.tools import Tools
from ci_mlops.ports import Environment, Registry
from ci_mlops.records import Finding, ResolvedEnvironment, TrainedModel, Version, tags


def fetch_champion(
    tools: Tools,
    project: Project,
    version: Version,
    place: Path,
    *,
    candidate: tuple[Environment, ResolvedEnvironment | None],
    role: Role = "champion",
    registry: Registry | None = None,
) -> TrainedModel:
    """
    Into `place`. `candidate`: the environment that it is scored in where its own is not known; `registry`: where the
    version was found, which is the policy's unless it is given.
    """
    registry = registry or open_registry(tools, project.policy, project.folder)
    made_in = version.tags.get(tags.ENVIRONMENT, "")
    resolved = own_environment(registry, version)
    findings: tuple[Finding, ...] = ()
    if resolved is None:
        environment, resolved = candidate
        if made_in != environment.digest():
            findings = (Finding(code="own_environment", role=role, detail="unknown"),)
            tools.say(
                f"notice: version {version.number} has no record of its own environment that can be made again: "
                "it is scored in the candidate's"
            )
    with tempfile.TemporaryDirectory(prefix="ci-mlops-") as private:
        fetched = registry.fetch(version, Path(private, "fetched"))
        copied = store.copy_model(fetched, Path(private, "copy"))
        card = TrainedModel(
            role=role,
            name=version.name,
            model=copied,
            fingerprint=version.tags.get(tags.FINGERPRINT, ""),
            origin="registry",
            commit=version.tags.get(tags.COMMIT),
            version=version.number,
            environment=made_in,
            job=project.change.job,
            resolved=resolved,
            findings=findings,
        )
        store.put(card, Path(private, "copy", copied.path), place)
    return card


def own_environment(registry: Registry, version: Version) -> ResolvedEnvironment | None:
    """From the lock that was registered with it, if that is the one that it was trained in."""
    kept = registry.evidence(version, LOCK)
    if kept is None:
        return None
    try:
        solved = parse_lock(
            kept.decode(errors="replace"), f"{version.name} {version.number}: {LOCK}"
        ).environment
    except BadData:
        return None
    if solved is None or environment_digest(solved) != version.tags.get(tags.ENVIRONMENT):
        return None
    return solved

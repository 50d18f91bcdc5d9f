"""What a registered version was made of, as far as it can be had again: commit, settings, pins, data, environment."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from ci_mlops import repository
from ci_mlops.config import Config, parse_config
from ci_mlops.datasets.lock import parse_lock
from ci_mlops.errors import BadConfig, BadData, RegistryFailed
from ci_mlops.flows.checkout import Checkout, code_of, parts_with, training_of
from ci_mlops.flows.code import code_digest
from ci_mlops.flows.fingerprint import fingerprint
from ci_mlops.flows.own_environment import CURRENT
from ci_mlops.flows.project import LOCK, Project
from ci_mlops.flows.reproduce.data import Found, find_data
from ci_mlops.flows.reproduce.environment import Home, find_home
from ci_mlops.flows.tools import Tools
from ci_mlops.ports import Registry
from ci_mlops.records import Lock, Version, tags
from ci_mlops.records.reproduction import Restored

_COMMIT = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A version, and all that a training of it needs."""

    version: Version
    project: Project
    """Today's: where the registry, the repository and the data are."""
    config: Config
    """The commit's; it asks for `current`, as the environment is opened by us."""
    lock: Lock
    """With the digests of the training data that is to be had."""
    data: Found
    home: Home
    restored: Restored


@dataclass(frozen=True, slots=True, kw_only=True)
class _Commit:
    """One that the version may have been trained at."""

    name: str
    config: Config
    is_same: bool


def restore(tools: Tools, project: Project, registry: Registry, version: Version) -> Past:
    """
    `project`: today's, in a repository.

    Raises:
        BadConfig: the clone does not hold the commit, or its settings train nothing.
        RegistryFailed: the version does not say what it was made of.
        BadData: data that is nowhere to be found.
        TrainingFailed: no environment can be made.
    """
    lock = _registered_lock(registry, version)
    commit = _find_commit(project, version, lock)
    pins = lock if lock is not None else _lock_at(project, commit.name)
    data = find_data(tools, project, pins, commit.name)
    home = find_home(tools, project, registry, version, commit.config, pins)
    return Past(
        version=version,
        project=project,
        config=commit.config.model_copy(update={"environment": CURRENT}),
        lock=replace(data.lock, environment=None),
        data=data,
        home=home,
        restored=Restored(
            commit=commit.name,
            is_same_code=commit.is_same,
            environment=version.tags.get(tags.ENVIRONMENT, ""),
            environment_used=home.environment.digest(),
            why_environment=home.why,
            packages=home.packages,
            data=data.changed,
        ),
    )


def checkout_at(past: Past, tree: Path) -> Checkout:
    """Of a worktree of the version's commit."""
    assert past.project.top is not None  # noqa: S101 - the story asked for a repository
    return Checkout(
        role="candidate",
        folder=tree / past.project.folder.relative_to(past.project.top),
        config_name=past.project.config_name,
        config=past.config,
        lock=past.lock,
        commit=past.restored.commit,
        job=past.project.change.job,
        policy=past.config,
    )


def _registered_lock(registry: Registry, version: Version) -> Lock | None:
    kept = registry.evidence(version, LOCK)
    if kept is None:
        return None
    where = f"{version.name} version {version.number}: {LOCK}"
    try:
        return parse_lock(kept.decode(errors="replace"), where)
    except BadData as error:
        raise RegistryFailed(
            f"The lock that was registered with version {version.number} can't be read: {error.what}",
            where=where,
            mend="`ci-mlops history --verify` tells whether what is stored was changed.",
        ) from error


def _lock_at(project: Project, commit: str) -> Lock:
    text = repository.file_at(commit, project.path_in_repository(LOCK), project.folder)
    if text is None:
        raise BadData(
            "No pins of it are known: none were registered with it, and its commit has no ci-mlops.lock",
            where=f"{commit[:8]}:{LOCK}",
            mend="`ci-mlops pin` before the next registration; this version can't be reproduced.",
        )
    return parse_lock(text, f"{commit[:8]}:{LOCK}")


def _find_commit(project: Project, version: Version, lock: Lock | None) -> _Commit:
    """
    The one that it was trained at, or, where that is gone with its branch, the one that registered it: whichever has the
    registered fingerprint.
    """
    named = [version.tags[tag] for tag in (tags.COMMIT, tags.MERGED) if version.tags.get(tag)]
    if not named:
        raise RegistryFailed(
            f"Version {version.number} of {version.name} does not say which commit it was trained at",
            where=version.uri,
            mend="Only what `ci-mlops register` stored can be reproduced.",
        )
    found: list[_Commit] = []
    for name in dict.fromkeys(named):
        if _is_held(name, project.folder):
            one = _at(project, version, name, lock)
            if one.is_same:
                return one
            found.append(one)
    if not found:
        raise BadConfig(
            f"This clone does not hold the commit of version {version.number}: {named[0][:12]}",
            where="the checkout step",
            mend="actions/checkout: `with: {fetch-depth: 0}`; elsewhere `git fetch --unshallow`. The commit of a "
            f"branch that is gone: `git fetch origin {named[0]}`.",
        )
    return found[0]


def _is_held(commit: str, folder: Path) -> bool:
    # whoever writes tags into the registry gives git no options
    if not _COMMIT.fullmatch(commit):
        return False
    try:
        repository.ask("cat-file", "-e", f"{commit}^{{commit}}", folder=folder)
    except BadConfig:
        return False
    return True


def _at(project: Project, version: Version, commit: str, lock: Lock | None) -> _Commit:
    path = project.path_in_repository(project.config_name)
    text = repository.file_at(commit, path, project.folder)
    if text is None:
        raise BadConfig(
            f"There is no {path} at the commit of version {version.number}",
            where=commit[:12],
            mend="Was the folder moved since? Check that commit out, and run this there.",
        )
    config = parse_config(text, name=f"{commit[:8]}:{path}")
    return _Commit(name=commit, config=config, is_same=_is_same(project, version, commit, config, lock))


def _is_same(project: Project, version: Version, commit: str, config: Config, lock: Lock | None) -> bool:
    """Code, settings and pins, with the environment as it was registered, make the registered fingerprint."""
    assert project.top is not None  # noqa: S101 - the story asked for a repository
    with repository.worktree(commit, project.folder) as tree:
        checkout = Checkout(
            role="candidate",
            folder=tree / project.folder.relative_to(project.top),
            config_name=project.config_name,
            config=config,
            lock=lock if lock is not None else _lock_at(project, commit),
            commit=commit,
        )
        if training_of(checkout).model.kind == "uri":
            raise BadConfig(
                "Nothing was trained for this version: its model came ready-made, by `train.model.uri`",
                where=config.where("train", "model"),
                mend="Reproduce it where it was made.",
            )
        parts = parts_with(
            checkout,
            code=code_digest(code_of(checkout)),
            environment=version.tags.get(tags.ENVIRONMENT, ""),
        )
    return fingerprint(parts) == version.tags.get(tags.FINGERPRINT)

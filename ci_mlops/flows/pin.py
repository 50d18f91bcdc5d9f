"""Story: the data sets and the environment that the config names are pinned into ci-mlops.lock, or held against it."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from ci_mlops.config import Config, read_config
from ci_mlops.datasets.lock import LOCK_NAME, read_lock, write_lock
from ci_mlops.datasets.pins import check_data, pin_data
from ci_mlops.environments.declaration import read_declaration
from ci_mlops.environments.removed import removed_names
from ci_mlops.environments.scripts import scripts_of, uses_of
from ci_mlops.environments.solving import Solved, solve
from ci_mlops.errors import BadConfig, BadData
from ci_mlops.records import FilePin, Lock, ResolvedEnvironment

Mark = Literal["new", "changed", "same", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PinChange:
    """One file against the lock before."""

    mark: Mark
    data_set: str
    pin: FilePin


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageChange:
    """One package against the lock before; an empty version: it is not there."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    lock: Path
    changes: tuple[PinChange, ...]
    notice: str = ""
    environment: tuple[PackageChange, ...] | None = None
    """None: `environment: current`, and none was pinned before either."""
    solved: ResolvedEnvironment | None = None
    notices: tuple[str, ...] = ()
    """What is to be known of how the environment was solved."""


def _unsaid(line: str) -> None:
    pass


def pin(
    config_path: Path,
    cache: Path,
    environ: Mapping[str, str] | None = None,
    *,
    say: Callable[[str], None] = _unsaid,
) -> Pinned:
    """
    Args:
        config_path: Its folder's data and environment are pinned.
        cache: Known digests of large files are kept in it.
        environ: Ours; None: of this process.
        say: Progress, a line at a time: solving may build packages to ask them what they need.

    Raises:
        BadDataProblems: data that can't be pinned; the lock stays as it was.
        BadConfig: an environment that can't be solved; the lock stays as it was.
    """
    config = read_config(config_path)
    folder = config_path.resolve().parent
    path = folder / LOCK_NAME
    notice = ""
    before = Lock()
    try:
        before = read_lock(path)
    except BadData as error:
        # a broken lock is what this command mends
        if path.exists():
            notice = f"{error.what} ({error.where}); it is written anew"
    after = pin_data(folder, data_sets(config), cache, where=_places(config))
    if config.environment != "current":
        say(f"environment: solving {config.environment}")
    solved = solve_environment(config, folder, os.environ if environ is None else environ)
    if solved is not None:
        after = replace(after, environment=solved.environment)
    write_lock(path, after)
    packages = compare_environments(before.environment, after.environment)
    return Pinned(
        lock=path,
        changes=tuple(compare_locks(before, after)),
        notice=notice,
        environment=packages if before.environment or after.environment else None,
        solved=after.environment,
        notices=(*solved.notices, *lost_names(config, folder, solved.environment)) if solved else (),
    )


def solve_environment(config: Config, folder: Path, environ: Mapping[str, str]) -> Solved | None:
    """None: `environment: current`."""
    if config.environment == "current":
        return None
    with told_where(config):
        declaration = read_declaration(folder, config.environment)
        return solve(declaration, python=config.python, environ=environ)


def lost_names(config: Config, folder: Path, solved: ResolvedEnvironment) -> tuple[str, ...]:
    """Names that a training script uses, and the version that was solved has no more."""
    train = config.train
    scripts = scripts_of(train.run, train.model.callable, folder) if train else ()
    lines = read_declaration(folder, solved.source).requirements
    found = removed_names(uses_of(scripts, folder), solved, lines)
    return tuple(f"{problem.what} ({problem.where})" for _, _, problem in found)


def check_environment(config: Config, folder: Path, lock: Lock) -> None:
    """
    Without network: is what was solved what is declared today?

    Raises:
        BadConfig: it was never solved, or is declared otherwise since.
    """
    if config.environment == "current":
        return
    solved = lock.environment
    mend = f"`ci-mlops pin`, then commit {LOCK_NAME}."
    if solved is None or solved.source != config.environment:
        known = "holds no environment" if solved is None else f"was solved for {solved.source}"
        raise BadConfig(
            f"{config.environment} is not solved yet: {LOCK_NAME} {known}",
            where=config.where("environment"),
            mend=mend,
        )
    with told_where(config):
        declared = read_declaration(folder, config.environment).digest
    if declared != solved.declared:
        raise BadConfig(
            f"{config.environment} was changed since it was solved into {LOCK_NAME}",
            where=config.environment,
            mend=mend,
        )
    if config.python is not None and config.python != solved.python:
        raise BadConfig(
            f"`python: {config.python}` is asked for, and {LOCK_NAME} was solved for Python {solved.python}",
            where=config.where("python"),
            mend=mend,
        )


def check_pins(config_path: Path, cache: Path) -> int:
    """
    How many files match the lock.

    Raises:
        BadData: the lock can't be read.
        BadConfig: the environment was never solved, or is declared otherwise since.
        BadDataProblems: whatever does not match it.
    """
    config = read_config(config_path)
    folder = config_path.resolve().parent
    lock = read_lock(folder / LOCK_NAME)
    check_environment(config, folder, lock)
    check_data(folder, data_sets(config), lock, cache, where=_places(config))
    return sum(len(pins) for pins in lock.data.values())


def data_sets(config: Config) -> Mapping[str, tuple[str, ...]]:
    # a prebuilt model has none of its own
    trained = {"train": config.data.train} if config.data.train else {}
    return {**trained, **judged_sets(config)}


def judged_sets(config: Config) -> Mapping[str, tuple[str, ...]]:
    """Rows that no training is given: what models are judged on, and what their thresholds are chosen on."""
    chosen = {"validation": (config.data.validation,)} if config.data.validation else {}
    return {"test": (config.data.test.path,), **chosen}


def compare_locks(before: Lock, after: Lock) -> list[PinChange]:
    changes = []
    for data_set in sorted({*before.data, *after.data}):
        old = {pin.path: pin for pin in before.data.get(data_set, ())}
        new = {pin.path: pin for pin in after.data.get(data_set, ())}
        changes += [
            PinChange(
                mark=_mark(old.get(path), new.get(path)), data_set=data_set, pin=new.get(path) or old[path]
            )
            for path in sorted({*old, *new})
        ]
    return changes


def compare_environments(
    before: ResolvedEnvironment | None, after: ResolvedEnvironment | None
) -> tuple[PackageChange, ...]:
    """By name; what has several versions, each for its own platforms, is told with all of them."""
    old, new = _versions(before), _versions(after)
    changes = []
    for name in sorted({*old, *new}):
        was, now = old.get(name, ()), new.get(name, ())
        if was != now:
            changes.append(PackageChange(name=name, before=", ".join(was), after=", ".join(now)))
    return tuple(changes)


def _versions(resolved: ResolvedEnvironment | None) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one in resolved.packages if resolved else ():
        found[one.name] = (*found.get(one.name, ()), one.version)
    return found


def _mark(old: FilePin | None, new: FilePin | None) -> Mark:
    if old is None:
        return "new"
    if new is None:
        return "removed"
    return "same" if old.sha256 == new.sha256 else "changed"


@contextmanager
def told_where(config: Config) -> Iterator[None]:
    """The settings by their line in the config, as whoever reads an error looks there."""
    try:
        yield
    except BadConfig as error:
        for key in ("environment", "python"):
            if error.where == f"ci-mlops.yml {key}":
                raise BadConfig(error.what, where=config.where(key), mend=error.mend) from error
        raise


def _places(config: Config) -> Mapping[str, str]:
    return {
        "train": config.where("data", "train"),
        "test": config.where("data", "test", "path"),
        "validation": config.where("data", "validation"),
    }

"""Whom the doctor looks at: what could be read of a project, and why the rest could not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ci_mlops import repository
from ci_mlops.config import Config, read_config
from ci_mlops.datasets.lock import LOCK_NAME, read_lock
from ci_mlops.errors import BadData, CiMlopsError
from ci_mlops.flows.tools import Tools
from ci_mlops.records import Lock

Rules = Callable[[str, str], Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What may be done beyond looking."""

    fix: bool = False
    train: bool = False
    try_writes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruments:
    """Of the outside; made by the wiring, or by a test."""

    environ: Mapping[str, str]
    try_registry: Callable[[str], str]
    """URI -> what a scratch model that was removed again has shown; raises RegistryFailed."""
    rules: Rules | None = None
    """(repository, branch) -> the rules of a branch, as the platform tells them; None: no token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    tools: Tools
    instruments: Instruments
    config_path: Path
    output: Path
    wishes: Wishes = field(default_factory=Wishes)
    config: Config | None
    config_error: CiMlopsError | None = None
    lock: Lock | None
    lock_error: BadData | None = None
    top: Path | None
    """The repository's; None: no git."""

    @property
    def folder(self) -> Path:
        return self.config_path.resolve().parent

    @property
    def lock_path(self) -> Path:
        return self.folder / LOCK_NAME

    def in_repository(self, name: str) -> str:
        """A path of the config's folder, from the repository's top."""
        return (self.folder / name).relative_to(self.top or self.folder).as_posix()


def open_patient(
    tools: Tools, instruments: Instruments, config_path: Path, output: Path, wishes: Wishes
) -> Patient:
    config, config_error = _config(config_path)
    lock, lock_error = _lock(config_path.resolve().parent / LOCK_NAME)
    return Patient(
        tools=tools,
        instruments=instruments,
        config_path=config_path,
        output=output,
        wishes=wishes,
        config=config,
        config_error=config_error,
        lock=lock,
        lock_error=lock_error,
        top=_top(config_path),
    )


def _config(path: Path) -> tuple[Config | None, CiMlopsError | None]:
    try:
        return read_config(path), None
    except CiMlopsError as error:
        return None, error


def _lock(path: Path) -> tuple[Lock | None, BadData | None]:
    try:
        return read_lock(path), None
    except BadData as error:
        return None, error


def _top(config_path: Path) -> Path | None:
    folder = next(parent for parent in config_path.resolve().parents if parent.is_dir())
    try:
        found = repository.find_root(folder)
    except CiMlopsError:
        # told by the look at git
        return None
    return found.resolve() if found else None

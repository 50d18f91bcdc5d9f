"""What is judged: the change's own settings, and those of the base branch, which hold the policy."""

from dataclasses import dataclass, replace
from pathlib import Path

from ci_mlops import repository
from ci_mlops.config import Config, parse_config, read_config
from ci_mlops.datasets.lock import parse_lock, read_lock
from ci_mlops.errors import BadConfig, Problems
from ci_mlops.flows.tools import Tools
from ci_mlops.records import Change, Lock

LOCK = "ci-mlops.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    commit: str
    config: Config | None
    """None: the base branch has no ci-mlops.yml yet."""
    lock: Lock | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    folder: Path
    """The config's folder: every path in the config is relative to it."""
    config_name: str
    config: Config
    lock: Lock
    change: Change
    top: Path | None = None
    """The repository's top folder; None: no git, then nothing can be compared with."""
    commit: str | None = None
    base: Base | None = None

    @property
    def policy(self) -> Config:
        """Who says what is measured, on which rows and by which rules: base, where it says anything."""
        return self.base.config if self.base and self.base.config else self.config

    @property
    def policy_lock(self) -> Lock:
        return self.base.lock if self.base and self.base.config and self.base.lock else self.lock

    @property
    def first_report(self) -> bool:
        """The change that adds ci-mlops.yml: there is no policy yet that it could be held to."""
        return self.base is not None and self.base.config is None

    def path_in_repository(self, name: str) -> str:
        assert self.top is not None  # noqa: S101 - asked only where there is a base
        return (self.folder / name).relative_to(self.top).as_posix()


def open_project(tools: Tools, config_path: Path, *, base: str | None = None) -> Project:
    """
    Read the settings of the change and of its base. `base` names another commit or branch, on a laptop only.

    Raises:
        BadConfig: a config that can't be used, of the change or of base; a clone that lacks base.
    """
    config_path = config_path.resolve()
    folder = config_path.parent
    change = tools.platform.change()
    if base is not None:
        if change.event != "local":
            raise BadConfig(
                "In CI the base branch is told by the change itself, not by a flag",
                where="--base",
                mend="Leave `--base` out.",
            )
        change = replace(change, base=base)
    found = repository.find_root(folder)
    top = found.resolve() if found else None
    # annotations find a line by its path from the repository's top
    name = config_path.relative_to(top).as_posix() if top else config_path.name
    alone = Project(
        folder=folder,
        config_name=config_path.name,
        config=read_config(config_path, name=name),
        lock=read_lock(folder / LOCK),
        change=change,
    )
    if top is None:
        tools.say("notice: this folder is no git repository, so there is no base to compare with")
        return alone
    commit = repository.base_commit(change, folder)
    inside = replace(alone, top=top, commit=repository.head(folder))
    return replace(inside, base=None if commit is None else _read_base(inside, commit))


def _read_base(project: Project, commit: str) -> Base:
    name = project.path_in_repository(project.config_name)
    config_text = repository.file_at(commit, name, project.folder)
    if config_text is None:
        return Base(commit=commit, config=None, lock=None)
    lock_text = repository.file_at(commit, project.path_in_repository(LOCK), project.folder)
    return Base(
        commit=commit,
        config=_parse_base(config_text, name, commit),
        lock=None if lock_text is None else parse_lock(lock_text, f"{commit[:8]}:{LOCK}"),
    )


def _parse_base(text: str, name: str, commit: str) -> Config:
    """Rules keep the plain name of their file, for annotations; a problem says that it is the base branch's."""
    try:
        return parse_config(text, name=name)
    except Problems as error:
        raise Problems(
            [BadConfig(p.what, where=f"{p.where} (base, {commit[:8]})", mend=p.mend) for p in error.problems]
        ) from error

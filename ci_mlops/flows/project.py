"""What is judged: the change's own settings, and those of the base branch, which hold the policy."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ci_mlops import repository
from ci_mlops.config import Config, parse_config, policy_digest, policy_edits, read_config
from ci_mlops.datasets.lock import parse_lock, read_lock
from ci_mlops.errors import BadConfig, BadData, Problems
from ci_mlops.flows.merged_head import known_head
from ci_mlops.flows.metric_files import metric_files, metric_files_at
from ci_mlops.flows.tools import Tools
from ci_mlops.records import Change, Lock
from ci_mlops.records.flipped import ShownRows

CONFIG = "ci-mlops.yml"
LOCK = "ci-mlops.lock"
BROKEN_BASE = (
    "If it is the base branch that is broken, every change fails like this until it is mended there, "
    "by a change that whoever may merges past the gate."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    commit: str
    config: Config | None
    """None: the base branch has no ci-mlops.yml yet."""
    lock: Lock | None
    metric_files: Mapping[str, bytes] = field(default_factory=dict)
    """Path -> text of the files that its config's own metrics are in."""


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
    metric_files: Mapping[str, bytes] = field(default_factory=dict)
    """As for base, of the working tree."""

    @property
    def policy(self) -> Config:
        """Who says what is measured, on which rows and by which rules: base, where it says anything."""
        return self.base.config if self.base and self.base.config else self.config

    @property
    def policy_lock(self) -> Lock:
        return self.base.lock if self.base and self.base.config and self.base.lock else self.lock

    @property
    def policy_files(self) -> Mapping[str, bytes]:
        return self.base.metric_files if self.base and self.base.config else self.metric_files

    @property
    def policy_digest(self) -> str:
        return policy_digest(self.policy, self.policy_files)

    @property
    def policy_edits(self) -> tuple[str, ...]:
        """What the change edits of base's policy."""
        if self.base is None or self.base.config is None:
            return ()
        return policy_edits(self.base.config, self.config, self.base.metric_files, self.metric_files)

    @property
    def first_report(self) -> bool:
        """The change that adds ci-mlops.yml: there is no policy yet that it could be held to."""
        return self.base is not None and self.base.config is None

    @property
    def shown_rows(self) -> ShownRows | None:
        """Single rows that base allows to be shown; a change that brings the first policy allows nothing by it."""
        return None if self.first_report else self.policy.shown_rows()

    @property
    def base_is_unpinned(self) -> bool:
        """Base has rules, and does not say for which rows."""
        return self.base is not None and self.base.config is not None and self.base.lock is None

    @property
    def config_path(self) -> str:
        """From the repository's top, where there is one."""
        return self.config_name if self.top is None else self.path_in_repository(self.config_name)

    def path_in_repository(self, name: str) -> str:
        assert self.top is not None  # noqa: S101 - asked only where there is a base
        return (self.folder / name).relative_to(self.top).as_posix()


def open_settings(tools: Tools, config_path: Path) -> Project:
    """
    The settings alone, as they lie there: for what neither trains nor judges, and has to work at night.

    Raises:
        BadConfig: a config that can't be used.
    """
    config = read_config(config_path, name=config_path.name)
    return Project(
        folder=config_path.resolve().parent,
        config_name=config_path.name,
        config=config,
        lock=Lock(),
        change=tools.platform.change(),
    )


def open_project(tools: Tools, config_path: Path, *, base: str | None = None) -> Project:
    """
    Read the settings of the change and of its base. `base` names another commit or branch, on a laptop only.

    Raises:
        BadConfig: a config that can't be used, of the change or of base; a clone that lacks base; a path that leads over a link.
    """
    change = tools.platform.change()
    if base is not None:
        if change.event != "local":
            raise BadConfig(
                "In CI the base branch is told by the change itself, not by a flag",
                where="--base",
                mend="Leave `--base` out.",
            )
        change = replace(change, base=base)
    found = repository.find_root(config_path.parent)
    top = found.resolve() if found else None
    change = known_head(change, config_path.parent)
    config_path = _place_in(top, config_path) if top else config_path.resolve()
    folder = config_path.parent
    # annotations find a line by its path from the repository's top
    name = config_path.relative_to(top).as_posix() if top else config_path.name
    config = read_config(config_path, name=name)
    alone = Project(
        folder=folder,
        config_name=config_path.name,
        config=config,
        lock=read_lock(folder / LOCK),
        change=change,
        metric_files=metric_files(config, folder),
    )
    if top is None:
        tools.say("notice: this folder is no git repository, so there is no base to compare with")
        return alone
    commit = repository.base_commit(change, folder)
    inside = replace(alone, top=top, commit=repository.head(folder))
    return replace(inside, base=None if commit is None else _read_base(inside, commit))


def _place_in(top: Path, config_path: Path) -> Path:
    """
    Where the config is by its own name: base is asked for the policy under that name, and a link that the change
    makes would lead to one that base does not have, which looks like a first report.
    """
    named = Path(os.path.abspath(config_path))  # noqa: PTH100 - `resolve` would follow the links that are looked for
    # the outermost, as a link below may lead back to the top
    above = next((folder for folder in reversed(named.parents) if _is_same(folder, top)), None)
    below = named.relative_to(above).parts if above else ()
    steps = [top.joinpath(*below[: count + 1]) for count in range(len(below))]
    link = next((step for step in steps if step.is_symlink()), None)
    if above is None or link is not None:
        raise BadConfig(
            f"The path to {config_path.name} is a symlink",
            where=str(link or config_path),
            mend="Name the file by its own path in the repository; base is asked for its policy under that path.",
        )
    return top.joinpath(*below)


def _is_same(folder: Path, top: Path) -> bool:
    try:
        return folder.samefile(top)
    except OSError:
        return False


def _read_base(project: Project, commit: str) -> Base:
    name = project.path_in_repository(project.config_name)
    config_text = repository.file_at(commit, name, project.folder)
    if config_text is None:
        _refuse_moved(project, commit)
        return Base(commit=commit, config=None, lock=None)
    lock_text = repository.file_at(commit, project.path_in_repository(LOCK), project.folder)
    config = _parse_base(config_text, name, commit)
    return Base(
        commit=commit,
        config=config,
        lock=None if lock_text is None else _parse_base_lock(lock_text, commit),
        metric_files=metric_files_at(commit, config, project.folder, project.path_in_repository, BROKEN_BASE),
    )


def _refuse_moved(project: Project, commit: str) -> None:
    """A config that base has and the change takes away is a policy that would be left behind, not a first report."""
    assert project.top is not None  # noqa: S101 - a base comes from a repository
    for name in {project.config_name, CONFIG}:
        for path in repository.files_named(name, commit, project.folder):
            place = project.top / path
            if place.is_symlink() or not place.is_file():
                raise BadConfig(
                    f"This change takes {path} away, which holds the base branch's policy",
                    where=str(path),
                    mend="Leave it where it is. To move or remove it is for whoever may merge past the gate; a "
                    "config of another model comes in a change of its own.",
                )


def _parse_base(text: str, name: str, commit: str) -> Config:
    """Rules keep the plain name of their file, for annotations; a problem says that it is the base branch's."""
    try:
        return parse_config(text, name=name)
    except Problems as error:
        raise Problems(
            [
                BadConfig(
                    p.what, where=f"{p.where} (base, {commit[:8]})", mend=f"{p.mend} {BROKEN_BASE}".strip()
                )
                for p in error.problems
            ]
        ) from error


def _parse_base_lock(text: str, commit: str) -> Lock:
    try:
        return parse_lock(text, f"{commit[:8]}:{LOCK}")
    except BadData as error:
        raise BadData(
            error.what, where=f"{error.where} (base)", mend=f"{error.mend} {BROKEN_BASE}".strip()
        ) from error

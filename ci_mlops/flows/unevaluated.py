"""The verdict where there could be none: could not evaluate, never shown as rejected."""

import os
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from ci_mlops import repository
from ci_mlops.config import Config, parse_config, read_config
from ci_mlops.errors import CiMlopsError, PlatformFailed
from ci_mlops.flows.judged import policy_source
from ci_mlops.flows.merged_head import known_head
from ci_mlops.flows.project import Project
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.writing import tool, written_at
from ci_mlops.records import Change, Failure, PolicySource, Verdict
from ci_mlops.report.codec import seal


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whose verdict it is."""

    model: str
    task: str
    change: Change | None
    policy: PolicySource | None = None
    """Which config it was to be judged by, so that a reader can ask for the same again."""


def subject_of(project: Project) -> Subject:
    policy = project.policy
    return Subject(model=policy.model, task=policy.task, change=project.change, policy=policy_source(project))


def unevaluated(error: CiMlopsError, subject: Subject, *, now: datetime) -> Verdict:
    return seal(
        Verdict(
            model=subject.model,
            task=subject.task,
            verdict="not_evaluated",
            reason=_from_here(error.what.splitlines()[0]),
            exit_code=error.exit_code,
            change=subject.change,
            policy=subject.policy,
            error=Failure(
                what=_from_here(error.what),
                where=_from_here(error.where),
                mend=_from_here(error.mend),
                exit_code=error.exit_code,
            ),
            evaluated_at=written_at(now),
            tool=tool(),
        )
    )


def _from_here(text: str) -> str:
    """Where a runner keeps the repository says nothing to who reads the comment, and is none of their business."""
    return text.replace(f"{Path.cwd()}{os.sep}", "")


def find_subject(tools: Tools, config_path: Path, *, base: str | None = None) -> Subject:
    """Where the project can't be opened: a status under another name than base's would leave base's waiting."""
    place = Path(os.path.abspath(config_path))  # noqa: PTH100 - base knows it by its own name, not by a link's target
    change = _change(tools, base)
    change = _with_head(change, place.parent) if change and place.parent.is_dir() else change
    known = (_of_base(change, place) if change else None) or _of_change(place)
    return Subject(
        model=known.model if known else place.parent.name,
        task=known.task if known else "unknown",
        change=change,
        policy=PolicySource(source="", path=_path_of(place)),
    )


def _path_of(place: Path) -> str:
    """From the repository's top, where there is one."""
    try:
        top = repository.find_root(place.parent) if place.parent.is_dir() else None
    except CiMlopsError:
        top = None
    inside = top is not None and place.is_relative_to(top)
    return place.relative_to(top).as_posix() if top is not None and inside else place.name


def _change(tools: Tools, base: str | None) -> Change | None:
    try:
        change = tools.platform.change()
    except PlatformFailed:
        return None
    return replace(change, base=base) if base and change.event == "local" else change


def _with_head(change: Change, folder: Path) -> Change:
    try:
        return known_head(change, folder)
    except CiMlopsError:  # of a commit that nobody asked for nothing is said
        return change


def _of_base(change: Change, place: Path) -> Config | None:
    # the change may have removed the folder too
    folder = next(parent for parent in place.parents if parent.is_dir())
    try:
        top = repository.find_root(folder)
        commit = repository.base_commit(change, folder) if top else None
        if top is None or commit is None:
            return None
        name = (folder.resolve() / place.relative_to(folder)).relative_to(top.resolve()).as_posix()
        text = repository.file_at(commit, name, folder)
        return None if text is None else parse_config(text, name=name)
    except CiMlopsError:
        return None


def _of_change(place: Path) -> Config | None:
    try:
        return read_config(place)
    except CiMlopsError:
        return None

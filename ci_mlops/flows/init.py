"""Story: a repository is read, and what ci-mlops needs is written into it: config, lock and CI file."""

import difflib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from ci_mlops import repository
from ci_mlops.config import parse_config
from ci_mlops.datasets.lock import LOCK_NAME
from ci_mlops.errors import BadConfig
from ci_mlops.files.replacing import replace_file
from ci_mlops.flows.first_rows import first_rows
from ci_mlops.survey.ci_file import template, workflow
from ci_mlops.survey.config_text import config_text
from ci_mlops.survey.environment import imported_packages
from ci_mlops.survey.guess import Survey, Told
from ci_mlops.survey.modules import Program
from ci_mlops.survey.pipeline_file import pipeline, pipeline_path
from ci_mlops.survey.survey import survey
from ci_mlops.survey.tables import Table
from ci_mlops.survey.tree import Tree

Platform = Literal["github", "azure"]
CONFIG = "ci-mlops.yml"
WORKFLOW = ".github/workflows/ci-mlops.yml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A file that would be written."""

    path: Path
    text: str
    before: str | None
    """What stands there; None where nothing does."""

    @property
    def state(self) -> Literal["new", "same", "other"]:
        if self.before is None:
            return "new"
        return "same" if self.before == self.text else "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    survey: Survey
    platform: Platform
    drafts: tuple[Draft, ...]
    """Empty where something is missing."""
    lock: Path


def propose(folder: Path, told: Told, platform: Platform | None) -> Proposal:
    """
    Read the repository; write nothing.

    Raises:
        BadConfig: what was told by flags can't stand in a config.
    """
    folder = folder.resolve()
    if told.python is not None and not re.fullmatch(r"3\.\d{1,2}", told.python):
        # with `environment: current` it goes into the workflow alone, which nobody checks after us
        raise BadConfig(f"`{told.python}` is no Python version", where="--python", mend="Write it as `3.11`.")
    top = (repository.find_root(folder) or folder).resolve()
    tree = Tree(folder, tracked=_tracked(folder))

    @cache
    def look(path: str) -> Table | None:
        return first_rows(folder, path) if tree.holds(path) else None

    found = survey(tree, told, look)
    chosen = platform or _platform(top)
    drafts: tuple[Draft, ...] = ()
    if not found.missing:
        text = config_text(found)
        parse_config(text, name=f"the proposed {CONFIG}")
        drafts = (_draft(folder / CONFIG, text),)
        drafts += (_ci_file(chosen, tree, found, folder, top),)
    return Proposal(survey=found, platform=chosen, drafts=drafts, lock=folder / LOCK_NAME)


def write(proposal: Proposal, *, force: bool) -> list[Draft]:
    """
    Write what is new, and with `force` what differs; give back what was written.

    Raises:
        BadConfig: a file can't be written.
    """
    written = []
    for draft in proposal.drafts:
        if draft.state == "new" or (force and draft.state == "other"):
            try:
                replace_file(draft.path, draft.text.encode())
            except OSError as error:
                raise BadConfig(
                    f"{draft.path.name} can't be written: {error.strerror}",
                    where=str(draft.path),
                    mend="Make the folder writable.",
                ) from error
            written.append(draft)
    return written


def difference(draft: Draft, folder: Path) -> str:
    """As `diff -u` shows it."""
    name = draft.path.relative_to(folder).as_posix() if draft.path.is_relative_to(folder) else draft.path.name
    lines = difflib.unified_diff(
        (draft.before or "").splitlines(),
        draft.text.splitlines(),
        f"a/{name}" if draft.before is not None else "(nothing)",
        f"b/{name}",
        lineterm="",
    )
    return "\n".join(lines)


def _draft(path: Path, text: str) -> Draft:
    try:
        before = path.read_text(encoding="utf-8", errors="replace") if path.exists() else None
    except OSError as error:
        raise BadConfig(f"{path.name} can't be read: {error.strerror}", where=str(path)) from error
    return Draft(path=path, text=text, before=before)


def _ci_file(platform: Platform, tree: Tree, found: Survey, folder: Path, top: Path) -> Draft:
    if platform == "github":
        path, name, make = WORKFLOW, "github/ci-mlops.yml", workflow
    else:
        folders = [one.name for one in top.iterdir() if one.is_dir()]
        path, name, make = pipeline_path(folders), "azure/azure-pipelines.yml", pipeline
    text = make(
        template(name),
        branch=repository.default_branch(top),
        python=found.value("python"),
        environment=str(found.value("environment")),
        install=_install(tree, found),
        config=(folder.relative_to(top) / CONFIG).as_posix() if folder.is_relative_to(top) else CONFIG,
    )
    return _draft(top / path, text)


def _install(tree: Tree, found: Survey) -> list[str]:
    if tree.holds("pyproject.toml") or tree.holds("setup.py"):
        return ["."]
    script = found.value("script")
    module = Program(tree).modules.get(str(script))
    names = {dotted.split(".")[0] for dotted in module.imports.values()} if module else set()
    return imported_packages(names)


def _platform(top: Path) -> Platform:
    if (top / ".github").is_dir():
        return "github"
    if any(top.glob("azure-pipelines*.y*ml")) or any(
        (top / name).is_dir() for name in (".azure-pipelines", ".pipelines")
    ):
        return "azure"
    remote = repository.remote_address(top)
    return "azure" if "dev.azure.com" in remote or "visualstudio.com" in remote else "github"


def _tracked(folder: Path) -> frozenset[str] | None:
    """What a clone would hold; None where there is no git to ask."""
    if repository.find_root(folder) is None:
        return None
    return frozenset(str(one.path) for one in repository.listed_files(folder))

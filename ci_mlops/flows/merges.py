"""How many merges the present pin of the test rows has decided: counted from git, along the base branch's first parents."""

from dataclasses import dataclass

from ci_mlops import repository
from ci_mlops.datasets.lock import parse_lock
from ci_mlops.errors import BadData
from ci_mlops.flows.project import LOCK, Project
from ci_mlops.records import FilePin

_MOST_PINS = 1000
"""Commits of the lock that are looked at, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merges:
    count: int
    at_least: bool = False


def count_merges(project: Project) -> Merges | None:
    """
    Commits of the base branch, after the one that pinned these test rows, that touch more than Markdown below the
    config's folder. None: base pins nothing.

    Raises:
        BadConfig: git fails.
    """
    base = project.base
    if base is None or base.lock is None or project.top is None:
        return None
    wanted = base.lock.data.get("test", ())
    if not wanted:
        return None
    path = project.path_in_repository(LOCK)
    folder = project.folder.relative_to(project.top).as_posix()
    listed = repository.ask(
        "rev-list", "--first-parent", f"--max-count={_MOST_PINS}", base.commit, "--", f":(top,literal){path}",
        folder=project.folder,
    ).split()  # fmt: skip
    pinned_at, complete = _first_of(project, listed, path, wanted)
    spread = (f":(top){'' if folder == '.' else folder}", ":(top,exclude,glob)**/*.md")
    span = [base.commit] if pinned_at is None else [f"{pinned_at}..{base.commit}"]
    counted = repository.ask(
        "rev-list", "--first-parent", "--count", *span, "--", *spread, folder=project.folder
    )
    return Merges(count=int(counted), at_least=not complete)


def _first_of(
    project: Project, commits: list[str], path: str, wanted: tuple[FilePin, ...]
) -> tuple[str | None, bool]:
    """The commit that pinned these rows, or the oldest that is known to; and whether it is known to be the first."""
    first = None
    for commit in commits:
        text = repository.file_at(commit, path, project.folder)
        try:
            pins = parse_lock(text).data.get("test", ()) if text is not None else ()
        except BadData:
            pins = ()
        if _digests(pins) != _digests(wanted):
            return first, True
        first = commit
    # the oldest commit of a shallow clone seems to add every file
    shallow = repository.ask("rev-parse", "--is-shallow-repository", folder=project.folder).strip() == "true"
    return first, not shallow and len(commits) < _MOST_PINS


def _digests(pins: tuple[FilePin, ...]) -> list[str]:
    return sorted(pin.sha256 for pin in pins)

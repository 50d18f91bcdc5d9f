"""Merges in quick succession are registered side by side, and end in any order: which of two came later?"""

import re
from pathlib import Path
from typing import NamedTuple

from ci_mlops import repository
from ci_mlops.errors import BadConfig
from ci_mlops.flows.project import Project
from ci_mlops.records import Version, tags

_NUMBERED = re.compile(r"(?P<place>\S*?)(?P<number>[0-9]{1,18})")


class _Run(NamedTuple):
    place: str
    """Whose runs they are: the address up to the number."""
    number: int


def merged_commit(project: Project) -> str:
    return project.change.head or project.commit or ""


def is_of_later_merge(version: Version | None, project: Project) -> bool:
    """A merge after ours registered it. False where that can't be told, as of versions that something else registered."""
    if version is None:
        return False
    return is_later(version.tags.get(tags.MERGED, ""), version.tags.get(tags.MERGED_RUN, ""), project)


def is_later(theirs: str, run: str, project: Project) -> bool:
    """
    `theirs`: the commit of another merge, `run`: the address of the run that was of it.

    A CI's clone is too shallow to hold what came after it: there the later run is the later merge.
    """
    ours = merged_commit(project)
    if not theirs or not ours or theirs == ours:
        return False
    if _is_ancestor(theirs, ours, project.folder):
        return False
    their_run, our_run = _run(run), _run(project.change.run_url)
    if their_run and our_run and their_run.place == our_run.place:
        return their_run.number > our_run.number
    return _is_ancestor(ours, theirs, project.folder)


def _is_ancestor(commit: str, of: str, folder: Path) -> bool:
    """False too where this clone does not hold both, or not what lies between them."""
    try:
        repository.ask("merge-base", "--is-ancestor", "--end-of-options", commit, of, folder=folder)
    except BadConfig:
        return False
    return True


def _run(address: str) -> _Run | None:
    """Platforms count the runs of a repository upwards, and end their addresses with the number."""
    found = _NUMBERED.fullmatch(address)
    return _Run(place=found["place"], number=int(found["number"])) if found else None

"""A training that runs apart: in a copy of what git would track, so that nothing that it writes stays in the team's tree."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ci_mlops import repository
from ci_mlops.flows.checkout import Checkout
from ci_mlops.flows.code import walked_files
from ci_mlops.flows.pinned import place_pinned
from ci_mlops.flows.project import Project


@contextmanager
def copied_tree(project: Project, checkout: Checkout, cache: Path) -> Iterator[Checkout]:
    """
    The checkout of the change as it lies there, uncommitted edits too; what git ignores is left out, but for pinned
    data. Removed at the end.

    Raises:
        BadData: pinned data that is nowhere to be found.
    """
    with _place(project) as (top, tree):
        for path in _files(top):
            _copy(top / path, tree / path)
        folder = tree / project.folder.relative_to(top)
        for pins in project.lock.data.values():
            place_pinned(project, pins, folder, cache)
        yield replace(checkout, folder=folder)


@contextmanager
def _place(project: Project) -> Iterator[tuple[Path, Path]]:
    """(the tree that is copied, the empty one that it is copied to)."""
    if project.top is not None and project.commit is not None:
        # a worktree, for a script that asks git which commit it is
        with repository.worktree(project.commit, project.folder, empty=True) as tree:
            yield project.top, tree
        return
    with tempfile.TemporaryDirectory(prefix="ci-mlops-") as private:
        tree = Path(private).resolve() / "tree"
        tree.mkdir()
        yield project.top or project.folder, tree


def _files(top: Path) -> list[Path]:
    if repository.find_root(top):
        return [Path(listed.path) for listed in repository.listed_files(top)]
    return [Path(path) for path in walked_files(top)]


def _copy(source: Path, target: Path) -> None:
    if source.is_dir() and not source.is_symlink():
        # a submodule
        shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    elif source.is_symlink() or source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target, follow_symlinks=False)

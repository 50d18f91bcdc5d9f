"""What git knows. Runs `git` itself, without shell, hooks, prompts or LFS downloads."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from ci_mlops.errors import BadConfig
from ci_mlops.records import Change

_OPTIONS = (
    "core.quotepath=off",
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    # a worktree of base needs code, not data: pinned files come from the data room
    "filter.lfs.smudge=cat",
    "filter.lfs.process=",
    "filter.lfs.required=false",
    "advice.detachedHead=false",
)
_VARIABLES = ("PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR", "SYSTEMROOT", "LD_LIBRARY_PATH")
_WORKTREE = "ci-mlops-base-"
_DEEPEN = "actions/checkout: `with: {fetch-depth: 2}`; elsewhere `git fetch --deepen=1`."
_DEEPER = (
    "Several commits came at once. actions/checkout: `with: {{fetch-depth: 0}}`; elsewhere `git fetch --unshallow`, "
    "and after a forced push `git fetch origin {commit}`."
)
_MAIN_BRANCHES = ("origin/HEAD", "origin/main", "origin/master", "main", "master")


def find_root(folder: Path) -> Path | None:
    """The repository's top folder; None where there is no git or no repository."""
    if shutil.which("git") is None:
        return None
    found = _git("rev-parse", "--show-toplevel", folder=folder, check=False)
    if found.returncode == 0:
        return Path(found.stdout.rstrip("\n"))
    if "dubious ownership" in found.stderr:
        raise BadConfig(
            "git does not trust this folder, because it belongs to another user",
            where=str(folder),
            mend=f"`git config --global --add safe.directory {folder}`",
        )
    return None


def head(folder: Path) -> str | None:
    """None: a repository without any commit."""
    return _commit("HEAD", folder)


def is_dirty(folder: Path) -> bool:
    return bool(ask("status", "--porcelain", "--untracked-files=normal", "--", ".", folder=folder))


def default_branch(folder: Path) -> str | None:
    told = _git("symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD", folder=folder, check=False)
    if name := told.stdout.strip().removeprefix("origin/"):
        return name
    names = _git(
        "branch", "--list", "--format=%(refname:short)", "main", "master", folder=folder, check=False
    )
    return names.stdout.split()[0] if names.returncode == 0 and names.stdout.split() else None


def remote_address(folder: Path) -> str:
    return _git("remote", "get-url", "origin", folder=folder, check=False).stdout.strip()


def base_commit(change: Change, folder: Path) -> str | None:
    """
    The commit that the change is compared with; None where there is none, as for the first commit.

    Raises:
        BadConfig: it exists but this clone does not hold it, or it can't be told which one it is.
    """
    tip = head(folder)
    if tip is None:
        return None
    if change.event in ("push", "merge_group"):
        return _base_before(change.base, tip, folder)
    if change.event == "pull_request":
        return _base_of_pull_request(change, tip, folder)
    if change.base:
        named = _commit(change.base, folder)
        if named is None:
            raise BadConfig(
                f"There is no commit `{change.base}` in this clone",
                where="--base" if change.event == "local" else "the checkout step",
                mend=f"actions/checkout: `with: {{fetch-depth: 0}}`; elsewhere `git fetch origin {change.base}`, or name another.",
            )
        return _merge_base(named, tip, folder) or named
    for branch in _MAIN_BRANCHES:
        if found := _commit(branch, folder):
            base = _merge_base(found, tip, folder)
            # on the main branch itself, with nothing uncommitted, the change is its last commit
            return _first_parent(tip, folder) if base == tip and not is_dirty(folder) else base
    return None


def _base_of_pull_request(change: Change, tip: str, folder: Path) -> str | None:
    parents = _parents(tip, folder)
    if len(parents) > 1 and (
        change.head is None
        or parents[1] == change.head
        or (change.base is not None and parents[0] == change.base)
    ):
        return _held(parents[0], folder)
    # The branch itself was checked out instead of its merge. Its first parent may be anything that its author
    # likes, so only what the platform names is trusted.
    if tip == change.head and change.base:
        base = _held(change.base, folder)
        return _merge_base(base, tip, folder) or base
    raise BadConfig(
        f"HEAD ({tip[:8]}) is neither the merge of this pull request nor its branch, so base can't be told",
        where="the checkout step",
        mend="Check out the pull request's merge ref, which is what actions/checkout does without `ref:`.",
    )


def _first_parent(commit: str, folder: Path) -> str | None:
    parents = _parents(commit, folder)
    return _held(parents[0], folder) if parents else None


def _base_before(told: str | None, tip: str, folder: Path) -> str | None:
    """
    Where a branch was before a push or a merge queue: as the platform tells it, since a rebase brings several
    commits, and all but the last of them are the change's own too.
    """
    if told is None or told in _parents(tip, folder)[:1]:
        return _first_parent(tip, folder)
    return _held(told, folder, mend=_DEEPER.format(commit=told))


def _held(commit: str, folder: Path, *, mend: str = _DEEPEN) -> str:
    found = _commit(commit, folder)
    if found is None:
        raise BadConfig(
            f"This clone is too shallow: it does not hold the base commit {commit[:8]}",
            where="the checkout step",
            mend=mend,
        )
    return found


def file_at(commit: str, path: str, folder: Path) -> str | None:
    """A file's text at a commit, `path` relative to the repository's top; None: it is not there."""
    content = bytes_at(commit, path, folder)
    return None if content is None else content.decode("utf-8-sig", errors="replace")


def bytes_at(commit: str, path: str, folder: Path) -> bytes | None:
    """
    Raises:
        BadConfig: it is there and can't be read, as in a partial clone: not the same as "there is none".
    """
    if not ask("ls-tree", "-z", "--full-tree", commit, "--", f":(literal){path}", folder=folder):
        return None
    return _run("cat-file", "blob", f"{commit}:{path}", folder=folder, check=True).stdout


def files_named(name: str, commit: str, folder: Path) -> list[PurePosixPath]:
    """Files of that name at a commit, wherever they lie; relative to the repository's top."""
    listed = ask("ls-tree", "-r", "-z", "--name-only", "--full-tree", commit, folder=folder).split("\0")
    return [path for path in map(PurePosixPath, filter(None, listed)) if path.name == name]


@contextmanager
def worktree(commit: str, folder: Path, *, empty: bool = False) -> Iterator[Path]:
    """
    A checkout of a commit beside ours, removed at the end; one that a killed run left is removed at the next.

    `empty`: no file is there yet, though git knows the commit.
    """
    _remove_abandoned(folder)
    home = Path(tempfile.mkdtemp(prefix=f"{_WORKTREE}{os.getpid()}-")).resolve()
    place = home / "tree"
    try:
        plain = ("--no-checkout",) if empty else ()
        ask("worktree", "add", "--quiet", "--force", "--detach", *plain, str(place), commit, folder=folder)
        if empty:
            ask("reset", "--quiet", folder=place)
        yield place
    finally:
        shutil.rmtree(home, ignore_errors=True)
        _git("worktree", "prune", folder=folder, check=False)


def _remove_abandoned(folder: Path) -> None:
    listed = _git("worktree", "list", "--porcelain", folder=folder, check=False).stdout
    for line in listed.splitlines():
        home = Path(line.removeprefix("worktree ")).parent
        if line.startswith("worktree ") and home.name.startswith(_WORKTREE):
            owner = home.name.removeprefix(_WORKTREE).partition("-")[0]
            if owner.isdigit() and not _is_alive(int(owner)):
                shutil.rmtree(home, ignore_errors=True)
    _git("worktree", "prune", folder=folder, check=False)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class Listed(NamedTuple):
    path: PurePosixPath
    """Relative to the listed folder."""
    submodule: str = ""
    """Its commit; nothing for a file."""
    is_tracked: bool = True
    blob: str = ""  # what git holds of a tracked file, whatever lies in the working tree


def listed_files(folder: Path) -> list[Listed]:
    """Files below `folder` that git tracks, or sees and does not ignore."""
    tracked = ask("ls-files", "-z", "--stage", folder=folder).split("\0")
    others = ask("ls-files", "-z", "--others", "--exclude-standard", folder=folder).split("\0")
    files = {path: Listed(PurePosixPath(path), is_tracked=False) for path in others if path}
    for entry in filter(None, tracked):
        stage, _, path = entry.partition("\t")
        mode, known, _ = stage.split(" ")
        submodule, blob = (known, "") if mode == "160000" else ("", known)
        files[path] = Listed(PurePosixPath(path), submodule, blob=blob)
    return sorted(files.values())


def _parents(commit: str, folder: Path) -> list[str]:
    # the commit itself names its parents even where a shallow clone does not hold them
    lines = ask("cat-file", "commit", commit, folder=folder).split("\n\n", 1)[0].splitlines()
    return [line.removeprefix("parent ") for line in lines if line.startswith("parent ")]


def _commit(name: str, folder: Path) -> str | None:
    asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    found = _git(*asked, folder=folder, check=False)
    return found.stdout.strip() if found.returncode == 0 else None


def _merge_base(one: str, other: str, folder: Path) -> str | None:
    found = _git("merge-base", one, other, folder=folder, check=False)
    return found.stdout.strip() if found.returncode == 0 else None


def ask(*arguments: str, folder: Path) -> str:
    return _git(*arguments, folder=folder, check=True).stdout


def _git(*arguments: str, folder: Path, check: bool) -> subprocess.CompletedProcess[str]:
    done = _run(*arguments, folder=folder, check=check)
    return subprocess.CompletedProcess(done.args, done.returncode, _text(done.stdout), _text(done.stderr))


def _run(*arguments: str, folder: Path, check: bool) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(
        _command(*arguments, folder=folder), capture_output=True, env=_environ(), check=False
    )
    if check and done.returncode != 0:
        said = _text(done.stderr).strip().splitlines() or [f"exit code {done.returncode}"]
        raise BadConfig(
            f"`git {arguments[0]}` failed: {said[-1]}",
            where=str(folder),
            mend="Is this a complete clone, and can it be written to?",
        )
    return done


def _text(output: bytes) -> str:
    return output.decode("utf-8", errors="surrogateescape")


def _command(*arguments: str, folder: Path) -> list[str]:
    options = [word for option in _OPTIONS for word in ("-c", option)]
    return ["git", *options, "-C", str(folder), *arguments]


def _environ() -> dict[str, str]:
    # not GIT_DIR and its kin: inside a hook they point elsewhere
    kept = {name: os.environ[name] for name in _VARIABLES if name in os.environ}
    return {
        **kept,
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_LFS_SKIP_SMUDGE": "1",
    }

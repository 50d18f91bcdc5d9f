"""Which files are the code that a model is made of, and their digest: contents, never commit ids."""

import hashlib
import os
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path, PurePosixPath

from ci_mlops.files.digest import file_digest
from ci_mlops.repository import Listed, find_root, listed_files

_CI_FOLDERS = (".github", ".gitlab", ".circleci", ".azuredevops", ".azure-pipelines")
_CI_FILES = ("azure-pipelines*.yml", "azure-pipelines*.yaml", ".gitlab-ci.yml", "Jenkinsfile")
_CI_SUFFIXES = (".yml", ".yaml")
_OURS = ("ci-mlops.yml", "ci-mlops.lock")
"""Also those of the other models of a repository."""
_LEFT_OUT = ("*.md", ".gitignore", ".gitattributes", "CODEOWNERS", *_OURS, *_CI_FILES)
_LEFTOVERS = ("*.pyc",)
_LEFTOVER_FOLDERS = ("__pycache__", ".git", ".venv", "venv", "node_modules")


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFile:
    path: str
    """POSIX, relative to the folder that was listed."""
    kind: str
    """`file`, `program` (its executable bit is set), `link` or `submodule`."""
    digest: str
    is_tracked: bool = True


def is_code(
    path: PurePosixPath,
    *,
    leave_out: Iterable[PurePosixPath],
    inputs: Sequence[str] = (),
    commands: Collection[str] = (),
    is_tracked: bool = False,
) -> bool:
    """
    `leave_out`: what is not code though git tracks it: the config, the lock, pinned data. `commands`: names of
    files in the team's commands; such a file is code wherever it lies and whatever it is called. `is_tracked`: what git
    holds is no leftover: Python runs a `.pyc` of a change in place of the source beside it.
    """
    if any(path.is_relative_to(other) for other in leave_out):
        return False
    if path.name not in commands and _looks_like_none(path, is_tracked=is_tracked):
        return False
    return not inputs or any(_is_named(path, named) for named in inputs)


def _looks_like_none(path: PurePosixPath, *, is_tracked: bool) -> bool:
    """Words, leftovers and what tells the CI its steps; a script in the CI's folder may well train."""
    folders = path.parts[:-1]
    return (
        any(fnmatchcase(path.name, pattern) for pattern in _LEFT_OUT)
        or (not is_tracked and any(fnmatchcase(path.name, pattern) for pattern in _LEFTOVERS))
        or (not is_tracked and any(part in _LEFTOVER_FOLDERS for part in folders))
        or (path.suffix in _CI_SUFFIXES and any(part in _CI_FOLDERS for part in folders))
    )


def names_in(*commands: str | Sequence[str] | None) -> frozenset[str]:
    """
    Names of all files that the commands may mean, whatever folder they are run in.

    >>> sorted(names_in("cd .github && python steps/train.py --out=model"))
    ['&&', '--out', '.github', 'cd', 'model', 'python', 'train.py']
    """
    texts = [command if isinstance(command, str) else " ".join(command) for command in commands if command]
    words = [word for text in texts for word in re.split(r"[\s'\"=;|<>(),]+", text) if word]
    return frozenset(PurePosixPath(word).name for word in words)


def _is_named(path: PurePosixPath, named: str) -> bool:
    return path.is_relative_to(PurePosixPath(named)) or is_matched(path, named)


def is_matched(path: PurePosixPath, pattern: str) -> bool:
    return bool(_pattern(pattern).fullmatch(str(path)))


@cache
def _pattern(named: str) -> re.Pattern[str]:
    """As a shell with `globstar` reads it; `fnmatch` would let one `*` run over slashes."""
    wild = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", named)
    return re.compile("".join(wild.get(part, re.escape(part)) for part in parts))


def code_files(
    folder: Path,
    *,
    leave_out: Iterable[PurePosixPath],
    made: Iterable[PurePosixPath] = (),
    inputs: Sequence[str] = (),
    commands: Collection[str] = (),
) -> tuple[CodeFile, ...]:
    """
    Sorted by path. Tracked files, and those that git would track; without git, all that are not hidden.

    `made`: what runs of ours and of the team's write, as the trained model; below it, what git tracks is code still.
    """
    kept_out, unless_tracked = tuple(leave_out), tuple(made)
    found = []
    for listed in _listed(folder):
        is_tracked = listed.is_tracked
        beyond = kept_out if is_tracked else kept_out + unless_tracked
        named = commands if is_tracked else ()
        if is_code(listed.path, leave_out=beyond, inputs=inputs, commands=named, is_tracked=is_tracked):
            found.append(_look(folder, listed))
    return tuple(file for file in found if file is not None)


def _listed(folder: Path) -> list[Listed]:
    if find_root(folder):
        return listed_files(folder)
    return [Listed(path, is_tracked=False) for path in walked_files(folder)]


def code_digest(files: Iterable[CodeFile]) -> str:
    lines = "".join(f"{file.kind} {file.digest} {file.path}\n" for file in files)
    return "sha256:" + hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()


def _look(folder: Path, listed: Listed) -> CodeFile | None:
    path, submodule, is_tracked, blob = listed
    place = folder / path
    if submodule:
        kind, digest = "submodule", submodule
    elif place.is_symlink():
        text = os.fsencode(place.readlink())
        led_to = "".join(_led_to(place, folder)).encode("utf-8", "surrogateescape")
        kind, digest = "link", hashlib.sha256(text + (b"\n" + led_to if led_to else b"")).hexdigest()
    elif blob and place.is_file() and any(fnmatchcase(path.name, pattern) for pattern in _LEFTOVERS):
        # Python writes it anew whenever it imports the source beside it: what git holds of it counts
        kind, digest = "file", blob
    elif place.is_file():
        kind, digest = "program" if os.access(place, os.X_OK) else "file", file_digest(place)
    else:
        return None  # tracked, and deleted in the working tree
    return CodeFile(path=str(path), kind=kind, digest=digest, is_tracked=is_tracked)


def _led_to(link: Path, folder: Path) -> Iterator[str]:
    """What a link out of the listed folder leads to is code as well, if git tracks it: `train.inputs` names the link alone."""
    target, top = link.resolve(), find_root(folder)
    if (
        top is None
        or not target.exists()
        or target.is_relative_to(folder.resolve())
        or not target.is_relative_to(top.resolve())
    ):
        return
    below = target if target.is_dir() else target.parent
    for one in listed_files(below):
        place = below / one.path
        if not one.is_tracked or (
            place != target and (below != target or _looks_like_none(one.path, is_tracked=True))
        ):
            continue
        if one.submodule:
            yield f"{one.submodule} {one.path}\n"
        elif place.is_file():
            yield f"{file_digest(place)} {one.path}\n"


def walked_files(folder: Path) -> Iterator[PurePosixPath]:
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if _is_walked(Path(here, name)))
        for name in names:
            if not name.startswith("."):
                yield PurePosixPath(Path(here, name).relative_to(folder))


def _is_walked(folder: Path) -> bool:
    ignores_itself = folder / ".gitignore"
    return not (
        folder.name.startswith(".")
        or (folder / "pyvenv.cfg").exists()
        or (ignores_itself.is_file() and ignores_itself.read_text(errors="replace").startswith("*\n"))
    )

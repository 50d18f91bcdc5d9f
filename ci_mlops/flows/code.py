"""Which files are the code that a model is made of, and their digest: contents, never commit ids."""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path, PurePosixPath

from ci_mlops.files.digest import file_digest
from ci_mlops.repository import find_root, listed_files

_CI_FOLDERS = (".github", ".gitlab", ".circleci", ".azuredevops", ".azure-pipelines")
_CI_FILES = ("azure-pipelines*.yml", "azure-pipelines*.yaml", ".gitlab-ci.yml", "Jenkinsfile")
_LEFT_OUT = ("*.md", "*.pyc", ".gitignore", ".gitattributes", "CODEOWNERS", *_CI_FILES)
_LEFT_OUT_FOLDERS = ("__pycache__", ".git", ".venv", "venv", "node_modules", *_CI_FOLDERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFile:
    path: str
    """POSIX, relative to the config's folder."""
    kind: str
    """`file`, `program` (its executable bit is set), `link` or `submodule`."""
    digest: str


def is_code(path: PurePosixPath, *, leave_out: Iterable[PurePosixPath], inputs: Sequence[str] = ()) -> bool:
    """`leave_out`: what is not code though git tracks it: the config, the lock, pinned data, the trained model."""
    if any(fnmatchcase(path.name, pattern) for pattern in _LEFT_OUT):
        return False
    if any(part in _LEFT_OUT_FOLDERS for part in path.parts[:-1]):
        return False
    if any(path.is_relative_to(other) for other in leave_out):
        return False
    return not inputs or any(_is_named(path, named) for named in inputs)


def _is_named(path: PurePosixPath, named: str) -> bool:
    return path.is_relative_to(PurePosixPath(named)) or bool(_pattern(named).fullmatch(str(path)))


@cache
def _pattern(named: str) -> re.Pattern[str]:
    """As a shell with `globstar` reads it; `fnmatch` would let one `*` run over slashes."""
    wild = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", named)
    return re.compile("".join(wild.get(part, re.escape(part)) for part in parts))


def code_files(
    folder: Path, *, leave_out: Iterable[PurePosixPath], inputs: Sequence[str] = ()
) -> tuple[CodeFile, ...]:
    """Sorted by path. Tracked files, and those that git would track; without git, all that are not hidden."""
    kept_out = tuple(leave_out)
    listed = listed_files(folder) if find_root(folder) else [(path, "") for path in _walked(folder)]
    return tuple(
        found
        for path, submodule in listed
        if is_code(path, leave_out=kept_out, inputs=inputs) and (found := _look(folder, path, submodule))
    )


def code_digest(files: Iterable[CodeFile]) -> str:
    lines = "".join(f"{file.kind} {file.digest} {file.path}\n" for file in files)
    return "sha256:" + hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()


def _look(folder: Path, path: PurePosixPath, submodule: str) -> CodeFile | None:
    place = folder / path
    if submodule:
        return CodeFile(path=str(path), kind="submodule", digest=submodule)
    if place.is_symlink():
        target = hashlib.sha256(os.fsencode(place.readlink())).hexdigest()
        return CodeFile(path=str(path), kind="link", digest=target)
    if not place.is_file():
        return None  # tracked, and deleted in the working tree
    kind = "program" if os.access(place, os.X_OK) else "file"
    return CodeFile(path=str(path), kind=kind, digest=file_digest(place))


def _walked(folder: Path) -> Iterator[PurePosixPath]:
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

"""What the team declares: one file, read whole, before anything is asked of an index."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ci_mlops.environments.conda import read_conda
from ci_mlops.environments.lines import in_order, package_of
from ci_mlops.environments.other_checkout import repository_top
from ci_mlops.environments.problems import (
    dead_name,
    from_address,
    from_file,
    missing_hash,
    raise_all,
)
from ci_mlops.environments.pylock import read_pylock, read_toml
from ci_mlops.environments.requirement_lines import Requirement, read_requirements, requirement_of
from ci_mlops.errors import BadConfig
from ci_mlops.files.digest import file_digest, sum_of_sums
from ci_mlops.records import Package

Kind = Literal["requirements", "uv", "pylock"]
CHOICES = "`requirements.txt`, `requirements.in`, `pyproject.toml`, `pylock.toml`, `uv.lock` or conda's `environment.yml`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    source: str
    path: Path
    kind: Kind
    digest: str
    requirements: tuple[Requirement, ...] = ()
    as_written: bool = True
    """A tool can read the file itself; else it is given the requirements."""
    packages: tuple[Package, ...] | None = None
    """What it pins already, whole and with hashes; None: it has to be solved."""
    python: str | None = None
    """`3.10`, where it names one."""
    requires_python: str = ""
    local: tuple[str, ...] = ()
    index_options: tuple[tuple[str, Path], ...] = ()
    notices: tuple[str, ...] = ()


def read_declaration(folder: Path, source: str) -> Declaration:
    """
    Raises:
        BadConfig: a file that can't be read or pinned; every problem of it at once, with its line.
    """
    path = folder / source
    if not path.is_file():
        raise BadConfig(
            f"{source} is missing, which declares the environment",
            where="ci-mlops.yml environment",
            mend=f"Name {CHOICES}, relative to the config's folder, or `current`.",
        )
    for pattern, read in _READERS:
        if re.fullmatch(pattern, path.name):
            return read(path, folder, source)
    raise BadConfig(
        f"{source} is no declaration of an environment that can be read",
        where="ci-mlops.yml environment",
        mend=f"Name {CHOICES}; Poetry, PDM and Pipenv export one (`poetry export`, `pdm export`, `pipenv requirements --hash`).",
    )


def declaration_digest(files: tuple[Path, ...], folder: Path) -> str:
    if len(files) == 1:
        return file_digest(files[0])
    top = folder.resolve()
    named = [(_relative(file.resolve(), top), file) for file in files]
    return sum_of_sums((name, file_digest(file)) for name, file in named)


def _relative(path: Path, top: Path) -> str:
    # an include may lie above the config's folder
    return Path(os.path.relpath(path, top)).as_posix()


def _requirements(path: Path, folder: Path, source: str) -> Declaration:
    read = read_requirements(path, folder)
    wanted = [one for one in read.requirements if not one.is_constraint]
    local = _refuse_unpinnable(wanted, folder)
    notices = tuple(
        f"{_names(option)} is not kept in the lock: the job that installs needs it too"
        for option, _ in read.index_options
        if "${" in option
    )
    return Declaration(
        source=source,
        path=path,
        kind="requirements",
        digest=declaration_digest(read.files, folder),
        requirements=read.requirements,
        packages=_as_pinned(wanted) if not local else None,
        local=local,
        index_options=read.index_options,
        notices=notices,
    )


def _names(option: str) -> str:
    return f"the index that `{option.split(maxsplit=1)[0]}` names"


def _refuse_unpinnable(wanted: list[Requirement], folder: Path) -> tuple[str, ...]:
    """Folders of the team's own; everything else that no hash can pin is refused, all of it at once."""
    problems = [found for one in wanted if (found := dead_name(one))]
    local = []
    top = repository_top(folder.resolve())
    for one in wanted:
        if one.kind == "address":
            problems.append(from_address(one))
        elif one.kind == "file":
            problems.append(from_file(one))
        elif one.kind == "local":
            place = _place(one, folder)
            if not place.is_dir() or not place.is_relative_to(top):
                problems.append(from_file(one))
            else:
                local.append(_relative(place, folder.resolve()))
    hashed = [one for one in wanted if one.hashes]
    if hashed:
        problems += [missing_hash(one) for one in wanted if one.kind == "named" and not one.hashes]
    raise_all(problems)
    return tuple(sorted(local))


def _place(one: Requirement, folder: Path) -> Path:
    target = re.sub(r"^(?:-e|--editable)[ =]?\s*", "", one.text)
    target = target.partition(" @ ")[2] or target
    bare = target.strip().strip("'\"").removeprefix("file://").partition("[")[0].partition(";")[0].strip()
    # relative to the file that says so
    said_in = folder / one.where.rpartition(":")[0]
    return Path(said_in.parent, bare).resolve()


def _as_pinned(wanted: list[Requirement]) -> tuple[Package, ...] | None:
    if not wanted or not all(one.is_pinned and one.hashes for one in wanted):
        return None
    return in_order(package_of(one) for one in wanted)


def _conda(path: Path, folder: Path, source: str) -> Declaration:
    read = read_conda(path, source)
    local = _refuse_unpinnable(list(read.requirements), folder)
    notices = []
    if read.translated:
        notices.append(f"conda's names were translated to PyPI's: {', '.join(read.translated)}")
    if read.left_out:
        notices.append(f"left out, as no wheel is made of it: {', '.join(read.left_out)}")
    return Declaration(
        source=source,
        path=path,
        kind="requirements",
        digest=file_digest(path),
        requirements=read.requirements,
        as_written=False,
        python=read.python,
        local=local,
        notices=tuple(notices),
    )


def _pyproject(path: Path, folder: Path, source: str) -> Declaration:
    document = read_toml(path, source)
    project = document.get("project", {})
    listed = project.get("dependencies")
    if not isinstance(listed, list):
        raise BadConfig(
            f"{source} has no `dependencies` under [project]",
            where=source,
            mend="Declare them there, or let the tool that you use export them: `poetry export`, `pdm export`.",
        )
    lines = path.read_text(encoding="utf-8").splitlines()

    def line_of(text: str) -> int:
        return next((number for number, line in enumerate(lines, 1) if text in line), 1)

    found = tuple(requirement_of(str(one), f"{source}:{line_of(str(one))}", path.parent) for one in listed)
    _refuse_unpinnable(list(found), folder)
    return Declaration(
        source=source,
        path=path,
        kind="requirements",
        digest=file_digest(path),
        requirements=found,
        as_written=False,
        requires_python=str(project.get("requires-python", "")),
        local=_own_code(path, folder, document),
    )


def _own_code(path: Path, folder: Path, document: dict[str, Any]) -> tuple[str, ...]:
    if "build-system" not in document:
        return ()
    return (_relative(path.parent.resolve(), folder.resolve()),)


def _uv_lock(path: Path, folder: Path, source: str) -> Declaration:
    locked = read_toml(path, source)
    project = path.with_name("pyproject.toml")
    document = read_toml(project, _relative(project.resolve(), folder.resolve()))
    pin = path.with_name(".python-version")
    found = re.match(r"\s*(3\.\d+)", pin.read_text(errors="replace")) if pin.is_file() else None
    return Declaration(
        source=source,
        path=path,
        kind="uv",
        digest=declaration_digest((path, project), folder),
        python=found[1] if found else None,
        requires_python=str(locked.get("requires-python", "")),
        local=_own_code(project, folder, document),
        index_options=_uv_indexes(document, project.parent),
    )


def _uv_indexes(document: dict[str, Any], folder: Path) -> tuple[tuple[str, Path], ...]:
    """As `[tool.uv]` names them: without them a wheel of PyTorch's own index is not found."""
    settings = document.get("tool", {}).get("uv", {})
    options = []
    for entry in settings.get("index", ()):
        named = f"{entry['name']}={entry['url']}" if "name" in entry else entry.get("url", "")
        options.append(f"{'--default-index' if entry.get('default') else '--index'} {named}")
    if settings.get("no-index"):
        options.append("--no-index")
    options += [f"--find-links {place}" for place in settings.get("find-links", ())]
    options += [f"--index {url}" for url in settings.get("extra-index-url", ())]
    if url := settings.get("index-url"):
        options.append(f"--default-index {url}")
    return tuple((option, folder) for option in options)


def _pylock(path: Path, folder: Path, source: str) -> Declaration:
    packages, requires = read_pylock(path, source)
    return Declaration(
        source=source,
        path=path,
        kind="pylock",
        digest=file_digest(path),
        packages=packages,
        requires_python=requires,
    )


_READERS: tuple[tuple[str, Callable[[Path, Path, str], Declaration]], ...] = (
    (r"uv\.lock", _uv_lock),
    (r"pylock(?:\.[^.]+)?\.toml", _pylock),
    (r"pyproject\.toml", _pyproject),
    (r".*\.ya?ml", _conda),
    (r".*\.(?:txt|in)", _requirements),
)

"""The lines of a requirements file as pip reads them, each with the place where it is written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ci_mlops.errors import BadConfig

Kind = Literal["named", "local", "file", "address"]
_NAMED = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(?P<bound>[^;@]*?)\s*(?:;(?P<marker>.*))?\Z"
)
_BOUND = re.compile(r"(?:===?|~=|!=|<=|>=|<|>)\s*[^\s,;=<>!~]+")
_PINNED = re.compile(r"={2,3}\s*[^\s,*]+\Z")
_HASH = re.compile(r"\s--hash[= ](?P<hash>[a-z0-9]+:[0-9a-fA-F]+)")
_INCLUDE = re.compile(r"(?:-r|-c|--requirement|--constraint)(?:\s+|=|(?<=-[rc]))(?P<path>\S.*)\Z")
_INDEX = ("-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--no-index")


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    text: str
    """As it is written, without comment and hashes."""
    where: str
    """`requirements.txt:3`, relative to the config's folder."""
    kind: Kind
    """`local`: a folder of the team's own code; `file`: one package's file; `address`: a URL."""
    name: str = ""
    """Normalized; empty where the line does not tell it."""
    bound: str = ""
    """`>=1.2,<2`"""
    hashes: tuple[str, ...] = ()
    is_constraint: bool = False

    @property
    def is_pinned(self) -> bool:
        return _PINNED.fullmatch(self.bound) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementsFile:
    requirements: tuple[Requirement, ...]
    files: tuple[Path, ...]
    """The file itself, then those that it includes."""
    index_options: tuple[tuple[str, Path], ...] = field(default=())
    """Lines that say where packages are, each with the folder that its paths are relative to."""


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def read_requirements(path: Path, folder: Path) -> RequirementsFile:
    """
    With everything that it includes; `folder`: the config's, which places are told from.

    Raises:
        BadConfig: a file that can't be read, or a line that is no requirement.
    """
    found: list[Requirement] = []
    options: list[tuple[str, Path]] = []
    files: dict[Path, None] = {}
    _read(path, folder, found, options, files, is_constraint=False, asked_by="")
    return RequirementsFile(requirements=tuple(found), files=tuple(files), index_options=tuple(options))


def _read(
    path: Path,
    folder: Path,
    found: list[Requirement],
    options: list[tuple[str, Path]],
    files: dict[Path, None],
    *,
    is_constraint: bool,
    asked_by: str,
) -> None:
    if path in files:
        return
    files[path] = None
    shown = _shown(path, folder)
    for number, line in logical_lines(_text(path, shown, asked_by)):
        where = f"{shown}:{number}"
        if include := _INCLUDE.match(line):
            narrows = is_constraint or line.startswith(("-c", "--constraint"))
            below = Path(path.parent, include["path"].strip("'\""))
            _read(below, folder, found, options, files, is_constraint=narrows, asked_by=where)
        elif line.startswith(_INDEX):
            options.append((line, path.parent))
        elif not line.startswith("-") or line.startswith(("-e", "--editable")):
            found.append(requirement_of(line, where, path.parent, is_constraint=is_constraint))


def _text(path: Path, shown: str, asked_by: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = "is missing" if isinstance(error, FileNotFoundError) else f"can't be read: {error}"
        raise BadConfig(
            f"{shown} {why}",
            where=asked_by or "ci-mlops.yml environment",
            mend="Name the file that declares the environment, relative to the config's folder.",
        ) from error


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """(number of its first line, the line without comments, continued lines joined)."""
    start, parts = 0, [""]
    for number, raw in enumerate(text.splitlines(), 1):
        start = start or number
        bare = re.sub(r"(^|\s)#.*$", "", raw)
        if bare.endswith("\\"):
            parts.append(bare[:-1])
            continue
        line = " ".join(" ".join([*parts, bare]).split())
        if line:
            yield start, line
        start, parts = 0, [""]
    if line := " ".join(" ".join(parts).split()):
        yield start, line


def requirement_of(line: str, where: str, folder: Path, *, is_constraint: bool = False) -> Requirement:
    """
    Raises:
        BadConfig: what no tool would take.
    """
    hashes = tuple(sorted(found["hash"].lower() for found in _HASH.finditer(line)))
    text = _HASH.sub("", line).strip()
    editable = re.match(r"(?:-e|--editable)[ =]?\s*(.*)", text)
    target = editable[1].strip("'\"") if editable else text
    name, at, address = target.partition(" @ ")
    place = address.strip() if at else target
    kind = _kind(place, folder, is_editable=editable is not None)
    if kind != "named":
        named = normalized(name) if at else ""
        return Requirement(text=text, where=where, kind=kind, name=named, hashes=hashes)
    match = _NAMED.match(target)
    bound = match["bound"].strip("() ") if match else ""
    if match is None or not all(_BOUND.fullmatch(part.strip()) for part in bound.split(",") if bound):
        raise _no_requirement(text, where)
    return Requirement(
        text=text,
        where=where,
        kind="named",
        name=normalized(match["name"]),
        bound=bound,
        hashes=hashes,
        is_constraint=is_constraint,
    )


def _kind(place: str, folder: Path, *, is_editable: bool) -> Kind:
    bare = place.removeprefix("file://") if place.startswith("file:") else place
    if "://" in bare or bare.startswith(("git+", "hg+", "svn+", "bzr+")):
        return "address"
    looks = is_editable or place.startswith((".", "/", "~", "file:")) or "/" in place.partition(";")[0]
    if not looks:
        return "named"
    path = Path(folder, bare.partition("[")[0].partition(";")[0].strip())
    return "file" if path.suffix in (".whl", ".gz", ".zip", ".tgz") else "local"


def _no_requirement(text: str, where: str) -> BadConfig:
    single = re.match(r"[\w.-]+\s*=\s*[^=\s]", text)
    doubled = re.sub(r"\s*=\s*", "==", text, count=1)
    hint = f"Write `{doubled}`." if single else ""
    return BadConfig(
        f"`{text[:200]}` is no requirement",
        where=where,
        mend=hint or "One requirement a line, as `scikit-learn>=1.5,<2`.",
    )


def _shown(path: Path, folder: Path) -> str:
    try:
        return path.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        return path.name

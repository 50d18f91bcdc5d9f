"""Which modules a training imports, and which names of theirs it uses; read from its text, nothing is run."""

import ast
import re
import shlex
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

_MOST_FILES = 200
_LARGEST = 2_000_000
_STANDARD = frozenset(sys.stdlib_module_names) | {"distutils", "imp", "asynchat", "asyncore"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One dotted name: `sklearn.datasets.load_boston`, `numpy.float`."""

    name: str
    where: str
    """`train.py:3`, relative to the config's folder."""
    is_certain: bool
    """An import at the top of a file that is surely run; not what stands in a `try`, an `if` or a function."""


def scripts_of(run: str | Sequence[str] | None, function: str | None, folder: Path) -> tuple[Path, ...]:
    """The team's own files that a training reads, as far as its command and their imports tell."""
    first = [*_of_command(run, folder)]
    if function:
        first += _module(function.partition(":")[0], folder, folder)
    found: dict[Path, None] = {}
    waiting = [path for path in first if path.is_file()]
    while waiting and len(found) < _MOST_FILES:
        path = waiting.pop(0)
        if path in found:
            continue
        found[path] = None
        waiting += [other for name in _imported(_tree(path)) for other in _module(name, path.parent, folder)]
    return tuple(found)


def uses_of(files: Iterable[Path], folder: Path) -> tuple[Use, ...]:
    uses: list[Use] = []
    for file in files:
        tree = _tree(file)
        if tree is not None:
            shown = file.relative_to(folder).as_posix() if file.is_relative_to(folder) else file.name
            uses += _uses(tree, shown)
    return tuple(uses)


def foreign_modules(uses: Iterable[Use], folder: Path) -> dict[str, Use]:
    """Top-level modules that are neither Python's nor the team's own, each with its first certain import."""
    found: dict[str, Use] = {}
    for use in uses:
        top = use.name.partition(".")[0]
        if use.is_certain and top not in _STANDARD and top not in found and not _own(top, folder):
            found[top] = use
    return found


def _own(top: str, folder: Path) -> bool:
    places = [
        root / place for root in (folder, folder / "src", *folder.parents[:3]) for place in (top, f"{top}.py")
    ]
    return any(place.exists() for place in places)


def _of_command(run: str | Sequence[str] | None, folder: Path) -> Iterator[Path]:
    if run is None:
        return
    try:
        words = shlex.split(run, comments=True) if isinstance(run, str) else list(run)
    except ValueError:
        words = str(run).split()
    words = [word.rstrip(";&|)") for word in words]
    for before, word in zip(["", *words], words, strict=False):
        if word.endswith((".py", ".sh")):
            place = folder / word
            yield from _of_shell(place, folder) if word.endswith(".sh") else (place,)
        elif before == "-m":
            yield from _module(word, folder, folder)


def _of_shell(script: Path, folder: Path) -> Iterator[Path]:
    text = script.read_text(errors="replace") if script.is_file() else ""
    for name in re.findall(r"[\w./-]+\.py\b", text):
        yield folder / name


def _module(name: str, here: Path, folder: Path) -> list[Path]:
    path = Path(*name.split("."))
    places = [
        root / candidate
        for root in (here, folder, folder / "src")
        for candidate in (path.with_suffix(".py"), path / "__init__.py", path / "__main__.py")
    ]
    return [place for place in dict.fromkeys(places) if place.is_file()]


def _tree(path: Path) -> ast.Module | None:
    try:
        if path.stat().st_size > _LARGEST:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the team's escapes in strings are no matter of ours
            return ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None


def _imported(tree: ast.Module | None) -> Iterator[str]:
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            yield base
            yield from (f"{base}.{one.name}".strip(".") for one in node.names)


def _uses(tree: ast.Module, shown: str) -> Iterator[Use]:
    certain = {id(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)}
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                top = one.name if one.asname else one.name.partition(".")[0]
                names[one.asname or top] = top
                yield Use(name=one.name, where=f"{shown}:{node.lineno}", is_certain=id(node) in certain)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for one in node.names:
                whole = node.module if one.name == "*" else f"{node.module}.{one.name}"
                names[one.asname or one.name] = whole
                yield Use(name=whole, where=f"{shown}:{node.lineno}", is_certain=id(node) in certain)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and (dotted := _dotted(node, names)):
            yield Use(name=dotted, where=f"{shown}:{node.lineno}", is_certain=False)
        elif _appends_rows(node):
            yield Use(name="pandas.DataFrame.append", where=f"{shown}:{node.lineno}", is_certain=False)


def _appends_rows(node: ast.AST) -> TypeGuard[ast.Call]:
    """`frame.append(row, ignore_index=True)`: no list's `append` takes that word."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "append"
        and any(word.arg == "ignore_index" for word in node.keywords)
    )


def _dotted(node: ast.Attribute, names: dict[str, str]) -> str:
    parts = [node.attr]
    inner: ast.expr = node.value
    while isinstance(inner, ast.Attribute):
        parts.append(inner.attr)
        inner = inner.value
    if not isinstance(inner, ast.Name) or inner.id not in names:
        return ""
    return ".".join([names[inner.id], *reversed(parts)])

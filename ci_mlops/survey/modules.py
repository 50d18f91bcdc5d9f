"""Python files as names and what is bound to them. Nothing is imported or run."""

import ast
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import PurePosixPath

from ci_mlops.survey.tree import Tree

Function = ast.FunctionDef | ast.AsyncFunctionDef
Bindings = Mapping[str, tuple[ast.expr, ...]]
MOST_NODES = 200_000
MOST_MODULES = 400
MOST_IMPORTED = 40
"""Modules that a script is followed into, the nearest first; a library in the same repository may have thousands."""


@dataclass(frozen=True, eq=False)
class Module:
    path: str
    tree: ast.Module

    @cached_property
    def bindings(self) -> Bindings:
        return bindings(self.tree.body)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        return tuple(ast.walk(self.tree))

    @cached_property
    def functions(self) -> Mapping[str, Function]:
        return {node.name: node for node in self.nodes if isinstance(node, Function)}

    @cached_property
    def classes(self) -> Mapping[str, ast.ClassDef]:
        return {node.name: node for node in self.tree.body if isinstance(node, ast.ClassDef)}

    @cached_property
    def owners(self) -> Mapping[ast.AST, Function]:
        """Node -> the innermost function that it is in."""
        found: dict[ast.AST, Function] = {}
        for node in self.nodes:  # a parent comes before its children
            owner = node if isinstance(node, Function) else found.get(node)
            if owner is not None:
                found.setdefault(node, owner)
                found.update(dict.fromkeys(ast.iter_child_nodes(node), owner))
        return found

    @cached_property
    def imports(self) -> Mapping[str, str]:
        """Name here -> dotted name there; relative ones keep their dots."""
        found: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    found[alias.asname or alias.name.split(".")[0]] = (
                        alias.name if alias.asname else alias.name.split(".")[0]
                    )
                    found.setdefault(alias.name, alias.name)
            elif isinstance(node, ast.ImportFrom):
                start = "." * node.level + (node.module or "")
                for alias in node.names:
                    found[alias.asname or alias.name] = _joined(start, alias.name)
        return found

    @cached_property
    def calls_fit(self) -> bool:
        return any(
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("fit", "train")
            for node in self.nodes
        )

    @cached_property
    def is_main(self) -> bool:
        return any(
            isinstance(node, ast.Compare) and isinstance(node.left, ast.Name) and node.left.id == "__name__"
            for node in self.nodes
        )

    def where(self, node: ast.AST) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 1)}"


@cache
def own_bindings(function: Function) -> Bindings:
    return bindings(function.body)


def parse_module(path: str, text: str) -> Module | None:
    try:
        with warnings.catch_warnings():
            # a wrong escape in a team's file is not our warning
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    module = Module(path, tree)
    return module if len(module.nodes) <= MOST_NODES else None


def bindings(body: Iterable[ast.stmt]) -> Bindings:
    found: dict[str, list[ast.expr]] = {}
    for statement in _statements(body):
        for target, value in _bound(statement):
            if isinstance(target, ast.Name):
                found.setdefault(target.id, []).append(value)
    return {name: tuple(values) for name, values in found.items()}


class Program:
    """All modules of a repository, and which of them imports which."""

    def __init__(self, tree: Tree) -> None:
        paths = [path for path in tree.files if path.endswith((".py", ".pyw"))][:MOST_MODULES]
        parsed = (parse_module(path, tree.text(path)) for path in paths)
        self.modules = {module.path: module for module in parsed if module is not None}
        self._imported: dict[tuple[str, str], tuple[Module, str] | None] = {}

    def imported(self, module: Module, dotted: str) -> tuple[Module, str] | None:
        """The repository's own module that a dotted name is in, and what remains of the name."""
        asked = (module.path, dotted)
        if asked not in self._imported:
            self._imported[asked] = self._find(module, dotted)
        return self._imported[asked]

    def _find(self, module: Module, dotted: str) -> tuple[Module, str] | None:
        parts = dotted.lstrip(".").split(".")
        for folder in self._folders(module, len(dotted) - len(dotted.lstrip("."))):
            for length in range(len(parts), 0, -1):
                stem = "/".join(part for part in (folder, *parts[:length]) if part)
                for path in (f"{stem}.py", f"{stem}/__init__.py"):
                    if path in self.modules and self.modules[path] is not module:
                        return self.modules[path], ".".join(parts[length:])
        return None

    def closure(self, module: Module) -> tuple[Module, ...]:
        """The module and what of the repository it imports, itself first."""
        found = {module.path: module}
        waiting = [module]
        while waiting and len(found) < MOST_IMPORTED:
            here = waiting.pop(0)
            for dotted in here.imports.values():
                hit = self.imported(here, dotted)
                if hit and hit[0].path not in found:
                    found[hit[0].path] = hit[0]
                    waiting.append(hit[0])
        return tuple(found.values())

    @staticmethod
    def _folders(module: Module, dots: int) -> Iterator[str]:
        own = PurePosixPath(module.path).parent
        above = [folder.as_posix() for folder in (own, *own.parents)]
        above = ["" if folder == "." else folder for folder in above]
        if dots:
            yield from above[dots - 1 : dots]
        else:
            # the script's own folder is on the path; the folders above it are where `-m` and an install start
            yield from above
            yield "src"


def _statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """In order, into blocks, not into functions and classes. A stack: a long `elif` chain nests deeply."""
    waiting = list(body)[::-1]
    while waiting:
        statement = waiting.pop()
        yield statement
        if isinstance(statement, Function | ast.ClassDef):
            continue
        inner = [part for block in ("body", "orelse", "finalbody") for part in getattr(statement, block, ())]
        for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
            inner += part.body
        waiting += inner[::-1]


def _bound(statement: ast.stmt) -> Iterator[tuple[ast.expr, ast.expr]]:
    match statement:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _paired(target, value)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield target, value
        case ast.With(items=items) | ast.AsyncWith(items=items):
            for item in items:
                if item.optional_vars is not None:
                    yield item.optional_vars, item.context_expr
        case ast.For(target=target, iter=ast.List(elts=[first, *_]) | ast.Tuple(elts=[first, *_])):
            yield target, first


def _paired(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    if not isinstance(target, ast.Tuple | ast.List):
        yield target, value
        return
    for number, part in enumerate(target.elts):
        if isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts):
            yield part, value.elts[number]
        else:
            element = ast.Subscript(value=value, slice=ast.Constant(value=number), ctx=ast.Load())
            yield part, ast.copy_location(element, value)


def _joined(start: str, name: str) -> str:
    return start + name if start.endswith(".") or not start else f"{start}.{name}"

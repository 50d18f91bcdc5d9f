"""What an expression is worth, as far as reading alone can tell: constants, settings, paths, options' defaults."""

import ast
import posixpath
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ci_mlops.survey.modules import Function, Module, Program, own_bindings
from ci_mlops.survey.options import Option, defaults, options
from ci_mlops.survey.tree import Tree

DEEPEST = 24
HERE = "//"
"""Starts a path that is known from the repository's root, as `Path(__file__).parent` makes it."""
MOST_STEPS = 20_000


class Unknown:
    """Only running it would tell."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


@dataclass(frozen=True, slots=True)
class File:
    """A file that is open: what it holds may be settings."""

    path: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands."""

    module: Module
    function: Function | None = None


class Values:
    def __init__(
        self, tree: Tree, program: Program, main: Module, told: Mapping[str, str] | None = None
    ) -> None:
        self.tree = tree
        self.program = program
        self.modules = program.closure(main)
        self.told = told or {}
        """Option -> what the command line says for it."""
        self._steps = 0

    @cached_property
    def options(self) -> dict[str, tuple[Option, Module]]:
        return {
            option.name: (self._as_told(option), module)
            for module in reversed(self.modules)
            for option in options(module)
        }

    def _as_told(self, option: Option) -> Option:
        if option.name not in self.told:
            return option
        return replace(option, default=ast.Constant(value=self.told[option.name]), required=False)

    @cached_property
    def calls(self) -> dict[str, list[tuple[ast.Call, Place]]]:
        """Called name -> who calls it."""
        found: dict[str, list[tuple[ast.Call, Place]]] = {}
        for module in self.modules:
            for node in module.nodes:
                if isinstance(node, ast.Call) and (name := last_name(node.func)):
                    found.setdefault(name, []).append((node, self.place(module, node)))
        return found

    @staticmethod
    def place(module: Module, node: ast.AST) -> Place:
        return Place(module, module.owners.get(node))

    def of(self, expression: ast.expr | None, place: Place, depth: int = 0) -> Any:
        """UNKNOWN where it can't be told. Bounded: code may go in circles."""
        self._steps += 1
        if expression is None or depth > DEEPEST or self._steps > MOST_STEPS:
            return UNKNOWN
        rule = _RULES.get(type(expression))
        return rule(self, expression, place, depth + 1) if rule else UNKNOWN

    def text(self, expression: ast.expr | None, place: Place) -> str | None:
        self._steps = 0
        value = self.of(expression, place)
        return value if isinstance(value, str) else None

    def known(self, expression: ast.expr | None, place: Place) -> Any:
        """The value, or None."""
        self._steps = 0
        value = self.of(expression, place)
        return None if value is UNKNOWN else value

    def bound(self, name: str, place: Place) -> list[tuple[ast.expr, Place]]:
        """What a name stands for, here or where it was imported from; a function's argument: what callers give."""
        if place.function is not None:
            own = own_bindings(place.function).get(name)
            if own:
                return [(value, place) for value in own]
            if given := self._given(name, place.function, place.module):
                return given
        outer = place.module.bindings.get(name)
        if outer:
            return [(value, Place(place.module)) for value in outer]
        hit = self.program.imported(place.module, place.module.imports.get(name, "-"))
        if hit and hit[1] and "." not in hit[1]:
            return [(value, Place(hit[0])) for value in hit[0].bindings.get(hit[1], ())]
        return []

    def function(self, called: ast.expr, place: Place) -> tuple[Function, Module] | None:
        """The repository's own function that is called."""
        name = last_name(called)
        if isinstance(called, ast.Name) and name in place.module.functions:
            return place.module.functions[name], place.module
        dotted = place.module.imports.get(dotted_name(called).split(".")[0])
        if dotted is not None:
            hit = self.program.imported(place.module, dotted)
            if hit and name in hit[0].functions:
                return hit[0].functions[name], hit[0]
            if hit and hit[1] == name:  # named again in a package's __init__
                again = self.program.imported(hit[0], hit[0].imports.get(name, "-"))
                if again and name in again[0].functions:
                    return again[0].functions[name], again[0]
        return None

    def returned(self, function: Function) -> list[ast.expr]:
        return [
            node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Return) and node.value is not None
        ]

    def _given(self, name: str, function: Function, module: Module) -> list[tuple[ast.expr, Place]]:
        arguments = [arg.arg for arg in (*function.args.posonlyargs, *function.args.args)]
        every = {*arguments, *(arg.arg for arg in function.args.kwonlyargs)}
        if name not in every:
            return []
        found = []
        for call, place in self.calls.get(function.name, ()):
            told = next((keyword.value for keyword in call.keywords if keyword.arg == name), None)
            start = 1 if arguments[:1] in (["self"], ["cls"]) else 0
            number = arguments.index(name) - start if name in arguments else -1
            if told is None and 0 <= number < len(call.args):
                told = call.args[number]
            if told is not None:
                found.append((told, place))
        option, owner = self.options.get(name, (None, module))
        if option is not None and option.default is not None:
            found.append((option.default, Place(owner)))
        default = defaults(function).get(name)
        if default is not None:
            found.append((default, Place(module)))
        return found


def last_name(expression: ast.expr) -> str:
    match expression:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def dotted_name(expression: ast.expr) -> str:
    parts = []
    while isinstance(expression, ast.Attribute):
        parts.append(expression.attr)
        expression = expression.value
    parts.append(expression.id if isinstance(expression, ast.Name) else "?")
    return ".".join(reversed(parts))


def join_paths(parts: Sequence[Any]) -> Any:
    if not parts or not all(isinstance(part, str) for part in parts):
        return UNKNOWN
    joined = parts[0]
    for part in parts[1:]:
        joined = part if part.startswith("/") else f"{joined.rstrip('/') or joined}/{part}"
    if joined.startswith(HERE):
        return HERE + posixpath.normpath(joined[len(HERE) :] or ".")
    return posixpath.normpath(joined)


Rule = Callable[[Values, Any, Place, int], Any]
_RULES: dict[type[ast.expr], Rule] = {}


def rule(*kinds: type[ast.expr]) -> Callable[[Rule], Rule]:
    def keep(function: Rule) -> Rule:
        for kind in kinds:
            _RULES[kind] = function
        return function

    return keep

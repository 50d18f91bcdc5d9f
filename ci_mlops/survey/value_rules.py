"""One rule per kind of expression, for `Values`."""

import ast
import os
import posixpath
from typing import Any

from ci_mlops.survey.modules import Module
from ci_mlops.survey.tree import parse_document
from ci_mlops.survey.values import (
    HERE,
    UNKNOWN,
    File,
    Place,
    Values,
    dotted_name,
    join_paths,
    last_name,
    rule,
)

LONGEST = 5_000
LOADERS = frozenset(("load", "loads", "safe_load", "full_load"))
SETTINGS = (".yaml", ".yml", ".json", ".toml")
SAME = frozenset(
    [
        "str",
        "Path",
        "resolve",
        "absolute",
        "abspath",
        "realpath",
        "fspath",
        "as_posix",
        "normpath",
        "expanduser",
        "strip",
        "copy",
        "to_container",
    ]
)
"""Calls that give back what they are given, as far as a path is concerned."""


@rule(ast.Constant)
def _constant(values: Values, node: ast.Constant, place: Place, depth: int) -> Any:
    return node.value if isinstance(node.value, str | int | float | bool | None) else UNKNOWN


@rule(ast.Name)
def _name(values: Values, node: ast.Name, place: Place, depth: int) -> Any:
    if node.id == "__file__":
        return HERE + place.module.path
    for expression, where in values.bound(node.id, place):
        value = values.of(expression, where, depth)
        if value is not UNKNOWN:
            return value
    return UNKNOWN


@rule(ast.List, ast.Tuple, ast.Set)
def _several(values: Values, node: ast.List | ast.Tuple | ast.Set, place: Place, depth: int) -> Any:
    found = []
    for part in node.elts[:500]:
        inner = part.value if isinstance(part, ast.Starred) else part
        value = values.of(inner, place, depth)
        found += value if isinstance(part, ast.Starred) and isinstance(value, list) else [value]
    return found


@rule(ast.Dict)
def _mapping(values: Values, node: ast.Dict, place: Place, depth: int) -> Any:
    found = {}
    for key, value in list(zip(node.keys, node.values, strict=True))[:500]:
        name = values.of(key, place, depth) if key is not None else UNKNOWN
        if isinstance(name, str | int | float | bool):
            found[name] = values.of(value, place, depth)
    return found


@rule(ast.JoinedStr)
def _formatted(values: Values, node: ast.JoinedStr, place: Place, depth: int) -> Any:
    text = ""
    for part in node.values:
        value = values.of(part.value if isinstance(part, ast.FormattedValue) else part, place, depth)
        if not isinstance(value, str | int | float):
            return UNKNOWN
        text += str(value)
    return text


@rule(ast.BinOp)
def _joined(values: Values, node: ast.BinOp, place: Place, depth: int) -> Any:
    left, right = values.of(node.left, place, depth), values.of(node.right, place, depth)
    if isinstance(node.op, ast.Div) and isinstance(left, str):
        return join_paths([left, right])
    if isinstance(node.op, ast.Add):
        if isinstance(left, str) and isinstance(right, str):
            return left + right if len(left) + len(right) < LONGEST else UNKNOWN
        if isinstance(left, list) and isinstance(right, list):
            return left + right if len(left) + len(right) < LONGEST else UNKNOWN
    return UNKNOWN


@rule(ast.UnaryOp)
def _negative(values: Values, node: ast.UnaryOp, place: Place, depth: int) -> Any:
    value = values.of(node.operand, place, depth)
    plain_number = isinstance(value, int | float) and not isinstance(value, bool)
    return -value if isinstance(node.op, ast.USub) and plain_number else UNKNOWN


@rule(ast.IfExp)
def _either(values: Values, node: ast.IfExp, place: Place, depth: int) -> Any:
    value = values.of(node.body, place, depth)
    return values.of(node.orelse, place, depth) if value in (UNKNOWN, None) else value


@rule(ast.BoolOp)
def _first(values: Values, node: ast.BoolOp, place: Place, depth: int) -> Any:
    found = (values.of(part, place, depth) for part in node.values)
    return next((value for value in found if value not in (UNKNOWN, None, "")), UNKNOWN)


@rule(ast.Subscript)
def _item(values: Values, node: ast.Subscript, place: Place, depth: int) -> Any:
    if dotted_name(node.value) == "os.environ":
        return UNKNOWN
    key = values.of(node.slice, place, depth)
    if key is UNKNOWN:
        return UNKNOWN
    if isinstance(node.value, ast.Attribute) and node.value.attr == "parents" and isinstance(key, int):
        return _above(values.of(node.value.value, place, depth), key + 1)
    held = values.of(node.value, place, depth)
    if isinstance(held, dict) and isinstance(key, str | int | float | bool):
        return held.get(key, UNKNOWN)
    if isinstance(held, list) and isinstance(key, int) and -len(held) <= key < len(held):
        return held[key]
    return UNKNOWN


@rule(ast.Attribute)
def _attribute(values: Values, node: ast.Attribute, place: Place, depth: int) -> Any:
    if node.attr == "parent":
        return _above(values.of(node.value, place, depth), 1)
    if isinstance(node.value, ast.Name):
        hit = values.program.imported(place.module, place.module.imports.get(node.value.id, "-"))
        if hit and not hit[1]:
            return values.of(ast.Name(id=node.attr, ctx=ast.Load()), Place(hit[0]), depth)
    if (found := _in_class(values, node, place, depth)) is not UNKNOWN:
        return found
    held = values.of(node.value, place, depth)
    if isinstance(held, dict):
        return held.get(node.attr, UNKNOWN)
    if held is UNKNOWN and node.attr in values.options:
        option, owner = values.options[node.attr]
        return values.of(option.default, Place(owner), depth)
    return UNKNOWN


@rule(ast.Call)
def _called(values: Values, node: ast.Call, place: Place, depth: int) -> Any:
    name = last_name(node.func)
    receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
    arguments = [values.of(arg, place, depth) for arg in node.args[:8]]
    if dotted_name(node.func) in ("os.getenv", "os.environ.get", "environ.get"):
        return arguments[1] if len(arguments) > 1 else UNKNOWN
    if name in LOADERS and arguments and isinstance(arguments[0], File | str):
        return _loaded(values, arguments[0], place.module)
    if name in ("join", "Path", "PurePath", "joinpath", "dirname", "cwd"):
        return _path(values, node, arguments, place, depth)
    if name in ("get", "open", "read", "read_text"):
        return _held(name, values.of(receiver, place, depth), arguments)
    if name in SAME:
        return arguments[0] if arguments else values.of(receiver, place, depth)
    return _of_own(values, node, place, depth)


def _path(values: Values, node: ast.Call, arguments: list[Any], place: Place, depth: int) -> Any:
    name = last_name(node.func)
    if name == "cwd":
        return "."
    if name == "dirname":
        return _above(arguments[0], 1) if arguments else UNKNOWN
    if name == "join" and not dotted_name(node.func).endswith("path.join"):
        return UNKNOWN
    receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
    start = [values.of(receiver, place, depth)] if name == "joinpath" else []
    return join_paths([*start, *arguments] or ["."])


def _held(name: str, receiver: Any, arguments: list[Any]) -> Any:
    """`settings.get("x")`, `open("x")`, `path.open()`, `path.read_text()`, `file.read()`."""
    if name == "get":
        return _got(receiver, arguments) if arguments else UNKNOWN
    if name == "open":
        path = receiver if isinstance(receiver, str) else arguments[0] if arguments else UNKNOWN
        return File(path) if isinstance(path, str) else UNKNOWN
    return File(receiver) if isinstance(receiver, str) else receiver


def _of_own(values: Values, node: ast.Call, place: Place, depth: int) -> Any:
    own = values.function(node.func, place)
    if own:
        for expression in values.returned(own[0]):
            value = values.of(expression, Place(own[1], own[0]), depth)
            if value is not UNKNOWN:
                return value
    return UNKNOWN


def _in_class(values: Values, node: ast.Attribute, place: Place, depth: int) -> Any:
    """`Config.TARGET`, `Config().target` and `settings.target` where `settings = Config()`."""
    owner: ast.expr = node.value
    where = place
    for _ in range(3):
        if isinstance(owner, ast.Call):
            owner = owner.func
        if isinstance(owner, ast.Name) and (bound := values.bound(owner.id, where)):
            owner, where = bound[0]
    if not isinstance(owner, ast.Name):
        return UNKNOWN
    module = where.module
    if owner.id not in module.classes:
        hit = values.program.imported(module, module.imports.get(owner.id, "-"))
        if hit is None or hit[1] not in hit[0].classes:
            return UNKNOWN
        module, kind = hit[0], hit[0].classes[hit[1]]
    else:
        kind = module.classes[owner.id]
    for statement in kind.body:
        match statement:
            case (
                ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                | ast.Assign(targets=[ast.Name(id=name)], value=value)
            ) if name == node.attr:
                return values.of(value, Place(module), depth)
    return UNKNOWN


def _loaded(values: Values, source: File | str, module: Module) -> Any:
    path = source.path if isinstance(source, File) else source
    if not path.endswith(SETTINGS):
        return UNKNOWN
    for candidate in candidates(path, module):
        if values.tree.holds(candidate):
            found = parse_document(candidate, values.tree.text(candidate))
            return found if isinstance(found, dict) else UNKNOWN
    return UNKNOWN


def candidates(path: str, module: Module) -> list[str]:
    """Where in the repository a path may lead: from the root, or from the script's own folder."""
    if path.startswith(HERE):
        return [path[len(HERE) :]]
    if path.startswith("/"):
        return []
    own = posixpath.dirname(module.path)
    return [posixpath.normpath(path), posixpath.normpath(os.path.join(own, path))]  # noqa: PTH118 - names, not files


def _above(path: Any, levels: int) -> Any:
    if not isinstance(path, str):
        return UNKNOWN
    start = HERE if path.startswith(HERE) else ""
    inner = path[len(start) :]
    for _ in range(min(levels, 20)):
        inner = posixpath.dirname(inner)
    return start + (inner or ".")


def _got(held: Any, arguments: list[Any]) -> Any:
    if not isinstance(held, dict):
        return UNKNOWN
    key = arguments[0]
    fallback = arguments[1] if len(arguments) > 1 else UNKNOWN
    return held.get(key, fallback) if isinstance(key, str | int) else UNKNOWN

"""What a script may be told on its command line: argparse, click, typer."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from ci_mlops.survey.modules import Function, Module


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    name: str
    """As the script's code calls it."""
    flag: str
    """Empty for one that is told by its place."""
    default: ast.expr | None
    required: bool
    is_switch: bool
    line: int


def options(module: Module) -> tuple[Option, ...]:
    return (*_of_argparse(module), *_of_click(module), *_of_typer(module))


def _of_argparse(module: Module) -> Iterator[Option]:
    for node in module.nodes:
        if isinstance(node, ast.Call) and _last(node.func) == "add_argument":
            option = _declared(node, positional_required=True)
            if option:
                yield option


def _of_click(module: Module) -> Iterator[Option]:
    for function in module.functions.values():
        for mark in function.decorator_list:
            if isinstance(mark, ast.Call) and _last(mark.func) in ("option", "argument"):
                option = _declared(mark, positional_required=_last(mark.func) == "argument")
                if option:
                    yield option


def _of_typer(module: Module) -> Iterator[Option]:
    if not any(dotted.split(".")[0] == "typer" for dotted in module.imports.values()):
        return
    for function in module.functions.values():
        for argument, default in defaults(function).items():
            if isinstance(default, ast.Call) and _last(default.func) in ("Option", "Argument"):
                first = default.args[0] if default.args else _keyword(default, "default")
                needed = first is None or (isinstance(first, ast.Constant) and first.value is ...)
                flag = f"--{argument.replace('_', '-')}" if _last(default.func) == "Option" else ""
                yield Option(
                    name=argument,
                    flag=flag,
                    default=None if needed else first,
                    required=needed,
                    is_switch=False,
                    line=default.lineno,
                )


def defaults(function: Function) -> dict[str, ast.expr]:
    arguments = function.args
    placed = [*arguments.posonlyargs, *arguments.args]
    found = {
        argument.arg: value for argument, value in zip(placed[::-1], arguments.defaults[::-1], strict=False)
    }
    for argument, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if value is not None:
            found[argument.arg] = value
    return found


def _declared(call: ast.Call, *, positional_required: bool) -> Option | None:
    names = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    if not names:
        return None
    flags = [name for name in names if name.startswith("-")]
    flag = next((name for name in flags if name.startswith("--")), flags[0] if flags else "")
    bare = [name for name in names if not name.startswith("-")]
    dest = _keyword(call, "dest")
    if isinstance(dest, ast.Constant) and isinstance(dest.value, str):
        name = dest.value
    else:
        name = (bare[0] if bare else flag.lstrip("-")).replace("-", "_")
    default = _keyword(call, "default")
    asked = _keyword(call, "required")
    required = isinstance(asked, ast.Constant) and asked.value is True and default is None
    nargs = _keyword(call, "nargs")
    if not flag and positional_required and default is None:
        required = not (isinstance(nargs, ast.Constant) and nargs.value in ("?", "*"))
    action = _keyword(call, "action") or _keyword(call, "is_flag")
    return Option(
        name=name,
        flag=flag.split("/")[0],
        default=default,
        required=required,
        is_switch=action is not None,
        line=call.lineno,
    )


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _last(expression: ast.expr) -> str:
    match expression:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""

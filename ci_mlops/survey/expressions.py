"""Which columns of a table an expression is made of, and which value it takes as the event."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ci_mlops.survey.facts import READERS, Facts
from ci_mlops.survey.values import UNKNOWN, Place, last_name

DEEPEST = 12
_SAME_ORDER = frozenset(
    [
        "iloc",
        "loc",
        "values",
        "to_numpy",
        "copy",
        "dropna",
        "fillna",
        "drop_duplicates",
        "reset_index",
        "sample",
        "sort_values",
        "astype",
        "head",
        "query",
        "replace",
    ]
)
"""What a frame is asked for that keeps its columns in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """A column that an expression takes something from."""

    column: str | int
    """A number: its place, from the end if negative."""
    where: str
    weight: int = 0
    positive: Any = None
    how: str = ""


def columns_of(facts: Facts, node: ast.expr, place: Place, depth: int = 0) -> list[Clue]:
    """Through names, calls and codings."""
    if depth > DEEPEST:
        return []
    direct = _column(facts, node, place)
    if direct is not None:
        return [direct]
    match node:
        case ast.Name():
            found = _of_name(facts, node, place, depth)
        case ast.Compare():
            found = _of_comparison(facts, node, place, depth)
        case ast.Call():
            found = _of_call(facts, node, place, depth)
        case ast.Subscript(value=ast.Call() as call, slice=ast.Constant(value=int() as number)):
            found = _of_part(facts, call, number, place, depth)
        case _:
            found = [clue for part in _parts(node) for clue in columns_of(facts, part, place, depth + 1)]
    return found


def _parts(node: ast.expr) -> Sequence[ast.expr]:
    match node:
        case ast.Subscript(value=value) | ast.Attribute(value=value) | ast.UnaryOp(operand=value):
            return [value]
        case ast.BinOp(left=left, right=right):
            return [left, right]
    return []


def _of_name(facts: Facts, node: ast.Name, place: Place, depth: int) -> list[Clue]:
    for expression, where in facts.values.bound(node.id, place)[:6]:
        if expression is not node and (found := columns_of(facts, expression, where, depth + 1)):
            return found
    return []


def _of_comparison(facts: Facts, node: ast.Compare, place: Place, depth: int) -> list[Clue]:
    found = columns_of(facts, node.left, place, depth + 1)
    if len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq):
        event = facts.values.known(node.comparators[0], place)
        return [replace(clue, positive=event) for clue in found]
    return found


def _column(facts: Facts, node: ast.expr, place: Place) -> Clue | None:
    """`df["x"]`, `df[["x"]]`, `df.loc[:, "x"]`, `df.iloc[:, -1]`, `df.pop("x")`."""
    where = place.module.where(node)
    match node:
        case ast.Call(func=ast.Attribute(attr="pop"), args=[key, *_]):
            text = facts.values.text(key, place)
            return Clue(column=text, where=where) if text else None
        case ast.Subscript(value=held, slice=ast.Tuple(elts=[ast.Slice(), key])):
            value = facts.values.known(key, place)
            if isinstance(value, list) and len(value) == 1:
                value = value[0]
            if isinstance(value, int) and not _is_read(facts, held, place):
                return None  # of an array that the script put together: its places are not the file's
            return Clue(column=value, where=where) if isinstance(value, str | int) else None
        case ast.Subscript(value=held, slice=key) if not isinstance(key, ast.Slice):
            value = facts.values.known(key, place)
            if isinstance(value, list) and len(value) == 1:
                value = value[0]
            # a setting, not a column
            settings = facts.values.known(held, place) is not None
            return Clue(column=value, where=where) if isinstance(value, str) and not settings else None
    return None


def _is_read(facts: Facts, node: ast.expr, place: Place, depth: int = 0) -> bool:
    """Whether it is a file's table, in the file's order of columns, as far as reading tells."""
    if isinstance(node, ast.Call) and last_name(node.func) in READERS:
        return True
    return depth < DEEPEST and any(
        _is_read(facts, value, where, depth + 1)
        for value, where in _made_of(facts, node, place)
        if value is not node
    )


def _made_of(facts: Facts, node: ast.expr, place: Place) -> list[tuple[ast.expr, Place]]:
    """What has the same columns in the same order."""
    match node:
        case ast.Name():
            return facts.values.bound(node.id, place)[:6]
        case ast.Attribute(value=value, attr=name) | ast.Call(func=ast.Attribute(value=value, attr=name)) if (
            name in _SAME_ORDER
        ):
            return [(value, place)]
        case ast.Call(func=func) if own := facts.values.function(func, place):
            return [(one, Place(own[1], own[0])) for one in facts.values.returned(own[0])]
    return []


def _of_call(facts: Facts, call: ast.Call, place: Place, depth: int) -> list[Clue]:
    name = last_name(call.func)
    if name == "drop" and isinstance(call.func, ast.Attribute):
        return []
    own = facts.values.function(call.func, place)
    if own:
        for expression in facts.values.returned(own[0]):
            if found := columns_of(facts, expression, Place(own[1], own[0]), depth + 1):
                return found
    inner = [*call.args, *([call.func.value] if isinstance(call.func, ast.Attribute) else [])]
    if name in ("read_csv", "open", "load"):
        return []
    found = [clue for part in inner for clue in columns_of(facts, part, place, depth + 1)]
    if name in ("map", "replace") and call.args:
        coding = facts.values.known(call.args[0], place)
        event = _event(coding)
        return [replace(clue, positive=event if clue.positive is None else clue.positive) for clue in found]
    return found


def _of_part(facts: Facts, call: ast.Call, number: int, place: Place, depth: int) -> list[Clue]:
    """`X_train, X_test, y_train, y_test = train_test_split(X, y)` and `X, y = load()`."""
    if depth > DEEPEST:
        return []
    if last_name(call.func) == "train_test_split":
        if number // 2 < len(call.args):
            return columns_of(facts, call.args[number // 2], place, depth + 1)
        return []
    own = facts.values.function(call.func, place)
    for expression in facts.values.returned(own[0]) if own else ():
        inner = Place(own[1], own[0]) if own else place
        found: list[Clue] = []
        if isinstance(expression, ast.Tuple) and number < len(expression.elts):
            found = columns_of(facts, expression.elts[number], inner, depth + 1)
        elif isinstance(expression, ast.Call):
            found = _of_part(facts, expression, number, inner, depth + 1)
        if found:
            return found
    return []


def _event(coding: Any) -> Any:
    """`{"yes": 1, "no": 0}`: the label that becomes 1."""
    if not isinstance(coding, dict) or sorted(map(str, coding.values())) not in (
        ["0", "1"],
        ["False", "True"],
    ):
        return None
    return next((label for label, code in coding.items() if code is not UNKNOWN and code == 1), None)

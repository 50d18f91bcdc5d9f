"""Values of the expression language, and how one kind becomes another."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.azure.errors import PipelineRefused


class Unconvertible(Exception):
    """A value can't become what the other side of a comparison is."""


class Names(dict[str, Any]):
    """A mapping whose keys are the same in any case, as variables and parameters are."""

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        super().__init__({name.lower(): value for name, value in (values or {}).items()})

    def __getitem__(self, name: str) -> Any:
        return super().__getitem__(name.lower())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and super().__contains__(name.lower())


class Known(Names):
    """Names that must exist: what is not there is a misspelling, and no empty word."""

    def __init__(self, values: Mapping[str, Any], what: str) -> None:
        super().__init__(values)
        self.what = what


def index(value: Any, key: Any) -> Any:
    if isinstance(value, Mapping):
        name = to_text(key)
        if name in value:
            return value[name]
        for known in value:
            if known.lower() == name.lower():
                return value[known]
        if isinstance(value, Known):
            raise PipelineRefused(f"there is no {value.what} '{name}'")
        return None
    if is_list(value):
        number = to_number(key)
        return value[int(number)] if 0 <= number < len(value) else None
    return None


def members(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    return list(value) if is_list(value) else []


def is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def to_text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value)
        case float():
            return f"{value:g}"
        case str() | int():
            return str(value)
    raise Unconvertible


def to_bool(value: Any) -> bool:
    if isinstance(value, Mapping) or is_list(value):
        return True
    return bool(value)


def to_number(value: Any) -> float:
    if value in (None, ""):
        return 0.0
    if isinstance(value, (bool, int, float)):
        return float(value)
    try:
        return float(to_text(value))
    except ValueError as error:
        raise Unconvertible from error


def alike(left: Any, right: Any) -> bool:
    """`eq`: the right side becomes what the left side is, and text is compared in any case."""
    if isinstance(left, Mapping) or is_list(left):
        return left is right
    try:
        if left is None:
            return to_text(right) == ""
        if isinstance(left, bool):
            return left == to_bool(right)
        if isinstance(left, (int, float)):
            return float(left) == to_number(right)
        return to_text(left).lower() == to_text(right).lower()
    except Unconvertible:
        return False


def order(left: Any, right: Any) -> int:
    try:
        if isinstance(left, str):
            first, second = left.lower(), to_text(right).lower()
            return (first > second) - (first < second)
        one, other = to_number(left), to_number(right)
    except Unconvertible as error:
        raise PipelineRefused(f"{left!r} and {right!r} can't be put in an order") from error
    return (one > other) - (one < other)

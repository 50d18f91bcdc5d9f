"""Typed parameters: what a template asks for, held against what it is given."""

from collections.abc import Mapping
from typing import Any

from tests.azure.errors import PipelineRefused
from tests.azure.values import Known, alike, is_list, to_text

SEQUENCES = ("stepList", "jobList", "deploymentList", "stageList")
MAPPINGS = ("step", "job", "deployment", "stage")
TYPES = ("string", "number", "boolean", "object", *SEQUENCES, *MAPPINGS)
KEYS = {"name", "displayName", "type", "default", "values"}


def bind(declared: Any, given: Mapping[str, Any], where: str) -> Known:
    """
    Args:
        declared: The `parameters:` of a file, as it stands there.
        given: Name -> value, expanded by whoever gives it.
        where: For the errors.
    """
    if not is_list(declared):
        raise PipelineRefused("parameters are declared as a list, with a type each", where)
    names = {one["name"].lower(): one for one in declared if _is_declaration(one, where)}
    if len(names) < len(declared):
        raise PipelineRefused("two parameters have the same name", where)
    for name in given:
        if name.lower() not in names:
            raise PipelineRefused(f"Unexpected parameter '{name}'", where)
    folded = {name.lower(): value for name, value in given.items()}
    return Known({name: _value(one, folded, where) for name, one in names.items()}, "parameter")


def _is_declaration(one: Any, where: str) -> bool:
    if not isinstance(one, dict) or "name" not in one:
        raise PipelineRefused("a parameter needs a name", where)
    if unknown := set(one) - KEYS:
        raise PipelineRefused(f"parameter '{one['name']}': unexpected value {sorted(unknown)}", where)
    if one.get("type", "string") not in TYPES:
        raise PipelineRefused(f"parameter '{one['name']}': unknown type '{one['type']}'", where)
    return True


def _value(declared: Mapping[str, Any], given: Mapping[str, Any], where: str) -> Any:
    name, kind = declared["name"], declared.get("type", "string")
    if name.lower() not in given and "default" not in declared:
        raise PipelineRefused(f"A value for the '{name}' parameter must be provided.", where)
    value = _typed(given.get(name.lower(), declared.get("default")), kind, name, where)
    allowed = [_typed(one, kind, name, where) for one in declared.get("values", ())]
    if allowed and not any(alike(one, value) for one in allowed):
        raise PipelineRefused(
            f"The '{name}' parameter value '{value}' is not one of: {', '.join(map(to_text, allowed))}", where
        )
    return value


def _typed(value: Any, kind: str, name: str, where: str) -> Any:
    fits: Any = value
    if kind == "boolean":
        fits = {"true": True, "false": False}.get(str(value).lower())
    elif kind == "number":
        try:
            fits = float(value)
        except (TypeError, ValueError):
            fits = None
    elif kind == "string":
        fits = None if is_list(value) or isinstance(value, Mapping) else to_text(value)
    elif kind in SEQUENCES:
        fits = value if is_list(value) else [] if value == "" else None
    elif kind in MAPPINGS:
        fits = value if isinstance(value, Mapping) else None
    if fits is None:
        raise PipelineRefused(f"The '{name}' parameter is not a valid {kind}: {value!r}", where)
    return fits

"""The kinds of values that the config is written in: names, paths, durations, labels, commands."""

import math
import re
from collections import Counter
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from ci_mlops.records.labels import canonical_label
from ci_mlops.records.metric_fit import spelled
from ci_mlops.records.metric_names import TASK_OF, canonical_metric

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "": 1}
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([smhd]?)")
_LONGEST_DAYS = 7
_NAME = re.compile(r"\w([\w. -]{0,126}[\w-])?")
_STAGE = re.compile(r"[A-Za-z0-9_-]{1,255}")
_CALLABLE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")
_VARIABLE = re.compile(r"[A-Za-z_]\w*")
_PYTHON = re.compile(r"3\.(\d{1,2})")
_OLDEST_PYTHON = 8
_REGISTERED = re.compile(r"models:/[^/:]+/[0-9]+")
_PARAMETER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def wrong(what: str, mend: str = "") -> PydanticCustomError:
    """A problem in our words; pydantic adds the place."""
    return PydanticCustomError("ci_mlops", "{what}", {"what": what, "mend": mend})


def one_line(text: str) -> str:
    if not text.strip():
        raise wrong("is empty text", "Give it a value, or remove the line.")
    if "\n" in text:
        raise wrong("goes over several lines", "Write it on one line.")
    return text


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise wrong(
            f"`{text}` can't be a model's name in a registry",
            "Use letters, digits, `_`, `-`, `.` and spaces inside; no `/` or `:`.",
        )
    return text


def _stage(text: str) -> str:
    if text.lower() == "latest" or re.fullmatch(r"[vV]\d+", text):
        raise wrong(f"`{text}` can't be a stage: registries mean a version by it", "Choose another word.")
    if not _STAGE.fullmatch(text):
        raise wrong(f"`{text}` can't be a stage", "Use letters, digits, `_` and `-`.")
    return text


def relative_path(text: str) -> str:
    parts = text.split("/")
    if "://" in text:
        raise wrong(f"`{text}` is a URL", "This version reads files of the repository only.")
    if text.startswith(("/", "~")) or re.match(r"[A-Za-z]:", text):
        raise wrong(f"`{text}` is an absolute path", "Write it relative to the folder of this file.")
    if "\\" in text:
        raise wrong(f"`{text}` holds a backslash", "Write paths with `/`, on Windows too.")
    if ".." in parts:
        raise wrong(f"`{text}` leaves the folder of this file", "Paths stay inside it: no `..`.")
    return text


def _model_path(text: str) -> str:
    if all(part in ("", ".") for part in text.split("/")):
        raise wrong(
            "the model can't be the whole folder", "Name the file or folder that the training writes."
        )
    return text


def _model_uri(text: str) -> str:
    if text.startswith("models:/"):
        if not _REGISTERED.fullmatch(text):
            raise wrong(
                f"`{text}` names no version",
                "Write `models:/NAME/VERSION` with the number of a version: an alias would move under the verdict.",
            )
        return text
    if text.startswith(("http://", "https://")):
        if "@" in text.split("/")[2]:
            raise wrong(
                "the address holds a login", "Remove it, change it, and give it as CI_MLOPS_ENDPOINT_TOKEN."
            )
        return text
    return _model_path(relative_path(text))


def _variable(text: str) -> str:
    if not _VARIABLE.fullmatch(text):
        raise wrong(f"`{text}` is no name of a variable", "Name a variable of the script's top level.")
    return text


def _python(value: object) -> str:
    # YAML reads 3.10 as the number 3.1
    text = value if isinstance(value, str) else str(value)
    found = _PYTHON.fullmatch(text)
    if not isinstance(value, str) or not found:
        raise wrong(f"`{text}` is no Python version", 'Write it in quotes, as `"3.11"`.')
    if int(found[1]) < _OLDEST_PYTHON:
        raise wrong(f"`{text}` is too old", f"Our workers need 3.{_OLDEST_PYTHON} or newer.")
    return text


def _labels(value: object) -> tuple[str, ...]:
    mend = "Write three or more labels: `classes: [billing, bug, question]`."
    if not isinstance(value, list) or not all(isinstance(label, str | int | float) for label in value):
        raise wrong("must be a list of labels", mend)
    labels = once(tuple(canonical_label(label) for label in value))
    if len(labels) < 3:
        raise wrong(
            "lists fewer than three labels", "For two labels, say which is the event: `positive: LABEL`."
        )
    return labels


def _callable(text: str) -> str:
    if not _CALLABLE.fullmatch(text):
        raise wrong(f"`{text}` names no function", "Write `package.module:function`.")
    return text


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise wrong(f"must be a whole number of 1 or more; found `{value}`", "Write a number, as `40`.")
    return value


def duration(value: object, *, longest_days: int = _LONGEST_DAYS) -> float:
    """In seconds."""
    mend = "Write `90s`, `30m`, `2h`, or a number of seconds."
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = float(value)
    elif isinstance(value, str) and (found := _DURATION.fullmatch(value.strip())):
        seconds = float(found[1]) * _UNITS[found[2]]
    else:
        raise wrong(f"`{value}` is no duration", mend)
    if not math.isfinite(seconds) or seconds <= 0:
        raise wrong("must be longer than 0 seconds", mend)
    if seconds > longest_days * _UNITS["d"]:
        raise wrong(f"`{value}` is longer than {longest_days} days", mend)
    return seconds


def _label(value: object) -> str:
    if not isinstance(value, str | int | float):
        raise wrong("must be one label: text, a number, true or false")
    return canonical_label(value)


def _command(value: object) -> str | tuple[str, ...]:
    mend = "Write the command as text, or as a list of its words, numbers in quotes."
    if isinstance(value, str) and value.strip():
        return value
    if isinstance(value, list) and value and all(isinstance(word, str) for word in value):
        return tuple(value)
    raise wrong("is no command", mend)


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _some(values: tuple[str, ...]) -> tuple[str, ...]:
    # not `min_length`: where an item is refused, pydantic counts it as absent
    if not values:
        raise wrong("is an empty list", "Give it a value, or remove the line.")
    return values


def once(values: tuple[str, ...]) -> tuple[str, ...]:
    for value, times in Counter(values).items():
        if times > 1:
            raise wrong(f"lists `{value}` {'twice' if times == 2 else f'{times} times'}", "Keep one of them.")
    return values


def _parameters(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise wrong("must be a mapping of names to values", "Write `parameters: {max_depth: 4}`.")
    seen: dict[str, str] = {}
    for name, setting in value.items():
        variable = name.upper()
        if not _PARAMETER.fullmatch(name):
            raise wrong(
                f"`{name}` can't be a parameter: it becomes the variable CI_MLOPS_PARAM_{variable}",
                "Use letters, digits and `_`.",
            )
        if variable in seen:
            raise wrong(
                f"`{seen[variable]}` and `{name}` become one variable, CI_MLOPS_PARAM_{variable}",
                "Rename one.",
            )
        seen[variable] = name
        finite = not isinstance(setting, float) or math.isfinite(setting)
        if not isinstance(setting, str | int | float) or not finite:
            raise wrong(f"`{name}` must be text, a finite number, true or false")
    return dict(value)


def _by_label(value: object) -> object:
    """Keys as labels, so that `0`, `"0"` and `0.0` are found to be one."""
    if not isinstance(value, dict):
        return value
    labels = [canonical_label(key) for key in value]
    once(tuple(labels))
    return dict(zip(labels, value.values(), strict=True))


def _coding(value: object) -> dict[str, int]:
    coded = _by_label(value)
    good = isinstance(coded, dict) and all(isinstance(v, int | float) for v in coded.values())
    if not good or sorted(float(v) for v in coded.values()) != [0.0, 1.0]:  # type: ignore[attr-defined]  # `good` says it is a dict
        raise wrong("must code one label as 1 and the other as 0", "Write `labels: {yes: 1, no: 0}`.")
    assert isinstance(coded, dict)  # noqa: S101 - said above; tells mypy
    return {label: int(code) for label, code in coded.items()}


_METRIC_SCHEMA = {"anyOf": [{"enum": sorted(map(spelled, TASK_OF))}, {"type": "string", "minLength": 1}]}
_COMMAND_SCHEMA = {
    "anyOf": [
        {"type": "string", "minLength": 1},
        {"type": "array", "items": {"type": "string"}, "minItems": 1},
    ]
}
_LABEL_TYPES = ["string", "number", "boolean"]

Text = Annotated[str, AfterValidator(one_line), Field(json_schema_extra={"minLength": 1})]
Name = Annotated[Text, AfterValidator(_name)]
Stage = Annotated[Text, AfterValidator(_stage)]
RelativePath = Annotated[Text, AfterValidator(relative_path)]
ModelPath = Annotated[RelativePath, AfterValidator(_model_path)]
FunctionName = Annotated[Text, AfterValidator(_callable)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Count = Annotated[int, PlainValidator(_count), WithJsonSchema({"type": "integer", "minimum": 1})]
Metric = Annotated[Text, AfterValidator(canonical_metric), WithJsonSchema(_METRIC_SCHEMA)]
Label = Annotated[str, PlainValidator(_label), WithJsonSchema({"type": _LABEL_TYPES})]
Command = Annotated[str | tuple[str, ...], PlainValidator(_command), WithJsonSchema(_COMMAND_SCHEMA)]
Seconds = Annotated[
    float,
    PlainValidator(duration),
    WithJsonSchema({"type": ["string", "number"], "examples": ["30m", "2h", 90]}),
]
Paths = Annotated[
    tuple[RelativePath, ...],
    BeforeValidator(_as_list),
    AfterValidator(_some),
    AfterValidator(once),
    WithJsonSchema(_COMMAND_SCHEMA),
]
ModelUri = Annotated[Text, AfterValidator(_model_uri)]
VariableName = Annotated[Text, AfterValidator(_variable)]
PythonVersion = Annotated[
    str, PlainValidator(_python), WithJsonSchema({"type": "string", "pattern": "^3\\.[0-9]{1,2}$"})
]
Labels = Annotated[
    tuple[str, ...],
    PlainValidator(_labels),
    WithJsonSchema({"type": "array", "items": {"type": _LABEL_TYPES}, "minItems": 3}),
]
Columns = Annotated[tuple[Text, ...], AfterValidator(once)]
SomeColumns = Annotated[
    tuple[Text, ...], AfterValidator(_some), AfterValidator(once), Field(json_schema_extra={"minItems": 1})
]
Stages = Annotated[
    tuple[Stage, ...], AfterValidator(_some), AfterValidator(once), Field(json_schema_extra={"minItems": 1})
]
Metrics = Annotated[tuple[Metric, ...], AfterValidator(_some), Field(json_schema_extra={"minItems": 1})]
Parameters = Annotated[
    dict[str, str | int | float | bool],
    PlainValidator(_parameters),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}}),
]
Names = Annotated[
    dict[str, Text],
    BeforeValidator(_by_label),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": "string"}}),
]
Coding = Annotated[
    dict[str, int],
    PlainValidator(_coding),
    WithJsonSchema(
        {"type": "object", "additionalProperties": {"enum": [0, 1]}, "minProperties": 2, "maxProperties": 2}
    ),
]

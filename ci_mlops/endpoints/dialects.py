"""What is posted, and what comes back, in both dialects. Pure: lists in, lists out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ci_mlops.errors import BadData

Columns = Mapping[str, Sequence[Any]]
"""Name -> values of one batch, as JSON knows them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What an endpoint said of one batch."""

    predictions: tuple[Any, ...] | None
    scores: tuple[tuple[float, ...], ...] | None = None
    classes: tuple[str, ...] | None = None


def mlflow_body(columns: Columns) -> dict[str, Any]:
    rows = [list(row) for row in zip(*columns.values(), strict=True)]
    return {"dataframe_split": {"columns": list(columns), "data": rows}}


def mlflow_said(answer: Any, rows: int, where: str) -> Said:
    found = answer.get("predictions") if isinstance(answer, dict) else answer
    if isinstance(found, dict):
        # a frame of some servers: column -> values
        found = [dict(zip(found, row, strict=True)) for row in zip(*found.values(), strict=False)]
    if not isinstance(found, list):
        raise _strange("no list of `predictions`", where)
    _check_count(len(found), rows, where)
    if not any(isinstance(one, list | dict) for one in found):
        return Said(predictions=tuple(found))
    if all(isinstance(one, dict) for one in found):
        return _by_name(found, where)
    flat = [one for one in found if isinstance(one, list)]
    if len(flat) == rows and all(len(one) == 1 for one in flat):
        return Said(predictions=tuple(one[0] for one in flat))
    return Said(predictions=None, scores=_numbers(found, where))


def _by_name(found: list[dict[str, Any]], where: str) -> Said:
    names = list(found[0])
    if any(list(one) != names for one in found):
        raise _strange("rows with different names", where)
    if len(names) == 1:
        return Said(predictions=tuple(one[names[0]] for one in found))
    scores = _numbers([list(one.values()) for one in found], where)
    return Said(predictions=None, scores=scores, classes=tuple(names))


def v2_body(columns: Columns, inputs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """`inputs`: what the model's metadata says of them; nothing where it says nothing."""
    rows = len(next(iter(columns.values())))
    numeric = all(isinstance(value, int | float | None) for values in columns.values() for value in values)
    alone = inputs[0] if len(inputs) == 1 else None
    if (alone is not None and len(alone.get("shape", ())) == 2 and alone["shape"][1] != 1) or (
        not inputs and numeric
    ):
        kind = str(alone.get("datatype", "FP64")) if alone else "FP64"
        data = [_typed(value, kind) for row in zip(*columns.values(), strict=True) for value in row]
        name = str(alone.get("name", "input-0")) if alone else "input-0"
        return {"inputs": [{"name": name, "shape": [rows, len(columns)], "datatype": kind, "data": data}]}
    known = {str(one.get("name")): one for one in inputs}
    wanted = [name for name in known if name in columns] or list(columns)
    told = [_column(name, columns[name], known.get(name, {}), rows) for name in wanted]
    return {"parameters": {"content_type": "pd"}, "inputs": told}


def missing_inputs(names: Sequence[str], inputs: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Inputs of a model with one for each column that the rows lack."""
    if len(inputs) < 2:
        return ()
    return tuple(str(one.get("name")) for one in inputs if one.get("name") not in names)


def _column(name: str, values: Sequence[Any], told: Mapping[str, Any], rows: int) -> dict[str, Any]:
    kind = str(told.get("datatype") or _kind_of(values))
    shape = [rows, 1] if len(told.get("shape", ())) == 2 else [rows]
    return {"name": name, "shape": shape, "datatype": kind, "data": [_typed(value, kind) for value in values]}


def _kind_of(values: Sequence[Any]) -> str:
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, bool) for value in known):
        return "BOOL"
    if known and len(known) == len(values) and all(isinstance(value, int) for value in known):
        return "INT64"
    return "FP64" if all(isinstance(value, int | float) for value in known) else "BYTES"


def _typed(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind.startswith("FP"):
        return float(value)
    return str(value) if kind == "BYTES" else value


def v2_said(answer: Any, rows: int, where: str) -> Said:
    outputs = answer.get("outputs") if isinstance(answer, dict) else None
    if not isinstance(outputs, list) or not outputs or not all(isinstance(one, dict) for one in outputs):
        raise _strange("no list of `outputs`", where)
    predictions: tuple[Any, ...] | None = None
    scores: tuple[tuple[float, ...], ...] | None = None
    for output in outputs:
        data, width = _rows_of(output, rows, where)
        if width > 1:
            scores = _numbers(data, where)
        elif predictions is None or "label" in str(output.get("name", "")):
            predictions = tuple(one[0] for one in data)
    return Said(predictions=predictions, scores=scores)


def _rows_of(output: Mapping[str, Any], rows: int, where: str) -> tuple[list[list[Any]], int]:
    data, shape = output.get("data"), output.get("shape")
    if not isinstance(data, list) or not isinstance(shape, list) or not shape:
        raise _strange("an output without `data` and `shape`", where)
    flat = [cell for one in data for cell in (one if isinstance(one, list) else [one])]
    _check_count(int(shape[0]) if isinstance(shape[0], int) else -1, rows, where)
    width, rest = divmod(len(flat), rows)
    if rest or width == 0:
        raise _strange(f"{len(flat)} values for {rows} rows", where)
    return [flat[start : start + width] for start in range(0, len(flat), width)], width


def _numbers(found: Sequence[Any], where: str) -> tuple[tuple[float, ...], ...]:
    try:
        numbers = tuple(tuple(float("nan" if cell is None else cell) for cell in row) for row in found)
    except (TypeError, ValueError):
        raise _strange("something that is no number, where one for each class is wanted", where) from None
    if len({len(row) for row in numbers}) > 1:
        raise _strange("rows of different lengths", where)
    return numbers


def _check_count(found: int, rows: int, where: str) -> None:
    if found != rows:
        raise _strange(f"{found} answers for {rows} rows", where)


def _strange(what: str, where: str) -> BadData:
    return BadData(
        f"The endpoint gives {what}",
        where=where,
        mend="Every row needs one answer, in the order of the rows. Does the address name the model's own door?",
    )

"""All rows of a feature file through an endpoint, in batches; every row comes back, or nothing does."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ci_mlops.endpoints.asking import Asking, TooMany
from ci_mlops.endpoints.dialects import (
    Columns,
    Said,
    missing_inputs,
    mlflow_body,
    mlflow_said,
    v2_body,
    v2_said,
)
from ci_mlops.errors import BadData, TrainingFailed

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 500
_TOLD = ("name", "versions", "version", "platform", "inputs", "outputs", "mlflow_version")
_HEADERS = ("x-model-version", "x-model-id", "azureml-model-deployment", "etag")


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What an endpoint tells of itself; part of its identity."""

    told: dict[str, Any]
    inputs: tuple[dict[str, Any], ...] = ()


def describe(asking: Asking) -> Served:
    """
    Raises:
        TrainingFailed: it can't be reached, or refuses us. One that tells nothing of itself is none.
    """
    try:
        answer, headers = asking.get(asking.address.told_at)
    except TrainingFailed as error:
        if "HTTP 404" in error.what or "HTTP 405" in error.what:
            return Served(told={})
        raise
    told: dict[str, Any] = {name: headers[name] for name in _HEADERS if headers.get(name)}
    if isinstance(answer, dict):
        told |= {name: answer[name] for name in _TOLD if name in answer}
        inputs = answer.get("inputs") if asking.address.dialect == "v2" else None
        if isinstance(inputs, list) and all(isinstance(one, dict) for one in inputs):
            return Served(told=told, inputs=tuple(inputs))
    elif asking.address.dialect == "mlflow":
        told["version"] = str(answer)[:100]
    return Served(told=told)


def ask_all(asking: Asking, served: Served, table: "pa.Table") -> Said:
    """
    Raises:
        TrainingFailed: the endpoint fails, refuses or is too slow.
        BadData: another number of answers than rows, or answers that are none.
    """
    lacking = missing_inputs(table.column_names, served.inputs) if asking.address.dialect == "v2" else ()
    if lacking:
        raise BadData(
            f"The endpoint wants columns that the test rows lack: {', '.join(lacking[:8])}",
            where=asking.address.told_at,
            mend="Is it the model that these rows are for?",
        )
    return joined(list(_batches(asking, served, table)), asking.address.ask)


def _batches(asking: Asking, served: Served, table: "pa.Table") -> Iterator[Said]:
    start, size = 0, BATCH
    while start < table.num_rows:
        part = table.slice(start, size)
        columns = {name: [_plain(value) for value in part[name].to_pylist()] for name in part.column_names}
        try:
            yield _ask(asking, served, columns, part.num_rows)
        except TooMany:
            if size == 1:
                raise TrainingFailed(
                    "The endpoint takes not even one row (HTTP 413)",
                    where=asking.address.ask,
                    mend="Raise what it takes at once.",
                ) from None
            size = max(1, size // 2)
            continue
        start += part.num_rows


def _ask(asking: Asking, served: Served, columns: Columns, rows: int) -> Said:
    where = asking.address.ask
    if asking.address.dialect == "v2":
        answer, _ = asking.post(v2_body(columns, served.inputs))
        return v2_said(answer, rows, where)
    answer, _ = asking.post(mlflow_body(columns))
    return mlflow_said(answer, rows, where)


def joined(parts: Sequence[Said], where: str) -> Said:
    """
    Raises:
        BadData: it answers one batch in another way than the next.
    """
    kinds = {(one.predictions is None, one.scores is None, one.classes) for one in parts}
    widths = {len(row) for one in parts for row in one.scores or ()}
    if len(kinds) > 1 or len(widths) > 1:
        raise BadData(
            "The endpoint answers one batch in another way than the next",
            where=where,
            mend="Was it changed while it was asked? Run again.",
        )
    predictions, scores, classes = kinds.pop()
    return Said(
        predictions=None if predictions else tuple(cell for one in parts for cell in one.predictions or ()),
        scores=None if scores else tuple(row for one in parts for row in one.scores or ()),
        classes=classes,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.isoformat() if isinstance(value, datetime | date) else value


def read_table(path: Path, delimiter: str | None, columns: Sequence[str]) -> "pa.Table":
    """Of features that we wrote ourselves; `delimiter` None: Parquet."""
    if delimiter is None:
        from pyarrow import parquet

        return parquet.read_table(path, columns=list(columns))
    from pyarrow import csv

    return csv.read_csv(
        path,
        parse_options=csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=csv.ConvertOptions(include_columns=list(columns), strings_can_be_null=True),
    )

"""A stranger's predictions: read by a child that holds nothing, held against the pinned rows, and written anew."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ci_mlops import workers
from ci_mlops.environments.our_python import run_here
from ci_mlops.errors import BadData, TrainingFailed
from ci_mlops.flows.fitted import read_answer
from ci_mlops.flows.predicted import write_table
from ci_mlops.records import Policy
from ci_mlops.records.labels import SET_SEPARATOR, canonical_label

if TYPE_CHECKING:
    import pyarrow as pa

_WORKER = Path(str(workers.__file__)).with_name("plain_columns.py")
_SECONDS = 300
_MEMORY = 4 * 1024**3
_MOST_LABELS = 100_000
_LONGEST_LABEL = 1_000
_LARGEST_ANSWER = 8 * 1024**2
_PLAIN = frozenset(("0", "1", "false", "true"))
_NAMED = ("id", "prediction", "score", "seen", "score_0", "score_1")
_SCORE = re.compile(r"score(_.+)?", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the file of one model must hold."""

    what: str
    """`the candidate's predictions`."""
    ids: pa.Array
    policy: Policy
    labels: frozenset[str]
    """Of two classes: those that the pinned rows name."""

    def knows(self, label: str) -> bool:
        if self.policy.multilabel:
            parts = [part for part in label.split(SET_SEPARATOR) if part.strip()]
            return {canonical_label(part) for part in parts} <= set(self.policy.classes)
        known = self.policy.classes or (self.labels if self.policy.positive else _PLAIN)
        return canonical_label(label) in known


def vet_rows(path: Path, expected: Expected, private: Path) -> None:
    """
    Afterwards `path` holds a file of ours with what they said, and ids of ours.

    Raises:
        BadData: other rows, other columns, what is no number, a label that nobody knows.
    """
    import pyarrow as pa

    found = _columns(path, expected, private)
    table: dict[str, Any] = {"id": expected.ids}
    for number, column in enumerate(found):
        values = np.load(private / f"{number}.npy", allow_pickle=False)
        if values.shape != (len(expected.ids),):
            raise _refused(expected, "have a column of another length than its rows")
        table[column["name"]] = _CHECKS[_kind_of(column, expected)](values, column, expected)
    if not {"prediction"} & set(table) and not any(_SCORE.fullmatch(name) for name in table):
        raise _refused(expected, "hold neither `prediction` nor scores")
    path.unlink()
    write_table(pa.table(table), path)


def _columns(path: Path, expected: Expected, private: Path) -> Sequence[dict[str, Any]]:
    import pyarrow as pa

    private.mkdir(parents=True)
    write_table(pa.table({"id": expected.ids}), private / "ids.parquet")
    request, answer = private / "request.json", private / "answer.json"
    asked = {
        "file": str(path.resolve()),
        "ids": str(private / "ids.parquet"),
        "rows": len(expected.ids),
        "most_columns": len(_NAMED) + len(expected.policy.classes),
        "most_labels": _MOST_LABELS,
        "longest": _LONGEST_LABEL,
        "memory": _MEMORY,
        "seconds": _SECONDS,
        "values": str(private),
        "answer": str(answer),
    }
    request.write_text(json.dumps(asked), encoding="utf-8")
    log = private / "log"
    try:
        run_here(_WORKER, request, folder=private, log=log, time_limit=_SECONDS)
    except TrainingFailed as error:
        raise _refused(expected, "broke the one that reads them") from error
    told = read_answer(answer) if answer.is_file() and answer.stat().st_size <= _LARGEST_ANSWER else {}
    columns = told.get("columns")
    if not isinstance(columns, list):
        raise _refused(expected, _why(told))
    return columns


def _why(told: dict[str, Any]) -> str:
    """Sentences of ours: a stranger's name of a column is no part of them."""
    found = told.get("found")
    count = f" ({found:,})" if isinstance(found, int) else ""
    return {
        "rows": f"have another number of rows{count} than the pinned data",
        "ids": "are for other rows than the pinned ones, or in another order",
        "columns": f"have other columns{count} than a prediction file",
        "type": "have a column of another type than a prediction file",
        "label": "hold a label that is no text or too long",
        "labels": "hold more labels than anybody has classes",
        "unreadable": "are no readable Parquet file",
    }.get(str(told.get("fault")), "broke the one that reads them")


def _kind_of(column: dict[str, Any], expected: Expected) -> str:
    name, kind = str(column["name"]), column["kind"]
    if name == "prediction" and kind == ("number" if expected.policy.task == "regression" else "text"):
        return "number" if kind == "number" else "label"
    if name == "seen" and kind == "number":
        return "seen"
    label = name.removeprefix("score_")
    if kind == "number" and (name == "score" or (label != name and expected.knows(label))):
        return "number"
    raise _refused(expected, "have a column that is none of a prediction file, or of another type")


def _number(values: Any, column: dict[str, Any], expected: Expected) -> Any:
    if values.dtype != np.float64 or not np.isfinite(values).all():
        raise _refused(expected, "are not finite numbers for every row (NaN or infinite)")
    return values


def _seen(values: Any, column: dict[str, Any], expected: Expected) -> Any:
    if values.dtype != np.float64 or not np.isin(values, (0, 1, 2)).all():
        raise _refused(expected, "tell of rows that were seen in a way that nobody knows")
    return values.astype(np.uint8)


def _label(values: Any, column: dict[str, Any], expected: Expected) -> Any:
    import pyarrow as pa

    labels = [str(label) for label in column["labels"]]
    if values.dtype != np.int32 or not ((values >= 0) & (values < len(labels))).all():
        raise _refused(expected, "say nothing for some rows")
    if not all(expected.knows(label) for label in labels):
        raise _refused(expected, "hold a label that the pinned rows and the policy don't know")
    return pa.array(np.array(labels, dtype=object)[values], pa.string())


_CHECKS: dict[str, Callable[[Any, dict[str, Any], Expected], Any]] = {
    "number": _number,
    "seen": _seen,
    "label": _label,
}


def _refused(expected: Expected, why: str) -> BadData:
    return BadData(
        f"{expected.what} {why}",
        where="what the run left",
        mend="Run the gate's workflow again; its jobs `train` and `predict` write these files.",
    )

"""Columns `score_<class>` of three or more classes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ci_mlops.datasets.coding import ClassCoding, numbers, refuse_unusable
from ci_mlops.errors import BadData
from ci_mlops.records.labels import canonical_label

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

PREFIX = "score_"


def score_columns(
    columns: Sequence[str], classes: tuple[str, ...], title: str, path: Path
) -> tuple[str | None, ...]:
    """
    The column of each class, None where there is none: the model does not know the class. Empty: no scores at all.

    Raises:
        BadData: a column of no class, two of one, or a lone `score`, which can't speak of several classes.
    """
    found: dict[str, str] = {}
    for column in columns:
        if not column.startswith(PREFIX):
            continue
        label = canonical_label(column.removeprefix(PREFIX))
        if label not in classes:
            raise ClassCoding(classes=classes).unknown(
                label, str(path), what=f"column `{column}` of {title}: label"
            )
        if label in found:
            raise BadData(
                f"{title}: `{found[label]}` and `{column}` are of one class",
                where=str(path),
                mend="Keep one of them.",
            )
        found[label] = column
    if not found and "score" in columns:
        raise BadData(
            f"{title}: one column `score`, and there are {len(classes)} classes",
            where=str(path),
            mend="Write a column `score_<class>` for each class, or none.",
        )
    return tuple(found.get(label) for label in classes) if found else ()


def class_scores(
    table: pa.RecordBatch, columns: Sequence[str | None], title: str, where: str
) -> NDArray[np.float64]:
    """Shape (rows, classes); 0 for a class that the model does not know."""
    scores = np.zeros((table.num_rows, len(columns)))
    for place, column in enumerate(columns):
        if column is not None:
            scores[:, place] = numbers(table.column(column), f"`{column}` of {title}", where)
    refuse_unusable(scores.sum(axis=1), f"scores of {title}", where)
    return scores


def likeliest(
    scores: NDArray[np.float64], columns: Sequence[str | None], title: str, where: str
) -> NDArray[np.float64]:
    """What a model decides that tells its scores alone; of equals the first."""
    if None in columns and scores.size and (scores.min() < 0 or scores.max() > 1):
        raise BadData(
            f"scores of {title} are no probabilities, and one of a class is missing",
            where=where,
            mend="Add a column `prediction`: what the model decides.",
        )
    return np.asarray(scores.argmax(axis=1), dtype=np.float64)

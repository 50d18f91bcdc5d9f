"""What is compared: where the truth is read, and what each model said."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ci_mlops.datasets.alignment import TableColumns
from ci_mlops.datasets.class_scores import score_columns
from ci_mlops.datasets.deciding import without_scores
from ci_mlops.datasets.parts import files_of
from ci_mlops.datasets.prediction_checks import score_column
from ci_mlops.datasets.searching import SearchColumns
from ci_mlops.datasets.tables import table_columns
from ci_mlops.errors import BadData
from ci_mlops.records import Policy
from ci_mlops.records.slices import Bins

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ci_mlops.datasets.lost_as_wrong import Wrong

RESERVED = ("id", "label", "prediction", "score", "seen")


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Where labels and slices are read: the pinned test files, or a prediction file that brings its own."""

    title: str
    files: tuple[Path, ...]
    label: str
    id: str | None
    slices: tuple[str, ...] = ()
    bins: tuple[Bins, ...] = ()
    columns: tuple[str, ...] = ()
    """Others that are wanted, as numbers where all their cells are."""
    as_text: tuple[str, ...] = ()
    """Of these, the ones that are text whatever they look like."""
    search: tuple[str, ...] = ()
    """Columns to look for worse slices in."""
    searched: SearchColumns | None = None
    """How these are cut, once that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionFile:
    """What one model said; `label` where the file brings labels that must agree with the truth."""

    title: str
    path: Path
    prediction: str | None
    score: str | None
    label: str | None = None
    seen: str | None = None
    """Not 0: the model was trained on this row, or on one that equals it; 2: it can't be asked of it."""
    parts: tuple[Path, ...] = ()
    """The files of a folder or pattern, in order; empty where `path` is a file."""
    trained_on: NDArray[np.bool_] | None = None
    """Test rows that its pinned training data holds, in the order of the truth; they count as seen too."""
    keeps_seen: bool = False
    """Rows that it was trained on are measured like all others."""
    threshold: float | None = None
    """From which score on a row is called positive; None: `prediction`, or 0.5."""
    chosen: bool = False
    """Whether it was chosen for this very model: then in the unit of its scores, be they probabilities or not."""
    class_scores: tuple[str | None, ...] = ()
    """Of several classes the column of each; None where the model does not know the class."""
    where_lost: Wrong | None = None
    """Of a candidate: rows that it alone can't score are read all the same, as if it were wrong on them."""

    @property
    def files(self) -> tuple[Path, ...]:
        return self.parts or (self.path,)

    def columns(self, policy: Policy) -> TableColumns:
        regression = policy.task == "regression"
        text = [self.label] if self.label else []
        value = [self.score] if self.score else []
        value += [column for column in self.class_scores if column]
        if self.prediction:
            (value if regression else text).append(self.prediction)
        if self.label and regression:
            text, value = [], [*value, self.label]
        if self.seen:
            value.append(self.seen)
        return TableColumns(
            title=self.title,
            files=self.files,
            id="id",
            text=tuple(text),
            numbers=tuple(value),
            # few labels; of sets of labels there may be many
            codes=() if policy.multilabel else tuple(text),
        )


def open_predictions(path: Path, title: str, policy: Policy) -> PredictionFile:
    """
    Look at a file's columns: `id`, `prediction` and/or `score` or `score_<class>`, maybe `label`.

    Raises:
        BadData: a needed column is missing; says which there are.
    """
    files = files_of(path, title)
    columns = table_columns(files[0])
    prediction = "prediction" if "prediction" in columns else None
    several = score_columns(columns, policy.classes, title, path) if policy.classes else ()
    binary = policy.task == "classification" and not policy.classes
    score = score_column(columns, policy.positive or "1", path) if binary else None
    if "id" not in columns or (prediction is None and score is None and not several):
        lacking = "id" if "id" not in columns else "prediction"
        raise BadData(
            f"{title} has no column `{lacking}`; it has {', '.join(f'`{c}`' for c in columns)}",
            where=str(path),
            mend="A prediction file holds `id`, and `prediction` or `score` (or `score_<class>`), and `label`.",
        )
    if policy.threshold is not None:
        prediction = None
        if score is None:
            raise without_scores(title, path)
    label = "label" if "label" in columns else None
    seen = "seen" if "seen" in columns else None
    return PredictionFile(
        title=title,
        path=path,
        parts=files,
        prediction=prediction,
        score=score,
        label=label,
        seen=seen,
        class_scores=several,
        threshold=policy.threshold.value if policy.threshold is not None else None,
    )

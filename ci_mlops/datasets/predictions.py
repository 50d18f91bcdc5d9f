"""Prediction files and what was true, joined by id: the rows that the court sees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ci_mlops.datasets.alignment import TableColumns, in_same_order, in_step
from ci_mlops.datasets.class_scores import class_scores, likeliest, score_columns
from ci_mlops.datasets.coding import Coding, coding_of, numbers, refuse_unusable, weights_of
from ci_mlops.datasets.direction import Direction
from ci_mlops.datasets.marks import marks_of
from ci_mlops.datasets.parts import files_of
from ci_mlops.datasets.prediction_checks import decided, refuse_other_labels, score_column
from ci_mlops.datasets.remarks import ReaderRemarks
from ci_mlops.datasets.slicing import gone_by_slice, slices_of
from ci_mlops.datasets.tables import Stretch, table_columns
from ci_mlops.errors import BadData
from ci_mlops.evaluation.rows import Predictions, Rows
from ci_mlops.evaluation.taken import Taken, losses, taken_of
from ci_mlops.records import Policy

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

RESERVED = ("id", "label", "prediction", "score", "seen")


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Where labels and slices are read: the pinned test files, or a prediction file that brings its own."""

    title: str
    files: tuple[Path, ...]
    label: str
    id: str | None
    slices: tuple[str, ...] = ()


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
    class_scores: tuple[str | None, ...] = ()
    """Of several classes the column of each; None where the model does not know the class."""

    @property
    def files(self) -> tuple[Path, ...]:
        return self.parts or (self.path,)

    def columns(self, *, regression: bool) -> TableColumns:
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
            codes=tuple(text),
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
    )


def paired_rows(
    truth: Truth, candidate: PredictionFile, champion: PredictionFile | None, policy: Policy
) -> Iterator[Rows]:
    """
    Rows with a label, in batches; both models on the same rows.

    Raises:
        BadData: ids, labels or weights that don't fit, predictions that are missing, a class that is not listed.
    """
    remarks = None
    for rows in read_pairs(truth, candidate, champion, policy):
        remarks = rows.remarks if remarks is None or rows.remarks is None else remarks + rows.remarks
        yield rows
    if remarks is not None:
        remarks.refuse()


def tables_of(
    truth: Truth, candidate: PredictionFile, champion: PredictionFile | None, policy: Policy
) -> list[TableColumns]:
    """What is read of the truth, of the candidate, and of the champion where there is one."""
    regression = policy.task == "regression"
    labels = (truth.label,)
    weight = (policy.weight,) if policy.weight is not None else ()
    told = TableColumns(
        title=truth.title,
        files=truth.files,
        id=truth.id,
        text=truth.slices if regression else (*labels, *truth.slices),
        numbers=(*(labels if regression else ()), *weight),
        codes=() if regression or truth.label in truth.slices else labels,
    )
    models = [candidate] if champion is None else [candidate, champion]
    return [told, *(model.columns(regression=regression) for model in models)]


def read_pairs(
    truth: Truth,
    candidate: PredictionFile,
    champion: PredictionFile | None,
    policy: Policy,
    stretch: Stretch | None = None,
) -> Iterator[Rows]:
    """As `paired_rows`, of a stretch of the rows where one is given; what only all rows tell is in their remarks."""
    regression = policy.task == "regression"
    models = [candidate] if champion is None else [candidate, champion]
    coding = coding_of(policy.classes, policy.positive)
    values: dict[str, set[str]] = {name: set() for name in truth.slices}
    tables = tables_of(truth, candidate, champion, policy)
    told, marked = tables[0], any(model.seen for model in models)
    for batch, *said in in_step(tables) if stretch is None else in_same_order(tables, stretch):
        true = _labels(batch.column(truth.label), "labels", told.where, coding, regression=regression)
        known = ~np.isnan(true)
        refuse_unusable(true[known], "labels", told.where)
        marks = marks_of([_marks(*one) for one in zip(models, said, strict=True)], known)
        missing = int((~known).sum())
        compared = known & ~marks.left_out
        read, *taken = (
            [
                _predictions(model, table, true, chosen, coding, regression=regression)
                for model, table in zip(models, said, strict=True)
            ]
            # nobody is said to be trained on a row where no file says so
            for chosen in ((compared, marks.taken) if marked else (compared,))
        )
        known = compared
        directions = [Direction(model.title, str(model.path), classes=policy.classes) for model in models]
        if not regression:
            for direction, predictions in zip(directions, read, strict=True):
                direction.look(predictions)
        slices_of_all = {name: slices_of(batch, name, values[name], told.where) for name in truth.slices}
        slices = {name: replace(column, codes=column.codes[known]) for name, column in slices_of_all.items()}
        yield Rows(
            labels=true[known],
            candidate=read[0],
            champion=read[1] if champion is not None else None,
            weights=weights_of(batch.column(policy.weight), policy.weight, known, told.where)[known]
            if policy.weight is not None
            else None,
            slices=slices,
            remarks=ReaderRemarks(
                directions=tuple(directions),
                coding=coding,
                slices={name: frozenset(found) for name, found in values.items()},
                where=told.where,
            ),
            gone=dict(gone_by_slice(slices_of_all, marks)),
            missing_label=missing,
            seen=int(marks.seen.sum()),
            unscored=int(marks.unscored.sum()),
            lost=int(marks.lost.sum()),
            taken=_taken(read, taken[0], true[known], true[marks.taken], regression=regression)
            if taken
            else None,
        )


def _taken(
    read: Sequence[Predictions],
    taken: Sequence[Predictions],
    labels: NDArray[np.float64],
    own: NDArray[np.float64],
    *,
    regression: bool,
) -> Taken | None:
    if len(read) == 1:
        return None
    there = [losses(side.decisions, own, regression=regression) for side in taken]
    here = [losses(side.decisions, labels, regression=regression) for side in read]
    return taken_of((there[0], there[1]), (here[0], here[1]))


def _marks(model: PredictionFile, table: pa.RecordBatch) -> NDArray[np.float64] | None:
    return (
        numbers(table.column(model.seen), f"`seen` of {model.title}", str(model.path)) if model.seen else None
    )


def _labels(
    column: pa.Array, title: str, where: str, coding: Coding, *, regression: bool
) -> NDArray[np.float64]:
    return numbers(column, title, where) if regression else coding.codes(column, where)


def _predictions(
    model: PredictionFile,
    table: pa.RecordBatch,
    true: NDArray[np.float64],
    known: NDArray[np.bool_],
    coding: Coding,
    *,
    regression: bool,
) -> Predictions:
    where = str(model.path)
    if model.label:
        own = _labels(
            table.column(model.label), f"labels of {model.title}", where, coding, regression=regression
        )
        refuse_other_labels(own, true, model.title, where)
    scores = class_scores(table, model.class_scores, model.title, where) if model.class_scores else None
    if model.score:
        scores = numbers(table.column(model.score), f"scores of {model.title}", where)
        refuse_unusable(scores, f"scores of {model.title}", where)
    if model.prediction:
        title = f"predictions of {model.title}"
        decisions = _labels(table.column(model.prediction), title, where, coding, regression=regression)
        refuse_unusable(decisions, title, where)
    elif scores is not None and scores.ndim == 2:
        decisions = likeliest(scores, model.class_scores, model.title, where)
    else:
        decisions = decided(np.asarray(scores), model.title, where)
    return Predictions(decisions=decisions[known], scores=None if scores is None else scores[known])

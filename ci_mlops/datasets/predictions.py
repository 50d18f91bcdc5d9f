"""Prediction files and what was true, joined by id: the rows that the court sees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ci_mlops.datasets.alignment import TableColumns, in_same_order, in_step
from ci_mlops.datasets.class_scores import class_scores, likeliest, score_columns
from ci_mlops.datasets.coding import Coding, numbers, plain, refuse_unusable, weights_of
from ci_mlops.datasets.costs import costs_of
from ci_mlops.datasets.deciding import decided, without_scores
from ci_mlops.datasets.direction import Direction
from ci_mlops.datasets.grouping import grouped_by, groups_of
from ci_mlops.datasets.label_sets import LabelSetCoding, coding_for
from ci_mlops.datasets.marks import marks_of, with_policy
from ci_mlops.datasets.parts import files_of
from ci_mlops.datasets.prediction_checks import refuse_other_labels, score_column
from ci_mlops.datasets.remarks import ReaderRemarks
from ci_mlops.datasets.searching import SearchColumns
from ci_mlops.datasets.slicing import gone_by_slice
from ci_mlops.datasets.tables import Stretch, table_columns
from ci_mlops.datasets.told import slicer_of, tables_of, with_search
from ci_mlops.errors import BadData
from ci_mlops.evaluation.rows import Predictions, Rows
from ci_mlops.evaluation.taken import Taken, losses, taken_of
from ci_mlops.records import Policy
from ci_mlops.records.slices import Bins

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
    coding = coding_for(policy)
    slicer, group = slicer_of(truth), grouped_by(policy)
    truth = with_search(truth)
    tables = tables_of(truth, candidate, champion, policy)
    told, start = tables[0], 0 if stretch is None else stretch[0]
    marked = any(model.seen or model.trained_on is not None for model in models)
    for batch, *said in in_step(tables) if stretch is None else in_same_order(tables, stretch):
        true = _labels(batch.column(truth.label), "labels", told.where, coding, regression=regression)
        known = ~np.isnan(true)
        refuse_unusable(true[known], "labels", told.where)
        here = slice(start, start := start + len(batch))
        marks = marks_of([_marks(*one, here) for one in zip(models, said, strict=True)], known)
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
        slices_of_all = slicer.slices(batch)
        slices = {name: replace(column, codes=column.codes[known]) for name, column in slices_of_all.items()}
        together = groups_of(batch.column(group), policy, told.where) if group else None
        yield Rows(
            labels=true[known],
            candidate=read[0],
            champion=read[1] if champion is not None else None,
            weights=_weights(batch, policy, known, told.where),
            groups=None if together is None else together[0][known],
            entities=None if together is None else together[1][known],
            slices=slices,
            remarks=ReaderRemarks(
                directions=_directions(models, read, policy),
                coding=coding,
                slices={name: frozenset(found) for name, found in slicer.seen.items()},
                where=told.where,
            ),
            columns={name: plain(batch.column(name))[known] for name in truth.columns},
            costs=costs_of(batch, policy, known, told.where),
            searched=tuple(
                replace(column, codes=column.codes[known])
                for column in (truth.searched.slices(batch) if truth.searched else ())
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


def _directions(
    models: Sequence[PredictionFile], read: Sequence[Predictions], policy: Policy
) -> tuple[Direction, ...]:
    found = tuple(Direction(model.title, str(model.path), classes=policy.classes) for model in models)
    if policy.task == "classification" and not policy.multilabel:
        for direction, predictions in zip(found, read, strict=True):
            direction.look(predictions)
    return found


def _weights(
    batch: pa.RecordBatch, policy: Policy, known: NDArray[np.bool_], where: str
) -> NDArray[np.float64] | None:
    if policy.weight is None:
        return None
    return weights_of(batch.column(policy.weight), policy.weight, known, where)[known]


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


def _marks(model: PredictionFile, table: pa.RecordBatch, here: slice) -> NDArray[np.float64] | None:
    own = (
        numbers(table.column(model.seen), f"`seen` of {model.title}", str(model.path)) if model.seen else None
    )
    trained_on = model.trained_on[here] if model.trained_on is not None else None
    return with_policy(own, trained_on, keeps_seen=model.keeps_seen)


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
    elif scores is not None and isinstance(coding, LabelSetCoding):
        decisions = coding.decided(scores, model.class_scores, model.title, where)
    elif scores is not None and scores.ndim == 2:
        decisions = likeliest(scores, model.class_scores, model.title, where)
    else:
        decisions = decided(
            np.asarray(scores), model.title, where, threshold=model.threshold, chosen=model.chosen
        )
    return Predictions(decisions=decisions[known], scores=None if scores is None else scores[known])

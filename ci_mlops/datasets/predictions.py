"""Prediction files and what was true, joined by id: the rows that the court sees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ci_mlops.datasets.alignment import TableColumns, in_step
from ci_mlops.datasets.class_scores import class_scores, likeliest, score_columns
from ci_mlops.datasets.coding import Coding, numbers, plain, refuse_unusable, weights_of
from ci_mlops.datasets.costs import cost_columns, costs_of
from ci_mlops.datasets.deciding import decided, without_scores
from ci_mlops.datasets.direction import Direction
from ci_mlops.datasets.grouping import grouped_by, groups_of
from ci_mlops.datasets.label_sets import LabelSetCoding, coding_for
from ci_mlops.datasets.marks import marks_of, with_policy
from ci_mlops.datasets.searching import SearchColumns, search_columns
from ci_mlops.datasets.slicing import Slicer, gone_by_slice
from ci_mlops.datasets.tables import table_columns
from ci_mlops.errors import BadData
from ci_mlops.evaluation.rows import Predictions, Rows
from ci_mlops.evaluation.taken import Taken, losses, taken_of
from ci_mlops.records import Policy
from ci_mlops.records.labels import canonical_label
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
            title=self.title, files=(self.path,), id="id", text=tuple(text), numbers=tuple(value)
        )


def open_predictions(path: Path, title: str, policy: Policy) -> PredictionFile:
    """
    Look at a file's columns: `id`, `prediction` and/or `score` or `score_<class>`, maybe `label`.

    Raises:
        BadData: a needed column is missing; says which there are.
    """
    if not path.is_file():
        raise BadData(
            f"{title}: there is no file {path.name}",
            where=str(path),
            mend="Look at the path and its spelling.",
        )
    columns = table_columns(path)
    prediction = "prediction" if "prediction" in columns else None
    several = score_columns(columns, policy.classes, title, path) if policy.classes else ()
    binary = policy.task == "classification" and not policy.classes
    score = _score_column(columns, policy.positive or "1", path) if binary else None
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
        prediction=prediction,
        score=score,
        label=label,
        seen=seen,
        class_scores=several,
        threshold=policy.threshold.value if policy.threshold is not None else None,
    )


def _score_column(columns: Sequence[str], positive: str, path: Path) -> str | None:
    if "score" in columns:
        return "score"
    classes = [column for column in columns if column.startswith("score_")]
    for column in classes:
        if canonical_label(column.removeprefix("score_")) == positive:
            return column
    if classes:
        raise BadData(
            f"no score column for the positive label {positive!r}: there are {', '.join(classes)}",
            where=str(path),
            mend="Name the event with `positive`, spelt as in the data."
            if len(classes) < 3
            else "List three or more classes: `classes: [...]` under `data.test`, or `--classes a,b,c`; of two, name "
            "the event with `positive`.",
        )
    return None


def paired_rows(
    truth: Truth, candidate: PredictionFile, champion: PredictionFile | None, policy: Policy
) -> Iterator[Rows]:
    """
    Rows with a label, in partitions; both models on the same rows.

    Raises:
        BadData: ids, labels or weights that don't fit, predictions that are missing, a class that is not listed.
    """
    regression = policy.task == "regression"
    slicer = Slicer(cuts=truth.slices, bins=truth.bins, where=str(truth.files[0]))
    searched = search_columns(truth.files, truth.search, truth.bins, slicer.text)
    told, group = _told_rows(truth, slicer, searched, policy), grouped_by(policy)
    models = [candidate] if champion is None else [candidate, champion]
    coding = coding_for(policy)
    directions = [Direction(model.title, str(model.path), classes=policy.classes) for model in models]
    start = 0
    for batch, *said in in_step([told, *(model.columns(regression=regression) for model in models)]):
        true = _labels(batch.column(truth.label), "labels", told.where, coding, regression=regression)
        known = ~np.isnan(true)
        refuse_unusable(true[known], "labels", told.where)
        here = slice(start, start := start + len(batch))
        marks = marks_of([_marks(*one, here) for one in zip(models, said, strict=True)], known)
        missing = int((~known).sum())
        compared = known & ~marks.left_out
        read, taken = (
            [
                _predictions(model, table, true, chosen, coding, regression=regression)
                for model, table in zip(models, said, strict=True)
            ]
            for chosen in (compared, marks.taken)
        )
        known = compared
        if not regression and not policy.multilabel:
            for direction, predictions in zip(directions, read, strict=True):
                direction.look(predictions)
        slices_of_all = slicer.slices(batch)
        slices = {name: replace(column, codes=column.codes[known]) for name, column in slices_of_all.items()}
        together = groups_of(batch.column(group), policy, told.where) if group else None
        yield Rows(
            labels=true[known],
            candidate=read[0],
            champion=read[1] if champion is not None else None,
            weights=weights_of(batch.column(policy.weight), policy.weight, known, told.where)[known]
            if policy.weight is not None
            else None,
            groups=None if together is None else together[0][known],
            entities=None if together is None else together[1][known],
            slices=slices,
            columns={name: plain(batch.column(name))[known] for name in truth.columns},
            costs=costs_of(batch, policy, known, told.where),
            searched=tuple(replace(column, codes=column.codes[known]) for column in searched.slices(batch)),
            gone=dict(gone_by_slice(slices_of_all, marks)),
            missing_label=missing,
            seen=int(marks.seen.sum()),
            unscored=int(marks.unscored.sum()),
            lost=int(marks.lost.sum()),
            taken=_taken(read, taken, true[known], true[marks.taken], regression=regression),
        )
    for direction in directions:
        direction.refuse_reversed()


def _told_rows(truth: Truth, slicer: Slicer, searched: SearchColumns, policy: Policy) -> TableColumns:
    """What is read of the truth: labels, weights, and what tells which slice and which group a row is in."""
    value = [
        *filter(None, [policy.weight]),
        *slicer.numbers,
        *searched.numbers,
        *cost_columns(policy),
        *truth.columns,
    ]
    text = [*slicer.text, *searched.text, *filter(None, [grouped_by(policy)]), *truth.as_text]
    (value if policy.task == "regression" else text).insert(0, truth.label)
    return TableColumns(
        title=truth.title,
        files=truth.files,
        id=truth.id,
        text=tuple(dict.fromkeys(text)),
        numbers=tuple(dict.fromkeys(value)),
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
        _refuse_other_labels(own, true, model.title, where)
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


def _refuse_other_labels(own: NDArray[np.float64], true: NDArray[np.float64], title: str, where: str) -> None:
    differing = int((~((own == true) | (np.isnan(own) & np.isnan(true)))).sum())
    if differing:
        raise BadData(
            f"{title}: {differing} rows have another label than the other file gives them",
            where=where,
            mend="Both models must be scored against the same truth: look at which labels moved.",
        )

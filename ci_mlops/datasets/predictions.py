"""Prediction files and what was true, joined by id: the rows that the court sees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ci_mlops.datasets.alignment import in_same_order, in_step
from ci_mlops.datasets.class_scores import class_scores, likeliest
from ci_mlops.datasets.coding import Coding, numbers, plain, refuse_unusable, weights_of
from ci_mlops.datasets.costs import costs_of
from ci_mlops.datasets.deciding import decided
from ci_mlops.datasets.direction import Direction
from ci_mlops.datasets.grouping import grouped_by, groups_of
from ci_mlops.datasets.label_order import LabelOrder
from ci_mlops.datasets.label_sets import LabelSetCoding, coding_for
from ci_mlops.datasets.lost_rows import lost_sums
from ci_mlops.datasets.marks import Marks, marks_of, with_policy
from ci_mlops.datasets.prediction_checks import refuse_other_labels
from ci_mlops.datasets.prediction_file import PredictionFile, Truth
from ci_mlops.datasets.remarks import ReaderRemarks
from ci_mlops.datasets.slicing import gone_by_slice
from ci_mlops.datasets.tables import Stretch
from ci_mlops.datasets.told import slicer_of, tables_of, with_search
from ci_mlops.evaluation.rows import Floats, Predictions, Rows
from ci_mlops.evaluation.taken import Taken, losses, taken_of
from ci_mlops.records import Policy

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


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
    coding, slicer, truth = coding_for(policy), slicer_of(truth), with_search(truth)
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
        whole = [
            _predictions(model, table, true, coding, regression=regression)
            for model, table in zip(models, said, strict=True)
        ]
        if candidate.where_lost is not None:
            marks, whole[0] = candidate.where_lost.read(marks, whole[0], true, policy)
        compared = known & ~marks.left_out
        read = whole if compared.all() else [one.of(compared) for one in whole]
        known = compared
        slices_of_all = slicer.slices(batch)
        searched = truth.searched.slices(batch) if truth.searched else ()
        slices = {name: replace(column, codes=column.codes[known]) for name, column in slices_of_all.items()}
        yield Rows(
            labels=true[known],
            candidate=read[0],
            champion=read[1] if champion is not None else None,
            **_beside(batch, truth, policy, known, told.where),
            slices=slices,
            searched=tuple(replace(column, codes=column.codes[known]) for column in searched),
            remarks=ReaderRemarks(
                directions=_directions(models, read, true[known], policy),
                coding=coding,
                slices={name: frozenset(found) for name, found in slicer.seen.items()},
                where=told.where,
            ),
            gone=dict(gone_by_slice((*searched, *slices_of_all.values()), marks, known)) if marked else {},
            missing_label=missing,
            seen=int(marks.seen.sum()),
            unscored=int(marks.unscored.sum()),
            lost=int(marks.lost.sum()),
            # nobody is said to be trained on a row, or to say nothing of it, where no file says so
            **(_in_left_out(batch, true, whole, marks, known, policy, told.where) if marked else {}),
        )


def _in_left_out(
    batch: pa.RecordBatch,
    true: Floats,
    whole: Sequence[Predictions],
    marks: Marks,
    known: NDArray[np.bool_],
    policy: Policy,
    where: str,
) -> dict[str, Any]:
    """What lies in the rows that the candidate can't score, or alone was trained on, by the names of `Rows`."""
    other = whole[1] if len(whole) > 1 else None
    lost, taken = (
        lost_sums(batch, true, other, rows, known, policy, where) for rows in (marks.lost, marks.taken)
    )
    behind = _taken(whole, true, marks.taken, known, regression=policy.task == "regression")
    return {"lost_sums": lost, "taken_sums": taken, "taken": behind}


def _beside(
    batch: pa.RecordBatch, truth: Truth, policy: Policy, known: NDArray[np.bool_], where: str
) -> dict[str, Any]:
    """What the truth tells of the compared rows beside their labels and slices, by the names of `Rows`."""
    group = grouped_by(policy)
    buckets, entities = groups_of(batch.column(group), policy, where) if group else (None, None)
    return {
        "weights": _weights(batch, policy, known, where),
        "groups": None if buckets is None else buckets[known],
        "entities": None if entities is None else entities[known],
        "columns": {name: plain(batch.column(name))[known] for name in truth.columns},
        "costs": costs_of(batch, policy, known, where),
    }


def _directions(
    models: Sequence[PredictionFile],
    read: Sequence[Predictions],
    true: NDArray[np.float64],
    policy: Policy,
) -> tuple[Direction | LabelOrder, ...]:
    if policy.multilabel:
        orders = tuple(LabelOrder(model.title, str(model.path), policy.classes) for model in models)
        for order, predictions in zip(orders, read, strict=True):
            order.look(predictions, true)
        return orders
    found = tuple(Direction(model.title, str(model.path), classes=policy.classes) for model in models)
    if policy.task == "classification":
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
    said: Sequence[Predictions],
    true: NDArray[np.float64],
    taken: NDArray[np.bool_],
    compared: NDArray[np.bool_],
    *,
    regression: bool,
) -> Taken | None:
    if len(said) == 1:
        return None
    there, here = (
        [losses(side.decisions[rows], true[rows], regression=regression) for side in said]
        for rows in (taken, compared)
    )
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
    return Predictions(decisions=decisions, scores=scores)

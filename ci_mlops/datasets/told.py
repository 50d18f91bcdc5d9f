"""What is read of each table that a comparison is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ci_mlops.datasets.alignment import TableColumns
from ci_mlops.datasets.costs import cost_columns
from ci_mlops.datasets.grouping import grouped_by
from ci_mlops.datasets.searching import SearchColumns, search_columns
from ci_mlops.datasets.slicing import Slicer
from ci_mlops.records import Policy

if TYPE_CHECKING:
    from ci_mlops.datasets.prediction_file import PredictionFile, Truth


def tables_of(
    truth: Truth, candidate: PredictionFile, champion: PredictionFile | None, policy: Policy
) -> list[TableColumns]:
    """What is read of the truth, of the candidate, and of the champion where there is one."""
    told = _told_rows(truth, slicer_of(truth), policy)
    models = [candidate] if champion is None else [candidate, champion]
    return [told, *(model.columns(policy) for model in models)]


def with_search(truth: Truth) -> Truth:
    """How the columns are cut that are searched: known of all rows, before any partition of them is read."""
    if not truth.search or truth.searched is not None:
        return truth
    searched = search_columns(truth.files, truth.search, truth.bins, slicer_of(truth).text)
    return replace(truth, searched=searched)


def _told_rows(truth: Truth, slicer: Slicer, policy: Policy) -> TableColumns:
    """What is read of the truth: labels, weights, and what tells which slice and which group a row is in."""
    searched = truth.searched or SearchColumns()
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
        codes=_codes(truth, slicer, policy, text),
    )


def _codes(truth: Truth, slicer: Slicer, policy: Policy, text: Sequence[str]) -> tuple[str, ...]:
    """Columns of few values; but one that is asked for as it is, by something else, stays so."""
    as_it_is = {truth.label, *truth.columns, *truth.as_text, *filter(None, [grouped_by(policy)])}
    cut = [column for column in slicer.text if column not in as_it_is]
    several = policy.task == "regression" or policy.multilabel
    if several or truth.label in set(text[1:]) | set(truth.columns):
        return tuple(cut)
    return (truth.label, *cut)


def slicer_of(truth: Truth) -> Slicer:
    return Slicer(cuts=truth.slices, bins=truth.bins, where=str(truth.files[0]))

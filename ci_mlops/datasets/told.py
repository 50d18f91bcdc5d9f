"""What is read of each table that a comparison is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ci_mlops.datasets.alignment import TableColumns
from ci_mlops.datasets.grouping import grouped_by
from ci_mlops.datasets.slicing import Slicer
from ci_mlops.records import Policy

if TYPE_CHECKING:
    from ci_mlops.datasets.predictions import PredictionFile, Truth


def tables_of(
    truth: Truth, candidate: PredictionFile, champion: PredictionFile | None, policy: Policy
) -> list[TableColumns]:
    """What is read of the truth, of the candidate, and of the champion where there is one."""
    regression = policy.task == "regression"
    told = _told_rows(truth, slicer_of(truth), policy)
    models = [candidate] if champion is None else [candidate, champion]
    return [told, *(model.columns(regression=regression) for model in models)]


def _told_rows(truth: Truth, slicer: Slicer, policy: Policy) -> TableColumns:
    """What is read of the truth: labels, weights, and what tells which slice and which group a row is in."""
    value = [*filter(None, [policy.weight]), *slicer.numbers, *truth.columns]
    text = [*slicer.text, *filter(None, [grouped_by(policy)]), *truth.as_text]
    (value if policy.task == "regression" else text).insert(0, truth.label)
    return TableColumns(
        title=truth.title,
        files=truth.files,
        id=truth.id,
        text=tuple(dict.fromkeys(text)),
        numbers=tuple(value),
        # few labels: but a column that is asked for as it is stays so
        codes=()
        if policy.task == "regression" or truth.label in set(text[1:]) | set(truth.columns)
        else (truth.label,),
    )


def slicer_of(truth: Truth) -> Slicer:
    return Slicer(cuts=truth.slices, bins=truth.bins, where=str(truth.files[0]))

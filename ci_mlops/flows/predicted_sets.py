"""A model's answers on rows that may carry several labels: which labels each row gets, as text of a prediction file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ci_mlops.flows.predicted import Asked, finite, known_sets, misfit, refuse_other_classes
from ci_mlops.records.labels import SET_SEPARATOR, canonical_label

if TYPE_CHECKING:
    import pyarrow as pa

    from ci_mlops.flows.scoring import Answers

_HALF = 0.5
"""As in a prediction file without `prediction`."""


def table_of_sets(answers: Answers, asked: Asked) -> pa.Table:
    """
    Raises:
        BadData: another number of rows or labels, nothing or infinity for a row, a label that is not listed.
    """
    import pyarrow as pa

    rows = len(asked.ids)
    columns: dict[str, Any] = {"id": asked.ids}
    for what, values in (("marks of rows", answers.seen), ("predictions", answers.predictions)):
        if values is not None and len(values) != rows:
            raise misfit(asked, f"gave {len(values)} {what} for {rows} rows")
    if answers.seen is not None:
        columns["seen"] = pa.array(answers.seen.astype(np.uint8))
    labels = [canonical_label(name) for name in answers.classes or ()]
    refuse_other_classes(labels, "knows", asked)
    scores = None
    if answers.scores is not None:
        scores = finite(answers.scores, "scores", asked)
        if scores.shape != (rows, len(labels)):
            raise misfit(
                asked, f"gave scores of shape {scores.shape} for {rows} rows and {len(labels)} labels"
            )
    said = answers.predictions if answers.predictions is not None else np.asarray(scores) >= _HALF
    if said.ndim == 1:
        texts = known_sets(pa.array(said.astype(str), pa.string()), asked)
        if texts.null_count:
            raise misfit(asked, f"said nothing (NaN) for {texts.null_count} of {rows} rows")
    else:
        texts = pa.array(
            [SET_SEPARATOR.join(np.array(labels)[row]) for row in said.astype(bool)], pa.string()
        )
    columns["prediction"] = texts
    if scores is not None:
        nothing = np.zeros(rows)
        columns |= {
            f"score_{label}": np.ascontiguousarray(scores[:, labels.index(label)])
            if label in labels
            else nothing
            for label in asked.classes
        }
    return pa.table(columns)

"""On how many rows do two models differ, as far as a metric can see it."""

from typing import Any

import numpy as np

from ci_mlops.evaluation.cell_metric import CellMetric
from ci_mlops.evaluation.rows import Rows


def differing_rows(metric: Any, rows: Rows) -> float:
    """
    Effective rows: of 70 that differ, 63 of a common class hardly move a mean over classes, and count for little.

    What a row is worth is how far the metric moves where the candidate says there what the champion says; rows of
    different worth count as (sum of worth)^2 / (sum of its squares), as weights do (Kish 1965).
    """
    a, b = rows.champion, rows.candidate
    if metric.need != "decisions" or not hasattr(metric, "value"):
        apart = a.decisions != b.decisions if metric.need == "decisions" else a.scores != b.scores
        return int(np.count_nonzero(apart.any(axis=1) if apart.ndim == 2 else apart))
    apart = np.flatnonzero(a.decisions != b.decisions)
    classes = b.scores.shape[1] if b.scores is not None and b.scores.ndim == 2 else 2
    confusion = np.zeros((classes, classes))
    np.add.at(confusion, (rows.labels.astype(int), b.decisions.astype(int)), 1)
    triples = np.stack([side[apart] for side in (rows.labels, a.decisions, b.decisions)], axis=1).astype(int)
    kinds, counts = np.unique(triples, axis=0, return_counts=True)
    worth = np.array([_moved(metric, confusion, *kind) for kind in kinds])
    squares = float((counts * worth**2).sum())
    return float((counts * worth).sum()) ** 2 / squares if squares else 0.0


def _moved(metric: Any, confusion: Any, truth: int, champion: int, candidate: int) -> float:
    other = confusion.copy()
    other[truth, candidate] -= 1
    other[truth, champion] += 1
    before, after = (_value(metric, table) for table in (confusion, other))
    return 0.0 if before is None or after is None else abs(after - before)


def _value(metric: Any, confusion: Any) -> float | None:
    # formulas of two classes take the four cells
    cells = isinstance(metric, CellMetric)
    value: float | None = metric.value(confusion.ravel().tolist() if cells else confusion)
    return value

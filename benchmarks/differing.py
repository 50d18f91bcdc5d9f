"""On how many rows do two models differ, as far as a metric can see it."""

from typing import Any

import numpy as np

from ci_mlops.evaluation.cell_metric import CellMetric
from ci_mlops.evaluation.order_metric import OrderMetric, farthest
from ci_mlops.evaluation.ordered import Pulled, ordered
from ci_mlops.evaluation.rank_metric import RankMetric
from ci_mlops.evaluation.rows import Rows


def differing_rows(metric: Any, rows: Rows) -> float:
    """
    Effective rows: of 70 that differ, 63 of a common class hardly move a mean over classes, and count for little.

    What a row is worth is how far the metric moves where the candidate says there what the champion says; rows of
    different worth count as (sum of worth)^2 / (sum of its squares), as weights do (Kish 1965).
    """
    if isinstance(metric, (OrderMetric, RankMetric)):
        return pulling_rows(metric, rows)
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


def pulling_rows(metric: Any, rows: Rows) -> float:
    """
    To a metric of order rows differ by how differently both models let them pull at it: most of them hardly, where the
    order changes far from a cut, or among rows of the common class. So what is counted is as many rows as would, all
    pulling alike, leave the error as unsure (Satterthwaite 1946: half the degrees of freedom). Of metrics with a cut it is
    as many as would, all crossing it, make the error as large: what is left of the others is how densely rows lie there.
    """
    positive = rows.labels == 1
    if not positive.any() or positive.all():
        return 0.0
    sides = []
    # positives come first
    turn = np.argsort(~positive, kind="stable")
    for said in (rows.champion, rows.candidate):
        own = ordered(positive[turn], said.scores[turn], None)
        pulled = Pulled(*own.pulled(metric.formula))
        sides.append((pulled, own.influence(pulled, int(positive.sum()), None)))
    (of_before, before), (of_after, after) = sides
    squares = (after - before) ** 2
    if not squares.any():
        return 0.0
    if getattr(metric, "cut", False):
        return float(squares.sum() / farthest(of_after, of_before, (1.0, 1.0)) ** 2)
    return float(squares.sum() ** 2 / (squares**2).sum())


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

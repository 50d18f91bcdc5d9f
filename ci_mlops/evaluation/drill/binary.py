"""Sabotages of a model of two classes."""

import numpy as np

from ci_mlops.evaluation.drill.improving import improvements
from ci_mlops.evaluation.drill.sabotage import Flags, Sabotage, mirrored, where
from ci_mlops.evaluation.rows import Predictions, Rows


def constant(rows: Rows) -> Predictions:
    """Always the commoner class; the score is the share of positives, as an honest model without features would say."""
    share = float(rows.labels.mean())
    scores = rows.candidate.scores
    return Predictions(
        decisions=np.full(len(rows), float(share > 0.5)),
        scores=None if scores is None else np.full(len(rows), share),
    )


def inverted(rows: Rows) -> Predictions:
    said = rows.candidate
    return Predictions(decisions=1 - said.decisions, scores=mirrored(said.scores))


def reversed_scores(rows: Rows) -> Predictions | str:
    """Decisions stay: the column of scores is that of the other class."""
    said = rows.candidate
    if said.scores is None:
        return "the champion gives no scores"
    return Predictions(decisions=said.decisions, scores=mirrored(said.scores))


def fewer_alarms(rows: Rows) -> Predictions | str:
    return _threshold(rows, int(rows.candidate.decisions.sum()) // 2)


def more_alarms(rows: Rows) -> Predictions | str:
    """Twice as many, but never all that are left."""
    alarms = int(rows.candidate.decisions.sum())
    return _threshold(rows, alarms + min(alarms, (len(rows) - alarms) // 2))


def _threshold(rows: Rows, alarms: int) -> Predictions | str:
    """The threshold at which about so many rows are called positive: rows that score alike stay together."""
    said = rows.candidate
    if said.scores is None:
        return "the champion gives no scores, so there is no threshold to move"
    if alarms < 1:
        return "the champion calls too few rows positive"
    decisions = (said.scores >= np.sort(said.scores)[-alarms]).astype(np.float64)
    if np.array_equal(decisions, said.decisions):
        return "no threshold lies between the champion's scores there"
    return Predictions(decisions=decisions, scores=said.scores)


def _right(rows: Rows, chosen: Flags) -> Predictions:
    said, other = rows.candidate, mirrored(rows.candidate.scores)
    scores = None
    if said.scores is not None and other is not None:
        scores = np.where(rows.labels == 1, np.maximum(said.scores, other), np.minimum(said.scores, other))
    return where(chosen, Predictions(decisions=rows.labels, scores=scores), said)


HARMFUL = (
    Sabotage(name="constant", title="Always the commoner class", intent="harm", apply=constant),
    Sabotage(name="inverted", title="Every answer inverted", intent="harm", apply=inverted),
    Sabotage(name="reversed", title="Scores of the other class", intent="harm", apply=reversed_scores),
    Sabotage(name="threshold-up", title="Threshold up: half the alarms", intent="harm", apply=fewer_alarms),
    Sabotage(
        name="threshold-down", title="Threshold down: twice the alarms", intent="harm", apply=more_alarms
    ),
)
HARMLESS = improvements(_right)

"""Sabotages of a model of three or more classes."""

import numpy as np

from ci_mlops.evaluation.drill.improving import improvements
from ci_mlops.evaluation.drill.sabotage import Flags, Sabotage, where
from ci_mlops.evaluation.rows import Floats, Ints, Predictions, Rows


def constant(rows: Rows) -> Predictions:
    """Always the commonest class; the scores are the shares of the classes."""
    scores = rows.candidate.scores
    count = _counted(rows)
    shares = count / len(rows)
    return Predictions(
        decisions=np.full(len(rows), float(count.argmax())),
        scores=None if scores is None else np.tile(shares, (len(rows), 1)),
    )


def swapped(rows: Rows) -> Predictions | str:
    """The two commonest classes take each other's name."""
    if len(_counted(rows)) < 2:
        return "there is one class only"
    return _renamed(rows.candidate, _exchange(rows))


def swapped_scores(rows: Rows) -> Predictions | str:
    """Decisions stay: two columns of scores are written in the wrong order."""
    said = rows.candidate
    if said.scores is None:
        return "the champion gives no scores"
    return Predictions(decisions=said.decisions, scores=said.scores[:, _exchange(rows)])


def passed_on(rows: Rows) -> Predictions:
    """Every class is called the next one."""
    size = len(_counted(rows))
    return _renamed(rows.candidate, np.roll(np.arange(size), -1))


def _counted(rows: Rows) -> Ints:
    scores = rows.candidate.scores
    least = scores.shape[1] if scores is not None else int(rows.candidate.decisions.max(initial=0)) + 1
    return np.bincount(rows.labels.astype(np.int64), minlength=least)


def _exchange(rows: Rows) -> Ints:
    count = _counted(rows)
    first, second = np.argsort(-count, kind="stable")[:2]
    names = np.arange(len(count))
    names[[first, second]] = names[[second, first]]
    return names


def _renamed(said: Predictions, names: Ints) -> Predictions:
    """`names`: for each class what it is called from now on."""
    back = np.argsort(names)
    return Predictions(
        decisions=names[said.decisions.astype(np.int64)].astype(np.float64),
        scores=None if said.scores is None else said.scores[:, back],
    )


def _right(rows: Rows, chosen: Flags) -> Predictions:
    said = rows.candidate
    scores = said.scores
    if scores is not None:
        scores = _with_highest(scores, rows.labels.astype(np.int64))
    return where(chosen, Predictions(decisions=rows.labels, scores=scores), said)


def _with_highest(scores: Floats, places: Ints) -> Floats:
    """The highest score of each row changes places with the one of the named class."""
    rows = np.arange(len(scores))
    highest = scores.argmax(axis=1)
    moved = scores.copy()
    moved[rows, highest], moved[rows, places] = scores[rows, places], scores[rows, highest]
    return moved


HARMFUL = (
    Sabotage(name="constant", title="Always the commonest class", intent="harm", apply=constant),
    Sabotage(name="swapped", title="The two commonest classes swapped", intent="harm", apply=swapped),
    Sabotage(
        name="swapped-scores", title="Scores of two classes swapped", intent="harm", apply=swapped_scores
    ),
)
HARMLESS = improvements(_right)

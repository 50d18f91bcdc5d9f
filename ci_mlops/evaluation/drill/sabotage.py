"""What every task's model can suffer. A sabotage is a pure function of the rows and the champion's answers on them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ci_mlops.evaluation.drill.scatter import dealt, scattered
from ci_mlops.evaluation.rows import Floats, Ints, Predictions, Rows
from ci_mlops.records.drill import Intent

FEW = 3
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sabotage:
    name: str
    title: str
    """`about` belongs where `{}` stands."""
    intent: Intent
    apply: Callable[[Rows], Predictions | str]
    """From rows whose `candidate` is the champion to a worse (or better) candidate, or why it can't be made."""
    about: str = ""


def shuffled(rows: Rows) -> Predictions:
    return at(rows.candidate, dealt(len(rows)))


def rotated(rows: Rows) -> Predictions:
    """Predictions of a file that has slipped by one row."""
    return at(rows.candidate, np.roll(np.arange(len(rows)), 1))


def unscored(rows: Rows) -> Predictions | str:
    if rows.candidate.scores is None:
        return "the champion gives no scores"
    return Predictions(decisions=rows.candidate.decisions)


def unchanged(rows: Rows) -> Predictions:
    return rows.candidate


def at(said: Predictions, places: Ints) -> Predictions:
    return Predictions(
        decisions=said.decisions[places], scores=None if said.scores is None else said.scores[places]
    )


def where(chosen: Flags, there: Predictions, elsewhere: Predictions) -> Predictions:
    """The answers of one model on the chosen rows, and of another on all others."""
    scores = None
    if there.scores is not None and elsewhere.scores is not None:
        flags = chosen[:, np.newaxis] if there.scores.ndim == 2 else chosen
        scores = np.where(flags, there.scores, elsewhere.scores)
    return Predictions(decisions=np.where(chosen, there.decisions, elsewhere.decisions), scores=scores)


def some(chosen: Flags, count: int) -> Flags:
    """That many of the chosen rows, spread over all of them."""
    order = scattered(len(chosen))
    kept = np.zeros(len(chosen), dtype=np.bool_)
    kept[order[chosen[order]][:count]] = True
    return kept


def mirrored(scores: Floats | None) -> Floats | None:
    """Probabilities of the contrary; other scores about the middle of their range."""
    if scores is None or not scores.size:
        return scores
    low, high = float(scores.min()), float(scores.max())
    return 1 - scores if low >= 0 and high <= 1 else low + high - scores


EVERY = (
    Sabotage(name="shuffled", title="Answers dealt to other rows", intent="harm", apply=shuffled),
    Sabotage(name="rotated", title="Stale: every answer one row late", intent="harm", apply=rotated),
)
UNSCORED = Sabotage(name="unscored", title="Scores left out", intent="harm", apply=unscored)
CHAMPION = Sabotage(name="champion", title="The champion itself", intent="harmless", apply=unchanged)

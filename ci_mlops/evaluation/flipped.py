"""Which rows flipped, and how much each of them matters."""

from dataclasses import dataclass

import numpy as np

from ci_mlops.evaluation.row_prices import prices_of
from ci_mlops.evaluation.rows import Floats, Ints, Predictions, Rows
from ci_mlops.records import Policy
from ci_mlops.records.flipped import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """All of shape (flipped rows,)."""

    places: Ints
    """Which rows they are."""
    change: Floats
    """The candidate's loss less the champion's."""
    apart: Floats
    """How far the scores are apart; 0 where there are none."""


def kind_of_change(policy: Policy) -> Change:
    if policy.task == "regression":
        return "absolute_error"
    cost = policy.cost
    priced = cost is not None and not policy.multilabel and (cost.matrix or not policy.classes)
    return "expected_cost" if priced else "errors"


def turned(rows: Rows, champion: Predictions, policy: Policy) -> Turned:
    """Rows that both models decide differently; of a regression, those whose error is another."""
    before, after = (_loss(rows, side, policy) for side in (champion, rows.candidate))
    change = after - before
    differs = change != 0 if policy.task == "regression" else champion.decisions != rows.candidate.decisions
    places = np.flatnonzero(differs)
    return Turned(places=places, change=change[places], apart=_apart(champion, rows.candidate)[places])


def _loss(rows: Rows, said: Predictions, policy: Policy) -> Floats:
    cost = policy.cost
    if policy.task == "regression":
        return np.abs(said.decisions - rows.labels)
    if cost is None or kind_of_change(policy) == "errors":
        return np.asarray(said.decisions != rows.labels, dtype=np.float64)
    if policy.classes:
        place = {label: at for at, label in enumerate(policy.classes)}
        prices = np.zeros((len(place), len(place)))
        for true, taken, price in cost.matrix:
            prices[place[true], place[taken]] = price
        return np.asarray(prices[rows.labels.astype(np.int64), said.decisions.astype(np.int64)])
    called, quiet = prices_of(rows, cost)
    return np.where(said.decisions == 1, called, quiet)


def _apart(champion: Predictions, candidate: Predictions) -> Floats:
    if champion.scores is None or candidate.scores is None:
        return np.zeros(len(candidate.decisions))
    apart = np.abs(candidate.scores - champion.scores)
    return apart if apart.ndim == 1 else np.asarray(apart.sum(axis=1) / 2)

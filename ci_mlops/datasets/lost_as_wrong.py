"""Rows that the candidate alone can't score, read as if it had scored them, and as wrongly as can be."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ci_mlops.datasets.marks import Marks
from ci_mlops.evaluation.rows import Floats, Ints, Predictions
from ci_mlops.records import Policy

# of scores that are no probabilities only the order counts
_FARTHEST = 1e300


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    called: str | None
    """
    Of several classes the one that a lost row is called; None, and for rows of that class: what costs most by the matrix of
    costs, and without one the next in the list.
    """
    probabilities: bool = True
    """Whether the scores of all rows are; else a lost row's lies beyond all that any partition may hold."""

    def read(
        self, marks: Marks, said: Predictions, true: Floats, policy: Policy
    ) -> tuple[Marks, Predictions]:
        """Without a lost row. `true`: codes, NaN where nobody knows, and then nothing is asked."""
        lost, scores = marks.lost, said.scores
        wrong, high = self._of(np.nan_to_num(true).astype(np.int64), policy)
        if scores is not None and scores.size:
            # at the far end of all others, of those in other partitions too; and still probabilities where these are
            ends = (1.0, 0.0) if self.probabilities else (_FARTHEST, -_FARTHEST)
            flags = lost[:, np.newaxis] if scores.ndim == 2 else lost
            scores = np.where(flags, np.where(high, *ends), scores)
        told = replace(marks, unscored=marks.unscored & ~lost, lost=np.zeros_like(lost))
        return told, Predictions(decisions=np.where(lost, wrong, said.decisions), scores=scores)

    def _of(self, codes: Ints, policy: Policy) -> tuple[Ints, NDArray[np.bool_]]:
        """What each row is called, and which of its scores is high."""
        places = np.arange(len(policy.classes))
        if not policy.classes:
            wrong = 1 - codes
            return wrong, wrong == 1
        if policy.multilabel:
            wrong = codes ^ ((1 << len(places)) - 1)
            return wrong, (wrong[:, np.newaxis] >> places & 1) == 1
        wrong = _dearest(policy)[codes]
        if self.called is not None:
            named = policy.classes.index(self.called)
            wrong = np.where(codes == named, wrong, named)
        return wrong, wrong[:, np.newaxis] == places


def _dearest(policy: Policy) -> Ints:
    """Shape (classes,): the wrong class that a row of each costs most to be called; of equals the next in the list."""
    size = len(policy.classes)
    place = {label: at for at, label in enumerate(policy.classes)}
    prices = np.zeros((size, size))
    for true, said, price in policy.cost.matrix if policy.cost is not None else ():
        prices[place[true], place[said]] = price
    following = (np.arange(size)[:, np.newaxis] + np.arange(1, size)) % size
    best = np.take_along_axis(prices, following, axis=1).argmax(axis=1)
    dearest: Ints = np.take_along_axis(following, best[:, np.newaxis], axis=1)[:, 0]
    return dearest

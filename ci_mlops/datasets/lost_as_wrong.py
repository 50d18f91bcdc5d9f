"""Rows that the candidate alone can't score, read as if it had scored them, and as wrongly as can be."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ci_mlops.datasets.marks import Marks
from ci_mlops.evaluation.rows import Floats, Ints, Predictions
from ci_mlops.records import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    called: str | None
    """Of several classes the one that a lost row is called; None, and for rows of that class: the next in the list."""

    def read(
        self, marks: Marks, said: Predictions, true: Floats, policy: Policy
    ) -> tuple[Marks, Predictions]:
        """Without a lost row. `true`: codes, NaN where nobody knows, and then nothing is asked."""
        lost, scores = marks.lost, said.scores
        wrong, high = self._of(np.nan_to_num(true).astype(np.int64), policy)
        if scores is not None and scores.size:
            # at the far end of all others, and still probabilities where these are
            ends = max(1.0, float(scores.max())), min(0.0, float(scores.min()))
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
        wrong = (codes + 1) % len(places)
        if self.called is not None:
            named = policy.classes.index(self.called)
            wrong = np.where(codes == named, wrong, named)
        return wrong, wrong[:, np.newaxis] == places

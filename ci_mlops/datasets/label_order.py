"""Labels that were read from a matrix in another order than it was written in: each model would be judged by noise."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import sqrt

import numpy as np

from ci_mlops.errors import BadData
from ci_mlops.evaluation.rows import Floats, Predictions

_FEWEST = 10
_CLEAR = 0.2
_DEVIATIONS = 5.0
"""Of a correlation by chance, which is about 1 / sqrt(rows): every two of 50 labels are looked at."""


@dataclass(slots=True)
class LabelOrder:
    """How often each label is said of a row, how often it is true, and each that is said together with each true one."""

    title: str
    where: str
    classes: tuple[str, ...]
    counts: tuple[Floats | float, Floats | float, Floats | float] = field(default=(0.0, 0.0, 0.0))
    rows: int = 0

    def __add__(self, other: LabelOrder) -> LabelOrder:
        said, true, both = (one + more for one, more in zip(self.counts, other.counts, strict=True))
        return replace(self, counts=(said, true, both), rows=self.rows + other.rows)

    def look(self, predictions: Predictions, labels: Floats) -> None:
        places = np.arange(len(self.classes))
        said, true = (
            (codes.astype(np.int64)[:, np.newaxis] >> places & 1).astype(np.float64)
            for codes in (predictions.decisions, labels)
        )
        found = (said.sum(axis=0), true.sum(axis=0), said.T @ true)
        self.counts = tuple(one + more for one, more in zip(self.counts, found, strict=True))
        self.rows += len(labels)

    def refuse_reversed(self) -> None:
        """
        Raises:
            BadData: some labels are each said of the rows of another of them, clearly more than of their own.
        """
        if not self.rows:
            return
        fit = self._fit()
        own, best = np.diag(fit), fit.argmax(axis=1)
        clear = np.maximum(np.maximum(_CLEAR, _DEVIATIONS / sqrt(self.rows)), 2 * own)
        moved = np.flatnonzero(fit[np.arange(len(fit)), best] > clear)
        if not len(moved) or sorted(best[moved]) != moved.tolist():
            return
        pairs = ", ".join(
            f"`{self.classes[place]}` is said of rows of `{self.classes[best[place]]}`" for place in moved[:3]
        )
        raise BadData(
            f"labels of {self.title} are exchanged: {pairs}",
            where=self.where,
            mend="A matrix of labels is read in the order of `classes`: list them as the model was fitted "
            "(`MultiLabelBinarizer` sorts them unless it is told).",
        )

    def _fit(self) -> Floats:
        """Correlation of each label that is said with each true one; 0 where one of them is on too few rows."""
        said, true, both = (np.asarray(one) for one in self.counts)
        spreads = (one * (self.rows - one) for one in (said, true))
        scale = np.sqrt(np.outer(*spreads))
        enough = np.outer(said >= _FEWEST, true >= _FEWEST) & (scale > 0)
        together = self.rows * both - np.outer(said, true)
        return np.where(enough, together / np.where(enough, scale, 1.0), 0.0)

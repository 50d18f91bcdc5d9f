"""Scores that run against the predictions belong to the other class: every rank metric would be upside down."""

import math
from dataclasses import dataclass, field, replace

import numpy as np

from ci_mlops.errors import BadData
from ci_mlops.evaluation.rows import Floats, Predictions

_FEWEST = 10


@dataclass(slots=True)
class Direction:
    """Lowest score of what a model calls negative, and highest of what it calls positive."""

    title: str
    where: str
    lowest_negative: float = math.inf
    highest_positive: float = -math.inf
    classes: tuple[str, ...] = ()
    """Of several classes each has a column of scores."""
    called: Floats | float = field(default=0.0)
    """Rows that are called each class, then its scores on these, then its scores on all rows."""
    rows: int = 0

    def __add__(self, other: "Direction") -> "Direction":
        return replace(
            self,
            lowest_negative=min(self.lowest_negative, other.lowest_negative),
            highest_positive=max(self.highest_positive, other.highest_positive),
            called=self.called + other.called,
            rows=self.rows + other.rows,
        )

    def look(self, predictions: Predictions) -> None:
        if predictions.scores is None:
            return
        if self.classes:
            codes = predictions.decisions.astype(np.int64)
            own = predictions.scores[np.arange(len(codes)), codes]
            size = len(self.classes)
            counted = np.bincount(codes, minlength=size), np.bincount(codes, own, size)
            self.called = self.called + np.stack((*counted, predictions.scores.sum(axis=0)))
            self.rows += len(codes)
            return
        positive = predictions.decisions == 1
        called, rest = predictions.scores[positive], predictions.scores[~positive]
        self.highest_positive = max(self.highest_positive, float(called.max(initial=-math.inf)))
        self.lowest_negative = min(self.lowest_negative, float(rest.min(initial=math.inf)))

    def refuse_reversed(self) -> None:
        """
        Raises:
            BadData: every row that is called positive scores below every row that is not; or, of several classes, rows
                that are called one score lower on it than all others do.
        """
        if isinstance(self.called, np.ndarray):
            self._refuse_exchanged(self.called)
        if -math.inf < self.highest_positive < self.lowest_negative < math.inf:
            raise BadData(
                f"scores of {self.title} run against its predictions: all that it calls positive score lowest",
                where=self.where,
                mend="`score` is of the positive class; write `score_<class>` columns to leave no doubt.",
            )

    def _refuse_exchanged(self, called: Floats) -> None:
        rows, own, everyone = called
        for place, label in enumerate(self.classes):
            others = self.rows - rows[place]
            if min(rows[place], others) < _FEWEST:
                continue
            if own[place] / rows[place] < (everyone[place] - own[place]) / others:
                raise BadData(
                    f"scores of {self.title} run against its predictions: rows that it calls {label!r} score lower "
                    f"in `score_{label}` than the others",
                    where=self.where,
                    mend="Look at the order of the classes that the `score_<class>` columns were written in.",
                )

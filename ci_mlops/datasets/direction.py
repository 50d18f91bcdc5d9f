"""Scores that run against the predictions belong to the other class: every rank metric would be upside down."""

import math
from dataclasses import dataclass

from ci_mlops.errors import BadData
from ci_mlops.evaluation.rows import Predictions


@dataclass(slots=True)
class Direction:
    """Lowest score of what a model calls negative, and highest of what it calls positive."""

    title: str
    where: str
    lowest_negative: float = math.inf
    highest_positive: float = -math.inf

    def look(self, predictions: Predictions) -> None:
        if predictions.scores is None:
            return
        positive = predictions.decisions == 1
        called, rest = predictions.scores[positive], predictions.scores[~positive]
        self.highest_positive = max(self.highest_positive, float(called.max(initial=-math.inf)))
        self.lowest_negative = min(self.lowest_negative, float(rest.min(initial=math.inf)))

    def refuse_reversed(self) -> None:
        """
        Raises:
            BadData: every row that is called positive scores below every row that is not.
        """
        if -math.inf < self.highest_positive < self.lowest_negative < math.inf:
            raise BadData(
                f"scores of {self.title} run against its predictions: all that it calls positive score lowest",
                where=self.where,
                mend="`score` is of the positive class; write `score_<class>` columns to leave no doubt.",
            )

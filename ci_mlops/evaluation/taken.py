"""
Rows that a candidate takes out of the comparison by having been trained on them, while the champion was not: are they
like the rest? What it picked would flatter it, and nothing else of the comparison would show that.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Self

import numpy as np

from ci_mlops.evaluation.rows import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Sums of losses and of their squares: of a wrong decision 1, of a number how far off it is."""

    rows: int = 0
    behind: float = 0.0
    """The candidate's loss less the champion's, on the rows that are taken."""
    behind_squared: float = 0.0
    loss: float = 0.0
    """The champion's, on the same rows."""
    loss_squared: float = 0.0
    kept: int = 0
    kept_loss: float = 0.0
    """The champion's, on the rows that are compared."""
    kept_loss_squared: float = 0.0

    def __add__(self, other: Self) -> "Taken":
        return Taken(**{name: getattr(self, name) + getattr(other, name) for name in self.__slots__})

    @property
    def errors_behind(self) -> float:
        """
        By how many standard errors the candidate is worse on rows that it, and it alone, was trained on. McNemar's, for
        decisions: the differences are held against none.
        """
        return self.behind / sqrt(self.behind_squared) if self.behind_squared else 0.0

    @property
    def errors_unlike(self) -> float:
        """By how many standard errors the champion's loss differs between the rows that are taken and those compared."""
        if not self.rows or not self.kept:
            return 0.0
        rows = self.rows + self.kept
        mean = (self.loss + self.kept_loss) / rows
        # of both together, as if they were alike: a part of a single kind has no spread of its own
        spread = max(0.0, (self.loss_squared + self.kept_loss_squared) / rows - mean * mean)
        error = sqrt(spread * (1 / self.rows + 1 / self.kept))
        return abs(self.loss / self.rows - self.kept_loss / self.kept) / error if error else 0.0


def losses(decisions: Floats, labels: Floats, *, regression: bool) -> Floats:
    return np.abs(decisions - labels) if regression else (decisions != labels).astype(np.float64)


def taken_of(champion: Floats, candidate: Floats, kept: Floats) -> Taken:
    """Losses of both on the rows that are taken, and the champion's on the rows that are compared."""
    with np.errstate(over="ignore"):
        return Taken(
            rows=len(champion),
            behind=float((candidate - champion).sum()),
            behind_squared=float(((candidate - champion) ** 2).sum()),
            loss=float(champion.sum()),
            loss_squared=float((champion**2).sum()),
            kept=len(kept),
            kept_loss=float(kept.sum()),
            kept_loss_squared=float((kept**2).sum()),
        )

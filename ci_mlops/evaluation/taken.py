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
    kept_behind: float = 0.0
    """The candidate's less the champion's, on these."""
    kept_behind_squared: float = 0.0

    def __add__(self, other: Self) -> "Taken":
        return Taken(**{name: getattr(self, name) + getattr(other, name) for name in self.__slots__})

    @property
    def errors_behind(self) -> float:
        """
        By how many standard errors the candidate falls further behind on rows that it, and it alone, was trained on than
        on the compared ones. Having learnt them it should be ahead there.
        """
        sums = (self.behind, self.kept_behind)
        return self._apart(*sums, self.behind_squared + self.kept_behind_squared)

    @property
    def errors_unlike(self) -> float:
        """By how many standard errors the champion's loss differs between the rows that are taken and those compared."""
        return abs(self._apart(self.loss, self.kept_loss, self.loss_squared + self.kept_loss_squared))

    def _apart(self, there: float, here: float, squared: float) -> float:
        """Two means in standard errors of all rows together, as if they were alike: a few of one kind have no spread."""
        if not self.rows or not self.kept:
            return 0.0
        rows = self.rows + self.kept
        spread = max(0.0, squared / rows - ((there + here) / rows) ** 2)
        error = sqrt(spread * (1 / self.rows + 1 / self.kept))
        return (there / self.rows - here / self.kept) / error if error else 0.0


def losses(decisions: Floats, labels: Floats, *, regression: bool) -> Floats:
    return np.abs(decisions - labels) if regression else (decisions != labels).astype(np.float64)


def taken_of(taken: tuple[Floats, Floats], kept: tuple[Floats, Floats]) -> Taken:
    """Losses of the candidate and of the champion on the rows that are taken, and on those that are compared."""
    (own, champion), (kept_own, kept_champion) = taken, kept
    with np.errstate(over="ignore"):
        return Taken(
            rows=len(champion),
            behind=float((own - champion).sum()),
            behind_squared=float(((own - champion) ** 2).sum()),
            loss=float(champion.sum()),
            loss_squared=float((champion**2).sum()),
            kept=len(kept_champion),
            kept_loss=float(kept_champion.sum()),
            kept_loss_squared=float((kept_champion**2).sum()),
            kept_behind=float((kept_own - kept_champion).sum()),
            kept_behind_squared=float(((kept_own - kept_champion) ** 2).sum()),
        )

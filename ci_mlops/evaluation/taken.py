"""
Rows that a candidate takes out of the comparison by having been trained on them, while the champion was not: are they
like the rest? What it picked would flatter it, and nothing else of the comparison would show that.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Self

import numpy as np

from ci_mlops.evaluation.exact import as_fraction, exact_sums
from ci_mlops.evaluation.rows import Floats

# as many of these as there are rows still add up to a float
_LARGEST = 1e290


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """
    Sums of losses and of their squares: of a wrong decision 1, of a number how far off it is. Exact, as `exact_sums` writes
    them: the same for any partitioning.
    """

    rows: int = 0
    behind: int = 0
    """The candidate's loss less the champion's, on the rows that are taken."""
    behind_squared: int = 0
    loss: int = 0
    """The champion's, on the same rows."""
    loss_squared: int = 0
    kept: int = 0
    kept_loss: int = 0
    """The champion's, on the rows that are compared."""
    kept_loss_squared: int = 0
    kept_behind: int = 0
    """The candidate's less the champion's, on these."""
    kept_behind_squared: int = 0

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

    def _apart(self, there: int, here: int, squared: int) -> float:
        """Two means in standard errors of all rows together, as if they were alike: a few of one kind have no spread."""
        if not self.rows or not self.kept:
            return 0.0
        rows = self.rows + self.kept
        own, others = as_fraction(there), as_fraction(here)
        spread = float(as_fraction(squared) / rows - ((own + others) / rows) ** 2)
        error = sqrt(max(0.0, spread) * (1 / self.rows + 1 / self.kept))
        return float(own / self.rows - others / self.kept) / error if error else 0.0


def losses(decisions: Floats, labels: Floats, *, regression: bool) -> Floats:
    return np.abs(decisions - labels) if regression else (decisions != labels).astype(np.float64)


def taken_of(taken: tuple[Floats, Floats], kept: tuple[Floats, Floats]) -> Taken:
    """Losses of the candidate and of the champion on the rows that are taken, and on those that are compared."""
    (own, champion), (kept_own, kept_champion) = taken, kept
    behind, behind_squared = _summed(own - champion)
    loss, loss_squared = _summed(champion)
    kept_behind, kept_behind_squared = _summed(kept_own - kept_champion)
    kept_loss, kept_loss_squared = _summed(kept_champion)
    return Taken(
        rows=len(champion),
        behind=behind,
        behind_squared=behind_squared,
        loss=loss,
        loss_squared=loss_squared,
        kept=len(kept_champion),
        kept_loss=kept_loss,
        kept_loss_squared=kept_loss_squared,
        kept_behind=kept_behind,
        kept_behind_squared=kept_behind_squared,
    )


def _summed(values: Floats) -> tuple[int, int]:
    """The sum and the sum of squares; what is too large to be squared is as large as can be."""
    with np.errstate(over="ignore"):
        plain, squared = (
            np.clip(np.nan_to_num(one), -_LARGEST, _LARGEST) for one in (values, values * values)
        )
    return exact_sums(plain)[0], exact_sums(squared)[0]

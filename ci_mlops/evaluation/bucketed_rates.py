"""Rates of groups of people where rows are drawn together, as a patient's: whoever is drawn may have rows in several groups."""

from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import Self

import numpy as np

from ci_mlops.evaluation.buckets import Buckets, effective
from ci_mlops.evaluation.grouped import grouped_interval
from ci_mlops.evaluation.influence import BUCKETS
from ci_mlops.evaluation.intervals import Interval
from ci_mlops.evaluation.paired_rates import PairedRate, Weighed
from ci_mlops.evaluation.rows import Floats


# no slots: what is made of the rows is kept; no two are compared
@dataclass(frozen=True, eq=False)
class BucketedRate:
    """As `PairedRate`, each of shape (BUCKETS,): rows by what is drawn together."""

    neither: Floats
    gained: Floats
    lost: Floats
    both: Floats

    @cached_property
    def totals(self) -> PairedRate:
        return PairedRate(*(int(part.sum()) for part in (self.neither, self.gained, self.lost, self.both)))

    @cached_property
    def sizes(self) -> Floats:
        return self.neither + self.gained + self.lost + self.both

    @cached_property
    def units(self) -> int:
        return int(effective(self.sizes) + 1e-9)

    @property
    def champion(self) -> float:
        return self.totals.champion

    @property
    def candidate(self) -> float:
        return self.totals.candidate

    @property
    def differs(self) -> bool:
        return self.totals.differs

    @cached_property
    def pulls(self) -> Floats:
        return self._pulls(1.0, 0.0)

    @property
    def turned(self) -> Self:
        return type(self)(self.both, self.lost, self.gained, self.neither)

    def beside(self, other: Self) -> Self:
        return type(self)(
            self.neither + other.neither,
            self.gained + other.gained,
            self.lost + other.lost,
            self.both + other.both,
        )

    def of_champion_alone(self) -> Self:
        none = np.zeros_like(self.both)
        return type(self)(self.neither + self.gained, self.lost + self.both, none, none)

    def softened(self, whose: int) -> float:
        return self.totals.softened(whose)

    def limits(self, level: float) -> Interval:
        middle, down, up, _ = self.weighed(1.0, 0.0, level)
        return max(0.0, middle - sqrt(down)), min(1.0, middle + sqrt(up))

    @cached_property
    def _known(self) -> dict[tuple[float, float, float], Weighed]:
        return {}

    def weighed(self, of_candidate: float, of_champion: float, level: float) -> Weighed:
        # asked again for every other group that this one is compared with
        asked = of_candidate, of_champion, level
        if asked not in self._known:
            self._known[asked] = self._weigh(*asked)
        return self._known[asked]

    def _weigh(self, of_candidate: float, of_champion: float, level: float) -> Weighed:
        pulls = self._pulls(of_candidate, of_champion)
        middle = of_candidate * self.candidate + of_champion * self.champion
        kinds = (0.0, of_candidate, of_champion, of_candidate + of_champion)
        drawn = self.sizes > 0
        several = int(drawn.sum())
        low, high = grouped_interval(
            middle,
            pulls[drawn],
            self.sizes[drawn],
            level,
            reach=((min(kinds) - middle) / several, (max(kinds) - middle) / several),
            one_row=several / self.totals.rows,
        )
        return Weighed(middle, (middle - low) ** 2, (high - middle) ** 2, pulls)

    def _pulls(self, of_candidate: float, of_champion: float) -> Floats:
        middle = of_candidate * self.candidate + of_champion * self.champion
        hits = of_candidate * (self.gained + self.both) + of_champion * (self.lost + self.both)
        return (hits - middle * self.sizes) / self.totals.rows


def bucketed(buckets: Buckets) -> list[Floats]:
    """Rows of each cell of two classes (`label * 4 + champion * 2 + candidate`) by bucket, each of shape (BUCKETS,)."""
    held = np.zeros(BUCKETS * 8)
    codes = np.fromiter(buckets.cells, dtype=np.int64, count=len(buckets.cells))
    held[codes] = [cell.rows for cell in buckets.cells.values()]
    return list(held.reshape(BUCKETS, 8).T)

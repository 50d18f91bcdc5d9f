"""What the average decision between three or more classes costs: a mean over the joint table."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar, Self

import numpy as np

from ci_mlops.evaluation.intervals import Interval
from ci_mlops.evaluation.joint_metric import measure_joint
from ci_mlops.evaluation.metric import ClassCount, Measured
from ci_mlops.evaluation.rows import Floats
from ci_mlops.evaluation.tally import Need, Tally, Term
from ci_mlops.records import Policy


# no slots: the array of prices is kept
@dataclass(frozen=True, kw_only=True)
class MatrixCost:
    """
    A `joint_metric.Formula`, linear in the cells: its delta method leaves nothing out. Measured in units of the highest
    price, so that euros and cents come to the same verdict.
    """

    name: str
    matrix: tuple[tuple[float, ...], ...]
    """By true class and by class that was said."""
    higher_is_better: bool = False
    task: str = "classification"
    need: Need = "decisions"
    term: Term | None = None
    cells: ClassVar[bool] = True
    ranks: ClassVar[bool] = False
    classes: ClassVar[ClassCount] = "several"
    weighs: ClassVar[bool] = True

    @cached_property
    def highest(self) -> float:
        return max(abs(price) for row in self.matrix for price in row) or 1.0

    @cached_property
    def prices(self) -> Floats:
        return np.array(self.matrix, dtype=np.float64) / self.highest

    def bind(self, policy: Policy) -> Self:
        return self

    def measure(self, tally: Tally, level: float) -> Measured:
        if tally.table is None:
            msg = f"{self.name} was asked of rows without a table of classes"
            raise NotImplementedError(msg)
        same = tally.differing_decisions == 0
        measured = measure_joint(self, tally.table, level, alone=tally.champion is None, same=same)
        return replace(
            measured,
            champion=self._money(measured.champion),
            candidate=self._money(measured.candidate),
            difference=self._money(measured.difference),
            candidate_interval=self._both(measured.candidate_interval),
            interval=self._both(measured.interval),
        )

    def _money(self, share: float | None) -> float | None:
        return None if share is None else share * self.highest

    def _both(self, interval: Interval | None) -> Interval | None:
        return None if interval is None else (interval[0] * self.highest, interval[1] * self.highest)

    def value(self, confusion: Floats) -> float | None:
        total = confusion.sum()
        return float((self.prices * confusion).sum() / total) if total else None

    def slopes(self, confusion: Floats, rows: float) -> Floats:
        return self.prices

    def counted(self, rows: Floats) -> float:
        """As of two classes: three rows of a class with a high price decide the mean, however many there are of others."""
        priced = np.ptp(self.prices, axis=1) > 0
        return float(rows.sum(axis=1)[priced].min()) if priced.any() else float(rows.sum())

    def share(self, confusion: Floats) -> tuple[float, float] | None:
        return None

    def silent(self, confusion: Floats) -> str:
        return ""

    def undefined(self, confusion: Floats, whose: str) -> tuple[str, bool]:
        return f"{self.name} of the {whose} is undefined: there is no row", False

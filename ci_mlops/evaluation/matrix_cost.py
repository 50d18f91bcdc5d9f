"""What the average decision between three or more classes costs: a mean over the joint table."""

from dataclasses import dataclass
from functools import cached_property, partial
from typing import ClassVar

import numpy as np

from ci_mlops.evaluation.family import Family
from ci_mlops.evaluation.joint import Joint
from ci_mlops.evaluation.joint_metric import measure_joint
from ci_mlops.evaluation.metric import ClassCount, Measured, in_units
from ci_mlops.evaluation.rows import Floats
from ci_mlops.evaluation.tally import Tally


# no slots: the array of prices is kept
@dataclass(frozen=True, kw_only=True)
class MatrixCost(Family):
    """A `joint_metric.Formula`, linear in the cells: its delta method leaves nothing out."""

    matrix: tuple[tuple[float, ...], ...]
    """By true class and by class that was said."""
    higher_is_better: bool = False
    classes: ClassVar[ClassCount] = "several"

    @cached_property
    def highest(self) -> float:
        return max(abs(price) for row in self.matrix for price in row) or 1.0

    @cached_property
    def prices(self) -> Floats:
        return np.array(self.matrix, dtype=np.float64) / self.highest

    def measure(self, tally: Tally, level: float) -> Measured:
        if tally.table is None:
            msg = f"{self.name} was asked of rows without a table of classes"
            raise NotImplementedError(msg)
        same = tally.differing_decisions == 0
        measured = measure_joint(self, tally.table, level, alone=tally.champion is None, same=same)
        return in_units(measured, self.highest, partial(self._money, tally.table))

    def _money(self, table: Joint, whose: str) -> float | None:
        confusion = table.confusion(whose)
        total = confusion.sum()
        return float((np.array(self.matrix) * confusion).sum() / total) if total else None

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

"""What the search compares row by row: what a decision costs, whether it is wrong, or how far off a number is."""

from dataclasses import dataclass

import numpy as np

from ci_mlops.evaluation.row_prices import prices_of
from ci_mlops.evaluation.rows import Floats, Predictions, Rows
from ci_mlops.records import Cost, Policy
from ci_mlops.records.search import Loss


@dataclass(frozen=True, slots=True, kw_only=True)
class RowLoss:
    """What a row costs a model. `prices` are by `label * 2 + decision`; None: of several classes, or of numbers."""

    name: Loss
    prices: tuple[float, float, float, float] | None
    cost: Cost | None = None
    """Where prices are of slices or of rows."""

    def of(self, rows: Rows, said: Predictions) -> Floats:
        labels = rows.labels
        if self.cost is not None:
            called, quiet = prices_of(rows, self.cost)
            return np.where(said.decisions == 1, called, quiet)
        if self.prices is not None:
            return np.array(self.prices)[(labels * 2 + said.decisions).astype(np.int64)]
        if self.name == "mae":
            return np.abs(labels - said.decisions)
        return np.asarray(labels != said.decisions, dtype=np.float64)

    def at_stake(self, rows: Rows) -> tuple[Floats, Floats] | None:
        """Squares of what each row's decision may lose, of the negatives and of the positives; None: `kinds` are known."""
        if self.cost is None:
            return None
        called, quiet = prices_of(rows, self.cost)
        squares = (called - quiet) ** 2
        return np.where(rows.labels == 1, 0.0, squares), np.where(rows.labels == 1, squares, 0.0)

    @property
    def kinds(self) -> tuple[float, ...]:
        """The ways in which two decisions on one row can differ, in loss; none are known of numbers."""
        if self.name == "mae" or self.cost is not None:
            return ()
        tn, fp, fn, tp = self.prices or (0.0, 1.0, 1.0, 0.0)
        return tuple(sorted({abs(fn - tp), abs(fp - tn)} - {0.0}))


def row_loss(policy: Policy) -> RowLoss:
    if policy.task == "regression":
        return RowLoss(name="mae", prices=None)
    if policy.classes:
        return RowLoss(name="error_rate", prices=None)
    cost = policy.cost
    if cost is not None and cost.by_row:
        return RowLoss(name="expected_cost", prices=None, cost=cost)
    if cost is None or not cost.by_error:
        return RowLoss(name="error_rate", prices=(0.0, 1.0, 1.0, 0.0))
    prices = (cost.true_negative, cost.false_positive, cost.false_negative, cost.true_positive)
    return RowLoss(name="expected_cost", prices=prices)

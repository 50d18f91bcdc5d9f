"""What the average decision costs, in the team's own currency."""

from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from ci_mlops.evaluation.cell_metric import CellMetric, Count
from ci_mlops.evaluation.matrix_cost import MatrixCost
from ci_mlops.evaluation.metric import ClassCount, Metric
from ci_mlops.evaluation.moment_metric import MomentMetric
from ci_mlops.evaluation.rows import Floats, Predictions
from ci_mlops.records import Cost, Policy


def _rarer_class(tn: Count, fp: Count, fn: Count, tp: Count) -> Count:
    # a mean over all rows, but three positives with a high price decide it
    return min(tn + fp, fn + tp)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedCost(CellMetric):
    cost: Cost = field(default_factory=Cost)
    classes: ClassVar[ClassCount] = "any"

    def bind(self, policy: Policy) -> Metric:
        cost = policy.cost or Cost()
        if policy.task == "regression":
            return MomentMetric(name=self.name, own=OfUnits(over=cost.over, under=cost.under))
        if policy.classes:
            return MatrixCost(name=self.name, matrix=_matrix(cost, policy.classes))

        def formula(tn: complex, fp: complex, fn: complex, tp: complex) -> complex:
            total = (
                cost.true_negative * tn
                + cost.false_positive * fp
                + cost.false_negative * fn
                + cost.true_positive * tp
            )
            return total / (tn + fp + fn + tp)

        return replace(self, cost=cost, formula=formula)


def _matrix(cost: Cost, classes: tuple[str, ...]) -> tuple[tuple[float, ...], ...]:
    prices = {(true, said): price for true, said, price in cost.matrix}
    return tuple(tuple(prices.get((true, said), 0.0) for said in classes) for true in classes)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfUnits:
    """What each row costs whose number is too large or too small; no closure, as other processes are to be sent it."""

    over: float
    under: float

    def __call__(self, labels: Floats, predictions: Predictions) -> Floats:
        error = predictions.decisions - labels
        costs: Floats = self.over * np.maximum(error, 0.0) + self.under * np.maximum(-error, 0.0)
        return costs


def _unbound(*cells: complex) -> complex:
    msg = "expected_cost has no costs before it is bound to a policy"
    raise NotImplementedError(msg, cells)


expected_cost = ExpectedCost(
    name="expected_cost", formula=_unbound, events=_rarer_class, higher_is_better=False
)

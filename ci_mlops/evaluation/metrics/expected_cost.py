"""What the average decision costs, in the team's own currency."""

from dataclasses import dataclass, field, replace

from ci_mlops.evaluation.cell_metric import CellMetric, Count
from ci_mlops.records import Cost, Policy


def _rarer_class(tn: Count, fp: Count, fn: Count, tp: Count) -> Count:
    # a mean over all rows, but three positives with a high price decide it
    return min(tn + fp, fn + tp)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedCost(CellMetric):
    cost: Cost = field(default_factory=Cost)

    def bind(self, policy: Policy) -> "ExpectedCost":
        cost = policy.cost or Cost()

        def formula(tn: complex, fp: complex, fn: complex, tp: complex) -> complex:
            total = (
                cost.true_negative * tn
                + cost.false_positive * fp
                + cost.false_negative * fn
                + cost.true_positive * tp
            )
            return total / (tn + fp + fn + tp)

        return replace(self, cost=cost, formula=formula)


def _unbound(*cells: complex) -> complex:
    msg = "expected_cost has no costs before it is bound to a policy"
    raise NotImplementedError(msg, cells)


expected_cost = ExpectedCost(
    name="expected_cost", formula=_unbound, events=_rarer_class, higher_is_better=False
)

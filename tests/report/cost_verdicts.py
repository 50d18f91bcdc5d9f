"""Verdicts that speak of money."""

from dataclasses import replace

from ci_mlops.records import Confusion, CostReport
from tests.report import class_verdicts, verdicts
from tests.report.verdicts import base, gated, measured

PRICES = {"unit": "EUR", "false_negative": 500.0, "false_positive": 20.0, "volume": 200_000.0}


def a_year():
    return replace(verdicts.passed(), cost=CostReport(**PRICES, champion=10.63, candidate=8.0))


def costlier():
    """Fewer errors, and dearer ones."""
    cost = measured("expected_cost", 10.63, 14.06, -5.61, -1.25, events=217, higher=False)
    accuracy = measured("accuracy", 0.9285, 0.9477, 0.0099, 0.0285, events=2140)
    return base(
        verdict="blocked",
        reason="expected_cost is worse than the champion",
        exit_code=1,
        gates=(
            gated(cost, "max_regression", 0.4, status="broken", reason="worse by at least 1.25"),
            gated(accuracy, "max_regression", 0.01),
        ),
        measurements=(cost, accuracy),
        confusion=Confusion(
            positive="defaults",
            negative="repays",
            champion=(1811, 112, 41, 176),
            candidate=(1869, 54, 58, 159),
        ),
        cost=CostReport(**PRICES, champion=10.63, candidate=14.06),
    )


def class_costs():
    cost = measured("expected_cost", 0.2538, 0.2162, 0.0013, 0.0739, events=127, higher=False, method="delta")
    found = class_verdicts.classes()
    return replace(
        found,
        verdict="passed",
        exit_code=0,
        gates=(gated(cost, "improve"),),
        measurements=(cost, *found.measurements),
        detectable=(),
        cost=CostReport(
            unit="EUR",
            matrix=(
                ("bug", "feature", 3.0),
                ("bug", "question", 1.5),
                ("feature", "bug", 0.2),
                ("question", "bug", 8.0),
            ),
            volume=36_000.0,
            champion=0.2538,
            candidate=0.2162,
        ),
    )


def number_costs():
    cost = measured("expected_cost", 41.2, 38.9, -0.4, 5.0, events=1460, higher=False, method="moments")
    return base(
        model="bread-demand",
        task="regression",
        unit="loaves",
        verdict="undecided",
        gates=(gated(cost, "max_regression", 0.2, status="undecided"),),
        measurements=(cost, measured("mae", 14.1, 13.9, -0.3, 0.7, events=1460, higher=False)),
        confusion=None,
        slices=(),
        detectable=(),
        cost=CostReport(unit="EUR", over=1.2, under=4.0, volume=182_500.0, champion=41.2, candidate=38.9),
    )


ALL = {"a_year": a_year, "costlier": costlier, "class_costs": class_costs, "number_costs": number_costs}

"""Verdicts that speak of money."""

from dataclasses import replace

from ci_mlops.records import Confusion, CostReport
from tests.report import verdicts
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


ALL = {"a_year": a_year, "costlier": costlier}

"""Verdicts on slices: crossings, groups, and a search that found something."""

from dataclasses import replace

from ci_mlops.records import Detectable
from ci_mlops.records.search import Search, WorseSlice
from tests.report.verdicts import COST, LEASE, RECALL, base, gated, measured

NORTH = measured(
    "recall", 0.805, 0.655, -0.224, -0.076, slice="region=north & sex=f", rows=402, events=87, level=0.9875
)
SOUTH = measured(
    "recall", 0.790, 0.802, -0.051, 0.075, slice="region=south & sex=m", rows=611, events=96, level=0.9833
)
GAP = measured(
    "equal_opportunity_difference by sex",
    0.012,
    0.064,
    -0.095,
    -0.008,
    higher=False,
    events=71,
    reason="left out: sex=x (8 positives, at least 20 needed)",
)
GAP = replace(GAP, improvement=-0.052)
SEARCH = Search(
    columns=("region", "age", "channel"),
    loss="expected_cost",
    searched=64,
    too_small=11,
    level=0.9906,
    worse=(
        WorseSlice(
            slice="region=north & age=25 to 40",
            rows=211,
            champion=9.1,
            candidate=31.75,
            at_least=12.4,
            at_most=32.9,
        ),
        WorseSlice(
            slice="channel=branch", rows=840, champion=10.2, candidate=13.9, at_least=0.85, at_most=6.55
        ),
    ),
    repeated=4,
)


def sliced():
    """Nothing is worse overall; a group is."""
    slices = tuple(
        replace(gated(m, "max_regression", 0.08, status=status, severity="warn"), number=4)
        for m, status in ((NORTH, "undecided"), (SOUTH, "held"), (LEASE, "undecided"))
    )
    return base(
        measurements=(RECALL, NORTH, SOUTH, LEASE, GAP, COST),
        gates=(gated(RECALL, "max_regression", 0.05), *slices, gated(GAP, "max", 0.1)),
        detectable=(
            Detectable(metric="recall", slice=None, regression=0.041, margin=0.05, rows_needed=1440),
            Detectable(metric="recall", slice=NORTH.slice, regression=0.131, margin=0.08, rows_needed=1078),
            Detectable(metric="recall", slice=SOUTH.slice, regression=0.078, margin=0.08, rows_needed=581),
            Detectable(
                metric="recall",
                slice=LEASE.slice,
                regression=None,
                margin=0.08,
                rows_needed=9240,
                reason="too few",
            ),
        ),
        search=SEARCH,
        reason="2 of 3 rules hold; 1 not shown to hold, which only warns.",
    )


def searched_in_vain():
    """No slice is declared, and none was found."""
    return base(
        measurements=(RECALL, COST),
        gates=(gated(RECALL, "max_regression", 0.05),),
        search=replace(SEARCH, worse=(), repeated=0, correction="Holm"),
        reason="The rule holds.",
    )


ALL = {"sliced": sliced, "searched_in_vain": searched_in_vain}

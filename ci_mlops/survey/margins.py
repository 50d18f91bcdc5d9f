"""Rules whose margins these rows can show. A margin below what they can show would leave every change undecided."""

import math
from dataclasses import dataclass

DISAGREEMENT = 0.12
"""Share of rows that two versions of a model judge differently: assumed; real pairs lie between 5 and 20 %."""
SURE = 1.96 + 0.84
"""The 95 % interval of an equally good model lies above the margin four times in five."""
WIDEST = 0.25
SPREAD = 0.2
"""Errors of two regressions differ, row by row, by a fifth of the target's standard deviation: assumed."""
ALIKE = 0.8
"""How alike two versions of a model rank: assumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What the comparison has."""

    all: int
    positives: int | None = None
    smallest_slice: int = 0
    spread: float = 0.0
    """Standard deviation of a number's target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    metric: str
    margin: float
    rows: int
    """That the metric is counted on."""
    slice: str | None = None

    @property
    def blocks(self) -> bool:
        return self.slice is None


def rules(rows: Rows, *, kind: str, ranks: bool, sliced: bool) -> list[Rule]:
    """At most four; a rule on slices only warns."""
    if kind == "regression":
        made = [Rule(metric="mae", margin=regression_margin(rows.spread, rows.all), rows=rows.all)]
        made.append(Rule(metric="rmse", margin=friendly(1.5 * made[0].margin), rows=rows.all))
        if sliced and rows.smallest_slice:
            margin = regression_margin(rows.spread, rows.smallest_slice)
            made.append(Rule(metric="mae", margin=margin, rows=rows.smallest_slice, slice="*"))
        return made
    if kind == "multiclass":
        made = [
            Rule(metric=name, margin=share_margin(rows.all), rows=rows.all)
            for name in ("accuracy", "balanced_accuracy")
        ]
    else:
        events = rows.positives or 0
        rare = events < 0.25 * rows.all
        second = ("precision", events) if rare else ("accuracy", rows.all)
        made = [
            Rule(metric=name, margin=share_margin(count), rows=count)
            for name, count in (("recall", events), second)
        ]
        if ranks:
            margin = ranking_margin(events, rows.all - events)
            made.insert(0, Rule(metric="roc_auc", margin=margin, rows=rows.all))
    if sliced and rows.smallest_slice:
        margin = share_margin(rows.smallest_slice)
        made.append(Rule(metric="accuracy", margin=margin, rows=rows.smallest_slice, slice="*"))
    return made


def share_margin(rows: int) -> float:
    """
    Of a share of rows, by the normal approximation to the paired interval: SURE * sqrt(disagreement / rows).

    >>> [share_margin(rows) for rows in (100_000, 5_000, 400, 20)]
    [0.004, 0.015, 0.05, 0.25]
    """
    return min(friendly(SURE * math.sqrt(DISAGREEMENT / max(rows, 1))), WIDEST)


def ranking_margin(events: int, others: int) -> float:
    """
    Of the area under the curve near 0.8, two correlated rankings.

    >>> ranking_margin(500, 500), ranking_margin(30, 170)
    (0.025, 0.1)

    Source: Hanley & McNeil 1982 for the error of one area.
    """
    if events < 2 or others < 2:
        return WIDEST
    area = 0.8
    first, second = area / (2 - area), 2 * area**2 / (1 + area)
    variance = (area * (1 - area) + (events - 1) * (first - area**2) + (others - 1) * (second - area**2)) / (
        events * others
    )
    return min(friendly(SURE * math.sqrt(2 * (1 - ALIKE) * variance)), WIDEST)


def regression_margin(spread: float, rows: int) -> float:
    """
    Of the mean absolute error, in the target's unit.

    >>> regression_margin(80_000, 292), regression_margin(0.0, 10)
    (3000.0, 0.1)
    """
    if not spread > 0 or not math.isfinite(spread):
        return 0.1
    return friendly(SURE * SPREAD * spread / math.sqrt(max(rows, 1)))


def friendly(value: float) -> float:
    """
    The next number that people like, upwards.

    >>> [friendly(value) for value in (0.0173, 0.0031, 0.118, 2612.0, 0.0975)]
    [0.02, 0.004, 0.12, 3000.0, 0.1]
    """
    if not value > 0 or not math.isfinite(value):
        return 0.1
    power = 10.0 ** math.floor(math.log10(value))
    step = next(step for step in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if value <= step * power * 1.0001)
    return float(f"{step * power:.3g}")

"""Metrics that are a formula of all rows, by the influence that the formula gives each of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Self

import numpy as np

from ci_mlops.evaluation.influence import Spread, by_group, spread
from ci_mlops.evaluation.intervals import Interval
from ci_mlops.evaluation.metric import ClassCount, Measured
from ci_mlops.evaluation.ordered import effective, typical
from ci_mlops.evaluation.row_order import Ranked, joined
from ci_mlops.evaluation.rows import Floats, Ints
from ci_mlops.evaluation.tally import Need, Tally, Term
from ci_mlops.records import Policy


class Influenced(NamedTuple):
    value: float | None
    """None: undefined."""
    influence: Floats
    """Shape (rows,): by how much each row moves the value; adds up to (about) 0."""
    reach: float = 0.0
    """How far a row could pull, where it is known to be farther than these do."""
    lifted: float = 0.0
    """Of what is never below 0, by how much chance lifts the value, at most."""


Formula = Callable[[Floats, Floats, Floats], Influenced]
"""
(what was true, what was said, weights), of shape (rows,), in one order whatever the order of the partitions; the weights are
in effective rows, 1 where there are none. What was said has shape (rows, classes) of several classes.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class InfluenceMetric:
    name: str
    formula: Formula
    lowest: float = 0.0
    highest: float = float("inf")
    undefined: str = "every true value is the same"
    higher_is_better: bool = False
    task: str = "regression"
    need: Need = "decisions"
    classes: ClassCount = "two"
    term: Term | None = None
    cells: ClassVar[bool] = False
    ranks: ClassVar[bool] = True
    weighs: ClassVar[bool] = True

    def bind(self, policy: Policy) -> Self:
        return self

    def measure(self, tally: Tally, level: float) -> Measured:
        rows = _rows(tally.ranked)
        events = int(rows.effective + 1e-9)
        after = self.formula(rows.labels, rows.candidate, rows.weights)
        before = None if rows.champion is None else self.formula(rows.labels, rows.champion, rows.weights)
        if after.value is None or (before is not None and before.value is None):
            return Measured(events=events, reason=f"{self.name} is undefined: {self.undefined}")
        value, champion = after.value, before and before.value
        if len(rows.labels) < 2:
            return Measured(events=events, champion=champion, candidate=value, reason="one row has no spread")
        low, high = _spread(rows, after.influence, after.reach, level).around(value, level)
        alone = max(self.lowest, low - after.lifted), min(self.highest, high)
        if before is None or champion is None:
            return Measured(
                events=events, candidate=value, candidate_interval=alone, method=_method(rows, "influence")
            )
        same = rows.champion is not None and np.array_equal(rows.candidate, rows.champion)
        found = _spread(rows, after.influence - before.influence, after.reach, level)
        low, high = found.around(value - champion, level)
        interval: Interval = low - after.lifted, high + before.lifted
        return Measured(
            events=events,
            champion=champion,
            candidate=value,
            candidate_interval=alone,
            difference=value - champion,
            interval=(0.0, 0.0) if same else interval,
            method="identical predictions" if same else _method(rows, "paired influence", found),
            identical=same,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    labels: Floats
    candidate: Floats
    champion: Floats | None
    weights: Floats
    weighted: bool
    groups: Ints | None
    effective: float
    """Rows, or groups, that would tell as much."""


def _rows(parts: tuple[Ranked, ...]) -> _Rows:
    sides = ("labels", "candidate", "champion", "weights", "groups")
    whole = {side: column for side in sides if (column := joined(parts, side)) is not None}
    # formulas add floats up, and their last bits must not depend on the order that the rows came in
    order = np.lexsort([key for side in reversed(whole) for key in np.atleast_2d(whole[side].T)])
    rows = {side: column[order] for side, column in whole.items()}
    weights, groups = rows.get("weights", np.ones(len(order))), rows.get("groups")
    return _Rows(
        labels=rows["labels"],
        candidate=rows["candidate"],
        champion=rows.get("champion"),
        weights=weights / typical(weights),
        weighted="weights" in rows,
        groups=groups,
        effective=effective(weights if groups is None else by_group(weights, groups)),
    )


def _spread(rows: _Rows, influence: Floats, reach: float, level: float) -> Spread:
    # the farthest pull that was seen stands for those that were not
    reach = max(reach, float(np.abs(influence).max()))
    return spread(influence, rows.groups, level, reach=reach, units=rows.effective)


def _method(rows: _Rows, how: str, found: Spread | None = None) -> str:
    words = [how]
    if rows.weighted:
        words.append("weighted")
    if rows.groups is not None:
        words.append("by group")
    if found is not None and found.few:
        words.append("widened as few rows moved")
    return ", ".join([*words, "t"])

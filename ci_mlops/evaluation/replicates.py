"""
A metric of which nothing is known but its number: on all rows, and on all rows without each of some parts of them.

How much the number moves when a part is left out tells how much it would move with other rows: the delete-a-group
jackknife. The parts are made of the order that the rows' hashed ids give, so no random number decides.

Source: Shao & Tu 1995, The Jackknife and Bootstrap, chapter 5; Kott 2001, Journal of Official Statistics 17.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from math import fsum, sqrt
from typing import Any, ClassVar, Self

import numpy as np

from ci_mlops.evaluation.influence import FEW
from ci_mlops.evaluation.intervals import (
    Interval,
    normal_quantile,
    poisson_limits,
    student_quantile,
    wald,
)
from ci_mlops.evaluation.metric import ClassCount, Measured
from ci_mlops.evaluation.moment_metric import beside_the_commonest, effective_rows
from ci_mlops.evaluation.rows import Ints
from ci_mlops.evaluation.tally import Need, Tally, Term
from ci_mlops.records import Policy

PARTS, PARTS_OF_MANY, PARTS_OF_A_SLICE = 100, 40, 20
"""The standard error is itself known to 1 / sqrt(2 (parts - 1)): to 7, 11 and 16 %; Student's t makes up for it."""
_MANY_ROWS = 1_000_000
"""Where every call takes so long that fewer are better."""

STILL = "it does not move with the rows, so nobody can say how sure it is"


def parts_of(units: Ints, *, whole: bool) -> tuple[Ints, int, int]:
    """
    The part that each row is in, shape (rows,), how many parts there are, all of about one size, and of how many units.

    `units`: shape (rows,), what is drawn together; a unit is never in two parts. `whole`: all rows, not a slice.
    """
    found, rank = np.unique(units, return_inverse=True)
    most = PARTS_OF_A_SLICE if not whole else PARTS if len(units) <= _MANY_ROWS else PARTS_OF_MANY
    count = min(most, len(found))
    return rank.astype(np.int64) * count // max(1, len(found)), count, len(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicates:
    """What a function gave in one place."""

    units: int
    """Rows, or groups of them, that the parts are made of."""
    candidate: tuple[float, ...] = ()
    """The number of all rows, then that of all without each part; only the first where one of the others is none."""
    champion: tuple[float, ...] | None = None
    moved: int = 0
    """Parts that hold a row on which the two models differ."""
    reason: str = ""
    """Why there is no number, or no more than that of all rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled(Tally):
    """The state of one place, with what functions gave there."""

    replicates: Mapping[str, Replicates] = field(default_factory=dict)

    @classmethod
    def of(cls, tally: Tally, replicates: Mapping[str, Replicates]) -> Self:
        kept: dict[str, Any] = {one.name: getattr(tally, one.name) for one in fields(tally)}
        return cls(**kept, replicates=replicates)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicateMetric:
    """Measured on `Sampled` alone."""

    name: str
    higher_is_better: bool
    task: str
    need: Need = "decisions"
    term: Term | None = None
    cells: ClassVar[bool] = False
    ranks: ClassVar[bool] = False
    classes: ClassVar[ClassCount] = "any"
    weighs: ClassVar[bool] = True

    def bind(self, policy: Policy) -> Self:
        return self

    def measure(self, tally: Tally, level: float) -> Measured:
        assert isinstance(tally, Sampled)  # noqa: S101 - made by whoever asked the function
        found = tally.replicates[self.name]
        events = min(found.units, int(effective_rows(tally))) if tally.weighted else found.units
        if tally.table is not None or tally.joint.any():
            # nobody knows whether it rests on all rows, or on those of a rare class
            events = min(events, beside_the_commonest(tally))
        if not found.candidate:
            return Measured(events=events, reason=found.reason, fault=True)
        candidate = found.candidate[0]
        champion = found.champion[0] if found.champion else None
        parts = len(found.candidate) - 1
        if parts < 2:
            reason = found.reason or "one row or group has no spread"
            return Measured(
                events=events, champion=champion, candidate=candidate, reason=reason, fault=bool(found.reason)
            )
        method = (
            f"delete-a-group jackknife of {parts} groups (error known to {1 / sqrt(2 * (parts - 1)):.0%}), t"
        )
        own = _around(candidate, found.candidate[1:], level)
        alone = Measured(
            events=events,
            candidate=candidate,
            candidate_interval=own if own[0] < own[1] else None,
            method=method,
            reason="" if own[0] < own[1] else STILL,
        )
        return alone if found.champion is None else _compared(alone, found, found.champion, level)


def _compared(alone: Measured, found: Replicates, champion: Sequence[float], level: float) -> Measured:
    differences = [after - before for after, before in zip(found.candidate, champion, strict=True)]
    interval: Interval | None = (0.0, 0.0)
    reason = ""
    if found.moved:
        interval = _around(differences[0], differences[1:], level, moved=found.moved)
        if interval[0] == interval[1]:
            interval, reason = None, STILL
    return Measured(
        events=alone.events,
        champion=champion[0],
        candidate=alone.candidate,
        candidate_interval=alone.candidate_interval,
        difference=differences[0] if interval is not None else None,
        interval=interval,
        method=alone.method if found.moved else "identical predictions",
        reason=reason or alone.reason,
        identical=not found.moved,
    )


def _around(estimate: float, without: Sequence[float], level: float, *, moved: int | None = None) -> Interval:
    parts = len(without)
    middle = fsum(without) / parts
    error = sqrt((parts - 1) / parts * fsum((one - middle) ** 2 for one in without))
    if moved is not None and moved < FEW:
        # the sample's spread misses the rows that it happens not to hold
        error *= (poisson_limits(moved, level)[1] - moved) / (normal_quantile(level) * sqrt(moved))
    return wald(estimate, error, student_quantile(level, parts - 1))

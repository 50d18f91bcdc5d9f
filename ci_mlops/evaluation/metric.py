"""The families of metrics. A new metric is a formula in one of them; how sure we are of it comes with the family."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

import numpy as np

from ci_mlops.evaluation.intervals import Interval
from ci_mlops.evaluation.rows import Floats
from ci_mlops.evaluation.tally import Need, Tally, Term
from ci_mlops.records import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a metric finds in one slice, in the metric's own direction (candidate minus champion)."""

    events: int
    champion: float | None = None
    candidate: float | None = None
    candidate_interval: Interval | None = None
    difference: float | None = None
    interval: Interval | None = None
    method: str = ""
    reason: str = ""
    identical: bool = False
    fault: bool = False
    """The models' doing, see `Measurement`."""


def in_units(measured: Measured, unit: float, value: Callable[[str], float | None]) -> Measured:
    """
    What was measured in units of a highest price, in money: so that euros and cents come to the same verdict.

    `value`: what each model costs, which no unit has rounded.
    """

    def both(interval: Interval | None) -> Interval | None:
        return None if interval is None else (interval[0] * unit, interval[1] * unit)

    champion = None if measured.champion is None else value("champion")
    candidate = None if measured.candidate is None else value("candidate")
    moved = None
    if measured.difference is not None and champion is not None and candidate is not None:
        moved = 0.0 if measured.identical else candidate - champion
    return replace(
        measured,
        champion=champion,
        candidate=candidate,
        difference=moved,
        candidate_interval=both(measured.candidate_interval),
        interval=both(measured.interval),
    )


ClassCount = Literal["two", "several", "any", "labels"]
"""`labels`: a row may carry several of them at once; `any`: of two or more, of which a row has one."""


class Metric(Protocol):
    """What the court asks of a metric; `tests/contracts/test_metric.py` holds every installed one to it."""

    @property
    def name(self) -> str: ...

    @property
    def higher_is_better(self) -> bool: ...

    @property
    def task(self) -> str:
        """`classification` or `regression`."""

    @property
    def need(self) -> Need:
        """What a model must have said for it."""

    @property
    def term(self) -> Term | None:
        """The per-row quantities to be summed, if any."""

    @property
    def cells(self) -> bool:
        """Whether it needs the joint table of decisions."""

    @property
    def ranks(self) -> bool:
        """Whether it needs every row's score."""

    @property
    def classes(self) -> ClassCount:
        """How many classes it can be of; where a plugin does not tell, two."""

    @property
    def weighs(self) -> bool:
        """Whether it heeds the rows' weights; where a plugin does not tell, it does not."""

    def bind(self, policy: Policy) -> "Metric":
        """The metric as this policy means it: `expected_cost` learns its costs here, `accuracy` its classes."""

    def measure(self, tally: Tally, level: float) -> Measured: ...


_STEP = 1e-30


def slope(function: Callable[..., complex], at: list[float]) -> list[float]:
    """
    Gradient to the last bit, by complex step: the formula itself is all that a metric has to give.

    Source: Squire & Trapp 1998, SIAM Review 40.
    """
    gradient = []
    for index in range(len(at)):
        moved = [complex(value, _STEP if index == other else 0.0) for other, value in enumerate(at)]
        gradient.append(function(*moved).imag / _STEP)
    return gradient


def slopes_of(formula: Callable[..., Any], *sides: Floats) -> list[Floats]:
    """`slope` of a formula that sums over the last axis of its arrays: by each number of each side, all of shape (n,)."""
    step = np.eye(len(sides[0])) * (_STEP * 1j)
    return [
        np.broadcast_to(
            np.imag(formula(*(side + step if at == moved else side for at, side in enumerate(sides))))
            / _STEP,
            sides[0].shape,
        )
        for moved in range(len(sides))
    ]

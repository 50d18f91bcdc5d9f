"""Rates of groups, for two models on the same rows: what each is, how far two of them are apart, and how sure that is."""

from collections.abc import Sequence
from itertools import combinations
from math import inf, sqrt
from typing import NamedTuple, Protocol, Self

from ci_mlops.evaluation.intervals import Interval, poisson_limits, wilson
from ci_mlops.evaluation.rows import Floats


class Weighed(NamedTuple):
    """A group's two rates, each times a weight: their sum, and how far its limits lie below and above, squared."""

    middle: float
    down: float
    up: float
    pulls: Floats | None = None
    """Shape (BUCKETS,): by how much what is drawn together moved it; None: every row is drawn alone."""


class Rate(Protocol):
    """A group's rows in a rate's denominator, whether they are drawn alone or together."""

    @property
    def units(self) -> int:
        """How many were drawn: rows, or as many draws of one size as would tell as much."""

    @property
    def champion(self) -> float: ...

    @property
    def candidate(self) -> float: ...

    @property
    def differs(self) -> bool:
        """Whether there is a row that only one of the models hits."""

    @property
    def pulls(self) -> Floats | None:
        """Of the candidate's rate, as `Weighed.pulls`."""

    def of_champion_alone(self) -> "Rate":
        """As if the champion were the candidate, for what is asked of one model."""

    def softened(self, whose: int) -> float:
        """A model's rate, a little off zero: of the candidate (0) or of the champion (1)."""

    def limits(self, level: float) -> Interval:
        """Of the candidate's rate."""

    def weighed(self, of_candidate: float, of_champion: float, level: float) -> Weighed: ...


class PairedRate(NamedTuple):
    """A group's rows in a rate's denominator, by which of the models they are a hit of."""

    neither: int
    gained: int
    """Hits of the candidate alone."""
    lost: int
    """Hits of the champion alone."""
    both: int

    @property
    def rows(self) -> int:
        return sum(self)

    @property
    def units(self) -> int:
        return self.rows

    @property
    def differs(self) -> bool:
        return bool(self.gained or self.lost)

    @property
    def champion(self) -> float:
        return (self.lost + self.both) / self.rows

    @property
    def candidate(self) -> float:
        return (self.gained + self.both) / self.rows

    @property
    def turned(self) -> Self:
        """The same rows with what is no hit as the hit."""
        return type(self)(self.both, self.lost, self.gained, self.neither)

    @property
    def pulls(self) -> None:
        return None

    def beside(self, other: Self) -> Self:
        """The rows of both."""
        return type(self)(*map(sum, zip(self, other, strict=True)))

    def of_champion_alone(self) -> Self:
        return type(self)(self.neither + self.gained, self.lost + self.both, 0, 0)

    def limits(self, level: float) -> Interval:
        return wilson(self.gained + self.both, self.rows, level)

    def softened(self, whose: int) -> float:
        return ((self.gained, self.lost)[whose] + self.both + 0.5) / (self.rows + 1)

    def weighed(self, of_candidate: float, of_champion: float, level: float) -> Weighed:
        """Each kind of row has its own score limits, as in `CellMetric`, so a kind that was not seen pulls as far as it may."""
        counts: dict[float, int] = {}
        for count, pull in zip(
            self, (0.0, of_candidate, of_champion, of_candidate + of_champion), strict=True
        ):
            counts[pull] = counts.get(pull, 0) + count
        middle = sum(count * pull for pull, count in counts.items()) / self.rows
        down = up = 0.0
        for pull, count in counts.items():
            low, high = poisson_limits(count, level)
            weight = (pull - middle) / self.rows
            less, more = sorted((weight * (low - count), weight * (high - count)))
            down, up = down + less**2, up + more**2
        return Weighed(middle, down, up)


def difference(one: Rate, other: Rate, level: float) -> Interval:
    """
    Of the candidate's rates in two groups, first less second.

    Source: Newcombe 1998, Statistics in Medicine 17, method 10; of groups with draws in common, Zou 2007, Psychological
    Methods 12.
    """
    (low, high), (other_low, other_high) = one.limits(level), other.limits(level)
    a, b, common = one.candidate, other.candidate, 2 * correlation(one.pulls, other.pulls)
    down = (a - low) ** 2 + (other_high - b) ** 2 - common * (a - low) * (other_high - b)
    up = (high - a) ** 2 + (b - other_low) ** 2 - common * (high - a) * (b - other_low)
    return a - b - sqrt(max(0.0, down)), a - b + sqrt(max(0.0, up))


def ratio(one: Rate, other: Rate, level: float) -> Interval:
    """
    Of the candidate's rates in two groups, first by second; the upper limit is infinite where the second may be zero.

    Source: Donner & Zou 2012, Statistical Methods in Medical Research 21 (MOVER-R).
    """
    (low, high), (other_low, other_high) = one.limits(level), other.limits(level)
    a, b, common = one.candidate, other.candidate, correlation(one.pulls, other.pulls)
    product, own = a * b - common * (a - low) * (other_high - b), low * (2 * a - low)
    # the published root, freed of a denominator that may be zero
    beside = product + sqrt(max(0.0, product**2 - own * other_high * (2 * b - other_high)))
    least = own / beside if beside else 0.0
    under = other_low * (2 * b - other_low)
    product = a * b - common * (high - a) * (b - other_low)
    most = product + sqrt(max(0.0, product**2 - high * (2 * a - high) * under))
    return least, (most / under if under > 0 else inf)


def weighed_sum(parts: Sequence[tuple[Rate, float, float]], level: float) -> Interval:
    """
    Limits for the sum of rates, each times its weight: (group, weight of the candidate's rate, weight of the champion's).
    Where groups are of different draws, the distances of their limits add up as squares.

    Source: MOVER, Zou & Donner 2008, Statistics in Medicine 27.
    """
    found = [group.weighed(candidate, champion, level) for group, candidate, champion in parts]
    estimate = sum(part.middle for part in found)
    down, up = sum(part.down for part in found), sum(part.up for part in found)
    for one, other in combinations(found, 2):
        common = 2 * correlation(one.pulls, other.pulls)
        down += common * sqrt(one.down * other.down)
        up += common * sqrt(one.up * other.up)
    return estimate - sqrt(max(0.0, down)), estimate + sqrt(max(0.0, up))


def correlation(pulls: Floats | None, others: Floats | None) -> float:
    """Of two numbers that the same draws pull at; 0 where every row is drawn alone, and in one group only."""
    if pulls is None or others is None:
        return 0.0
    size = sqrt(float((pulls**2).sum()) * float((others**2).sum()))
    return float((pulls * others).sum()) / size if size else 0.0

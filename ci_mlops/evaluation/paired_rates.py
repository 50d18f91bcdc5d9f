"""Rates of groups, for two models on the same rows: what each is, how far two of them are apart, and how sure that is."""

from collections.abc import Sequence
from math import inf, sqrt
from typing import NamedTuple, Self

from ci_mlops.evaluation.intervals import Interval, poisson_limits, wilson


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
    def champion(self) -> float:
        return (self.lost + self.both) / self.rows

    @property
    def candidate(self) -> float:
        return (self.gained + self.both) / self.rows

    @property
    def turned(self) -> Self:
        """The same rows with what is no hit as the hit."""
        return type(self)(self.both, self.lost, self.gained, self.neither)

    def of_champion_alone(self) -> Self:
        """As if the champion were the candidate, for what is asked of one model."""
        return type(self)(self.neither + self.gained, self.lost + self.both, 0, 0)

    def limits(self, level: float) -> Interval:
        return wilson(self.gained + self.both, self.rows, level)


def difference(one: PairedRate, other: PairedRate, level: float) -> Interval:
    """
    Of the candidate's rates in two groups, first less second.

    Source: Newcombe 1998, Statistics in Medicine 17, method 10.
    """
    (low, high), (other_low, other_high) = one.limits(level), other.limits(level)
    apart = one.candidate - other.candidate
    return (
        apart - sqrt((one.candidate - low) ** 2 + (other_high - other.candidate) ** 2),
        apart + sqrt((high - one.candidate) ** 2 + (other.candidate - other_low) ** 2),
    )


def ratio(one: PairedRate, other: PairedRate, level: float) -> Interval:
    """
    Of the candidate's rates in two groups, first by second; the upper limit is infinite where the second may be zero.

    Source: Donner & Zou 2012, Statistical Methods in Medical Research 21 (MOVER-R).
    """
    (low, high), (other_low, other_high) = one.limits(level), other.limits(level)
    a, b = one.candidate, other.candidate
    product, own = a * b, low * (2 * a - low)
    # the published root, freed of a denominator that may be zero
    beside = product + sqrt(max(0.0, product**2 - own * other_high * (2 * b - other_high)))
    least = own / beside if beside else 0.0
    under = other_low * (2 * b - other_low)
    most = product + sqrt(max(0.0, product**2 - high * (2 * a - high) * under))
    return least, (most / under if under > 0 else inf)


def weighed_sum(parts: Sequence[tuple[PairedRate, float, float]], level: float) -> Interval:
    """
    Limits for the sum of rates, each times its weight: (group, weight of the candidate's rate, weight of the champion's).
    Groups are of different rows, so the distances of their limits add up as squares; within a group each kind of row has
    its own score limits, as in `CellMetric`, so a kind that was not seen still pulls as far as it may.

    Source: MOVER, Zou & Donner 2008, Statistics in Medicine 27.
    """
    estimate = down = up = 0.0
    for group, of_candidate, of_champion in parts:
        counts: dict[float, int] = {}
        for count, pull in zip(
            group, (0.0, of_candidate, of_champion, of_candidate + of_champion), strict=True
        ):
            counts[pull] = counts.get(pull, 0) + count
        middle = sum(count * pull for pull, count in counts.items()) / group.rows
        estimate += middle
        for pull, count in counts.items():
            low, high = poisson_limits(count, level)
            weight = (pull - middle) / group.rows
            less, more = sorted((weight * (low - count), weight * (high - count)))
            down, up = down + less**2, up + more**2
    return estimate - sqrt(down), estimate + sqrt(up)

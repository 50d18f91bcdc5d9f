"""
What the average decision costs where rows of the same error cost differently: by slice, or by a column of amounts.

The difference is a sum over the rows that the models decide differently, some of them dearer now and some cheaper. Each of
these sums is a weighted count, with the score limits of a count of its effective size; a kind that no row shows pulls as
far as such rows would. So a few large amounts are not taken for certainty, where a plain mean of differences would be.

Source: weighted counts as Dobson et al. 1991, Statistics in Medicine 10; limits are put together as in Zou & Donner 2008,
Statistics in Medicine 27 (MOVER).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import ClassVar, Self

import numpy as np

from ci_mlops.evaluation.exact import as_fraction
from ci_mlops.evaluation.intervals import Interval, poisson_limits, student_quantile
from ci_mlops.evaluation.metric import ClassCount, Measured
from ci_mlops.evaluation.row_prices import prices_of
from ci_mlops.evaluation.rows import Floats, Rows
from ci_mlops.evaluation.tally import Need, Tally, Term
from ci_mlops.records import Cost, Policy

# places of the term's columns
_CANDIDATE, _DEARER, _CHEAPER, _STAKES, _SPENT = 1, (2, 3), (4, 5), (6, 7), (8, 9)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCostTerm:
    """
    The candidate's cost; by class what is dearer and what is cheaper now, what was at stake, and what of that the
    candidate spends.
    """

    name: str
    cost: Cost
    crossed: ClassVar[bool] = False

    def columns(self, rows: Rows) -> Sequence[Floats]:
        called, quiet = prices_of(rows, self.cost)
        champion = (rows.champion or rows.candidate).decisions
        after = np.where(rows.candidate.decisions == 1, called, quiet)
        moved = after - np.where(champion == 1, called, quiet)
        event = rows.labels == 1
        stake = np.abs(called - quiet)
        spent = after - np.minimum(called, quiet)

        def of_class(values: Floats) -> list[Floats]:
            return [np.where(event == one, values, 0.0) for one in (False, True)]

        return [
            after,
            *of_class(np.maximum(moved, 0.0)),
            *of_class(np.maximum(-moved, 0.0)),
            *of_class(stake),
            *of_class(spent),
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCost:
    name: str
    cost: Cost
    higher_is_better: bool = False
    task: str = "classification"
    need: Need = "decisions"
    cells: ClassVar[bool] = True
    ranks: ClassVar[bool] = False
    classes: ClassVar[ClassCount] = "two"
    weighs: ClassVar[bool] = True

    @property
    def term(self) -> Term:
        return RowCostTerm(name=self.name, cost=self.cost)

    def bind(self, policy: Policy) -> Self:
        return self

    def measure(self, tally: Tally, level: float) -> Measured:
        sums = _Sums(self.name, tally)
        candidate = sums.total(_CANDIDATE) / sums.weight
        moved = sum(sums.total(place) for place in _DEARER) - sum(sums.total(place) for place in _CHEAPER)
        difference = moved / sums.weight
        events = int(
            min((sums.effective(place) for place in _STAKES if sums.square(place)), default=tally.rows)
        )
        if tally.rows < 2:
            return Measured(events=events, candidate=float(candidate), reason="one row has no spread")
        unbiased = float(sums.rows / max(Fraction(1), sums.rows - 1))
        error = sqrt(max(0.0, float(sums.spread(_CANDIDATE, candidate))) * unbiased) / float(sums.weight)
        own = _alone(sums, candidate, student_quantile(level, max(1, int(sums.rows) - 1)) * error, level)
        method = "score limits of dearer and of cheaper rows"
        if tally.champion is None:
            return Measured(
                events=events,
                candidate=float(candidate),
                candidate_interval=own,
                method="score limits of dear rows",
            )
        same = tally.differing_decisions == 0
        return Measured(
            events=events,
            champion=float(candidate - difference),
            candidate=float(candidate),
            candidate_interval=own,
            difference=0.0 if same else float(difference),
            interval=(0.0, 0.0) if same else _paired(sums, difference, level),
            method="identical decisions" if same else method,
            identical=same,
        )


@dataclass(slots=True)
class _Sums:
    """The term's exact sums: with weights the same, of weighted columns."""

    name: str
    tally: Tally

    @property
    def weight(self) -> Fraction:
        return as_fraction(self.tally.weight) if self.tally.weighted else Fraction(self.tally.rows)

    @property
    def rows(self) -> Fraction:
        """Rows of one weight that would tell as much."""
        return self.weight**2 / self.squares if self.tally.weighted else Fraction(self.tally.rows)

    @property
    def squares(self) -> Fraction:
        return as_fraction(self.tally.square) if self.tally.weighted else Fraction(self.tally.rows)

    def total(self, place: int) -> Fraction:
        return as_fraction(self.tally.sums[self.name, 0, place])

    def square(self, place: int) -> Fraction:
        return as_fraction(self.tally.sums[self.name, place, place])

    def of_squared_weights(self, place: int) -> Fraction:
        return as_fraction(self.tally.sums[self.name, -1 if self.tally.weighted else 0, place])

    def effective(self, place: int) -> float:
        """As many rows that all cost alike would tell as much. Source: Kish 1965, Survey Sampling."""
        return float(self.total(place) ** 2 / self.square(place)) + 1e-9

    def spread(self, place: int, mean: Fraction) -> Fraction:
        """Sum of squared (and weighted) distances from the mean."""
        return self.square(place) - 2 * mean * self.of_squared_weights(place) + mean**2 * self.squares


def _alone(sums: _Sums, cost: Fraction, half: float, level: float) -> Interval:
    """No narrower than Student's of the rows, of which `half` is half the width."""
    down = up = 0.0
    for stake, spent in zip(_STAKES, _SPENT, strict=True):
        less, more = _limits(sums, spent, stake, level)
        down, up = down + less**2, up + more**2
    rows, value = float(sums.weight), float(cost)
    return value - max(half, sqrt(down) / rows), value + max(half, sqrt(up) / rows)


def _paired(sums: _Sums, difference: Fraction, level: float) -> Interval:
    down = up = 0.0
    for stake, dearer, cheaper in zip(_STAKES, _DEARER, _CHEAPER, strict=True):
        less, more = _limits(sums, dearer, stake, level)
        down, up = down + less**2, up + more**2
        less, more = _limits(sums, cheaper, stake, level)
        down, up = down + more**2, up + less**2
    kept = _about_its_mean(sums, difference)
    rows, value = float(sums.weight), float(difference)
    return value - kept * sqrt(down) / rows, value + kept * sqrt(up) / rows


def _limits(sums: _Sums, place: int, stake: int, level: float) -> Interval:
    """How much less, and how much more, rows like these may add up to, than a column of them does."""
    total, square = sums.total(place), sums.square(place)
    if total:
        count, scale = float(total**2 / square), float(square / total)
        low, high = poisson_limits(count, level)
        return scale * (count - low), scale * (high - count)
    # no row shows this kind: as many as may have been missed, each as large as what is at stake
    total, square = sums.total(stake), sums.square(stake)
    return 0.0, float(square / total) * poisson_limits(0, level)[1] if total else 0.0


def _about_its_mean(sums: _Sums, difference: Fraction) -> float:
    """A difference that all rows share is no spread: the part of the squares that is left about the mean."""
    squares = sum((sums.square(place) for place in (*_DEARER, *_CHEAPER)), Fraction(0))
    if not squares:
        return 1.0
    first = sum((sums.of_squared_weights(place) for place in _DEARER), Fraction(0))
    first -= sum((sums.of_squared_weights(place) for place in _CHEAPER), Fraction(0))
    about = squares - 2 * difference * first + difference**2 * sums.squares
    return sqrt(max(0.0, float(about / squares)))

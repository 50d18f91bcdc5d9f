"""What the search for worse slices keeps of each slice: exact sums that merge by `+`."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import erfc, expm1, log, sqrt

import numpy as np
from numpy.typing import NDArray

from ci_mlops.evaluation.exact import as_fraction, exact_sums
from ci_mlops.evaluation.intervals import normal_quantile
from ci_mlops.evaluation.row_loss import RowLoss
from ci_mlops.evaluation.rows import Ints, Rows
from ci_mlops.evaluation.searched_buckets import SearchedBuckets, bucket_sums
from ci_mlops.evaluation.sparse_sums import SparseColumn
from ci_mlops.records.slices import CROSS


# no slots: what is made of the sums is kept
@dataclass(frozen=True, kw_only=True)
class Searched:
    """Sums over a slice's rows, exact as `exact_sums` writes them; each row times its weight, if it has one."""

    rows: int
    differing: int
    """Rows on which the models' losses differ."""
    weight: int
    champion: int
    worse: int
    """Of the candidate's loss less the champion's, and of its square."""
    square: int
    events: int = 0
    """Positives."""
    stakes: tuple[int, int] = (0, 0)
    """Of `RowLoss.at_stake`."""
    together: SearchedBuckets | None = None
    """Of rows that are drawn together; None: every row is drawn alone."""

    def __add__(self, other: "Searched") -> "Searched":
        return self._with(other, 1)

    def __sub__(self, other: "Searched") -> "Searched":
        return self._with(other, -1)

    def _with(self, other: "Searched", sign: int) -> "Searched":
        return Searched(
            rows=self.rows + sign * other.rows,
            differing=self.differing + sign * other.differing,
            weight=self.weight + sign * other.weight,
            champion=self.champion + sign * other.champion,
            worse=self.worse + sign * other.worse,
            square=self.square + sign * other.square,
            events=self.events + sign * other.events,
            stakes=(self.stakes[0] + sign * other.stakes[0], self.stakes[1] + sign * other.stakes[1]),
            together=self.together.plus(other.together, sign) if self.together and other.together else None,
        )

    @property
    def units(self) -> float:
        """Draws: rows, or as many groups of them as would tell as much if all were of one size."""
        return self.rows if self.together is None else self.together.units

    @property
    def moved(self) -> float:
        """Of these, on how many the models differ."""
        return self.differing if self.together is None else self.together.moved

    @cached_property
    def total(self) -> float:
        return float(as_fraction(self.worse))

    @cached_property
    def mean(self) -> float:
        weight = as_fraction(self.weight)
        return float(as_fraction(self.worse) / weight) if weight else 0.0

    @cached_property
    def before(self) -> float:
        weight = as_fraction(self.weight)
        return float(as_fraction(self.champion) / weight) if weight else 0.0

    def error(self, kinds: Sequence[float]) -> float:
        """
        Standard error of `total`. A difference of each kind, both ways, is added to the rows: a kind that was not seen is
        not one that can't be, least of all where it is dear. To rows that are drawn together it is added as a group, which
        differs on as many rows as those do that differ.

        Source: Bonett & Price 2012, Journal of Educational and Behavioral Statistics 37, who add one row to each; of groups
        the squares of their sums, Liang & Zeger 1986, Biometrika 73, widened as `influence.spread` widens them.
        """
        kinds = kinds or self._own_kinds
        usual = float(as_fraction(self.weight) / max(1, self.rows))
        added = usual**2 * sum(2 * kind**2 for kind in kinds)
        units = self.units + 2 * len(kinds)
        fewer = units / max(1, units - 1)
        if self.together is not None:
            spread = float((self.together.pulls**2).sum()) + added * self.together.differing_together**2
            return sqrt(spread) * fewer
        spread = float(as_fraction(self.square)) + added - self.total**2 / max(1, units)
        return sqrt(max(0.0, spread) * fewer)

    @cached_property
    def _own_kinds(self) -> tuple[float, ...]:
        """Where each row has a price of its own: of each class what its rows have at stake, in quadratic mean."""
        rows = (self.rows - self.events, self.events)
        return tuple(
            sqrt(float(as_fraction(stake)) / count)
            for stake, count in zip(self.stakes, rows, strict=True)
            if stake and count
        )

    def chance(self, kinds: Sequence[float]) -> float:
        """Of a loss as clear as this where there is none, one-sided."""
        return chance_above(self.total, self.error(kinds), self.units)

    def chance_beyond(self, other: "Searched", kinds: Sequence[float]) -> float:
        """Of a mean so much larger than that of another slice, of other rows, where both are the same."""
        weights = [float(as_fraction(side.weight)) for side in (self, other)]
        errors = [side.error(kinds) / weight for side, weight in zip((self, other), weights, strict=True)]
        square = sum(error**2 for error in errors)
        if self.together is not None and other.together is not None:
            square -= 2 * self.together.in_common(other.together) / (weights[0] * weights[1])
        return chance_above(self.mean - other.mean, sqrt(max(0.0, square)), self.units)


def searched_sums(rows: Rows, loss: RowLoss) -> dict[str, Searched]:
    """All slices of one column, and of two crossed; of `Rows.searched`, where an empty name is no slice."""
    if rows.champion is None or not rows.searched:
        return {}
    before = loss.of(rows, rows.champion)
    worse = loss.of(rows, rows.candidate) - before
    if rows.weights is not None:
        before, worse = rows.weights * before, rows.weights * worse
    stakes = loss.at_stake(rows) or ()
    summed = [SparseColumn.of(values) for values in (before, worse, worse**2, *stakes)]
    events = rows.labels == 1 if stakes else np.zeros(len(rows), dtype=np.bool_)
    weight = None if rows.weights is None else SparseColumn.of(rows.weights)
    found: dict[str, Searched] = {}
    for column in rows.searched:
        found |= _sums(summed, weight, events, rows.groups, column.codes, column.names)
    for one, other in combinations(rows.searched, 2):
        codes = one.codes * len(other.names) + other.codes
        names = [f"{a}{CROSS}{b}" if a and b else "" for a in one.names for b in other.names]
        found |= _sums(summed, weight, events, rows.groups, codes, names)
    return found


def _sums(
    summed: Sequence[SparseColumn],
    weight: SparseColumn | None,
    events: NDArray[np.bool_],
    groups: Ints | None,
    codes: Ints,
    names: Sequence[str],
) -> dict[str, Searched]:
    size = len(names)
    counts = np.bincount(codes, minlength=size).tolist()
    champion, worse, square, *stakes = (column.sums(codes, size) for column in summed)
    positives = np.bincount(codes[events], minlength=size).tolist()
    differing = np.bincount(codes[summed[1].rows], minlength=size).tolist()
    one = exact_sums(np.ones(1))[0]
    weights = [count * one for count in counts] if weight is None else weight.sums(codes, size)
    together: Sequence[SearchedBuckets | None] = [None] * size
    if groups is not None:
        together = bucket_sums(summed[1], weight, groups, codes, size)
    return {
        name: Searched(
            rows=counts[at],
            differing=differing[at],
            weight=weights[at],
            champion=champion[at],
            worse=worse[at],
            square=square[at],
            events=positives[at],
            stakes=(stakes[0][at], stakes[1][at]) if stakes else (0, 0),
            together=together[at],
        )
        for at, name in enumerate(names)
        if name and counts[at]
    }


def chance_above(value: float, error: float, units: float) -> float:
    """
    Probability of Student's t beyond value / error.

    Source: Wallace 1959, Annals of Mathematical Statistics 30.
    """
    if value <= 0 or not error:
        return 1.0
    freedom = max(1.0, units - 1)
    normal = _narrower(freedom) * sqrt(freedom * log(1 + (value / error) ** 2 / freedom))
    return erfc(normal / sqrt(2)) / 2


def errors_at(level: float, units: float) -> float:
    """How many standard errors the limits of a level are away, two-sided: where `chance_above` is half of what it leaves."""
    freedom = max(1.0, units - 1)
    # far beyond all that a level asks for, and short of what a float can't hold
    power = min(700.0, (normal_quantile(level) / _narrower(freedom)) ** 2 / freedom)
    return sqrt(freedom * expm1(power))


def _narrower(freedom: float) -> float:
    return (8 * freedom + 1) / (8 * freedom + 3)

"""
Which slices got worse, among all that a few columns and their crossings make.

Per slice the paired difference of the rows' losses, by exact sums; a one-sided t test; and one error for all slices that
were looked at. Nothing is drawn, so the outcome is the same for any order of rows and of partitions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import erfc, log, sqrt

import numpy as np
from numpy.typing import NDArray

from ci_mlops.evaluation.exact import as_fraction, exact_sums
from ci_mlops.evaluation.influence import FEW
from ci_mlops.evaluation.intervals import normal_quantile
from ci_mlops.evaluation.row_loss import RowLoss, row_loss
from ci_mlops.evaluation.rows import Ints, Rows
from ci_mlops.evaluation.sparse_sums import SparseColumn
from ci_mlops.records import Policy
from ci_mlops.records.search import Search, WorseSlice
from ci_mlops.records.slices import CROSS

ERROR = 0.05
"""For all slices together."""


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
        )

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
        not one that can't be, least of all where it is dear.

        Source: Bonett & Price 2012, Journal of Educational and Behavioral Statistics 37, who add one row to each.
        """
        kinds = kinds or self._own_kinds
        rows = self.rows + 2 * len(kinds)
        usual = as_fraction(self.weight) / max(1, self.rows)
        added = float(usual) ** 2 * sum(2 * kind**2 for kind in kinds)
        spread = float(as_fraction(self.square)) + added - self.total**2 / max(1, rows)
        return sqrt(max(0.0, spread) * rows / max(1, rows - 1))

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
        return _above(self.total, self.error(kinds), self.rows)


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
        found |= _sums(summed, weight, events, column.codes, column.names)
    for one, other in combinations(rows.searched, 2):
        codes = one.codes * len(other.names) + other.codes
        names = [f"{a}{CROSS}{b}" if a and b else "" for a in one.names for b in other.names]
        found |= _sums(summed, weight, events, codes, names)
    return found


def _sums(
    summed: Sequence[SparseColumn],
    weight: SparseColumn | None,
    events: NDArray[np.bool_],
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
        )
        for at, name in enumerate(names)
        if name and counts[at]
    }


def search(sums: Mapping[str, Searched], policy: Policy) -> Search | None:
    """None: nothing is asked for, or there is no champion to be worse than."""
    rule = policy.search
    if rule is None or not sums:
        return None
    loss = row_loss(policy)
    judged = {name: one for name, one in sums.items() if one.rows >= policy.floor and one.differing >= FEW}
    chances = {name: one.chance(loss.kinds) for name, one in judged.items()}
    found = _holm(chances) if rule.severity == "block" else _benjamini_hochberg(chances)
    telling = _telling({name: judged[name] for name in found}, loss.kinds)
    share = 1 if rule.severity == "block" else max(1, len(found))
    # one-sided as the test is, so that both agree on what is worse
    level = 1 - 2 * ERROR * share / max(1, len(judged))
    worse = [_worse(name, judged[name], level, loss.kinds) for name in telling]
    return Search(
        columns=rule.columns,
        loss=loss.name,
        searched=len(judged),
        too_small=len(sums) - len(judged),
        level=level,
        worse=tuple(sorted(worse, key=lambda one: (-one.at_least, one.slice))),
        repeated=len(found) - len(telling),
        correction="Holm" if rule.severity == "block" else "Benjamini-Hochberg",
    )


def _worse(name: str, one: Searched, level: float, kinds: Sequence[float]) -> WorseSlice:
    far = normal_quantile(level) * one.error(kinds) / float(as_fraction(one.weight))
    return WorseSlice(
        slice=name,
        rows=one.rows,
        champion=one.before,
        candidate=one.before + one.mean,
        at_least=max(0.0, one.mean - far),
        at_most=one.mean + far,
    )


def _telling(found: Mapping[str, Searched], kinds: Sequence[float]) -> list[str]:
    """
    Without slices that another one explains: one around it, beside whose other rows it is no worse; or one inside it,
    without which nothing of the loss is left. Then what else lies inside that slice, and is less bad, shares in the loss.
    """
    inside = {name: [one for one in _around(name) if one in found] for name in sorted(found)}
    explained: dict[str, str] = {}
    for name, others in inside.items():
        for around in others:
            rest = found[around] - found[name]
            worst = explained.get(around, name)
            if rest.chance(kinds) > ERROR and found[name].mean >= found[worst].mean:
                explained[around] = name
    dropped = set(explained)
    for name, others in inside.items():
        for around in others:
            if around in explained:
                shares = found[name].mean < found[explained[around]].mean
            else:
                shares = not _worse_than(found[name], found[around] - found[name], kinds)
            if shares:
                dropped.add(name)
    return [name for name in sorted(found) if name not in dropped]


def _around(name: str) -> list[str]:
    """The slices of one column that a crossing lies in; none where ` & ` belongs to a value."""
    parts = name.split(CROSS)
    return parts if len(parts) == 2 and all("=" in part for part in parts) else []


def _worse_than(one: Searched, other: Searched, kinds: Sequence[float]) -> bool:
    weights = [float(as_fraction(side.weight)) for side in (one, other)]
    errors = [side.error(kinds) / weight for side, weight in zip((one, other), weights, strict=True)]
    return _above(one.mean - other.mean, sqrt(sum(error**2 for error in errors)), one.rows) < ERROR


def _above(value: float, error: float, rows: int) -> float:
    """
    Probability of Student's t beyond value / error.

    Source: Wallace 1959, Annals of Mathematical Statistics 30.
    """
    if value <= 0 or not error:
        return 1.0
    freedom = max(1, rows - 1)
    normal = (8 * freedom + 1) / (8 * freedom + 3) * sqrt(freedom * log(1 + (value / error) ** 2 / freedom))
    return erfc(normal / sqrt(2)) / 2


def _ranked(chances: Mapping[str, float]) -> list[str]:
    return sorted(chances, key=lambda name: (chances[name], name))


def _benjamini_hochberg(chances: Mapping[str, float]) -> list[str]:
    """Source: Benjamini & Hochberg 1995, JRSS B 57."""
    ranked = _ranked(chances)
    below = [at for at, name in enumerate(ranked, 1) if chances[name] <= ERROR * at / len(ranked)]
    return ranked[: max(below, default=0)]


def _holm(chances: Mapping[str, float]) -> list[str]:
    """Source: Holm 1979, Scandinavian Journal of Statistics 6."""
    ranked = _ranked(chances)
    for at, name in enumerate(ranked):
        if chances[name] > ERROR / (len(ranked) - at):
            return ranked[:at]
    return ranked

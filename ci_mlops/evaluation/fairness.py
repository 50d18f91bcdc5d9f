"""Fairness between groups, as fairlearn defines it: the largest difference of a rate between two groups, or the smallest ratio."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from math import inf
from typing import ClassVar, Literal, Self

from ci_mlops.evaluation.grouped import BY_GROUP
from ci_mlops.evaluation.intervals import Interval
from ci_mlops.evaluation.metric import ClassCount, Measured
from ci_mlops.evaluation.paired_rates import Rate, difference, ratio, weighed_sum
from ci_mlops.evaluation.rates_of_groups import COUNTED, Groups, paired_rate, parted
from ci_mlops.evaluation.tally import Need, Tally, Term
from ci_mlops.records import Policy
from ci_mlops.records.fairness_names import FAIRNESS, by_column
from ci_mlops.records.slices import is_of

Pair = tuple[Rate, Rate]
Place = tuple[tuple[str, str], tuple[str, str]]
"""A pair by (rate, name) of its groups."""

# what a model that finds nothing has none of: that is its own doing
_FOUND = ("accuracy", "recall", "selection_rate", "specificity")
_UNSURE = 0.1
"""Share of the error that is spent on which groups may be the extreme ones; the rest on how far these are apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMetric:
    """`equalized_odds_difference by sex`: asked of the slices of a column, so it is measured once they are all counted."""

    name: str
    column: str
    kind: Literal["difference", "ratio"]
    rates: tuple[str, ...]
    cuts: tuple[str, ...] = ()
    """What rows are sliced by, to tell the groups from other slices."""
    drawn: str = ""
    """What is counted where rows are drawn together: "`patient` with "; empty: rows."""
    task: ClassVar[str] = "classification"
    need: ClassVar[Need] = "decisions"
    term: ClassVar[Term | None] = None
    cells: ClassVar[bool] = True
    ranks: ClassVar[bool] = False
    classes: ClassVar[ClassCount] = "two"
    weighs: ClassVar[bool] = False

    @property
    def higher_is_better(self) -> bool:
        return self.kind == "ratio"

    def bind(self, policy: Policy) -> Self:
        drawn = f"`{policy.group}` with " if policy.group else ""
        if not drawn and policy.block:
            drawn = f"stretches of `{policy.time}` with "
        return replace(self, cuts=policy.slices, drawn=drawn)

    def measure_groups(self, tallies: Mapping[str, Tally], level: float, floor: int) -> Measured:
        """
        `reason` names the groups that are left out, also where there is a value; where fewer than two groups have `floor`
        rows in a rate's denominator there is none.
        """
        own = {name: tally for name, tally in tallies.items() if is_of(name, self.column, self.cuts)}
        counted = {
            rate: {name: paired_rate(tally, rate) for name, tally in own.items()} for rate in self.rates
        }
        kept, left_out = parted(counted, floor, self.drawn)
        events = min((group.units for groups in kept.values() for group in groups.values()), default=0)
        lacking = next((rate for rate in self.rates if len(kept[rate]) < 2), None)
        if lacking is not None:
            few = f"fewer than two groups of {self.column} have {floor} {self.drawn}{COUNTED[lacking]}"
            return Measured(events=min(events, floor - 1), reason="; ".join(filter(None, (few, left_out))))
        champion = any(tally.champion is not None for tally in own.values())
        found = self._measured(kept, level, champion=champion, events=events)
        return replace(found, reason="; ".join(filter(None, (found.reason, left_out))))

    def _measured(
        self, groups: Mapping[str, Groups], level: float, *, champion: bool, events: int
    ) -> Measured:
        sides = {
            "candidate": groups,
            "champion": {rate: _of_champion(own) for rate, own in groups.items()},
        }
        values = {
            whose: self._value(side) for whose, side in sides.items() if champion or whose == "candidate"
        }
        undefined = next((whose for whose, value in values.items() if value is None), None)
        value, before = values["candidate"], values.get("champion")
        if undefined is not None or value is None:
            rate = next(rate for rate, own in sides[undefined or "candidate"].items() if _largest(own) == 0)
            return Measured(
                events=events,
                champion=before,
                candidate=value,
                reason=f"{self.name} of the {undefined} is undefined: {rate} is 0 in every group",
                fault=undefined == "candidate" and rate in _FOUND,
            )
        own = self._interval(groups, value, level)
        method = f"score limits of every two groups of {self.column}"
        together = BY_GROUP if self.drawn else ""
        if before is None:
            return Measured(events=events, candidate=value, candidate_interval=own, method=method + together)
        same = all(not g.differs for side in groups.values() for g in side.values())
        return Measured(
            events=events,
            champion=before,
            candidate=value,
            candidate_interval=own,
            difference=value - before,
            interval=(0.0, 0.0) if same else self._change(groups, sides["champion"], level),
            method="identical decisions" if same else f"{method} that may be the farthest apart{together}",
            identical=same,
        )

    def _value(self, groups: Mapping[str, Groups]) -> float | None:
        rates = [[group.candidate for group in own.values()] for own in groups.values()]
        if self.kind == "difference":
            return max(max(own) - min(own) for own in rates)
        return min(min(own) / max(own) for own in rates) if all(map(max, rates)) else None

    def _interval(self, groups: Mapping[str, Groups], value: float, level: float) -> Interval:
        """
        The metric is that of the two groups which truly are the farthest apart, whichever these are. So the limit towards
        more unfairness is the farthest of all pairs', each at the level; the limit towards less is reached only if no
        pair is farther apart, and there all pairs share the error (Bonferroni).
        """
        pairs = list(_pairs(groups))
        shared = 1 - (1 - level) / (len(pairs) / 2)
        if self.kind == "difference":
            most = max(difference(*pair, level)[1] for pair in pairs)
            least = max(difference(*pair, shared)[0] for pair in pairs)
            return max(0.0, min(least, value)), min(1.0, max(most, value))
        least = min(ratio(*pair, level)[0] for pair in pairs)
        most = min(ratio(*pair, shared)[1] for pair in pairs)
        return max(0.0, min(least, value)), min(1.0, max(most, value))

    def _change(
        self, groups: Mapping[str, Groups], champions: Mapping[str, Groups], level: float
    ) -> Interval:
        """
        Of the paired change. It is at most the candidate's metric less the champion's of any two groups, and at least the
        candidate's of any two less the champion's metric: of the same two, or of the two that are seen to be the farthest
        apart, whichever tells more. Which two groups the metric itself is of is not known for sure: all that may be are asked.

        Source: a confidence set for what is a nuisance, then limits over all of it: Berger & Boos 1994, JASA 89.
        """
        inner = 1 - (1 - level) * (1 - _UNSURE)
        places = list(_places(groups))
        seen, may_be = self._extremes(groups, places, level)
        seen_before, may_have_been = self._extremes(champions, places, level)
        as_candidate = [self._nearest(groups, {(at, at), (at, seen_before)}, inner) for at in may_be]
        as_champion = [self._nearest(groups, {(at, at), (seen, at)}, inner) for at in may_have_been]
        # a ratio shrinks where a difference grows
        outer, other = (
            (as_candidate, as_champion) if self.kind == "difference" else (as_champion, as_candidate)
        )
        return max(-1.0, min(low for low, _ in other)), min(1.0, max(high for _, high in outer))

    def _extremes(
        self, groups: Mapping[str, Groups], places: Sequence[Place], level: float
    ) -> tuple[Place, list[Place]]:
        """Which pair is the farthest apart, and all that may be."""
        sure = 1 - (1 - level) * _UNSURE
        pairs = list(_pairs(groups))
        if self.kind == "difference":
            bounds = [difference(*pair, sure) for pair in pairs]
            apart = [one.candidate - other.candidate for one, other in pairs]
            beyond = max(low for low, _ in bounds)
            may_be = [place for place, (_, high) in zip(places, bounds, strict=True) if high >= beyond]
            return places[apart.index(max(apart))], may_be
        bounds = [ratio(*pair, sure) for pair in pairs]
        apart = [one.candidate / other.candidate if other.candidate else inf for one, other in pairs]
        beyond = min(high for _, high in bounds)
        may_be = [place for place, (low, _) in zip(places, bounds, strict=True) if low <= beyond]
        return places[apart.index(min(apart))], may_be

    def _nearest(
        self, groups: Mapping[str, Groups], pairs: set[tuple[Place, Place]], level: float
    ) -> Interval:
        """Of several bounds that all hold, the nearest; they share the error."""
        shared = 1 - (1 - level) / len(pairs)
        bounds = [self._apart(groups, at, before, shared) for at, before in sorted(pairs)]
        return max(low for low, _ in bounds), min(high for _, high in bounds)

    def _apart(self, groups: Mapping[str, Groups], at: Place, before: Place, level: float) -> Interval:
        """The candidate's difference or ratio of one pair, less the champion's of another or the same."""
        weights: dict[tuple[str, str], tuple[float, float]] = {}
        for pair, whose in ((at, 0), (before, 1)):
            one, other = (groups[rate][name] for rate, name in pair)
            slopes = (1.0, -1.0) if self.kind == "difference" else _slopes(one, other, whose)
            for place, slope in zip(pair, slopes, strict=True):
                had = list(weights.get(place, (0.0, 0.0)))
                had[whose] += slope if whose == 0 else -slope
                weights[place] = (had[0], had[1])
        parts = [(groups[rate][name], *weight) for (rate, name), weight in weights.items()]
        low, high = weighed_sum(parts, level)
        if self.kind == "difference":
            return low, high
        # a ratio is no sum: its slopes tell only how far the limits lie from it
        middle = sum(w * g.candidate + v * g.champion for g, w, v in parts)
        change = _ratio(groups, at, 0) - _ratio(groups, before, 1)
        return change + low - middle, change + high - middle


def group_metric(name: str) -> GroupMetric | None:
    """None: it is no fairness metric."""
    found = by_column(name)
    if found is None:
        return None
    kind, rates = FAIRNESS[found[0]]
    return GroupMetric(name=" by ".join(found), column=found[1], kind=kind, rates=rates)


def _of_champion(groups: Groups) -> Groups:
    return {name: group.of_champion_alone() for name, group in groups.items()}


def _largest(groups: Groups) -> float:
    return max(group.candidate for group in groups.values())


def _places(groups: Mapping[str, Groups]) -> Iterator[Place]:
    """Every two groups, both ways round, for each rate."""
    for rate, own in groups.items():
        yield from permutations([(rate, name) for name in own], 2)


def _pairs(groups: Mapping[str, Groups]) -> Iterator[Pair]:
    """As `_places`, in the same order."""
    for (rate, one), (_, other) in _places(groups):
        yield groups[rate][one], groups[rate][other]


def _slopes(one: Rate, other: Rate, whose: int) -> tuple[float, float]:
    """Of a model's ratio of two groups, a little off zero, where it is torn."""
    top, bottom = one.softened(whose), other.softened(whose)
    return 1 / bottom, -top / bottom**2


def _ratio(groups: Mapping[str, Groups], place: Place, whose: int) -> float:
    """A pair whose second group has no hit is as far as any can be from being the smallest ratio."""
    top, bottom = (
        (group.candidate, group.champion)[whose] for group in (groups[rate][name] for rate, name in place)
    )
    return top / bottom if bottom else 1.0

"""How sure we are of a metric of order that was measured on bins."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

from ci_mlops.evaluation.class_ranks import widening
from ci_mlops.evaluation.influence import FEW, UNSEEN, spread, together, with_two_more
from ci_mlops.evaluation.intervals import Interval, area_interval, normal_quantile
from ci_mlops.evaluation.metric import Measured
from ci_mlops.evaluation.rows import Floats, Ints

Within = Callable[[float, float, float], Interval]
"""(value, its standard error, level) -> an interval that stays inside of what the metric can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What a formula makes of one model's bins."""

    value: float
    pulls: Floats
    """Shape (2 * bins,): of a negative and of a positive in each bin; 0 where no row is."""
    bound: float
    """How far the value can be from that of the rows themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """What rows that are drawn together pull together."""

    own: Floats
    """Shape (groups,): at the candidate's metric."""
    apart: Floats
    """Shape (groups,): at the difference of both."""
    units: float
    """Effective groups of the class that has the fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binned:
    """A metric on one slice; the first of what has shape (classes,) is of the negatives."""

    sides: Sequence[Side]
    """Of the champion, where there is one, then of the candidate."""
    rows: Floats
    """Shape (classes,): effective rows."""
    own: Floats
    """Shape (classes,): sums over the rows of how they pull at the candidate's metric, squared."""
    squares: Floats
    """Shape (classes,): sums over the rows of how differently both models let them pull, squared."""
    moved: Ints
    """Shape (classes,): rows that pull differently at all."""
    bins: int
    drawn: str = ""
    """Said of rows that are not all alike, or not drawn one by one."""
    together: Together | None = None
    heavy: tuple[float, float] = (1.0, 1.0)
    """What a negative and a positive weigh where they count, in effective rows."""

    @property
    def units(self) -> float:
        """Effective rows, or groups, of the class that has the fewer."""
        least = float(self.rows.min())
        return least if self.together is None else min(least, self.together.units)

    def measure(
        self,
        name: str,
        level: float,
        *,
        same: bool,
        method: str,
        within: Within = area_interval,
        most: float = 1.0,
        cut: bool = False,
    ) -> Measured:
        """`same`: no score differs; `method`: what the spread of pulls is called; `cut`: see `OrderMetric`."""
        events = int(self.units + 1e-9)
        if not self.rows.all():
            return Measured(events=0, reason=f"{name} is undefined: only one class is present")
        after = self.sides[-1]
        low, high = within(after.value, self._error_alone(level), level)
        alone = max(0.0, low - after.bound), min(most, high + after.bound)
        method += self.drawn
        if len(self.sides) == 1:
            method = f"{method}, logit{self._off(after.bound)}"
            return Measured(events=events, candidate=after.value, candidate_interval=alone, method=method)
        before = self.sides[0]
        difference, bound = after.value - before.value, after.bound + before.bound
        error, few = self._error_apart(level, cut=cut)
        half = normal_quantile(level) * error + bound
        widened = ", widened as few rows moved" if few else ""
        return Measured(
            events=events,
            champion=before.value,
            candidate=after.value,
            candidate_interval=alone,
            difference=difference,
            interval=(0.0, 0.0) if same else (difference - half, difference + half),
            method="identical order" if same else f"{method}{widened}{self._off(bound)}",
            identical=same,
        )

    def _off(self, bound: float) -> str:
        return f" on {self.bins} bins, and wider by the {bound:.1g} that these can move"

    def _error_alone(self, level: float) -> float:
        if self.together is None:
            return _error(self.own, self.rows)
        found = spread(self.together.own, None, level, units=self.together.units)
        return found.error * found.quantile(level) / normal_quantile(level)

    def _error_apart(self, level: float, *, cut: bool) -> tuple[float, bool]:
        """Standard error of the difference, and whether it was widened because few rows moved."""
        reach = self._reach()
        if self.together is not None:
            found = spread(
                self.together.apart,
                None,
                level,
                reach=reach * self._as_one() if cut else reach,
                moved=int(self.moved.min()),
                units=self.together.units,
                counted=cut,
            )
            return found.error * found.quantile(level) / normal_quantile(level), found.few
        if cut:
            error = _error(self.squares, self.rows)
            few = error < sqrt(FEW) * reach
            return (with_two_more(error, reach) if few else error), few
        few = int(self.moved.min()) < FEW
        return _error(self.squares, self.rows, self.moved if few else None, level), few

    def _as_one(self) -> float:
        squares = 0.0 if self.together is None else float((self.together.apart**2).sum())
        return together(squares, float(self.squares.sum()))

    def _reach(self) -> float:
        """How far a row could pull, that each model puts where it likes."""
        pulls = [(side.pulls[0::2], side.pulls[1::2]) for side in self.sides]
        far = [float(max(a.max() - b.min(), b.max() - a.min())) for a, b in zip(*pulls, strict=True)]
        return max(own * one for own, one in zip(self.heavy, far, strict=True))


def _error(squares: Floats, by_class: Floats, moved: Ints | None = None, level: float = 0.0) -> float:
    """As DeLong's of two samples; `moved` widens it, as in `rank_metric`."""
    total = 0.0
    for place, (square, rows) in enumerate(zip(squares.tolist(), by_class.tolist(), strict=True)):
        variance = square * rows / max(1, rows - 1)
        if moved is not None:
            variance = variance * widening(int(moved[place]), level) ** 2 + (UNSEEN / rows) ** 2
        total += variance
    return sqrt(total)

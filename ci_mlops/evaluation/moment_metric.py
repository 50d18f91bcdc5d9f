"""Metrics that are formulas of means over rows: losses, RMSE, R2."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import sqrt
from typing import ClassVar, Self

import numpy as np

from ci_mlops.evaluation.buckets import Buckets
from ci_mlops.evaluation.exact import as_fraction
from ci_mlops.evaluation.grouped import BY_GROUP
from ci_mlops.evaluation.influence import FEW, spread as spread_of
from ci_mlops.evaluation.intervals import Interval, student_quantile, wald
from ci_mlops.evaluation.metric import ClassCount, Measured, slope
from ci_mlops.evaluation.rows import Floats, Predictions, Rows
from ci_mlops.evaluation.score_limits import score_limits
from ci_mlops.evaluation.tally import Need, Tally, Term
from ci_mlops.records import Policy

_ROUNDED = Fraction(1, 10**9)


def _no_columns(labels: Floats) -> Sequence[Floats]:
    return ()


def _no_doubt(shared: list[float]) -> str:
    return ""


def _the_mean(mean: complex) -> complex:
    return mean


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentTerm:
    """Columns of a partition: shared ones, the champion's own, then how the candidate's differs from it."""

    name: str
    own: Callable[[Floats, Predictions], Floats]
    shared: Callable[[Floats], Sequence[Floats]]

    def columns(self, rows: Rows) -> Sequence[Floats]:
        candidate = self.own(rows.labels, rows.candidate)
        shared = list(self.shared(rows.labels))
        if rows.champion is None:
            return [*shared, candidate, np.zeros_like(candidate)]
        champion = self.own(rows.labels, rows.champion)
        # the difference itself is summed: nearly equal models must not cancel to noise
        return [*shared, champion, candidate - champion]


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentMetric:
    """`formula(shared means..., own mean)`; its interval comes by the delta method on exact second moments."""

    name: str
    own: Callable[[Floats, Predictions], Floats]
    """(labels, predictions) -> one number per row, a loss for instance."""
    shared: Callable[[Floats], Sequence[Floats]] = _no_columns
    """labels -> columns that both models have in common."""
    formula: Callable[..., complex] = _the_mean
    doubt: Callable[[list[float]], str] = _no_doubt
    """Shared means -> why floating point can't tell how sure we are; empty where it can."""
    higher_is_better: bool = False
    task: str = "regression"
    need: Need = "decisions"
    classes: ClassCount = "two"
    cells: ClassVar[bool] = False
    ranks: ClassVar[bool] = False
    weighs: ClassVar[bool] = True

    @property
    def term(self) -> Term:
        return MomentTerm(name=self.name, own=self.own, shared=self.shared)

    def bind(self, policy: Policy) -> Self:
        return self

    def measure(self, tally: Tally, level: float) -> Measured:
        try:
            return self._measure(tally, level)
        except OverflowError:
            return Measured(events=tally.rows, reason=f"{self.name} is out of the reach of floating point")

    def _measure(self, tally: Tally, level: float) -> Measured:
        weighted = tally.weighted
        means, spread = _weighted_moments(self.name, tally) if weighted else _moments(self.name, tally)
        rows = effective_rows(tally) if weighted else tally.rows
        units = int(rows) if tally.buckets is None else int(min(rows, tally.buckets.units) + 1e-9)
        events = min(units, beside_the_commonest(tally)) if self.task == "classification" else units
        shared, before, moved = means[:-2], means[-2], means[-1]
        champion_at, candidate_at = [*shared, before], [*shared, before + moved]
        try:
            # of exact fractions: a variance is the difference of two numbers that may be nearly equal
            champion = float(complex(self.formula(*champion_at)).real)
            candidate = float(complex(self.formula(*candidate_at)).real)
            champion_slope = slope(self.formula, [float(mean) for mean in champion_at])
            candidate_slope = slope(self.formula, [float(mean) for mean in candidate_at])
        except ZeroDivisionError:
            return Measured(events=events, reason=f"{self.name} is undefined: every true value is the same")
        doubt = "one row has no spread" if rows < 2 else self.doubt([float(m) for m in shared])
        if doubt:
            return Measured(events=events, champion=champion, candidate=candidate, reason=doubt)

        def around(estimate: float, pull: Sequence[float]) -> Interval:
            if tally.buckets is not None:
                return _around_groups(estimate, pull, self.name, means, tally.buckets, level)
            return wald(estimate, _error(pull, spread, rows), student_quantile(level, max(1, units - 1)))

        alone = [*candidate_slope[:-1], candidate_slope[-1], candidate_slope[-1]]
        measured = Measured(
            events=events,
            candidate=candidate,
            candidate_interval=around(candidate, alone),
            method=self._method(weighted=weighted, grouped=tally.buckets is not None),
        )
        if tally.champion is None:
            return measured
        measured = replace(measured, champion=champion)
        difference = self._difference(candidate, champion, float(moved))
        differing = tally.differing_decisions if self.need == "decisions" else tally.differing_scores
        if differing == 0:
            same, method = (0.0, 0.0), "identical predictions"
            return replace(measured, difference=0.0, interval=same, method=method, identical=True)
        pull = [after - earlier for after, earlier in zip(candidate_slope, champion_slope, strict=True)]
        pull.append(candidate_slope[-1])
        if differing >= FEW:
            return replace(measured, difference=difference, interval=around(difference, pull))
        error = None if tally.buckets is not None else _error(pull, spread, rows)
        return _of_few(measured, difference, error, differing, level)

    def _difference(self, candidate: float, champion: float, moved: float) -> float:
        return moved if self.formula is _the_mean else candidate - champion

    def _method(self, *, weighted: bool, grouped: bool) -> str:
        weight = "weighted " if weighted else ""
        how = f"{weight}mean of paired differences"
        if self.formula is not _the_mean:
            how = f"delta method on {weight}paired means"
        return f"{how}, t{BY_GROUP if grouped else ''}"


def _of_few(
    measured: Measured, difference: float, error: float | None, differing: int, level: float
) -> Measured:
    """
    Of few rows a sample's spread is no measure: they are counted, as if each pulled as far as they do on average, up or
    down, and others that were not seen could. Where a loss has no bound these may pull farther: so few can show that a
    rule is broken, but not that it holds. `error` None: of few groups nobody knows.
    """
    reason = f"the models differ on {differing} rows, too few to tell how sure a mean of them is"
    if not error:
        return replace(measured, method="", reason=reason)
    one = error / sqrt(differing)
    # never more than all of them, but for rounding
    beyond = min(max(difference / one, -float(differing)), float(differing))
    counts = np.array([differing + beyond, differing - beyond]) / 2
    limits = score_limits(difference, counts, np.array([one, -one]), (-one, one), level)
    method = "score limits of the few rows that differ"
    return replace(measured, difference=difference, interval=limits, method=method, reason=reason)


def beside_the_commonest(tally: Tally) -> int:
    """
    Rows of all classes but the commonest, effective ones: a mean over all rows, but three positives that a model is sure
    not to be decide it.
    """
    if tally.table is None:
        positives = int(tally.joint[4:].sum())
        return min(positives, tally.rows - positives)
    if tally.buckets is not None:
        units = tally.buckets.units_by_class()
    else:
        units = np.divide(
            tally.table.by_truth(tally.table.weight),
            tally.table.typical,
            out=np.zeros(tally.table.classes),
            where=tally.table.typical > 0,
        )
    return int(float(units.sum() - units.max()) + 1e-9)


def _moments(name: str, tally: Tally) -> tuple[list[Fraction], list[list[Fraction]]]:
    """Means and covariances of the term's columns, exact: no cancellation, whatever the offset of the values."""
    size = max(j for term, _, j in tally.sums if term == name)
    rows = tally.rows
    totals = [as_fraction(tally.sums[name, 0, j]) for j in range(1, size + 1)]
    spread = [[Fraction(0)] * size for _ in range(size)]
    for i in range(size):
        for j in range(i, size):
            product = as_fraction(tally.sums[name, i + 1, j + 1]) - totals[i] * totals[j] / rows
            spread[i][j] = spread[j][i] = product / max(1, rows - 1)
    return [total / rows for total in totals], spread


def effective_rows(tally: Tally) -> Fraction:
    """As many rows of one weight would tell as much. Source: Kish 1965, Survey Sampling."""
    weight, square, rows = as_fraction(tally.weight), as_fraction(tally.square), Fraction(tally.rows)
    # squares of weights are rounded: twenty rows that all weigh 0.05 are twenty
    return rows if weight * weight > rows * square * (1 - _ROUNDED) else weight * weight / square


def _weighted_moments(name: str, tally: Tally) -> tuple[list[Fraction], list[list[Fraction]]]:
    """As `_moments`: weighted means, and the covariances that effective rows of one weight would have."""
    size = max(j for term, _, j in tally.sums if term == name)
    weight, square, rows = as_fraction(tally.weight), as_fraction(tally.square), effective_rows(tally)
    means = [as_fraction(tally.sums[name, 0, j]) / weight for j in range(1, size + 1)]
    single = [as_fraction(tally.sums[name, -1, j]) for j in range(1, size + 1)]
    spread = [[Fraction(0)] * size for _ in range(size)]
    for i in range(size):
        for j in range(i, size):
            product = as_fraction(tally.sums[name, i + 1, j + 1])
            product += means[i] * means[j] * square - means[i] * single[j] - means[j] * single[i]
            # the variance of a weighted mean is the sum of squared influences; times rows, as `_error` divides
            spread[i][j] = spread[j][i] = product / weight**2 * rows**2 / max(Fraction(1), rows - 1)
    return means, spread


def _around_groups(
    estimate: float,
    pull: Sequence[float],
    name: str,
    means: Sequence[Fraction],
    buckets: Buckets,
    level: float,
) -> Interval:
    """`pull`: by how much the estimate moves with each column's mean."""
    columns, sizes = buckets.columns(name), buckets.sizes
    at = np.array([float(mean) for mean in means])
    moved = np.array(pull) @ (columns - at[:, None] * sizes) / sizes.sum()
    if len(moved) < 2:
        return float("-inf"), float("inf")
    # losses pull each as far as it likes: bands of equal pulls would hold one group or two, whose limits lean too far
    found = spread_of(moved, np.arange(len(moved)), level, units=buckets.units)
    return found.around(estimate, level)


def _error(pull: Sequence[float], spread: list[list[Fraction]], rows: int | Fraction) -> float:
    exact = [Fraction(value) for value in pull]
    size = range(len(exact))
    variance = sum((exact[i] * exact[j] * spread[i][j] for i in size for j in size), Fraction(0))
    # products were rounded before they were summed, so a variance of zero may come out a hair below
    return sqrt(max(0.0, float(variance)) / rows)

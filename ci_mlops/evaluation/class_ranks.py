"""Areas under ROC curves, one class against the rest, of rows of any weight; DeLong's variance for all classes at once."""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ci_mlops.evaluation.influence import FEW, UNSEEN, by_group, spread
from ci_mlops.evaluation.intervals import logit_interval, normal_quantile, poisson_limits, wald
from ci_mlops.evaluation.metric import Measured
from ci_mlops.evaluation.rounded_sums import rounded_sums
from ci_mlops.evaluation.row_order import joined
from ci_mlops.evaluation.rows import Floats, Ints
from ci_mlops.evaluation.tally import Tally

# An area as near to 0 or 1 as sums of floats come: not one row is misplaced, and a whole one stands for those unseen.
_END = 1e-12


def widening(moved: int, level: float) -> float:
    if not 0 < moved < FEW:
        return 1.0
    return (poisson_limits(moved, level)[1] - moved) / (normal_quantile(level) * sqrt(moved))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ranking:
    areas: Floats
    """Shape (classes,)."""
    influence: Floats
    """Shape (rows,): what a row of weight 1 adds to the mean area."""
    ranks: tuple[Ints, ...]
    """Of all rows, for each class that counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    labels: Ints
    weights: Floats
    by_class: Floats
    """Sums of weights."""
    even: Floats
    """Effective rows of each class."""
    typical: Floats
    """Sum of squared weights by sum, of each class."""
    shares: Floats
    """How much each class's area counts; they add up to 1."""
    groups: Ints | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """
    A mean of areas, each of one class against the rest.

    Every row is a positive of its own class and a negative of all others, so that its placements are added up before
    a variance is taken: the areas' covariances are in it. Rows are drawn class by class, as in DeLong's two samples.

    Source: DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44; weighted by influence.
    """

    name: str
    of: Literal["event", "classes", "rows"]
    """Mean over what: the positive class alone, every class alike, or every class by its rows."""

    def measure(self, tally: Tally, level: float) -> Measured:
        classes = tally.table.classes if tally.table is not None else 2
        rows = self._rows(tally, classes)
        needed = rows.by_class if self.of != "rows" else rows.by_class[rows.by_class > 0]
        if not needed.all() or len(needed) < 2:
            return Measured(events=0, reason=f"{self.name} is undefined: a class has no row")
        events = int(_units(rows)[rows.by_class > 0].min() + 1e-9)
        after = _rank(rows, np.concatenate([part.candidate for part in tally.ranked]))
        area = float(after.areas @ rows.shares)
        # against an order without a fault, so that a model that made none here is not held to be unable to
        faultless = min(area, 1 - area) < _END
        unseen = 1.0 if faultless else UNSEEN
        error, _ = _error(rows, after.influence - _reach(rows)[rows.labels], level, unseen)
        alone = logit_interval(float(round(area)) if faultless else area, error, level)
        scores = [part.champion for part in tally.ranked if part.champion is not None]
        if tally.champion is None or not scores:
            return Measured(events=events, candidate=area, candidate_interval=alone, method="DeLong, logit")
        before = _rank(rows, np.concatenate(scores))
        same = all(map(np.array_equal, after.ranks, before.ranks))
        first = float(before.areas @ rows.shares)
        error, few = _error(rows, after.influence - before.influence, level)
        return Measured(
            events=events,
            champion=first,
            candidate=area,
            candidate_interval=alone,
            difference=area - first,
            interval=(0.0, 0.0) if same else wald(area - first, error, normal_quantile(level)),
            method="identical order" if same else self._method(tally, few=few),
            identical=same,
        )

    def _rows(self, tally: Tally, classes: int) -> _Rows:
        labels = np.concatenate([part.labels for part in tally.ranked]).astype(np.int64)
        weights = np.concatenate(
            [np.ones(len(part.labels)) if part.weights is None else part.weights for part in tally.ranked]
        )
        total, squares = (rounded_sums(values, labels, classes) for values in (weights, weights * weights))
        even = np.divide(total**2, squares, out=np.zeros(classes), where=squares > 0)
        typical = np.divide(squares, total, out=np.zeros(classes), where=total > 0)
        by_class = {"event": np.eye(classes)[1], "classes": np.full(classes, 1 / classes)}
        shares = by_class.get(self.of, total / total.sum() if total.any() else total)
        return _Rows(
            labels=labels,
            weights=weights,
            by_class=total,
            even=even,
            typical=typical,
            shares=shares,
            groups=joined(tally.ranked, "groups"),
        )

    def _method(self, tally: Tally, *, few: bool) -> str:
        how = "DeLong, weighted" if tally.weighted else "DeLong"
        how += ", by group" if tally.ranked[0].groups is not None else ""
        return f"{how}, widened as few rows moved" if few else how


def _units(rows: _Rows) -> Floats:
    """Of each class the effective rows; with groups no more than the effective groups that have such rows."""
    if rows.groups is None:
        return rows.even
    units = rows.even.copy()
    for place in np.flatnonzero(rows.by_class):
        own = rows.labels == place
        totals = by_group(rows.weights[own], rows.groups[own])
        units[place] = min(units[place], totals.sum() ** 2 / (totals * totals).sum())
    return units


def _rank(rows: _Rows, scores: Floats) -> _Ranking:
    scores = scores if scores.ndim == 2 else np.column_stack((-scores, scores))
    areas = np.zeros(len(rows.shares))
    influence = np.zeros(len(scores))
    ranks = []
    for place in np.flatnonzero(rows.shares).tolist():
        column = np.ascontiguousarray(scores[:, place])
        own = rows.labels == place
        below, above, rank = _placements(column, own, rows.weights)
        positives, negatives = rows.by_class[place], float(rows.by_class.sum() - rows.by_class[place])
        placed = below / negatives
        areas[place] = rounded_sums(rows.weights[own] * placed[own], np.zeros(int(own.sum()), np.int64), 1)[0]
        areas[place] /= positives
        share = rows.shares[place]
        influence += share * np.where(own, placed / positives, above / positives / negatives)
        ranks.append(rank)
    return _Ranking(areas=areas, influence=influence, ranks=tuple(ranks))


def _placements(scores: Floats, own: NDArray[np.bool_], weights: Floats) -> tuple[Floats, Floats, Ints]:
    """
    For each row the weight of the others' rows below it, and of the class's own rows above; a tie counts half. And
    the doubled rank of each row.
    """
    # rows that are alike in all three may change places: sums come out the same for any partitioning, as sums of
    # ones do in any order
    plain = bool((weights == 1).all())
    order = np.argsort(scores) if plain else np.lexsort((weights, own, scores))
    ordered = scores[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    ends = np.append(starts[1:], len(scores))
    ranks = np.empty(len(scores), dtype=np.int64)
    ranks[order] = np.repeat(starts + ends + 1, ends - starts)
    found = []
    for chosen in (~own, own):
        summed = np.concatenate(([0.0], np.cumsum(np.where(chosen, weights, 0.0)[order])))
        middle = np.empty(len(scores))
        middle[order] = np.repeat((summed[starts] + summed[ends]) / 2, ends - starts)
        found.append((middle, summed[-1]))
    (below, _), (own_below, total) = found
    return below, total - own_below, ranks


def _reach(rows: _Rows) -> Floats:
    """What a row of each class and of weight 1 adds where it stands above, or below, all that it should."""
    total, present = float(rows.by_class.sum()), rows.by_class > 0
    own = np.divide(rows.shares, rows.by_class, out=np.zeros(len(present)), where=present)
    against = np.divide(rows.shares, total - rows.by_class, out=np.zeros(len(present)), where=rows.shares > 0)
    reach: Floats = own + against.sum() - against
    return reach


def _error(rows: _Rows, influence: Floats, level: float, unseen: float = UNSEEN) -> tuple[float, bool]:
    """
    Standard error of a difference, and whether it was widened because few rows moved: by `unseen` rows of each class too. With groups what each adds is summed
    first: Obuchowski 1997, Biometrics 53.
    """
    classes = len(rows.shares)
    summed = rounded_sums(rows.weights * influence, rows.labels, classes)
    mean = np.divide(summed, rows.by_class, out=np.zeros(classes), where=rows.by_class > 0)
    centred = (influence - mean[rows.labels]) * rows.weights
    squares = rounded_sums(centred * centred, rows.labels, classes)
    more = np.divide(rows.even, rows.even - 1, out=np.zeros(classes), where=rows.even > 1)
    parts = squares * more
    present = rows.by_class > 0
    reach = _reach(rows)
    # sums of weights may be rounded in another way where other rows moved
    still = np.abs(influence) <= 1e-9 * reach[rows.labels]
    moved = np.bincount(rows.labels[~still & (rows.weights > 0)], minlength=classes)
    if rows.groups is not None:
        found = spread(
            centred,
            rows.groups,
            level,
            reach=float((reach * rows.typical).max()) * unseen / UNSEEN,
            moved=int(moved[present].min()),
            units=float(_units(rows)[present].min()),
        )
        return found.error * found.quantile(level) / normal_quantile(level), found.few
    if int(moved[present].min()) >= FEW:
        return sqrt(float(parts.sum())), False
    widened = np.array([widening(int(count), level) for count in moved])
    return sqrt(
        float((parts * widened**2).sum() + ((unseen * reach * rows.typical) ** 2)[present].sum())
    ), True

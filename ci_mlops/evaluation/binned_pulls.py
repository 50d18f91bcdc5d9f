"""
Bins for rows that have weights, or are drawn together: what `binned` counts and adds up, of such rows.

Weights are whole numbers of one unit, so that no order of rows can move a bit: 2**-20 of a typical weight, which is
nothing beside how unsure any metric is. Of rows in groups it is the sums of their pulls by bucket that are kept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import frexp, ldexp
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ci_mlops.evaluation.binned import Tables, coarser, spots_of
from ci_mlops.evaluation.binned_metric import Binned, Side, Together
from ci_mlops.evaluation.bins import Scale
from ci_mlops.evaluation.exact import as_float, exact_sums
from ci_mlops.evaluation.influence import BUCKETS
from ci_mlops.evaluation.noted import blocks
from ci_mlops.evaluation.rows import Floats, Ints, Rows
from ci_mlops.evaluation.tally import Tally

_WEIGHT_BITS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """How rows are drawn, if not one by one and all alike."""

    unit: float
    """Of weights; 0 without them."""
    groups: bool

    @property
    def words(self) -> str:
        return (", weighted" if self.unit else "") + (", by group" if self.groups else "")

    def whole(self, rows: Rows) -> Ints:
        """Shape (rows,): weights."""
        if rows.weights is None or not self.unit:
            return np.ones(len(rows), dtype=np.int64)
        return np.rint(rows.weights / self.unit).astype(np.int64)


def drawn_as(everything: Tally) -> Drawn | None:
    """None: one by one, all alike."""
    if not everything.weighted and everything.buckets is None:
        return None
    unit = 0.0
    if everything.weighted and everything.weight:
        unit = ldexp(1.0, frexp(_typical(everything))[1] - _WEIGHT_BITS)
    return Drawn(unit=unit, groups=everything.buckets is not None)


def _typical(tally: Tally) -> float:
    """What a row weighs where it counts. Source: Kish 1965, Survey Sampling."""
    return tally.square / tally.weight if tally.weight else 1.0


def unit_in_rows(tally: Tally, drawn: Drawn) -> float:
    """A unit of weights, in effective rows."""
    return drawn.unit / _typical(tally) if drawn.unit else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulls:
    """
    What rows pull at one metric in the units of `Tables` and of weights: at the candidate's, and at the difference of both.
    The last slice is of all rows; classes are the negatives and the positives.
    """

    squares: NDArray[np.object_]
    """Shape (2, slices, classes): exact sums, see `exact_sums`."""
    together: Ints
    """Shape (2, slices, classes, buckets); no buckets for rows that are drawn one by one."""
    moved: Ints
    """Shape (slices, classes): rows that pull differently at all."""

    def __add__(self, other: "Pulls") -> "Pulls":
        return Pulls(
            squares=self.squares + other.squares,
            together=self.together + other.together,
            moved=self.moved + other.moved,
        )


def sum_pulls(partition: Iterable[Rows], scale: Scale, drawn: Drawn, tables: Sequence[Tables]) -> list[Pulls]:
    """The last walk: for each metric."""
    found = [
        Pulls(
            squares=np.full((2, len(table.slices) + 1, 2), 0, dtype=np.object_),
            together=np.zeros((2, len(table.slices) + 1, 2, BUCKETS if drawn.groups else 0), dtype=np.int64),
            moved=np.zeros((len(table.slices) + 1, 2), dtype=np.int64),
        )
        for table in tables
    ]
    for rows in (block for part in partition for block in blocks(part)):
        spots = spots_of(rows, scale)
        weights, labels = drawn.whole(rows), rows.labels.astype(np.int64)
        coarse = [coarser(spot) for spot in spots] if rows.slices else []
        for pulls, table in zip(found, tables, strict=True):
            whole = [side.take(spot) for side, spot in zip(table.everything, spots, strict=True)]
            _add(pulls, rows, np.full(len(rows), len(table.slices)), labels, whole, weights)
            for column in rows.slices.values():
                known = [table.places.get(name, len(table.places)) for name in column.names]
                places = np.array(known, dtype=np.int64)[column.codes]
                at = [table.slices[:, side][places, spot] for side, spot in enumerate(coarse)]
                _add(pulls, rows, places, labels, at, weights)
    return found


def _add(
    pulls: Pulls,
    rows: Rows,
    places: Ints,
    labels: Ints,
    sides: Sequence[NDArray[np.float32]],
    weights: Ints,
) -> None:
    spots = places * 2 + labels
    own = sides[-1].astype(np.int64)
    both = [own] if len(sides) == 1 else [own, own - sides[0].astype(np.int64)]
    for what, one in enumerate(both):
        drawn = one * weights
        if rows.groups is not None:
            np.add.at(pulls.together[what].reshape(-1), spots * BUCKETS + rows.groups, drawn)
        present, order = np.unique(spots, return_inverse=True)
        squares = drawn.astype(np.float64) ** 2
        pulls.squares[what].reshape(-1)[present] += np.array(
            exact_sums(squares, order, len(present)), dtype=np.object_
        )
    moved = (both[-1] != 0) & (weights > 0)
    pulls.moved[:] += np.bincount(spots[moved], minlength=pulls.moved.size).reshape(pulls.moved.shape)


class Spot(NamedTuple):
    """A slice of one metric."""

    name: str
    tables: Tables
    pulls: Pulls

    @property
    def place(self) -> int:
        return self.tables.places[self.name] if self.name else len(self.tables.slices)

    @property
    def bins(self) -> int:
        counted = self.tables.slices if self.name else self.tables.everything
        return int(counted.shape[-1]) // 2


def binned_of_drawn(tally: Tally, drawn: Drawn, sides: Sequence[Side], spot: Spot) -> Binned:
    pulls, place = spot.pulls, spot.place
    scale = spot.tables.units[spot.name] * unit_in_rows(tally, drawn)
    exact = pulls.squares[:, place].tolist()
    own, apart = (np.array([as_float(total) for total in side]) * scale**2 for side in exact)
    return Binned(
        sides=sides,
        rows=_effective_rows(tally),
        own=own,
        squares=apart,
        moved=pulls.moved[place],
        bins=spot.bins,
        drawn=drawn.words,
        together=_together(tally, pulls.together[:, place], scale) if drawn.groups else None,
        heavy=_heavy(tally),
    )


def of_one_class(tally: Tally) -> Binned:
    none = np.zeros(2)
    rows = _effective_rows(tally)
    return Binned(
        sides=(), rows=rows * rows.all(), own=none, squares=none, moved=none.astype(np.int64), bins=0
    )


def share_of(tally: Tally) -> float:
    """Of the rows, that would tell as much if each were drawn alone."""
    rows = float(_effective_rows(tally).min())
    if tally.buckets is None or not rows:
        return 1.0
    return min(rows, float(tally.buckets.units_by_class().min())) / rows


def _effective_rows(tally: Tally) -> Floats:
    """Shape (classes,)."""
    if tally.table is None:
        return np.zeros(2)
    weight, typical = tally.table.by_truth(tally.table.weight), tally.table.typical
    found: Floats = np.divide(weight, typical, out=np.zeros(2), where=typical > 0)
    return found


def _heavy(tally: Tally) -> tuple[float, float]:
    if tally.table is None or not tally.weighted:
        return 1.0, 1.0
    negative, positive = (tally.table.typical / _typical(tally)).tolist()
    return negative, positive


def _together(tally: Tally, sums: Ints, scale: Floats) -> Together:
    present = sums.any(axis=(0, 1))
    own, apart = (side[0, present] * scale[0] + side[1, present] * scale[1] for side in sums)
    units = tally.buckets.units_by_class() if tally.buckets is not None else np.zeros(2)
    return Together(own=own, apart=apart, units=float(units.min()))

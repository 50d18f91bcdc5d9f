"""
Metrics of order for more rows than are kept: in two walks over the rows, each with a state that merges by `+`.

The first counts rows by bin and class. A metric's formula, given the bins for scores, says what each row pulls. The second
adds up how differently both models pull, and its square: whole numbers, so no order of rows or partitions can move a bit.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ci_mlops.evaluation.bin_bounds import Counts
from ci_mlops.evaluation.binned_metric import Side
from ci_mlops.evaluation.bins import COARSE, SIZE, Scale, bins_of
from ci_mlops.evaluation.noted import blocks
from ci_mlops.evaluation.rows import Floats, Ints, Rows

Formula = Callable[[Floats, Floats, Floats], tuple[Any, ...]]
"""
(positives, negatives, values), each of shape (values,) in ascending order -> the metric; what one row more would add to it,
a positive and a negative at each value; and, if it is said, by how much chance may lift the metric.
"""
Weigh = Callable[[Rows], Ints]
"""Weights of rows, in whole numbers."""
_BITS = 17
"""Of a pull: those of a block, squared and added up, stay below 2**53."""
_ALL, _SLICE = 2 * SIZE, 2 * SIZE >> COARSE


class BinnedMetric(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def formula(self) -> Formula: ...

    @property
    def bound(self) -> Callable[[Counts, Counts], float]:
        """(positives, negatives) by bin, rows or effective rows -> how far the metric of bins can be from that of rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Histograms:
    """
    Rows by model (the champion, where there is one, then the candidate), bin and class.

    `everything` has shape (models, 2 * bins), and each of `slices` as well, with fewer bins.
    """

    everything: Ints
    slices: Mapping[str, Ints]

    def __add__(self, other: "Histograms") -> "Histograms":
        slices = dict(self.slices)
        for name, counts in other.slices.items():
            slices[name] = slices[name] + counts if name in slices else counts
        return Histograms(everything=self.everything + other.everything, slices=slices)

    def __getitem__(self, name: str) -> Ints:
        return self.slices[name] if name else self.everything


class BinCounter:
    """The first walk, over one partition."""

    def __init__(self, scale: Scale, weigh: Weigh | None = None) -> None:
        """`weigh`: of rows that are not all alike, or not drawn one by one; without it they are not counted."""
        self._scale, self._weigh = scale, weigh
        self._everything: Ints | None = None
        self._slices = np.zeros((0, 0, _SLICE), dtype=np.int64)
        self._places: dict[str, int] = {}

    def add(self, rows: Rows) -> None:
        for block in blocks(rows):
            self._add(block)

    def _add(self, rows: Rows) -> None:
        spots = spots_of(rows, self._scale)
        if not spots or (self._weigh is None and (rows.groups is not None or rows.weights is not None)):
            return
        weights = 1 if self._weigh is None else self._weigh(rows)
        if self._everything is None:
            self._everything = np.zeros((len(spots), _ALL), dtype=np.int64)
        for side, spot in zip(self._everything, spots, strict=True):
            np.add.at(side, spot, weights)
        coarse = [coarser(spot) for spot in spots] if rows.slices else []
        for column in rows.slices.values():
            start = (self._places_of(column.names, len(spots)) * (len(spots) * _SLICE))[column.codes]
            for place, spot in enumerate(coarse):
                np.add.at(self._slices.reshape(-1), start + (place * _SLICE + spot), weights)

    def _places_of(self, names: Sequence[str], models: int) -> Ints:
        """Where each slice is counted; a new one at the end."""
        own = [self._places.setdefault(name, len(self._places)) for name in names]
        if len(self._places) > len(self._slices):
            fresh = np.zeros((len(self._places), models, _SLICE), dtype=np.int64)
            if len(self._slices):
                fresh[: len(self._slices)] = self._slices
            self._slices = fresh
        return np.array(own, dtype=np.int64)

    @property
    def state(self) -> Histograms | None:
        """None of a partition without a row or without scores; and where rows were not counted."""
        if self._everything is None:
            return None
        found = {name: self._slices[place] for name, place in self._places.items()}
        return Histograms(
            everything=self._everything, slices={name: own for name, own in found.items() if own.any()}
        )


def spots_of(rows: Rows, scale: Scale) -> list[Ints]:
    """For each model, shape (rows,): twice the bin, and 1 more for a positive. Empty where one gives no scores."""
    scores = [side.scores for side in (rows.champion, rows.candidate) if side is not None]
    if any(one is None for one in scores):
        return []
    labels = rows.labels.astype(np.int64)
    return [_spot(bins_of(one, scale), labels) for one in scores if one is not None]


def _spot(place: Ints, labels: Ints) -> Ints:
    place *= 2
    place += labels
    return place


def coarser(spots: Ints) -> Ints:
    return (spots >> (COARSE + 1) << 1) | (spots & 1)


def side_of(metric: BinnedMetric, counts: Counts, share: float = 1.0) -> Side:
    """`counts`: whole numbers of rows, or effective rows as floats; `share`: see `Ordered.pulled`."""
    negatives, positives = counts[0::2], counts[1::2]
    there = np.flatnonzero(negatives + positives)
    own, others = (side[there].astype(np.float64) * share for side in (positives, negatives))
    value, of_positive, of_negative, *lifted = metric.formula(own, others, there.astype(np.float64))
    pulls = np.zeros(len(counts))
    pulls[2 * there], pulls[2 * there + 1] = of_negative * share, of_positive * share
    bound = metric.bound(positives, negatives) + sum(lifted)
    return Side(value=value, pulls=pulls, bound=bound)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """What each row pulls in both models: whole numbers, of a unit for each slice and class."""

    everything: NDArray[np.float32]
    """Shape (models, 2 * bins)."""
    slices: NDArray[np.float32]
    """Shape (slices, models, 2 * bins)."""
    places: Mapping[str, int]
    units: Mapping[str, Floats]
    """Of each slice, shape (classes,)."""


def tables_of(sides: Mapping[str, Sequence[Side]]) -> Tables:
    """`sides`: of champion and candidate, for all rows (`""`) and every slice that has both classes."""
    units: dict[str, Floats] = {}
    whole: dict[str, NDArray[np.float32]] = {}
    for name, pair in sides.items():
        pulls = np.stack([side.pulls for side in pair])
        largest = np.array([np.abs(pulls[:, label::2]).max() for label in (0, 1)])
        units[name] = np.ldexp(1.0, np.frexp(largest)[1] - _BITS)
        whole[name] = np.rint(pulls / np.tile(units[name], pulls.shape[1] // 2)).astype(np.float32)
    places = {name: place for place, name in enumerate(sorted(name for name in sides if name))}
    # the last is of slices that have only one class: nothing is asked of them
    slices = np.zeros((len(places) + 1, len(whole[""]), _SLICE), dtype=np.float32)
    for name, place in places.items():
        slices[place] = whole[name]
    return Tables(everything=whole[""], slices=slices, places=places, units=units)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """By how much rows move a metric, in the units of `Tables`: by class, sums of squares, and the rows that do."""

    everything: NDArray[np.object_]
    """Shape (2, classes), of Python's whole numbers, which have no end."""
    slices: NDArray[np.object_]
    """Shape (2, slices, classes)."""

    def __add__(self, other: "Moves") -> "Moves":
        return Moves(everything=self.everything + other.everything, slices=self.slices + other.slices)


def sum_moves(partition: Iterable[Rows], scale: Scale, tables: Sequence[Tables]) -> list[Moves]:
    """The second walk: for each metric."""
    found = [Moves(everything=_zeros(2, 2), slices=_zeros(2, len(table.slices), 2)) for table in tables]
    # every metric has the same slices
    known = tables[0].places
    for rows in (block for part in partition for block in blocks(part)):
        spots = spots_of(rows, scale)
        labels = spots[0] & 1
        for moves, table in zip(found, tables, strict=True):
            before, after = (side.take(spot) for side, spot in zip(table.everything, spots, strict=True))
            moves.everything[:] += _summed_by_class(after - before, labels)
        coarse = [coarser(spot) for spot in spots] if rows.slices else []
        for column in rows.slices.values():
            places = np.array([known.get(name, len(known)) for name in column.names]).take(column.codes)
            starts = places * (2 * _SLICE)
            lying = [starts + (side * _SLICE + spot) for side, spot in enumerate(coarse)]
            groups = places * 2 + labels
            sizes = np.bincount(groups, minlength=2 * (len(known) + 1))
            for moves, table in zip(found, tables, strict=True):
                before, after = (table.slices.take(spot) for spot in lying)
                moves.slices[:] += _summed(after - before, groups, sizes).reshape(moves.slices.shape)
    return found


def _zeros(*shape: int) -> NDArray[np.object_]:
    return np.full(shape, 0, dtype=np.object_)


def _summed_by_class(moved: NDArray[np.float32], labels: Ints) -> NDArray[np.object_]:
    """Shape (2, classes). Sums of whole numbers below 2**53: exact, whatever their order."""
    values = moved.astype(np.float64)
    values *= values
    still = values == 0
    of_positives = float(np.einsum("i,i", values, labels, dtype=np.float64))
    positives, still_positives = (int(np.count_nonzero(flags)) for flags in (labels, still & (labels == 1)))
    rows = len(values) - int(np.count_nonzero(still))
    positives -= still_positives
    found = [[float(values.sum()) - of_positives, of_positives], [rows - positives, positives]]
    return np.array(found, dtype=np.int64).astype(np.object_)


def _summed(moved: NDArray[np.float32], groups: Ints, sizes: Ints) -> NDArray[np.object_]:
    """Shape (2, groups); `sizes`: rows of each."""
    values = moved.astype(np.float64)
    values *= values
    squares = np.bincount(groups, values, len(sizes))
    still = np.bincount(groups[np.flatnonzero(values == 0)], minlength=len(sizes))
    return np.stack([squares.astype(np.int64), sizes - still]).astype(np.object_)

"""The joint table of truth, champion and candidate, for any number of classes and for rows of any weight."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ci_mlops.evaluation.exact import as_float, exact_sums
from ci_mlops.evaluation.rows import Floats, Ints, Rows


class Cell(NamedTuple):
    rows: int
    weight: int = 0
    """Sum of the rows' weights, and of their squares, exact as `exact_sums` writes them; 0 without weights."""
    square: int = 0


_DENSE = 1 << 20


# no slots: what is made of the cells is kept, as every metric asks for it
@dataclass(frozen=True, kw_only=True)
class Joint:
    classes: int
    weighted: bool
    cells: Mapping[int, Cell]
    """(truth * classes + champion) * classes + candidate -> what lies there; empty cells are not listed."""

    def __add__(self, other: "Joint") -> "Joint":
        return Joint(classes=self.classes, weighted=self.weighted, cells=added(self.cells, other.cells))

    @cached_property
    def _codes(self) -> Ints:
        # in one order, whatever the order of the partitions: sums of floats must not depend on it
        return np.array(sorted(self.cells), dtype=np.int64)

    @cached_property
    def places(self) -> tuple[Ints, Ints, Ints]:
        """Truth, champion and candidate of each cell."""
        rest, candidate = np.divmod(self._codes, self.classes)
        truth, champion = np.divmod(rest, self.classes)
        return truth, champion, candidate

    @cached_property
    def rows(self) -> Ints:
        return np.array([self.cells[code].rows for code in self._codes.tolist()], dtype=np.int64)

    @cached_property
    def weight(self) -> Floats:
        return self._sums(1) if self.weighted else self.rows.astype(np.float64)

    @cached_property
    def square(self) -> Floats:
        return self._sums(2) if self.weighted else self.rows.astype(np.float64)

    def _sums(self, field: int) -> Floats:
        exact = (self.cells[code][field] for code in self._codes.tolist())
        return np.array([as_float(total) for total in exact], dtype=np.float64)

    @cached_property
    def total(self) -> float:
        return float(self.weight.sum())

    @cached_property
    def typical(self) -> Floats:
        """
        What a row of each true class weighs where it counts: sum of squares by sum. A sum of weights, divided by it,
        is a number of effective rows.

        Source: Kish 1965, Survey Sampling.
        """
        weight, square = self.by_truth(self.weight), self.by_truth(self.square)
        return np.divide(square, weight, out=np.zeros(self.classes), where=weight > 0)

    def by_truth(self, values: Ints | Floats) -> Floats:
        return np.bincount(self.places[0], values, self.classes).astype(np.float64)

    def confusion(self, whose: str, values: Ints | Floats | None = None) -> Floats:
        """Shape (classes, classes), by truth and by what was said: weights, or other values of the cells."""
        truth, champion, candidate = self.places
        said = champion if whose == "champion" else candidate
        held = self.weight if values is None else values
        flat = np.bincount(truth * self.classes + said, held, self.classes**2).astype(np.float64)
        return flat.reshape(self.classes, self.classes)

    def against_rest(self, place: int) -> "Joint":
        """The same rows with one class as the event, and all others as none."""
        truth, champion, candidate = (side == place for side in self.places)
        held = map(self.cells.__getitem__, self._codes.tolist())
        cells = regrouped(truth * 4 + champion * 2 + candidate, held)
        return Joint(classes=2, weighted=self.weighted, cells=cells)


def added(one: Mapping[int, Cell], other: Mapping[int, Cell]) -> dict[int, Cell]:
    cells = dict(one)
    for code, more in other.items():
        held = cells.get(code, Cell(0))
        cells[code] = Cell(held.rows + more.rows, held.weight + more.weight, held.square + more.square)
    return cells


def regrouped(codes: Ints, cells: Iterable[Cell]) -> dict[int, Cell]:
    """Cells of one new code are one."""
    found: dict[int, Cell] = {}
    for code, cell in zip(codes.tolist(), cells, strict=True):
        held = found.get(code, Cell(0))
        found[code] = Cell(held.rows + cell.rows, held.weight + cell.weight, held.square + cell.square)
    return found


def count_cells(rows: Rows, classes: int, codes: Ints, groups: int) -> list[Joint]:
    """The joint table of each group of a partition; without a champion the candidate stands for both."""
    champion = (rows.champion or rows.candidate).decisions
    cell = ((rows.labels * classes + champion) * classes + rows.candidate.decisions).astype(np.int64)
    found = count_codes(codes * classes**3 + cell, rows.weights, classes**3, groups)
    return [Joint(classes=classes, weighted=rows.weights is not None, cells=cells) for cells in found]


def count_codes(place: Ints, weights: Floats | None, size: int, groups: int) -> list[dict[int, Cell]]:
    """`place`: shape (rows,), group * size + code; of each group code -> what lies there."""
    if groups * size <= _DENSE:
        counts = np.bincount(place, minlength=groups * size)
        present = np.flatnonzero(counts)
        counts = counts[present]
        order = np.searchsorted(present, place) if weights is not None else place
    else:
        present, order, counts = np.unique(place, return_inverse=True, return_counts=True)
    found: list[dict[int, Cell]] = [{} for _ in range(groups)]
    weight = square = [0] * len(present)
    if weights is not None:
        weight = exact_sums(weights, order, len(present))
        square = exact_sums(weights * weights, order, len(present))
    for at, (position, count) in enumerate(zip(present.tolist(), counts.tolist(), strict=True)):
        group, code = divmod(position, size)
        found[group][code] = Cell(count, weight[at], square[at])
    return found

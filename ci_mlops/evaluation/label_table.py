"""
Rows that may carry several labels at once, as a table of sets: what was true, and what each model said.

A set is a whole number, one bit a label in the order of `Policy.classes`, so a column of sets is a column of numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np

from ci_mlops.evaluation.exact import as_fraction, exact_sums
from ci_mlops.evaluation.joint import Cell, Joint
from ci_mlops.evaluation.rows import Floats, Ints, Rows

Key = TypeVar("Key")
MOST_LABELS = 50
"""As many bits as a float holds without rounding, and a few less."""
Sets = tuple[int, int, int]
"""Truth, champion, candidate; without a champion the candidate stands for both."""


def bits_of(sets: Ints | Floats, labels: int) -> Floats:
    """Shape (rows, labels), 0 and 1."""
    return (sets.astype(np.int64)[:, None] >> np.arange(labels) & 1).astype(np.float64)


# no slots: what is made of the cells is kept, as every metric asks for it
@dataclass(frozen=True, kw_only=True)
class LabelTable:
    labels: int
    weighted: bool
    cells: Mapping[Sets, Cell]

    def __add__(self, other: "LabelTable") -> "LabelTable":
        cells = dict(self.cells)
        for sets, cell in other.cells.items():
            _add(cells, sets, cell)
        return LabelTable(labels=self.labels, weighted=self.weighted, cells=cells)

    @cached_property
    def _listed(self) -> list[tuple[Sets, Cell]]:
        # in one order, whatever the order of the partitions: sums of floats must not depend on it
        return sorted(self.cells.items())

    @cached_property
    def sets(self) -> Ints:
        """Shape (3, cells): truth, champion, candidate."""
        return np.array([sets for sets, _ in self._listed], dtype=np.int64).reshape(-1, 3).T

    @cached_property
    def rows(self) -> Ints:
        return np.array([cell.rows for _, cell in self._listed], dtype=np.int64)

    @cached_property
    def weight(self) -> Floats:
        if not self.weighted:
            return self.rows.astype(np.float64)
        return np.array([float(as_fraction(cell.weight)) for _, cell in self._listed])

    @cached_property
    def square(self) -> Floats:
        if not self.weighted:
            return self.rows.astype(np.float64)
        return np.array([float(as_fraction(cell.square)) for _, cell in self._listed])

    @cached_property
    def bits(self) -> tuple[Floats, Floats, Floats]:
        """Truth, champion and candidate, each of shape (cells, labels)."""
        truth, champion, candidate = (bits_of(sets, self.labels) for sets in self.sets)
        return truth, champion, candidate

    def of_label(self, place: int) -> Joint:
        """The same rows with one label as the event."""
        truth, champion, candidate = (self.sets >> place & 1).tolist()
        return self._binary([t * 4 + a * 2 + b for t, a, b in zip(truth, champion, candidate, strict=True)])

    def of_exact(self) -> Joint:
        """The same rows, all of them events that are found where the whole set is right."""
        truth, champion, candidate = self.sets
        return self._binary((4 + (champion == truth) * 2 + (candidate == truth)).tolist())

    def _binary(self, codes: list[int]) -> Joint:
        cells: dict[int, Cell] = {}
        for code, (_, cell) in zip(codes, self._listed, strict=True):
            _add(cells, code, cell)
        return Joint(classes=2, weighted=self.weighted, cells=cells)


def _add(cells: dict[Key, Cell], key: Key, more: Cell) -> None:
    one = cells.get(key, Cell(0))
    cells[key] = Cell(one.rows + more.rows, one.weight + more.weight, one.square + more.square)


def count_sets(rows: Rows, labels: int, codes: Ints, groups: int) -> list[LabelTable]:
    """The table of each group of a partition."""
    champion = (rows.champion or rows.candidate).decisions
    said = np.stack((codes, rows.labels, champion, rows.candidate.decisions)).astype(np.int64)
    present, order, counts = np.unique(said, axis=1, return_inverse=True, return_counts=True)
    weight = square = [0] * len(counts)
    if rows.weights is not None:
        weight = exact_sums(rows.weights, order.ravel(), len(counts))
        square = exact_sums(rows.weights * rows.weights, order.ravel(), len(counts))
    found: list[dict[Sets, Cell]] = [{} for _ in range(groups)]
    for at, (group, truth, before, after) in enumerate(present.T.tolist()):
        found[group][truth, before, after] = Cell(int(counts[at]), weight[at], square[at])
    return [LabelTable(labels=labels, weighted=rows.weights is not None, cells=cells) for cells in found]

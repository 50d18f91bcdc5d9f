"""What is kept of rows that are drawn together, as a patient's: the same counts and sums, bucket by bucket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ci_mlops.evaluation.exact import as_float, exact_product, exact_sums
from ci_mlops.evaluation.influence import BUCKETS
from ci_mlops.evaluation.joint import Cell, added, count_codes, regrouped
from ci_mlops.evaluation.rows import Floats, Ints, Rows

if TYPE_CHECKING:
    from ci_mlops.evaluation.tally import Term


# no slots: what is made of the cells is kept, as every metric asks for it
@dataclass(frozen=True, kw_only=True)
class Buckets:
    classes: int
    """0: a regression, whose cells hold nothing but rows and weights."""
    weighted: bool
    cells: Mapping[int, Cell]
    """bucket * classes**3 + the code of a cell of `Joint` -> what lies there."""
    sums: Mapping[tuple[str, int], Mapping[int, int]]
    """(term, j) -> bucket -> exact sum of weight times column j."""

    def __add__(self, other: "Buckets") -> "Buckets":
        sums = {key: dict(held) for key, held in self.sums.items()}
        for key, more in other.sums.items():
            for bucket, total in more.items():
                sums[key][bucket] = sums[key].get(bucket, 0) + total
        return Buckets(
            classes=self.classes, weighted=self.weighted, cells=added(self.cells, other.cells), sums=sums
        )

    @cached_property
    def _codes(self) -> Ints:
        # in one order, whatever the order of the partitions: sums of floats must not depend on it
        return np.array(sorted(self.cells), dtype=np.int64)

    @cached_property
    def _place(self) -> tuple[Ints, Ints]:
        """Of each cell its bucket, from 0 on among those that hold a row, and its code in the joint table."""
        bucket, code = np.divmod(self._codes, max(1, self.classes**3))
        return np.unique(bucket, return_inverse=True)[1], code

    @cached_property
    def places(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Bucket, truth, champion and candidate of each cell."""
        bucket, code = self._place
        rest, candidate = np.divmod(code, self.classes)
        return (bucket, *np.divmod(rest, self.classes), candidate)

    @cached_property
    def weight(self) -> Floats:
        if not self.weighted:
            return np.array([self.cells[code].rows for code in self._codes.tolist()], dtype=np.float64)
        exact = (self.cells[code].weight for code in self._codes.tolist())
        return np.array([as_float(total) for total in exact])

    @cached_property
    def sizes(self) -> Floats:
        """Shape (buckets,): rows, or their weight."""
        return np.bincount(self._place[0], self.weight).astype(np.float64)

    @property
    def units(self) -> float:
        """As many groups of one size would tell as much. Source: Kish 1965, Survey Sampling."""
        return effective(self.sizes)

    def units_by_class(self) -> Floats:
        """Shape (classes,): the same of each true class alone."""
        bucket, truth, _, _ = self.places
        held = np.bincount(
            bucket * self.classes + truth, self.weight, minlength=len(self.sizes) * self.classes
        )
        return np.array([effective(column) for column in held.astype(np.float64).reshape(-1, self.classes).T])

    def pulls(self, of_cells: Floats) -> Floats:
        """Shape (buckets,): what its rows pull together; `of_cells` is what one row of each cell pulls."""
        return np.bincount(self._place[0], self.weight * of_cells).astype(np.float64)

    def columns(self, term: str) -> Floats:
        """Shape (columns, buckets): sums of weight times column."""
        size = max(j for name, j in self.sums if name == term)
        present = np.unique(self._codes // max(1, self.classes**3)).tolist()
        return np.array(
            [[as_float(self.sums[term, j].get(bucket, 0)) for bucket in present] for j in range(1, size + 1)]
        )

    def against_rest(self, place: int) -> "Buckets":
        """The same rows with one class as the event, and all others as none."""
        names = np.unique(self._codes // self.classes**3)
        bucket, *sides = self.places
        truth, champion, candidate = (side == place for side in sides)
        binary = names[bucket] * 8 + truth * 4 + champion * 2 + candidate
        cells = regrouped(binary, map(self.cells.__getitem__, self._codes.tolist()))
        return Buckets(classes=2, weighted=self.weighted, cells=cells, sums=self.sums)


def effective(sizes: Floats) -> float:
    squares = float((sizes**2).sum())
    return float(sizes.sum() ** 2) / squares if squares else 0.0


def count_buckets(
    rows: Rows, classes: int, terms: "Sequence[Term]", codes: Ints, groups: int
) -> list[Buckets]:
    """Of each slice of a partition whose rows are in groups."""
    if rows.groups is None:
        msg = "rows without groups have no buckets"
        raise NotImplementedError(msg)
    cell = np.zeros(len(rows), dtype=np.int64)
    if classes:
        champion = (rows.champion or rows.candidate).decisions
        cell = ((rows.labels * classes + champion) * classes + rows.candidate.decisions).astype(np.int64)
    size = max(1, classes**3)
    place = codes * BUCKETS + rows.groups
    cells = count_codes(place * size + cell, rows.weights, BUCKETS * size, groups)
    sums: list[dict[tuple[str, int], dict[int, int]]] = [{} for _ in range(groups)]
    present, order = np.unique(place, return_inverse=True)
    for term in terms:
        for j, column in enumerate(term.columns(rows), start=1):
            totals = _exact(np.atleast_2d(column), rows.weights, order, len(present))
            for held in sums:
                held[term.name, j] = {}
            for position, total in zip(present.tolist(), totals, strict=True):
                group, bucket = divmod(position, BUCKETS)
                sums[group][term.name, j][bucket] = total
    return [
        Buckets(classes=classes, weighted=rows.weights is not None, cells=held, sums=found)
        for held, found in zip(cells, sums, strict=True)
    ]


def _exact(parts: Floats, weights: Floats | None, order: Ints, groups: int) -> list[int]:
    """Sums of a column that is itself a sum of parts, times the rows' weights."""
    if weights is not None:
        parts = np.vstack([exact_product(weights, part) for part in parts])
    totals = [0] * groups
    for part in parts:
        totals = [a + b for a, b in zip(totals, exact_sums(part, order, groups), strict=True)]
    return totals

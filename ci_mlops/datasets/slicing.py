"""Which slices a row is in: by the values of columns, by bins of numbers, and by columns that are crossed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from ci_mlops.datasets.marks import Flags, Marks
from ci_mlops.errors import BadData
from ci_mlops.evaluation.rows import SliceColumn
from ci_mlops.records.slices import CROSS, MISSING, Bins, all_columns, columns_of

if TYPE_CHECKING:
    import pyarrow as pa

MOST_SLICES = 200
# of more combinations than this only those that occur are counted, by sorting
_DENSE = 1 << 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Slicer:
    """Reads the slices of one table, batch by batch; remembers which it has seen, so that too many are refused."""

    cuts: tuple[str, ...]
    bins: tuple[Bins, ...] = ()
    where: str = ""
    seen: dict[str, set[str]] = field(default_factory=dict)

    @property
    def text(self) -> tuple[str, ...]:
        """Columns to be read as text."""
        binned = self.numbers
        return tuple(column for column in all_columns(self.cuts) if column not in binned)

    @property
    def numbers(self) -> tuple[str, ...]:
        wanted = all_columns(self.cuts)
        return tuple(bins.column for bins in self.bins if bins.column in wanted)

    def slices(self, batch: pa.RecordBatch) -> dict[str, SliceColumn]:
        """
        Raises:
            BadData: a column to be cut in bins is no number; a cut makes too many slices.
        """
        own = {bins.column: bins for bins in self.bins}
        columns = {
            name: binned(batch, own[name], self.where) if name in own else values(batch, name)
            for name in all_columns(self.cuts)
        }
        return {cut: self._cut(cut, [columns[name] for name in columns_of(cut)]) for cut in self.cuts}

    def _cut(self, cut: str, columns: Sequence[SliceColumn]) -> SliceColumn:
        found = columns[0] if len(columns) == 1 else _crossed(columns)
        seen = self.seen.setdefault(cut, set())
        seen.update(found.names)
        refuse_many(cut, seen, self.where)
        return found


def refuse_many(cut: str, names: Collection[str], where: str) -> None:
    if len(names) > MOST_SLICES:
        crossed = len(columns_of(cut)) > 1
        raise BadData(
            f"`{cut}` has more than {MOST_SLICES} combinations"
            if crossed
            else f"column `{cut}` has more than {MOST_SLICES} values: that is no slice",
            where=where,
            mend="Cross columns of fewer values; put numbers into bins."
            if crossed
            else f"Slice by a column of few values; put numbers into bins: `{{{cut}: [25, 40, 65]}}`.",
        )


def gone_by_slice(
    columns: Iterable[SliceColumn], marks: Marks, compared: Flags
) -> Iterator[tuple[str, tuple[int, int, int]]]:
    """
    What the candidate alone takes out of each slice, and what is compared of it: a small one may vanish and hardly be
    missed among all rows.
    """
    for column in columns:
        lost, taken, kept = (
            np.bincount(column.codes[chosen], minlength=len(column.names))
            for chosen in (marks.lost, marks.taken, compared)
        )
        for place in np.flatnonzero(lost + taken + kept).tolist():
            # a searched value that is rare is of no slice
            if column.names[place]:
                yield column.names[place], (int(lost[place]), int(taken[place]), int(kept[place]))


def values(batch: pa.RecordBatch, name: str) -> SliceColumn:
    column = batch.column(name)
    words = column.dictionary_encode() if _is_text(column) else column
    names = words.dictionary.to_pylist()
    if words.null_count and MISSING not in names:
        names.append(MISSING)
    nothing = names.index(MISSING) if words.null_count else 0
    codes = words.indices.fill_null(nothing).to_numpy(zero_copy_only=False).astype(np.int64)
    return SliceColumn(codes=codes, names=tuple(f"{name}={value}" for value in names))


def _is_text(column: pa.Array) -> bool:
    from pyarrow import types

    return bool(types.is_string(column.type))


def binned(batch: pa.RecordBatch, bins: Bins, where: str) -> SliceColumn:
    from pyarrow import compute, types

    cells = batch.column(bins.column)
    if types.is_string(cells.type):
        raise BadData(
            f"column `{bins.column}` is to be cut in bins, and not all of its cells are numbers",
            where=where,
            mend=f"Mend the cells, or slice by its values: `{bins.column}` without edges.",
        )
    numbers = compute.fill_null(cells, float("nan")).to_numpy(zero_copy_only=False)
    codes = np.searchsorted(np.array(bins.edges, dtype=np.float64), numbers, side="right")
    return SliceColumn(
        codes=np.where(np.isnan(numbers), len(bins.edges) + 1, codes).astype(np.int64),
        names=(*bins.names, f"{bins.column}={MISSING}"),
    )


def _crossed(columns: Sequence[SliceColumn]) -> SliceColumn:
    """Only the combinations that occur."""
    sizes = tuple(max(1, len(column.names)) for column in columns)
    flat = np.ravel_multi_index(tuple(column.codes for column in columns), sizes)
    if prod(sizes) <= _DENSE:
        occurs = np.bincount(flat, minlength=prod(sizes)) > 0
        present, codes = np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[flat]
    else:
        present, codes = np.unique(flat, return_inverse=True)
    places = zip(*(place.tolist() for place in np.unravel_index(present, sizes)), strict=True)
    names = tuple(
        CROSS.join(column.names[at] for column, at in zip(columns, place, strict=True)) for place in places
    )
    return SliceColumn(codes=codes.astype(np.int64), names=names)

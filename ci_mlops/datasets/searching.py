"""How columns are cut for the search of worse slices: numbers at their quartiles, text by its frequent values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log10
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ci_mlops.datasets.slicing import binned, values
from ci_mlops.datasets.tables import read_columns
from ci_mlops.errors import BadData
from ci_mlops.evaluation.rows import SliceColumn
from ci_mlops.records.slices import MISSING, Bins

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

RAREST = 0.01
"""Share of the rows; a rarer value is in no slice of its own."""
MOST_VALUES = 10_000
# quartiles are found on a scale of numbers with 12 significant bits: in one pass, in little memory, whatever the order
_DROPPED_BITS = 12
_SCALE = 1 << (32 - _DROPPED_BITS)
_PARTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchColumns:
    """How each column is cut."""

    bins: tuple[Bins, ...] = ()
    kept: dict[str, frozenset[str]] = field(default_factory=dict)
    """Of a column of text, the slices that are looked at."""
    names: tuple[str, ...] = ()
    where: str = ""

    @property
    def text(self) -> tuple[str, ...]:
        return tuple(self.kept)

    @property
    def numbers(self) -> tuple[str, ...]:
        return tuple(bins.column for bins in self.bins)

    def slices(self, batch: pa.RecordBatch) -> tuple[SliceColumn, ...]:
        own = {bins.column: bins for bins in self.bins}
        return tuple(
            binned(batch, own[name], self.where)
            if name in own
            else _kept(values(batch, name), self.kept[name])
            for name in self.names
        )


def search_columns(
    files: Sequence[Path], columns: Sequence[str], bins: Sequence[Bins], text: Sequence[str]
) -> SearchColumns:
    """
    Look through the columns once. `bins`: of slices that are declared, taken as they are; `text`: columns whose values are
    slices already, and stay so.

    Raises:
        BadData: a column of so many values that none of them is a group.
    """
    declared = {one.column: one for one in bins}
    open_ = [column for column in columns if column not in declared]
    found: dict[str, _Numbers | Counter[str]] = {}
    rows = 0
    for batch in (
        read_columns(files, open_, as_text=[column for column in open_ if column in text]) if open_ else ()
    ):
        rows += batch.num_rows
        for column in open_:
            _look(column, batch, found, str(files[0]))
    cut = [Bins(column, one.edges) for column, one in found.items() if isinstance(one, _Numbers)]
    return SearchColumns(
        bins=(*(one for one in declared.values() if one.column in columns), *cut),
        kept={
            column: frozenset(f"{column}={value}" for value, count in one.items() if count >= RAREST * rows)
            for column, one in found.items()
            if isinstance(one, Counter)
        },
        names=tuple(columns),
        where=str(files[0]),
    )


@dataclass(slots=True)
class _Numbers:
    counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(_SCALE, dtype=np.int64))

    def add(self, numbers: NDArray[np.float64]) -> None:
        with np.errstate(over="ignore"):
            bits = numbers[~np.isnan(numbers)].astype(np.float32).view(np.uint32)
        # in the order of the numbers: those below zero are turned round
        order = np.where(bits >> 31, ~bits, bits | np.uint32(1 << 31))
        self.counts += np.bincount(order >> _DROPPED_BITS, minlength=_SCALE)

    @property
    def edges(self) -> tuple[float, ...]:
        """Quartiles, rounded so that they read well."""
        below = np.cumsum(self.counts)
        total = int(below[-1])
        if not total:
            return (0.0,)
        places = [int(np.searchsorted(below, total * part / 4, side="right")) for part in (1, 2, 3)]
        lowest, *others = np.flatnonzero(self.counts).tolist()
        quartiles = [(_number(place) + _number(place + 1)) / 2 for place in places]
        spread = quartiles[2] - quartiles[0]
        if not spread:
            # most are one number: that one, or those above it
            return (_number(others[0]) if places[0] == lowest and others else _number(places[0]),)
        step = 10.0 ** round(log10(spread / _PARTS))
        edges = sorted({round(round(quartile / step) * step, 12) for quartile in quartiles})
        # nothing lies below an edge that is no larger than the smallest number
        return tuple(edge for edge in edges if edge > _number(lowest)) or (_number(others[0]),)


def _number(place: int) -> float:
    order = np.uint32(place << _DROPPED_BITS)
    bits = order & np.uint32((1 << 31) - 1) if order >> 31 else ~order
    return float(np.array([bits], dtype=np.uint32).view(np.float32)[0])


def _look(column: str, batch: pa.RecordBatch, found: dict[str, _Numbers | Counter[str]], where: str) -> None:
    from pyarrow import compute, types

    cells = batch.column(column)
    if not types.is_string(cells.type):
        numbers = found.setdefault(column, _Numbers())
        assert isinstance(numbers, _Numbers)  # noqa: S101 - a column has one type in all batches
        numbers.add(compute.fill_null(cells, float("nan")).to_numpy(zero_copy_only=False))
        return
    counts = found.setdefault(column, Counter())
    assert isinstance(counts, Counter)  # noqa: S101 - as above
    for one in compute.value_counts(cells.fill_null(MISSING)).to_pylist():
        counts[one["values"]] += one["counts"]
    if len(counts) > MOST_VALUES:
        raise BadData(
            f"column `{column}` has more than {MOST_VALUES:,} values: there is no slice to be found in it",
            where=where,
            mend="Remove it from `data.test.search`.",
        )


def _kept(column: SliceColumn, kept: frozenset[str]) -> SliceColumn:
    return SliceColumn(codes=column.codes, names=tuple(name if name in kept else "" for name in column.names))

"""
Which of the pinned test rows a training's pinned files hold: by what they say, by id, by group; and which are older.

Training data is streamed; of the test rows a few numbers each are kept, so that memory grows with them alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ci_mlops.datasets.moments import moments_of
from ci_mlops.datasets.row_codes import codes_of, is_name, keys_of, name_codes
from ci_mlops.datasets.tables import table_columns, typed_batches
from ci_mlops.errors import BadData

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]
    Keys = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True)
class TestTable:
    """The pinned test rows, and what their columns are for."""

    __test__ = False  # pytest would collect it for its name

    files: tuple[Path, ...]
    target: str
    id: str | None = None
    group: str | None = None
    time: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """What a training's files hold of the test rows. Flags: shape (test rows,)."""

    rows: int
    """Of the training data."""
    columns: int
    """That were compared; the fewest, where its files differ in theirs. 0: they share none."""
    content: Flags
    """Equal to a training row in all shared columns but target and id."""
    whole: Flags
    """And in the target."""
    same_id: Flags
    """The same id, or one that differs only in spaces, case or leading zeros."""
    spelt_alike: Flags
    """The same id to the letter."""
    same_group: Flags
    groups: int
    """Different groups on both sides."""
    groups_of: int
    older: Flags
    """Older than the newest training row."""
    newest: float | None
    """`moments.moments_of`; None: no training row says when it was."""
    kinds: tuple[tuple[NDArray[np.int64], int], ...]
    """For each set of shared columns: how often each different test row stands there, and the training rows."""


class _Sought:
    """Keys that are looked for while others pass by."""

    def __init__(self, keys: Keys) -> None:
        self.known = is_name(keys)
        self._kinds, self._places, counts = np.unique(keys, return_inverse=True, return_counts=True)
        self.counts = counts.astype(np.int64)
        self._found = np.zeros(len(self._kinds), dtype=np.bool_)

    def look(self, keys: Keys) -> None:
        at = np.minimum(np.searchsorted(self._kinds, keys), len(self._kinds) - 1)
        self._found[at[self._kinds[at] == keys]] = True

    @property
    def rows(self) -> Flags:
        flags: Flags = self._found[self._places] & self.known
        return flags

    @property
    def kinds_found(self) -> int:
        return int((self._found & is_name(self._kinds)).sum())

    @property
    def kinds(self) -> int:
        return int(is_name(self._kinds).sum())


@dataclass(slots=True)
class _Shared:
    """The rows by the columns that one kind of training file shares with them."""

    content: _Sought
    whole: _Sought
    rows: int = 0


def meet(test: TestTable, training: Sequence[Path]) -> Met:
    """
    Raises:
        BadData: a file that is no table or is broken; a time column that holds no times.
    """
    own = _unique(table_columns(test.files[0]))
    count = sum(len(batch) for batch in _read(test.files, (test.target,)))
    nothing = np.zeros(count, dtype=np.bool_)
    ids = _sought_names(test, test.id, loose=True)
    exact = _sought_names(test, test.id, loose=False)
    groups = _sought_names(test, test.group, loose=False)
    shared: dict[tuple[str, ...], _Shared] = {}
    rows, newest = 0, float("-inf")
    for path in training:
        there = _unique(table_columns(path))
        columns = tuple(sorted((own & there) - {test.target, test.id}))
        if columns and columns not in shared:
            shared[columns] = _shared(test, columns)
        wanted = (*columns, *(name for name in (test.target, test.id) if name in there and name is not None))
        if not wanted:
            rows += sum(len(batch) for batch in _read((path,), (next(iter(sorted(there))),)))
            continue
        for batch in _read((path,), wanted):
            rows += len(batch)
            if columns:
                _look(shared[columns], batch, columns, test.target if test.target in there else None)
            for sought, name, loose in (
                (ids, test.id, True),
                (exact, test.id, False),
                (groups, test.group, False),
            ):
                if sought is not None and name in there:
                    sought.look(name_codes(_text(batch.column(name)), loose=loose))
            if test.time in there:
                newest = max(newest, _latest(batch.column(test.time)))
    found = tuple(shared.values())
    return Met(
        rows=rows,
        columns=min((len(columns) for columns in shared), default=0),
        content=_any((one.content for one in found), nothing),
        whole=_any((one.whole for one in found), nothing),
        same_id=ids.rows if ids else nothing,
        spelt_alike=exact.rows if exact else nothing,
        same_group=groups.rows if groups else nothing,
        groups=groups.kinds_found if groups else 0,
        groups_of=groups.kinds if groups else 0,
        older=_older(test, newest) if np.isfinite(newest) else nothing,
        newest=newest if np.isfinite(newest) else None,
        kinds=tuple((one.content.counts, one.rows) for one in found),
    )


def equal_rows(test: TestTable) -> NDArray[np.int64]:
    """How often each different test row stands there, by all columns but the id."""
    columns = sorted(_unique(table_columns(test.files[0])) - {test.id})
    counts: NDArray[np.int64] = _Sought(_keys(test.files, columns)).counts
    return counts


def _shared(test: TestTable, columns: tuple[str, ...]) -> _Shared:
    content = _keys(test.files, columns)
    target = np.concatenate(
        [codes_of(batch.column(test.target)) for batch in _read(test.files, (test.target,))]
    )
    return _Shared(content=_Sought(content), whole=_Sought(keys_of([content, target], len(content))))


def _look(shared: _Shared, batch: pa.RecordBatch, columns: tuple[str, ...], target: str | None) -> None:
    content = keys_of([codes_of(batch.column(name)) for name in columns], len(batch))
    shared.content.look(content)
    shared.rows += len(batch)
    if target is not None:
        shared.whole.look(keys_of([content, codes_of(batch.column(target))], len(batch)))


def _keys(files: Sequence[Path], columns: Sequence[str]) -> Keys:
    return np.concatenate(
        [
            keys_of([codes_of(batch.column(name)) for name in columns], len(batch))
            for batch in _read(files, columns)
        ]
    )


def _sought_names(test: TestTable, column: str | None, *, loose: bool) -> _Sought | None:
    if column is None:
        return None
    codes = [name_codes(_text(batch.column(column)), loose=loose) for batch in _read(test.files, (column,))]
    return _Sought(np.concatenate(codes))


def _older(test: TestTable, newest: float) -> Flags:
    assert test.time is not None  # noqa: S101 - a newest row has a time
    moments = np.concatenate(
        [moments_of(batch.column(test.time)) for batch in _read(test.files, (test.time,))]
    )
    if np.isnan(moments).all():
        raise BadData(
            f"the column `{test.time}` of the test data holds no dates or times",
            where=str(test.files[0]),
            mend="`data.test.time` names a column of ISO dates (`2026-01-31`), timestamps, or seconds since 1970.",
        )
    return moments < newest


def _latest(column: pa.Array) -> float:
    moments = moments_of(column)
    return float(np.nanmax(moments)) if (~np.isnan(moments)).any() else float("-inf")


def _text(column: pa.Array) -> pa.Array:
    import pyarrow as pa
    from pyarrow import compute, types

    if types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if types.is_floating(column.type):
        # whole numbers beside missing ones, as pandas keeps them
        whole = compute.equal(compute.floor(column), column)
        if compute.all(compute.or_kleene(whole, compute.is_nan(column)), min_count=0).as_py():
            column = compute.if_else(whole, column, pa.scalar(None, column.type)).cast(pa.int64())
    text = compute.cast(column, pa.string())
    return compute.if_else(compute.equal(text, ""), pa.scalar(None, pa.string()), text)


def _read(files: Sequence[Path], columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    for path in files:
        yield from typed_batches(path, columns)


def _unique(columns: Sequence[str]) -> set[str]:
    """A name that stands twice tells no column."""
    return {name for name in columns if columns.count(name) == 1}


def _any(sought: Iterator[_Sought], nothing: Flags) -> Flags:
    flags = nothing
    for one in sought:
        flags = flags | one.rows
    return flags

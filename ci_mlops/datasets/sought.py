"""The pinned test rows as keys that are looked for while the rows of a training pass by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ci_mlops.datasets.moments import moments_of
from ci_mlops.datasets.plain_text import as_text
from ci_mlops.datasets.row_codes import codes_of, is_name, keys_of, name_codes
from ci_mlops.datasets.tables import table_columns, typed_batches

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


class Sought:
    """One key for each test row."""

    def __init__(self, keys: Keys) -> None:
        self._known = is_name(keys)
        self._kinds, self._places, counts = np.unique(keys, return_inverse=True, return_counts=True)
        self.counts = counts.astype(np.int64)
        self._found = np.zeros(len(self._kinds), dtype=np.bool_)

    def look(self, keys: Keys) -> None:
        at = np.minimum(np.searchsorted(self._kinds, keys), len(self._kinds) - 1)
        self._found[at[self._kinds[at] == keys]] = True

    @property
    def rows(self) -> Flags:
        """Those that were found; shape (test rows,)."""
        flags: Flags = self._found[self._places] & self._known
        return flags

    @property
    def kinds(self) -> int:
        return int(is_name(self._kinds).sum())

    @property
    def kinds_found(self) -> int:
        return int((self._found & is_name(self._kinds)).sum())


class Names:
    """The test rows by their ids and groups."""

    def __init__(self, test: TestTable) -> None:
        self._test = test
        self.exact = self._sought(test.id, loose=False)
        self.ids = self._sought(test.id, loose=True)
        self.groups = self._sought(test.group, loose=False)
        # where `01` and `1` are two test rows, spelling is what tells ids apart
        self._loose = not (self.ids and self.exact and self.ids.kinds < self.exact.kinds)
        if not self._loose:
            self.ids = self.exact

    def _sought(self, column: str | None, *, loose: bool) -> Sought | None:
        if column is None:
            return None
        batches = read(self._test.files, (column,))
        return Sought(np.concatenate([_names(batch, column, loose=loose) for batch in batches]))

    def look(self, batch: pa.RecordBatch, there: set[str]) -> None:
        test = self._test
        for sought, column, loose in (
            (self.ids, test.id, self._loose),
            (self.exact, test.id, False),
            (self.groups, test.group, False),
        ):
            if sought is not None and column in there:
                sought.look(_names(batch, column, loose=loose))


@dataclass(slots=True)
class Shared:
    """The test rows by the columns that one kind of training file shares with them."""

    content: Sought
    whole: Sought
    rows: int = 0
    """Of the training."""


class Looking:
    """The test rows by all that a training file may know them by."""

    def __init__(self, test: TestTable) -> None:
        self._test = test
        self._own = unique(table_columns(test.files[0]))
        self.target = keys_in(test.files, [test.target])
        self.names = Names(test)
        self.shared: dict[tuple[str, ...], Shared] = {}
        self.present: set[str] = set()
        """Columns of the training files."""
        self.rows = 0
        self.newest = float("-inf")

    def look(self, path: Path) -> None:
        test, there = self._test, unique(table_columns(path))
        self.present |= there
        columns = tuple(sorted((self._own & there) - {test.target, test.id}))
        named = {name for name in (test.target, test.id, test.group, test.time) if name in there and name}
        for batch in read((path,), sorted({*columns, *named} or there)):
            self.rows += len(batch)
            if columns:
                self._look_for_content(batch, columns, has_target=test.target in there)
            self.names.look(batch, there)
            if test.time in there:
                self.newest = max(self.newest, _latest(batch.column(test.time)))

    def _look_for_content(self, batch: pa.RecordBatch, columns: tuple[str, ...], *, has_target: bool) -> None:
        if columns not in self.shared:
            own = keys_in(self._test.files, columns)
            whole = keys_of([own, self.target], len(own))
            self.shared[columns] = Shared(content=Sought(own), whole=Sought(whole))
        shared = self.shared[columns]
        content = _row_keys(batch, columns)
        shared.rows += len(batch)
        shared.content.look(content)
        if has_target:
            target = _row_keys(batch, (self._test.target,))
            shared.whole.look(keys_of([content, target], len(batch)))


def keys_in(files: Sequence[Path], columns: Sequence[str]) -> Keys:
    """One a row, of these columns in this order."""
    return np.concatenate([_row_keys(batch, columns) for batch in read(files, columns)])


def read(files: Sequence[Path], columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    for path in files:
        yield from typed_batches(path, columns)


def unique(columns: Sequence[str]) -> set[str]:
    """A name that stands twice tells no column."""
    return {name for name in columns if columns.count(name) == 1}


def _row_keys(batch: pa.RecordBatch, columns: Sequence[str]) -> Keys:
    return keys_of([codes_of(batch.column(name)) for name in columns], len(batch))


def _names(batch: pa.RecordBatch, column: str, *, loose: bool) -> Keys:
    import pyarrow as pa
    from pyarrow import compute

    text = as_text(batch.column(column))
    return name_codes(
        compute.if_else(compute.equal(text, ""), pa.scalar(None, pa.string()), text), loose=loose
    )


def _latest(column: pa.Array) -> float:
    moments = moments_of(column)
    return float(np.nanmax(moments)) if (~np.isnan(moments)).any() else float("-inf")

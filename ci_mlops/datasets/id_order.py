"""Do tables hold the same rows in one order? Told batch by batch, of ids that only ever rise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ci_mlops.datasets.alignment import TableColumns, lockstep
from ci_mlops.datasets.tables import BATCH_ROWS, batches_of, open_parquet, read_columns

if TYPE_CHECKING:
    import pyarrow as pa


def in_one_order(tables: Sequence[TableColumns]) -> bool:
    """
    Of Parquet files. False where it can't be told without keeping all ids, as of ids that rise and fall: whether one stands
    twice can't be seen then.
    """
    distinct = list({(table.files, table.id): table for table in tables}.values())
    if len({_rows(table) for table in distinct}) > 1:
        return False
    whole = all(table.id is None or _is_whole(table) for table in distinct)
    last = None
    for batch, *others in lockstep([_ids(table, whole=whole) for table in distinct]):
        ids = batch.column(0)
        if ids.null_count or not all(other.column(0).equals(ids) for other in others):
            return False
        if not _rises(ids, last):
            return False
        last = ids[-1]
    return True


def _rows(table: TableColumns) -> int:
    total = 0
    for file in table.files:
        with open_parquet(file) as parquet:
            total += parquet.metadata.num_rows
    return total


def _is_whole(table: TableColumns) -> bool:
    from pyarrow import types

    for file in table.files:
        with open_parquet(file) as parquet:
            place = parquet.schema_arrow.get_field_index(table.id)
            # -1 as well where a column of this name stands twice: refused in words when it is read
            if place < 0 or not types.is_integer(parquet.schema_arrow.field(place).type):
                return False
    return True


def _ids(table: TableColumns, *, whole: bool) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa
    from pyarrow import compute

    if table.id is None:
        rows = _rows(table)
        for start in range(0, rows, BATCH_ROWS):
            numbers = pa.array(np.arange(start, min(start + BATCH_ROWS, rows)))
            yield pa.record_batch([numbers if whole else compute.cast(numbers, pa.string())], names=["id"])
    elif whole:
        for file in table.files:
            with open_parquet(file) as parquet:
                for batch in batches_of(parquet, [table.id]):
                    yield pa.record_batch([compute.cast(batch.column(0), pa.int64())], names=["id"])
    else:
        yield from read_columns(table.files, (table.id,), as_text=(table.id,))


def _rises(ids: pa.Array, last: pa.Scalar | None) -> bool:
    from pyarrow import compute

    if last is not None and not last.as_py() < ids[0].as_py():
        return False
    return len(ids) < 2 or bool(compute.all(compute.less(ids[:-1], ids[1:])).as_py())

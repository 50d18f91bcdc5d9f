"""Bring tables into one order by their ids, and walk them in step. Same order: streamed. Else: joined in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ci_mlops.datasets.tables import BATCH_ROWS, Stretch, read_columns
from ci_mlops.errors import BadData

if TYPE_CHECKING:
    import pyarrow as pa

SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumns:
    """Which columns of which files are wanted; `id` None: rows are known by their number."""

    title: str
    """What an error calls it."""
    files: tuple[Path, ...]
    id: str | None
    text: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    """Of `text`, those of few values: read as a dictionary of these, which is several times faster."""

    def batches(self, stretch: Stretch | None = None) -> Iterator[pa.RecordBatch]:
        return read_columns(
            self.files, (*self.text, *self.numbers), as_text=self.text, codes=self.codes, stretch=stretch
        )

    @property
    def where(self) -> str:
        return str(self.files[0])


def in_step(tables: Sequence[TableColumns]) -> Iterator[tuple[pa.RecordBatch, ...]]:
    """
    Batches of all tables with the same rows in the order of the first.

    Raises:
        BadData: an id is missing, stands twice, or is not in every table.
    """
    first, *others = tables
    reference = _ids(first)
    _refuse_repeats(first, reference)
    streams = [first.batches()]
    for table in others:
        ids = _ids(table)
        if ids.equals(reference):
            streams.append(table.batches())
        else:
            _refuse_repeats(table, ids)
            streams.append(_ordered(table, _order(first, reference, table, ids)))
    yield from lockstep(streams)


def in_same_order(tables: Sequence[TableColumns], stretch: Stretch) -> Iterator[tuple[pa.RecordBatch, ...]]:
    """As `in_step`, of a stretch of rows of tables that are known to hold the same rows in one order."""
    return lockstep([table.batches(stretch) for table in tables])


def _ids(table: TableColumns) -> pa.ChunkedArray:
    import pyarrow as pa
    from pyarrow import compute

    if table.id is None:
        rows = sum(batch.num_rows for batch in table.batches())
        return pa.chunked_array([compute.cast(pa.array(range(rows), pa.int64()), pa.string())])
    batches = list(read_columns(table.files, (table.id,), as_text=(table.id,)))
    ids = pa.chunked_array([batch.column(0) for batch in batches], type=pa.string())
    refuse_nameless(table, ids.null_count)
    return ids


def refuse_nameless(table: TableColumns, rows: int) -> None:
    if rows:
        raise BadData(
            f"{table.title}: {rows} rows have no `{table.id}`",
            where=table.where,
            mend="Every row needs an id, so that both models are compared on the same rows.",
        )


def _refuse_repeats(table: TableColumns, ids: pa.ChunkedArray) -> None:
    from pyarrow import compute

    if compute.count_distinct(ids).as_py() != len(ids):
        counts = compute.value_counts(ids)
        twice = counts.filter(compute.greater(counts.field("counts"), 1)).field("values")
        raise BadData(
            f"{table.title}: {len(twice)} ids stand more than once, first {_some(twice)}",
            where=f"{table.where} column {table.id}",
            mend="An id names one row. If rows repeat on purpose, add a column that tells them apart.",
        )


def _order(
    first: TableColumns, reference: pa.ChunkedArray, table: TableColumns, ids: pa.ChunkedArray
) -> pa.Array:
    from pyarrow import compute

    order = compute.index_in(reference, value_set=ids.combine_chunks())
    lacking = reference.filter(compute.is_null(order))
    surplus = ids.filter(compute.invert(compute.is_in(ids, value_set=reference.combine_chunks())))
    if len(lacking) or len(surplus):
        parts = []
        if len(lacking):
            parts.append(f"{len(lacking)} of {first.title} are not in {table.title}, first {_some(lacking)}")
        if len(surplus):
            parts.append(f"{len(surplus)} of {table.title} are not in {first.title}, first {_some(surplus)}")
        raise BadData(
            f"the ids don't match: {'; '.join(parts)}",
            where=table.where,
            mend="Score both models on the same rows: every id once in each file.",
        )
    return order.combine_chunks()


def _some(values: pa.Array) -> str:
    return ", ".join(repr(value) for value in values.slice(0, SHOWN).to_pylist())


def _ordered(table: TableColumns, order: pa.Array) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    whole = pa.Table.from_batches(list(replace(table, codes=()).batches()))
    yield from whole.take(order).to_batches(max_chunksize=BATCH_ROWS)


def lockstep(streams: Sequence[Iterator[pa.RecordBatch]]) -> Iterator[tuple[pa.RecordBatch, ...]]:
    """Batches of one length, cut where any stream's batch ends; all streams have the same number of rows."""
    heads = [next(stream, None) for stream in streams]
    while all(head is not None for head in heads):
        rows = min(head.num_rows for head in heads if head is not None)
        yield tuple(head.slice(0, rows) for head in heads if head is not None)
        heads = [
            next(stream, None) if head is None or head.num_rows == rows else head.slice(rows)
            for head, stream in zip(heads, streams, strict=True)
        ]

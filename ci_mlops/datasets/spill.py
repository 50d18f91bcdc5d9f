"""A join that does not fit memory: rows go to buckets on disk by a hash of their ids, and each bucket is joined alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ci_mlops.datasets.alignment import TableColumns, refuse_nameless
from ci_mlops.datasets.prediction_file import PredictionFile, Truth
from ci_mlops.datasets.tables import read_columns
from ci_mlops.errors import BadData

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_NUMBER = "row number"
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_WRITTEN_ROWS = 1 << 20


def spilled(
    tables: Sequence[TableColumns],
    truth: Truth,
    candidate: PredictionFile,
    champion: PredictionFile | None,
    folder: Path,
    buckets: int,
) -> list[tuple[Truth, PredictionFile, PredictionFile | None]]:
    """The same tables bucket by bucket; `tables` are of the truth and of the two models."""
    paths = [
        [folder / f"{place}-{bucket}.parquet" for bucket in range(buckets)] for place in range(len(tables))
    ]
    counts = [_write(table, own) for table, own in zip(tables, paths, strict=True)]
    found = []
    for bucket, rows in enumerate(zip(*counts, strict=True)):
        if not any(rows):
            continue
        _refuse_other_rows(tables, rows)
        own = [side[bucket] for side in paths]
        found.append(
            (
                replace(truth, files=(own[0],), id=truth.id or _NUMBER),
                replace(candidate, path=own[1], parts=()),
                None if champion is None else replace(champion, path=own[2], parts=()),
            )
        )
    return found


def _refuse_other_rows(tables: Sequence[TableColumns], rows: Sequence[int]) -> None:
    """Of ids that fall into one bucket, each table must have as many; which ones is looked at where they are joined."""
    for table, own in zip(tables, rows, strict=True):
        if own != rows[0]:
            raise BadData(
                f"the ids don't match: of those that share a hash, {tables[0].title} has {rows[0]} and {table.title} {own}",
                where=table.where,
                mend="Score both models on the same rows: every id once in each file.",
            )


def _write(table: TableColumns, paths: Sequence[Path]) -> list[int]:
    """Rows of each bucket."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    writers: dict[int, ParquetWriter] = {}
    written = np.zeros(len(paths), dtype=np.int64)
    try:
        for rows, ids in _large(table):
            hashes = _hashes(ids) % np.uint64(len(paths))
            order = np.argsort(hashes, kind="stable")
            counts = np.bincount(hashes.astype(np.int64), minlength=len(paths))
            ends = np.cumsum(counts)
            written += counts
            ordered = rows.take(pa.array(order))
            for bucket, (end, path) in enumerate(zip(ends.tolist(), paths, strict=True)):
                if bucket not in writers:
                    writers[bucket] = ParquetWriter(path, rows.schema, compression="lz4")
                start = int(ends[bucket - 1]) if bucket else 0
                writers[bucket].write_table(ordered.slice(start, end - start))
    finally:
        for writer in writers.values():
            writer.close()
    return [int(count) for count in written]


def _large(table: TableColumns) -> Iterator[tuple[pa.Table, pa.Array]]:
    """Many rows at a time, and their ids as text."""
    import pyarrow as pa

    own = () if table.id is None else (table.id,)
    columns, text = (*own, *table.text, *table.numbers), (*own, *table.text)
    held: list[pa.RecordBatch] = []
    done = 0

    def flushed() -> tuple[pa.Table, pa.Array]:
        rows = pa.Table.from_batches(held)
        if table.id is None:
            numbers = pa.array(np.arange(done, done + len(rows))).cast(pa.string())
            return rows.append_column(_NUMBER, numbers), numbers
        ids = rows.column(table.id).combine_chunks()
        refuse_nameless(table, ids.null_count)
        return rows, ids

    for batch in read_columns(table.files, columns, as_text=text):
        held.append(batch)
        if sum(part.num_rows for part in held) >= _WRITTEN_ROWS:
            rows, ids = flushed()
            yield rows, ids
            done += len(rows)
            held.clear()
    if held:
        yield flushed()


def _hashes(ids: pa.Array) -> NDArray[np.uint64]:
    """Of texts: a polynomial of their bytes; the same in every table and on every machine."""
    offsets = np.frombuffer(ids.buffers()[1], dtype=np.int32)[ids.offset : ids.offset + len(ids) + 1]
    starts = offsets[:-1].astype(np.int64)
    lengths = np.diff(offsets)
    data = ids.buffers()[2]
    found = np.zeros(len(ids), dtype=np.uint64)
    every = np.frombuffer(data, dtype=np.uint8) if data is not None else np.zeros(0, dtype=np.uint8)
    for place in range(int(lengths.max(initial=0))):
        longer = np.flatnonzero(lengths > place)
        found[longer] = (found[longer] ^ every[starts[longer] + place]) * _FACTOR
        found[longer] ^= found[longer] >> np.uint64(29)
    return found

"""Columns of pinned tables, CSV or Parquet, in batches: never a whole file in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from ci_mlops.datasets.csv_faults import broken_csv
from ci_mlops.datasets.dialect import (
    FIELD_LIMIT,
    UNREADABLE,
    check_columns,
    known_format,
    open_bytes,
    read_dialect,
)
from ci_mlops.errors import BadData
from ci_mlops.records.labels import SET_SEPARATOR

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_ROWS = 65_536
Stretch = tuple[int, int]
"""First row and the one after the last, counted over all files of a table; of Parquet files only."""
NOTHING = (
    "",
    "#N/A",
    "#NA",
    "<NA>",
    "N/A",
    "NA",
    "NULL",
    "NaN",
    "None",
    "n/a",
    "nan",
    "null",
    "-NaN",
    "-nan",
)
"""What a number's cell holds where there is no number."""


def read_columns(
    files: Sequence[Path],
    columns: Sequence[str],
    *,
    as_text: Sequence[str] = (),
    codes: Sequence[str] = (),
    stretch: Stretch | None = None,
) -> Iterator[pa.RecordBatch]:
    """
    Batches of the named columns, in the files' order and the rows' order.

    A column in `as_text` is text whatever it looks like. Another is float64 if every cell of it, in all files,
    is a number or nothing (`NA`, `NaN`, ...), else text. In text an empty cell, and only that, is null.

    A text column in `codes` comes as a dictionary of its values.

    Raises:
        BadData: a column is missing, a row has the wrong number of cells, a file is not UTF-8 or broken,
            or there is no row at all.
    """
    import pyarrow as pa

    wanted = tuple(dict.fromkeys(columns))
    numbers = _number_columns(files, [column for column in wanted if column not in as_text])
    coded = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema(
        [
            (column, pa.float64() if column in numbers else coded if column in codes else pa.string())
            for column in wanted
        ]
    )
    rows = 0
    for path, batches in _by_file(files, wanted, stretch):
        for batch in batches:
            rows += batch.num_rows
            arrays = [
                _as_number(batch.column(column))
                if column in numbers
                else (_as_codes if column in codes else _as_text)(batch.column(column), path)
                for column in wanted
            ]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)
    if rows == 0:
        names = ", ".join(path.name for path in files) or "nothing"
        raise BadData(
            f"No rows in {names}", where=str(files[0]) if files else "", mend="Pin data that has rows."
        )


def _by_file(
    files: Sequence[Path], columns: tuple[str, ...], stretch: Stretch | None
) -> Iterator[tuple[Path, Iterator[pa.RecordBatch]]]:
    if stretch is None:
        yield from ((path, _batches(path, columns)) for path in files)
        return
    first = 0
    for path in files:
        with open_parquet(path) as parquet:
            groups = [parquet.metadata.row_group(group).num_rows for group in range(parquet.num_row_groups)]
        last = first + sum(groups)
        if first < stretch[1] and stretch[0] < last:
            yield path, _stretch(path, columns, groups, (stretch[0] - first, stretch[1] - first))
        first = last


def _stretch(
    path: Path, columns: tuple[str, ...], groups: Sequence[int], stretch: Stretch
) -> Iterator[pa.RecordBatch]:
    ends = list(accumulate(groups))
    wanted = [
        group for group, end in enumerate(ends) if stretch[0] < end and end - groups[group] < stretch[1]
    ]
    at = ends[wanted[0]] - groups[wanted[0]]
    for batch in _parquet_batches(path, columns, wanted):
        start, stop = max(0, stretch[0] - at), min(batch.num_rows, stretch[1] - at)
        at += batch.num_rows
        if start < stop:
            yield batch.slice(start, stop - start)


def typed_batches(path: Path, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Batches of the named columns with the types that the file gives them; all is text in CSV, "" where a cell is empty."""
    yield from _batches(path, tuple(columns))


def table_columns(path: Path) -> tuple[str, ...]:
    """Names of a table's columns, from its header or footer."""
    if known_format(path) == "csv":
        return read_dialect(path).columns
    with open_parquet(path) as parquet:
        return tuple(parquet.schema_arrow.names)


def count_rows(path: Path) -> int:
    columns = table_columns(path)
    once = next((column for column in columns if columns.count(column) == 1), columns[0])
    return sum(batch.num_rows for batch in _batches(path, (once,)))


def open_parquet(path: Path) -> pa.parquet.ParquetFile:
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    try:
        return ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise broken_parquet(path, error) from error


def broken_parquet(path: Path, error: BaseException) -> BadData:
    first = str(error).splitlines()[0] if str(error) else type(error).__name__
    return BadData(
        f"{path.name} is not a readable Parquet file: {first}",
        where=str(path),
        mend="Write the file again, then `ci-mlops pin`.",
    )


def _number_columns(files: Sequence[Path], columns: Sequence[str]) -> frozenset[str]:
    """A type seen in the first block may be refuted by the last row, so all rows are asked before any is given."""
    import pyarrow as pa

    numbers = list(dict.fromkeys(columns))
    for path in files:
        if not numbers:
            break
        if known_format(path) == "parquet":
            with open_parquet(path) as parquet:
                schema = parquet.schema_arrow
                check_columns(path, tuple(schema.names), tuple(numbers))
                numbers = [column for column in numbers if _is_number(schema.field(column).type)]
            continue
        for batch in _batches(path, tuple(numbers)):
            for column in tuple(numbers):
                try:
                    _as_number(batch.column(column))
                except pa.ArrowInvalid:
                    numbers.remove(column)
            if not numbers:
                break
    return frozenset(numbers)


def _is_number(kind: pa.DataType) -> bool:
    from pyarrow import types

    return bool(
        types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind) or types.is_null(kind)
    )


def _as_number(array: pa.Array) -> pa.Array:
    import pyarrow as pa
    from pyarrow import compute, types

    if types.is_string(array.type):
        text = compute.utf8_trim_whitespace(array)
        empty = compute.is_in(text, value_set=pa.array(NOTHING))
        array = compute.if_else(empty, pa.scalar(None, pa.string()), text)
    floats = compute.cast(array, pa.float64(), safe=False)
    return compute.if_else(compute.is_nan(floats), pa.scalar(None, pa.float64()), floats)


def _as_text(array: pa.Array, path: Path) -> pa.Array:
    import pyarrow as pa
    from pyarrow import compute, types

    if types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if types.is_floating(array.type):
        array = compute.if_else(compute.is_nan(array), pa.scalar(None, array.type), array)
    try:
        if types.is_list(array.type) or types.is_large_list(array.type):
            listed = compute.cast(array, pa.list_(pa.string()))
            # no list is not the same as an empty one
            array = compute.binary_join(listed, SET_SEPARATOR).fill_null("NA")
        text = compute.cast(array, pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise BadData(
            f"{path.name} has a column of {array.type}, which can't be written as text",
            where=str(path),
            mend="Use a column of numbers, text, booleans or dates.",
        ) from error
    return compute.if_else(compute.equal(text, ""), pa.scalar(None, pa.string()), text)


def _as_codes(array: pa.Array, path: Path) -> pa.DictionaryArray:
    import pyarrow as pa

    if pa.types.is_nested(array.type):
        return _as_text(array, path).dictionary_encode()
    encoded = array.dictionary_encode()
    words = _as_text(encoded.dictionary, path)
    if words.null_count:
        return words.take(encoded.indices).dictionary_encode()
    return pa.DictionaryArray.from_arrays(encoded.indices.cast(pa.int32()), words)


def _batches(path: Path, columns: tuple[str, ...]) -> Iterator[pa.RecordBatch]:
    if known_format(path) == "csv":
        yield from _csv_batches(path, columns)
    else:
        yield from _parquet_batches(path, columns)


def _parquet_batches(
    path: Path, columns: tuple[str, ...], row_groups: Sequence[int] | None = None
) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    with open_parquet(path) as parquet:
        check_columns(path, tuple(parquet.schema_arrow.names), columns)
        try:
            yield from batches_of(parquet, columns, row_groups)
        except (pa.ArrowException, OSError) as error:
            raise broken_parquet(path, error) from error


def batches_of(
    parquet: pa.parquet.ParquetFile, columns: Sequence[str], row_groups: Sequence[int] | None = None
) -> Iterator[pa.RecordBatch]:
    """A few row groups at a time: a reader keeps all that it has read until it is through."""
    held: list[int] = []
    rows = 0
    for group in range(parquet.num_row_groups) if row_groups is None else row_groups:
        held.append(group)
        rows += parquet.metadata.row_group(group).num_rows
        if rows >= BATCH_ROWS:
            yield from parquet.iter_batches(batch_size=BATCH_ROWS, columns=list(columns), row_groups=held)
            held, rows = [], 0
    if held:
        yield from parquet.iter_batches(batch_size=BATCH_ROWS, columns=list(columns), row_groups=held)


def _csv_batches(path: Path, columns: tuple[str, ...]) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    dialect = read_dialect(path)
    check_columns(path, dialect.columns, columns)
    if not dialect.line_end:
        return
    try:
        with open_bytes(path) as file:
            yield from arrow_csv.open_csv(
                file,
                read_options=arrow_csv.ReadOptions(block_size=FIELD_LIMIT, use_threads=False),
                parse_options=arrow_csv.ParseOptions(delimiter=dialect.delimiter, newlines_in_values=True),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(columns, pa.string()), include_columns=list(columns)
                ),
            )
    except (pa.ArrowException, *UNREADABLE) as error:
        raise broken_csv(path, dialect, str(error)) from error

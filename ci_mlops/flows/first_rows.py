"""The first rows of a data file, as the survey of a repository wants them."""

from __future__ import annotations

import csv
import io
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from ci_mlops.datasets.dialect import FIELD_LIMIT, format_of, open_bytes, read_dialect
from ci_mlops.datasets.tables import broken_parquet, open_parquet
from ci_mlops.errors import BadData
from ci_mlops.survey.tables import ROWS_READ, Column, Table

if TYPE_CHECKING:
    import pyarrow as pa

WIDEST = 2_000


def first_rows(root: Path, path: str) -> Table | None:
    """None where it is no table that can be pinned and read."""
    kind = format_of(path)
    try:
        if kind == "csv":
            return _csv(root / path, path)
        return _parquet(root / path, path) if kind == "parquet" else None
    except BadData:
        return None


def _csv(file: Path, path: str) -> Table:
    dialect = read_dialect(file)
    before = csv.field_size_limit(FIELD_LIMIT)
    try:
        with io.TextIOWrapper(open_bytes(file), encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines, delimiter=dialect.delimiter)
            read = [row for row in islice(reader, ROWS_READ + 2) if row]
    except (OSError, EOFError, ValueError, csv.Error) as error:
        raise BadData(f"{file.name} can't be read: {error}", where=str(file)) from error
    finally:
        csv.field_size_limit(before)
    rows = read[1 : ROWS_READ + 1]
    whole = len(read) <= ROWS_READ + 1
    width = min(len(dialect.columns), WIDEST)
    columns = tuple(
        Column(name, [row[number] if number < len(row) else "" for row in rows])
        for number, name in enumerate(dialect.columns[:width])
    )
    return Table(path=path, columns=columns, rows=len(rows) if whole else _estimated(file, rows), whole=whole)


def _estimated(file: Path, rows: list[list[str]]) -> int:
    size = sum(len(cell.encode()) + 1 for row in rows for cell in row)
    packed = 4 if file.name.lower().endswith(".gz") else 1
    return max(len(rows), int(file.stat().st_size * packed / max(size, 1) * len(rows)))


def _parquet(file: Path, path: str) -> Table:
    import pyarrow as pa

    try:
        with open_parquet(file) as parquet:
            names = list(parquet.schema_arrow.names)[:WIDEST]
            batch = next(parquet.iter_batches(batch_size=ROWS_READ, columns=names), None)
            columns = tuple(
                Column(name, _cells(batch.column(number)) if batch is not None else [])
                for number, name in enumerate(batch.schema.names if batch is not None else names)
            )
            rows = int(parquet.metadata.num_rows)
    except (pa.ArrowException, OSError) as error:
        raise broken_parquet(file, error) from error
    return Table(path=path, columns=columns, rows=rows, whole=rows <= ROWS_READ)


def _cells(array: pa.Array) -> list[str]:
    return ["" if cell is None else str(cell) for cell in array.to_pylist()]

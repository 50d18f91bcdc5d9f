"""Test rows over and over, each time with one column's cells dealt to other rows: what a model makes without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ci_mlops.datasets.csv_records import cells_of
from ci_mlops.datasets.features import Features
from ci_mlops.datasets.tables import open_parquet


def with_column_dealt(
    features: Features, into: Path, *, columns: Sequence[str], order: Sequence[int]
) -> Features:
    """
    One copy of all rows for each column, one below the other; in memory, so the caller bounds them.

    `order`: for each row the number of the row whose cell it gets.
    """
    into.mkdir(parents=True, exist_ok=True)
    place = into / features.path.name
    if features.format == "csv":
        _deal_csv(features, place, columns, order)
    else:
        _deal_parquet(features, place, columns, order)
    return replace(features, path=place, rows=features.rows * len(columns))


def _deal_csv(features: Features, place: Path, columns: Sequence[str], order: Sequence[int]) -> None:
    delimiter = (features.delimiter or ",").encode()
    header, *records = cells_of(features.path, delimiter)
    with place.open("wb") as out:
        out.write(delimiter.join(header) + b"\n")
        for column in columns:
            at = features.columns.index(column)
            for cells, other in zip(records, order, strict=True):
                moved = [*cells[:at], records[other][at], *cells[at + 1 :]]
                out.write((delimiter.join(moved) or b'""') + b"\n")


def _deal_parquet(features: Features, place: Path, columns: Sequence[str], order: Sequence[int]) -> None:
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    with open_parquet(features.path) as parquet:
        table = parquet.read()
    with ParquetWriter(place, table.schema) as writer:
        for column in columns:
            at = table.schema.get_field_index(column)
            moved = table.column(column).take(pa.array(order))
            writer.write_table(table.set_column(at, table.schema.field(at), moved))

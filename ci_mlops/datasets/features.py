"""The pinned test rows without the target: what a model gets to see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ci_mlops.datasets.csv_records import write_without
from ci_mlops.datasets.dialect import Dialect, Format, check_columns, known_format, read_dialect
from ci_mlops.datasets.tables import BATCH_ROWS, broken_parquet, open_parquet
from ci_mlops.errors import BadData

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    path: Path
    format: Format
    columns: tuple[str, ...]
    rows: int
    delimiter: str | None = None
    """Of a CSV file, as its source has it."""


def write_features(test_files: Sequence[Path], *, target: str, id: str | None, into: Path) -> Features:  # noqa: A002 - the config's word
    """
    Write `features.csv`, `.tsv` or `.parquet` into a folder: all rows in order, all columns but the target.

    A cell of CSV keeps its text byte for byte: `007`, `1.50` and `"a, b"` stay what they are. Blank lines and a byte
    order mark are left out.

    Raises:
        BadData: no such target or id, files that differ in their columns, broken rows, no rows at all.
    """
    formats = {known_format(path) for path in test_files}
    if len(formats) != 1:
        names = ", ".join(path.name for path in test_files)
        raise BadData(
            f"The test data mixes CSV and Parquet: {names}" if names else "There is no test data", where=names
        )
    wanted = (target,) if id is None else (target, id)
    if target == id:
        raise BadData(
            f"`{target}` is both target and id", where=str(test_files[0]), mend="Name another column as id."
        )
    into.mkdir(parents=True, exist_ok=True)
    if formats == {"csv"}:
        features = _write_csv(test_files, target, wanted, into)
    else:
        features = _write_parquet(test_files, target, wanted, into)
    if features.rows == 0:
        features.path.unlink()
        names = ", ".join(path.name for path in test_files)
        raise BadData(f"No rows in {names}", where=str(test_files[0]), mend="Pin data that has rows.")
    return features


def _write_csv(files: Sequence[Path], target: str, wanted: tuple[str, ...], into: Path) -> Features:
    dialects = [read_dialect(path) for path in files]
    first = dialects[0]
    for path, dialect in zip(files, dialects, strict=True):
        check_columns(path, dialect.columns, wanted)
        _check_same(files[0], path, first.columns, dialect.columns)
        _check_same_delimiter(files[0], path, first, dialect)
    kept = _kept(files[0], first.columns, target)
    ending = ".tsv" if ".tsv" in files[0].name.lower() else ".csv"
    place = into / f"features{ending}"
    draft = place.with_name(f".{place.name}.draft")
    rows = 0
    with draft.open("wb") as out:
        for path, dialect in zip(files, dialects, strict=True):
            rows += write_without(
                path, dialect, drop=dialect.columns.index(target), out=out, header=path is files[0]
            )
    draft.replace(place)
    return Features(path=place, format="csv", columns=kept, rows=rows, delimiter=first.delimiter)


def _write_parquet(files: Sequence[Path], target: str, wanted: tuple[str, ...], into: Path) -> Features:
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    with open_parquet(files[0]) as parquet:
        schema = parquet.schema_arrow
    check_columns(files[0], tuple(schema.names), wanted)
    kept = _kept(files[0], tuple(schema.names), target)
    # pandas keeps its index in the metadata; anything else there is none of a model's business
    metadata = {key: value for key, value in (schema.metadata or {}).items() if key == b"pandas"}
    narrow = pa.schema([schema.field(column) for column in kept], metadata=metadata)
    place = into / "features.parquet"
    draft = place.with_name(f".{place.name}.draft")
    rows = 0
    with ParquetWriter(draft, narrow) as writer:
        for path in files:
            with open_parquet(path) as parquet:
                check_columns(path, tuple(parquet.schema_arrow.names), wanted)
                _check_same(files[0], path, _typed(schema), _typed(parquet.schema_arrow))
                try:
                    for batch in parquet.iter_batches(batch_size=BATCH_ROWS, columns=list(kept)):
                        # a name with a dot may bring its neighbours: `a` matches `a.b`
                        writer.write_batch(batch.select(list(kept)).cast(narrow))
                        rows += batch.num_rows
                except (pa.ArrowException, OSError) as error:
                    raise broken_parquet(path, error) from error
    draft.replace(place)
    return Features(path=place, format="parquet", columns=kept, rows=rows)


def _kept(path: Path, columns: tuple[str, ...], target: str) -> tuple[str, ...]:
    kept = tuple(column for column in columns if column != target)
    if not kept:
        raise BadData(
            f"{path.name} has no column besides the target `{target}`",
            where=str(path),
            mend="A model needs at least one feature.",
        )
    if len(set(kept)) < len(kept):
        twice = sorted({column for column in kept if kept.count(column) > 1})
        raise BadData(
            f"{path.name} has columns of the same name: {', '.join(twice)}",
            where=str(path),
            mend="Rename them.",
        )
    return kept


def _typed(schema: pa.Schema) -> tuple[str, ...]:
    return tuple(f"{field.name}: {field.type}" for field in schema)


def _check_same(first: Path, path: Path, expected: tuple[str, ...], found: tuple[str, ...]) -> None:
    if expected == found:
        return
    lacking = [column for column in expected if column not in found]
    surplus = [column for column in found if column not in expected]
    parts = [f"lacks {', '.join(lacking)}"] * bool(lacking) + [f"has {', '.join(surplus)} besides"] * bool(
        surplus
    )
    raise BadData(
        f"{path.name} {' and '.join(parts) or 'has its columns in another order'}, compared with {first.name}",
        where=f"{path}:1" if known_format(path) == "csv" else str(path),
        mend="All files of the test data need the same columns in the same order.",
    )


def _check_same_delimiter(first: Path, path: Path, expected: Dialect, found: Dialect) -> None:
    if expected.delimiter != found.delimiter:
        raise BadData(
            f"{path.name} separates cells by {found.delimiter!r}, {first.name} by {expected.delimiter!r}",
            where=f"{path}:1",
            mend="All files of the test data need the same separator.",
        )

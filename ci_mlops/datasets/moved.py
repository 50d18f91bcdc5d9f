"""Test rows under two pins: what a change adds, takes away and edits, and base's rows as the moved file has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ci_mlops.datasets.csv_records import cells_of
from ci_mlops.datasets.features import Features
from ci_mlops.datasets.tables import read_columns, table_columns
from ci_mlops.errors import BadData

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """How the rows of a moved pin differ from base's."""

    columns: tuple[str, ...]
    """Of the moved files."""
    new: tuple[str, ...]
    """Columns that base's rows lack."""
    gone: tuple[str, ...]
    added: int | None = None
    """Rows that base does not pin; None: without an id it can't be told."""
    removed: int | None = None
    edited: tuple[tuple[str, int], ...] = ()
    """Column -> rows of base in which the moved file says something else."""
    places: tuple[int, ...] | None = None
    """For each of base's rows, its number in the moved files; None: not all of them are there, or rows have no id."""


def compare_rows(base: Sequence[Path], head: Sequence[Path], *, id: str | None) -> Moved:  # noqa: A002 - the config's word
    """
    Raises:
        BadData: a file that can't be read; not for what differs.
    """
    was, now = table_columns(base[0]), table_columns(head[0])
    found = Moved(
        columns=now,
        new=tuple(column for column in now if column not in was),
        gone=tuple(column for column in was if column not in now),
    )
    if id is None or id not in was or id not in now:
        return found
    before, after = _text(base, id), _text(head, id)
    if _ambiguous(before) or _ambiguous(after):
        return found
    return _joined(found, base, head, id, before, after)


def _joined(
    found: Moved, base: Sequence[Path], head: Sequence[Path], id_: str, before: pa.Array, after: pa.Array
) -> Moved:
    import pyarrow as pa
    from pyarrow import compute

    places = compute.index_in(before, value_set=after)
    kept = compute.is_valid(places)
    shared = [column for column in found.columns if column != id_ and column not in found.new]
    taken = places.filter(kept)
    rows = pa.array(range(len(before)), pa.int64()).filter(kept)
    edited = []
    for column in shared:
        count = _differing(base, head, column, rows, taken)
        if count:
            edited.append((column, count))
    return replace(
        found,
        added=len(after) - len(taken),
        removed=len(before) - len(taken),
        edited=tuple(edited),
        places=tuple(places.to_pylist()) if places.null_count == 0 else None,
    )


def _differing(
    base: Sequence[Path], head: Sequence[Path], column: str, rows: pa.Array, places: pa.Array
) -> int:
    from pyarrow import compute, types

    one, other = _column(base, column), _column(head, column)
    if one.type != other.type:
        # numbers on one side alone: then their text must be the same
        one, other = _text(base, column), _text(head, column)
    one, other = one.take(rows), other.take(places)
    if types.is_string(one.type):
        one, other = _spelt(one), _spelt(other)
    same = compute.fill_null(compute.equal(one, other), False)
    both_empty = compute.and_(compute.is_null(one), compute.is_null(other))
    return len(one) - int(compute.sum(compute.or_(same, both_empty)).as_py() or 0)


def _spelt(array: pa.Array) -> pa.Array:
    """`True` of one program is `true` of another; nothing else is taken for equal."""
    from pyarrow import compute

    lower = compute.utf8_lower(array)
    is_truth = compute.is_in(lower, value_set=_truths())
    return compute.if_else(is_truth, lower, array)


def _truths() -> pa.Array:
    import pyarrow as pa

    return pa.array(["true", "false"])


def _ambiguous(ids: pa.Array) -> bool:
    from pyarrow import compute

    return bool(ids.null_count) or compute.count_distinct(ids).as_py() != len(ids)


def _column(files: Sequence[Path], column: str) -> pa.Array:
    import pyarrow as pa

    return pa.chunked_array([batch.column(0) for batch in read_columns(files, (column,))]).combine_chunks()


def _text(files: Sequence[Path], column: str) -> pa.Array:
    import pyarrow as pa

    batches = read_columns(files, (column,), as_text=(column,))
    return pa.chunked_array([batch.column(0) for batch in batches], type=pa.string()).combine_chunks()


def rearranged(
    features: Features, into: Path, *, rows: Sequence[int] | None, columns: Sequence[str]
) -> Features:
    """
    The same cells, byte for byte: only these rows (None: all) and these columns, in this order.

    Raises:
        BadData: a column that is not there.
    """
    lacking = [column for column in columns if column not in features.columns]
    if lacking:
        raise BadData(
            f"The test rows have no column `{lacking[0]}`",
            where=str(features.path),
            mend="Pin rows that hold every column.",
        )
    into.mkdir(parents=True, exist_ok=True)
    place = into / features.path.name
    if features.format == "csv":
        _rearrange_csv(features, place, rows, columns)
    else:
        _rearrange_parquet(features, place, rows, columns)
    count = features.rows if rows is None else len(rows)
    return replace(features, path=place, columns=tuple(columns), rows=count)


def _rearrange_csv(
    features: Features, place: Path, rows: Sequence[int] | None, columns: Sequence[str]
) -> None:
    delimiter = (features.delimiter or ",").encode()
    header, *records = cells_of(features.path, delimiter)
    at = [features.columns.index(column) for column in columns]
    chosen = records if rows is None else [records[row] for row in rows]
    with place.open("wb") as out:
        for cells in (header, *chosen):
            # one empty cell alone would be a blank line, which readers skip
            out.write((delimiter.join(cells[number] for number in at) or b'""') + b"\n")


def _rearrange_parquet(
    features: Features, place: Path, rows: Sequence[int] | None, columns: Sequence[str]
) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    table = parquet.read_table(features.path).select(list(columns))
    if rows is not None:
        table = table.take(pa.array(rows, pa.int64()))
    parquet.write_table(table, place)

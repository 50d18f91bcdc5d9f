"""A column of any kind as text, so that whatever a cell holds can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


def as_text(column: pa.Array) -> pa.Array:
    """
    Whole numbers beside missing ones, as pandas keeps them, are written without a point; a list or a structure as
    Python writes it.
    """
    import pyarrow as pa
    from pyarrow import compute, types

    if types.is_string(column.type):
        return column
    if types.is_dictionary(column.type):
        return as_text(column.dictionary_decode())
    if types.is_floating(column.type):
        whole = compute.equal(compute.floor(column), column)
        if compute.all(compute.or_kleene(whole, compute.is_nan(column)), min_count=0).as_py():
            column = compute.if_else(whole, column, pa.scalar(None, column.type)).cast(pa.int64())
    try:
        return compute.cast(column, pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.array([_written(value) for value in column.to_pylist()], pa.string())


def _written(value: object) -> str | None:
    if isinstance(value, bytes):
        # as the cast writes those that are text
        return value.decode(errors="backslashreplace")
    return None if value is None else repr(value)

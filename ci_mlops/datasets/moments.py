"""When rows were: ISO text, Arrow's dates and times, and numbers that count seconds or parts of them since 1970."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?( ?(Z|[+-]\d\d:?\d\d))?)?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SMALLEST_EPOCH = 1e8
"""Seconds, of March 1973; a smaller number is a year, a day count or a step, and keeps its order only."""
_UNITS = ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6), (float("inf"), 1e9))
"""Below so many since 1970 it counts so many parts of a second."""


def moments_of(column: pa.Array) -> NDArray[np.float64]:
    """Seconds since 1970 in UTC, or the number itself where it is too small for that; NaN: none, or none that is known."""
    from pyarrow import types

    if types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if is_temporal(column.type):
        return of_temporal(column)
    if types.is_integer(column.type) or types.is_floating(column.type) or types.is_decimal(column.type):
        return _of_numbers(_floats(column))
    return _of_text(column)


def is_temporal(kind: pa.DataType) -> bool:
    from pyarrow import types

    return bool(types.is_timestamp(kind) or types.is_date(kind))


def of_temporal(column: pa.Array) -> NDArray[np.float64]:
    import pyarrow as pa
    from pyarrow import compute, types

    # a time without a zone is taken for UTC, in both files alike
    zone = column.type.tz if types.is_timestamp(column.type) else None
    whole = compute.cast(column, pa.timestamp("us", tz=zone), safe=False)
    return _floats(compute.cast(whole, pa.int64())) / 1e6


def of_iso(text: str) -> float:
    """Of a text that `ISO` matches; NaN: a date that no calendar has."""
    try:
        found = datetime.fromisoformat(text.replace(" +", "+").replace(" -", "-").replace(" Z", "Z"))
    except ValueError:
        return float("nan")
    return ((found if found.tzinfo else found.replace(tzinfo=UTC)) - _EPOCH).total_seconds()


def written(moment: float) -> str:
    """As a reader knows it."""
    if abs(moment) < _SMALLEST_EPOCH:
        return f"{moment:.12g}"
    try:
        found = datetime.fromtimestamp(moment, UTC).replace(tzinfo=None)
    except (OverflowError, OSError, ValueError):
        return f"{moment:.12g}"
    return (
        found.date().isoformat() if found.time() == datetime.min.time() else found.isoformat(" ", "seconds")
    )


def _of_text(column: pa.Array) -> NDArray[np.float64]:
    import pyarrow as pa
    from pyarrow import compute

    encoded = compute.cast(column, pa.string()).dictionary_encode()
    known = np.array([_of_word(word) for word in encoded.dictionary.to_pylist()] or [np.nan])
    places = encoded.indices.fill_null(len(known)).to_numpy(zero_copy_only=False)
    moments: NDArray[np.float64] = np.append(known, np.nan)[places]
    return moments


def _of_word(word: str) -> float:
    word = word.strip()
    if ISO.fullmatch(word):
        return of_iso(word)
    try:
        return float(_of_numbers(np.array([float(word)]))[0])
    except ValueError:
        return float("nan")


def _of_numbers(values: NDArray[np.float64]) -> NDArray[np.float64]:
    moments = np.where(np.isfinite(values), values, np.nan)
    size = np.abs(moments)
    for (largest, parts), (smallest, _) in zip(_UNITS, ((_SMALLEST_EPOCH, 1.0), *_UNITS), strict=False):
        chosen = (size >= smallest) & (size < largest)
        moments[chosen] /= parts
    return moments


def _floats(column: pa.Array) -> NDArray[Any]:
    import pyarrow as pa
    from pyarrow import compute

    floats = compute.cast(column, pa.float64(), safe=False)
    return np.asarray(floats.fill_null(float("nan")).to_numpy(zero_copy_only=False), dtype=np.float64).copy()

"""A 64-bit key for each row of what a model was fitted on: equal values give equal keys, whoever holds them.

Runs in the team's interpreter, inside their own training: standard library and numpy, Python 3.8 and newer.
Names of columns don't count, their order does. A sparse matrix has the keys of its dense form.
"""

from __future__ import annotations

import datetime as dt
import decimal
import hashlib
import numbers
from typing import Any

import numpy as np

_CHUNK = 1 << 14
_MISSING = np.uint64(0x7FF8000000000000)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
_MICROSECOND = dt.timedelta(microseconds=1)


def keys_of(given: Any) -> Any:
    """One uint64 a row of a frame, 2-D array, sparse matrix, Series, list of texts or list of rows."""
    if hasattr(given, "tocsr"):
        return _sparse_keys(given.tocsr())
    return combined(codes_of(given))


def combined(codes: Any) -> Any:
    """Keys of rows, from the codes of their columns."""
    if not codes:
        return np.empty(0, dtype=np.uint64)
    rows = len(codes[0])
    keys = np.zeros(rows, dtype=np.uint64)
    with np.errstate(over="ignore"):
        # what is zero adds nothing, so that a sparse row needs only what it stores
        nothing = _mixed(np.uint64(0), _salt(np.arange(len(codes), dtype=np.uint64))).sum(dtype=np.uint64)
        for start in range(0, rows, _CHUNK):
            part = slice(start, start + _CHUNK)
            total = np.zeros(len(keys[part]), dtype=np.uint64)
            for place, column in enumerate(codes):
                total += _mixed(column[part], _salt(place))
            keys[part] = total - nothing
    return keys


def codes_of(given: Any) -> Any:
    """The columns of given, each as uint64 codes of its values: equal values have equal codes in every column."""
    if hasattr(given, "tocsr"):
        given = given.toarray()
    if hasattr(given, "iloc"):
        if not hasattr(given, "columns"):
            return [_series_codes(given)]
        return _frame_codes(given)
    if hasattr(given, "get_columns"):
        return [_plain_codes(_polars_values(column)) for column in given.get_columns()]
    if hasattr(given, "itercolumns"):
        return [_plain_codes(column.to_numpy()) for column in given.itercolumns()]
    return _array_codes(given if isinstance(given, np.ndarray) else _array(given))


def _array_codes(given: Any) -> Any:
    if given.dtype.names:
        return [_plain_codes(given[name]) for name in given.dtype.names]
    if given.ndim <= 1:
        return [_plain_codes(np.atleast_1d(given))]
    if given.ndim > 2:
        given = given.reshape(len(given), -1)
    return [_plain_codes(given[:, place]) for place in range(given.shape[1])]


def number_codes(values: Any) -> Any:
    """
    Codes of numbers: the bits of a whole number, else of the value at single precision.

    Parsers of decimal text differ in the last bit; whole numbers may be large and must stay apart.
    """
    given = np.asarray(values)
    exact = given.astype(np.float64)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        if given.dtype.kind == "f" and given.dtype.itemsize > 4:
            single = exact.astype(np.float32).astype(np.float64)
            np.copyto(single, exact, where=np.floor(exact) == exact)
            exact = single
        exact += 0.0  # -0.0 becomes 0.0
    missing = np.isnan(exact)
    codes = exact.view(np.uint64)
    codes[missing] = _MISSING
    return codes


def _frame_codes(frame: Any) -> Any:
    kinds = {str(dtype) for dtype in frame.dtypes}
    if kinds <= {"float64", "float32", "int64", "int32", "bool"} and len(kinds) == 1:
        values = frame.to_numpy()
        return [_plain_codes(values[:, place]) for place in range(values.shape[1])]
    return [_series_codes(frame.iloc[:, place]) for place in range(frame.shape[1])]


def _series_codes(column: Any) -> Any:
    dtype = column.dtype
    name = str(dtype)
    if name == "category":
        known = _plain_codes(_objects(list(column.cat.categories)))
        return np.append(known, _MISSING)[np.asarray(column.cat.codes)]
    if name.startswith("datetime64"):
        # a column with a time zone keeps its moments in UTC below
        return _plain_codes(np.asarray(column.values, dtype="datetime64[us]"))
    if isinstance(dtype, np.dtype) and dtype.kind != "O":
        return _plain_codes(column.to_numpy())
    if getattr(dtype, "kind", "O") in "iufb" and not isinstance(dtype, np.dtype):
        return number_codes(column.to_numpy(dtype="float64", na_value=float("nan")))
    try:
        places, known = column.factorize()
    except (TypeError, AttributeError):
        return _plain_codes(_objects(list(column)))
    return np.append(_plain_codes(_objects(list(known))), _MISSING)[places]


def _plain_codes(values: Any) -> Any:
    kind = values.dtype.kind
    if kind in "iufb":
        return number_codes(values)
    if kind in "Mm":
        unit = "datetime64[us]" if kind == "M" else "timedelta64[us]"
        codes = number_codes(values.astype(unit).astype(np.int64))
        codes[np.isnat(values)] = _MISSING
        return codes
    known: dict[Any, int] = {}
    codes = np.empty(len(values), dtype=np.uint64)
    for place, value in enumerate(values.tolist()):
        try:
            code = known.get(value)
            if code is None:
                code = known[value] = _code(value)
        except TypeError:  # a list or a dict in a cell
            code = _code(value)
        codes[place] = code
    return codes


def _code(value: Any) -> Any:
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return int(_MISSING)
    if isinstance(value, (numbers.Real, decimal.Decimal, np.bool_)):
        return int(number_codes(np.array([_as_float(value)]))[0])
    if isinstance(value, dt.date):
        moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value.isoformat())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=dt.timezone.utc)
        return int(number_codes(np.array([(moment - _EPOCH) // _MICROSECOND]))[0])
    if isinstance(value, bytes):
        text, kind = value, b"bytes"
    elif isinstance(value, str):
        text, kind = value.encode("utf-8", "surrogatepass"), b"text"
    else:
        if isinstance(value, dict):
            value = sorted(value.items(), key=repr)
        text, kind = repr(value).encode("utf-8", "surrogatepass"), b"other"
    return int.from_bytes(hashlib.blake2b(text, digest_size=8, person=kind).digest(), "little")


def _as_float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf")


def _sparse_keys(matrix: Any) -> Any:
    if not getattr(matrix, "has_canonical_format", False):
        matrix = matrix.copy()  # the team's own matrix stays as it is
        matrix.sum_duplicates()
    codes = number_codes(matrix.data)
    with np.errstate(over="ignore"):
        salts = _salt(matrix.indices.astype(np.uint64))
        added = _mixed(codes, salts) - _mixed(np.zeros(1, dtype=np.uint64), salts)
        # sums wrap around, and so do their differences
        running = np.zeros(len(added) + 1, dtype=np.uint64)
        np.cumsum(added, out=running[1:])
        return running[matrix.indptr[1:]] - running[matrix.indptr[:-1]]


def _salt(place: Any) -> Any:
    """Another number for each column, scattered: splitmix64's step."""
    if isinstance(place, np.ndarray):
        return (place + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    return np.uint64(((place + 1) * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF)


def _mixed(codes: Any, salt: Any) -> Any:
    """splitmix64's finish, of codes and the salt of their column."""
    mixed = codes + salt
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def _polars_values(column: Any) -> Any:
    values = np.asarray(column.to_numpy())
    return values if values.dtype.kind in "iufbMmO" else values.astype(object)


def _objects(values: Any) -> Any:
    """A 1-D array of objects, also where the values are lists of equal length."""
    array = np.empty(len(values), dtype=object)
    for place, value in enumerate(values):
        array[place] = value
    return array


def _array(values: Any) -> Any:
    if hasattr(values, "to_numpy"):
        return _polars_values(values)
    values = list(values)
    if values and isinstance(values[0], (str, bytes, dict)):
        return _objects(values)
    if values and isinstance(values[0], (list, tuple)):
        rows = [list(row) for row in values]
        if len({len(row) for row in rows}) != 1:
            return _objects(rows)
        array = np.empty((len(rows), len(rows[0])), dtype=object)
        for place, row in enumerate(rows):
            array[place] = row
        return array
    return np.asarray(values)

"""
A 64-bit key for what a row of a pinned file says: equal values give equal keys, be they written as CSV or as Parquet.

A number is known by its value (`1`, `1.0` and `1e0`; what is not whole at single precision, as parsers of decimal text
differ in the last bit), a moment by its time, `True` and `true` are one word, and all ways to write nothing are one.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from ci_mlops.datasets.moments import ISO, is_temporal, of_iso, of_temporal
from ci_mlops.datasets.tables import NOTHING

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]

_MISSING = np.uint64(0x7FF8000000000000)
_NUMBER = r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$"
_TRUTHS = ("true", "false")
_NOTHING = frozenset(NOTHING)


def keys_of(columns: list[Keys], rows: int) -> Keys:
    """One key a row; the order of the columns counts."""
    keys = np.zeros(rows, dtype=np.uint64)
    for place, codes in enumerate(columns):
        keys += _mixed(codes, place)
    return keys


def codes_of(column: pa.Array) -> Keys:
    """Codes of values; shape (rows,)."""
    import pyarrow as pa
    from pyarrow import compute, types

    kind = column.type
    if types.is_dictionary(kind):
        return codes_of(column.dictionary_decode())
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind) or types.is_null(kind):
        return _number_codes(column)
    if is_temporal(kind):
        return _moment_codes(of_temporal(column))
    if not types.is_string(kind):
        try:
            column = compute.cast(column, pa.string())
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            # a list or a structure in a cell
            column = pa.array(
                [None if value is None else repr(value) for value in column.to_pylist()], pa.string()
            )
    try:
        # most columns of a CSV file hold numbers, and many different ones
        return _number_codes(column)
    except pa.ArrowInvalid:
        encoded = column.dictionary_encode()
        known = np.append(_text_codes(encoded.dictionary), _MISSING)
        codes: Keys = known[encoded.indices.fill_null(len(known) - 1).to_numpy(zero_copy_only=False)]
        return codes


def name_codes(column: pa.Array, *, loose: bool) -> Keys:
    """
    Codes of ids, as text: `007` and `7` are two names. `loose`: one name, as are `A 1` and `a 1 `.
    Null has a code that no name has.
    """
    import pyarrow as pa
    from pyarrow import compute

    encoded = compute.cast(column, pa.string()).dictionary_encode()
    words = encoded.dictionary.to_pylist()
    if loose:
        words = [_loosely(word) for word in words]
    known = np.array([*(_hashed(word, b"name") for word in words), int(_MISSING)], dtype=np.uint64)
    codes: Keys = known[encoded.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)]
    return codes


def is_name(codes: Keys) -> NDArray[np.bool_]:
    known: NDArray[np.bool_] = codes != _MISSING
    return known


def _loosely(word: str) -> str:
    word = word.strip().casefold().removesuffix(".0")
    return word.lstrip("0") or "0"


def _text_codes(words: pa.Array) -> Keys:
    """Of different words, some of which may be numbers or dates."""
    from pyarrow import compute

    trimmed = compute.utf8_trim_whitespace(words)
    numbers = compute.match_substring_regex(trimmed, _NUMBER).to_numpy(zero_copy_only=False).astype(bool)
    codes = np.empty(len(words), dtype=np.uint64)
    codes[numbers] = _number_codes(trimmed.filter(_mask(numbers)))
    rest = trimmed.filter(_mask(~numbers)).to_pylist()
    codes[~numbers] = np.array([_word_code(word) for word in rest], dtype=np.uint64)
    return codes


def _word_code(word: str) -> int:
    if word in _NOTHING:
        return int(_MISSING)
    if ISO.fullmatch(word):
        moment = of_iso(word)
        if not np.isnan(moment):
            return int(_moment_codes(np.array([moment]))[0])
    return _hashed(word.lower() if word.lower() in _TRUTHS else word, b"text")


def _hashed(word: str, kind: bytes) -> int:
    return int.from_bytes(
        blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8, person=kind).digest(), "little"
    )


def _number_codes(column: pa.Array) -> Keys:
    """
    Raises:
        pyarrow.ArrowInvalid: a text that is no number.
    """
    import pyarrow as pa
    from pyarrow import compute, types

    if types.is_string(column.type):
        text = compute.utf8_trim_whitespace(column)
        nothing = compute.is_in(text, value_set=pa.array(NOTHING))
        column = compute.if_else(nothing, pa.scalar(None, pa.string()), text)
    floats = compute.cast(column, pa.float64(), safe=False).fill_null(float("nan"))
    exact = np.asarray(floats.to_numpy(zero_copy_only=False), dtype=np.float64)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        single = exact.astype(np.float32).astype(np.float64)
    values = np.where(np.floor(exact) == exact, exact, single) + 0.0  # -0.0 becomes 0.0
    codes = values.view(np.uint64)
    codes[np.isnan(exact)] = _MISSING
    return codes


def _moment_codes(moments: NDArray[np.float64]) -> Keys:
    # another code than that of the number
    codes = np.round(moments * 1e3).view(np.uint64) ^ np.uint64(0x5DEECE66D)
    codes[np.isnan(moments)] = _MISSING
    return codes


def _mask(chosen: NDArray[Any]) -> pa.Array:
    import pyarrow as pa

    return pa.array(chosen)


def _mixed(codes: Keys, place: int) -> Keys:
    """splitmix64's finish, of codes and a salt of their column."""
    mixed = codes + np.uint64(((place + 1) * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF)
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed

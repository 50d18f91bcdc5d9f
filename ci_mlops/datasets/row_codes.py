"""
A 64-bit key for what a row of a pinned file says: equal values give equal keys, be they written as CSV or as Parquet.

A number is known by its value (`1`, `1.0` and `1e0`; what is not whole at single precision, as parsers of decimal text
differ in the last bit), a moment by its time, `True` and `true` are one word, and all ways to write nothing are one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ci_mlops.datasets.moments import ISO, is_temporal, of_iso, of_temporal
from ci_mlops.datasets.plain_text import as_text
from ci_mlops.datasets.tables import NOTHING

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]

_MISSING = np.uint64(0x7FF8000000000000)
_NUMBER = r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$"
_TRUTHS = ("true", "false")
_LARGEST_TEXT = 4 << 20
"""Bytes that are hashed at a time; a few numbers of 8 bytes are held for each."""


def keys_of(columns: list[Keys], rows: int) -> Keys:
    """One key a row; the order of the columns counts."""
    keys = np.zeros(rows, dtype=np.uint64)
    for place, codes in enumerate(columns):
        keys += _mixed(codes, place)
    return keys


def codes_of(column: pa.Array) -> Keys:
    """Codes of values; shape (rows,)."""
    import pyarrow as pa
    from pyarrow import types

    kind = column.type
    if types.is_dictionary(kind):
        return codes_of(column.dictionary_decode())
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind) or types.is_null(kind):
        return _number_codes(column)
    if is_temporal(kind):
        return _moment_codes(of_temporal(column))
    column = as_text(column)
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
    Codes of ids, given as text: `007` and `7` are two names. `loose`: one name, as are `A1` and ` a1 `.
    Null has a code that no name has.
    """
    from pyarrow import compute

    missing = compute.is_null(column).to_numpy(zero_copy_only=False)
    words = column.fill_null("")
    if loose:
        words = compute.utf8_lower(compute.utf8_trim_whitespace(words))
        words = compute.replace_substring_regex(words, r"^0+(.)", r"\1")
    codes = text_hashes(words)
    codes[missing] = _MISSING
    return codes


def is_name(codes: Keys) -> NDArray[np.bool_]:
    known: NDArray[np.bool_] = codes != _MISSING
    return known


def _text_codes(words: pa.Array) -> Keys:
    """Of different words, some of which may be numbers or dates."""
    import pyarrow as pa
    from pyarrow import compute

    words = compute.utf8_trim_whitespace(words)
    lower = compute.utf8_lower(words)
    is_truth = compute.is_in(lower, value_set=pa.array(_TRUTHS))
    codes = text_hashes(compute.if_else(is_truth, lower, words))
    numbers = compute.match_substring_regex(words, _NUMBER)
    codes[_flags(numbers)] = _number_codes(words.filter(numbers))
    dates = compute.match_substring_regex(words, f"^({ISO.pattern})$")
    moments = np.array([of_iso(word) for word in words.filter(dates).to_pylist()])
    known = ~np.isnan(moments)
    codes[np.flatnonzero(_flags(dates))[known]] = _moment_codes(moments[known])
    codes[_flags(compute.is_in(words, value_set=pa.array(NOTHING)))] = _MISSING
    return codes


def text_hashes(words: pa.Array) -> Keys:
    """Of text without nulls: for each byte a number that is scattered by its value and place, summed over the bytes."""
    import pyarrow as pa
    from pyarrow import compute

    if not len(words):
        return np.empty(0, dtype=np.uint64)
    plain = compute.cast(words, pa.large_string())
    _, ends, content = plain.buffers()
    offsets = np.frombuffer(ends, dtype=np.int64)[plain.offset : plain.offset + len(plain) + 1]
    lengths = np.diff(offsets)
    total = int(offsets[-1] - offsets[0])
    if total > _LARGEST_TEXT and len(words) > 1:
        half = len(words) // 2
        return np.concatenate([text_hashes(words[:half]), text_hashes(words[half:])])
    letters = np.frombuffer(content or b"", dtype=np.uint8)[offsets[0] : offsets[-1]].astype(np.uint64)
    places = np.arange(total, dtype=np.uint64) - np.repeat(offsets[:-1] - offsets[0], lengths).astype(
        np.uint64
    )
    sums = np.zeros(total + 1, dtype=np.uint64)
    # sums wrap around, and so do their differences
    np.cumsum(_mixed(letters | (places << np.uint64(8)), 0), out=sums[1:])
    starts = offsets - offsets[0]
    return _mixed(sums[starts[1:]] - sums[starts[:-1]], 1)


def _flags(chosen: pa.Array) -> NDArray[np.bool_]:
    return np.asarray(chosen.to_numpy(zero_copy_only=False), dtype=np.bool_)


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


def _mixed(codes: Keys, place: int) -> Keys:
    """splitmix64's finish, of codes and a salt of their column."""
    mixed = codes + np.uint64(((place + 1) * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF)
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed

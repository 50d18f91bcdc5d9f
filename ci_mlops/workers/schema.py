"""
Columns in the types that a model's signature names: cast where no value changes, and said. A sibling of score.py.

A number may be rounded to float32 where the model itself counts in it; nothing else may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:

    def sibling(name: str) -> Any: ...  # score.py puts it here: no module of ours takes a name of the team's


Refused = sibling("refusal").Refused


def cast(name: str, values: Any, wanted: str) -> tuple[Any, str]:
    """
    (the column as numpy has it, `int64 -> int32` or nothing where it was so already). `wanted`: a name of numpy's,
    `str`, or `datetime64[ns]`.
    """
    import numpy as np

    have = kind_of(values)
    if have == wanted:
        return values, ""
    change = "{} -> {}".format(have, wanted)
    if wanted == "str":
        return texts(values), change
    if wanted.startswith("datetime64"):
        return moments(name, values, wanted), change
    try:
        numbers = numeric(values)
        target = np.dtype(wanted)
    except (TypeError, ValueError):
        strange = np.array([isinstance(value, str) or not np.isscalar(value) for value in values.tolist()])
        raise refusal(name, values, have, wanted, strange) from None
    with np.errstate(all="ignore"):
        fresh = numbers.astype(target)
        lost = changed(numbers, fresh)
    if lost.any():
        raise refusal(name, values, have, wanted, lost)
    return fresh, change


def kind_of(values: Any) -> str:
    """
    As numpy names it; `str` for text whatever holds it, which pandas has several words for. A column of true, false
    and nothing is `object`.
    """
    import numpy as np

    if values.dtype.kind in "US":
        return "str"
    if values.dtype.kind != "O":
        return str(values.dtype)
    known = [value for value in values.tolist() if not is_missing(value)]
    return "str" if all(isinstance(value, (str, np.str_)) for value in known) else "object"


def is_missing(value: Any) -> bool:
    # NaN alone differs from itself; pandas' NA does not even say so
    return value is None or type(value).__name__ in ("NAType", "NaTType") or value != value  # noqa: PLR0124


def numeric(values: Any) -> Any:
    """Text that looks like numbers stays text: it may be a code, as `007` is."""
    import numpy as np

    if values.dtype.kind != "O":
        if values.dtype.kind not in "biuf":
            raise TypeError
        return values
    plain = [np.nan if is_missing(value) else value for value in values.tolist()]
    if any(isinstance(value, str) for value in plain):
        raise TypeError
    return np.array(plain, dtype=np.float64)


def changed(before: Any, after: Any) -> Any:
    """Which values are others now; rounding to a shorter float is none, but reaching infinity is."""
    import numpy as np

    if before.dtype.kind == "f" and after.dtype.kind == "f":
        return np.isfinite(before) & ~np.isfinite(after)
    if before.dtype.kind == "f":
        lowest, highest = bounds(after.dtype)
        inside = np.isfinite(before) & (before >= lowest) & (before <= highest)
        return ~inside | (np.where(inside, before, 0).astype(after.dtype).astype(before.dtype) != before)
    if after.dtype.kind == "b":
        return (before != 0) & (before != 1)
    if after.dtype.kind == "f":
        # int64 itself is not exact as a float64
        limit = 2 ** (np.finfo(after.dtype).nmant + 1)
        lost = (before > limit) | (before < -limit)
        for place in lost.nonzero()[0]:
            lost[place] = int(after[place]) != int(before[place])
        return lost
    lowest, highest = bounds(after.dtype)
    return (before < lowest) | (before > highest)


def bounds(dtype: Any) -> tuple[int, int]:
    import numpy as np

    if dtype.kind == "b":
        return 0, 1
    told = np.iinfo(dtype)
    return int(told.min), int(told.max)


def texts(values: Any) -> Any:
    import numpy as np

    fresh = np.empty(len(values), dtype=object)
    fresh[:] = [None if is_missing(value) else str(value) for value in values.tolist()]
    return fresh


def moments(name: str, values: Any, wanted: str) -> Any:
    import numpy as np
    import pandas as pd

    fresh = pd.to_datetime(pd.Series(values), errors="coerce").to_numpy()
    lost = np.isnat(fresh) & np.array([not is_missing(value) for value in values.tolist()])
    if lost.any():
        raise refusal(name, values, kind_of(values), wanted, lost)
    return fresh.astype(wanted)


def refusal(name: str, values: Any, have: str, wanted: str, lost: Any) -> Exception:
    count, first = int(lost.sum()), int(lost.argmax())
    missing = is_missing(values[first])
    why = "hold nothing" if missing else "would become another value"
    refused: Exception = Refused(
        "data",
        "Column `{}` is {} and the model takes {}: {} of {} rows {} (the first is row {})".format(
            name, have, wanted, count, len(values), why, first + 1
        ),
        "Log the model with a signature of rows that hold nothing too, so that it says `double`."
        if missing
        else "Is it the column that the model was fitted on? Prepare it inside a Pipeline, or log the model with a "
        "signature of today's rows.",
    )
    return refused

"""When a row was, whatever it is written as: a date, a time, seconds since 1970."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ci_mlops.errors import BadData

if TYPE_CHECKING:
    import pyarrow as pa


def seconds_of(column: pa.Array, name: str, where: str) -> NDArray[np.float64]:
    """
    Seconds since 1970, UTC, of a column of text; NaN where a cell is empty. A time without a zone is taken for UTC.

    Raises:
        BadData: a cell that is neither a date nor a number.
    """
    import pyarrow as pa
    from pyarrow import compute

    for kind in (pa.float64(), pa.timestamp("us", "UTC"), pa.timestamp("us"), pa.timestamp("ns")):
        try:
            read = compute.cast(column, kind)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            continue
        if kind == pa.float64():
            return np.asarray(read.to_numpy(zero_copy_only=False), dtype=np.float64)
        units = {"us": 1e6, "ns": 1e9}[kind.unit]
        whole = compute.cast(read, pa.int64()).to_numpy(zero_copy_only=False)
        return np.asarray(whole, dtype=np.float64) / units
    raise BadData(
        f"column `{name}` holds what is neither a date, a time nor a number",
        where=f"{where} column {name}",
        mend="Write times as 2026-11-23 or 2026-11-23T10:41:00Z, or as seconds since 1970.",
    )

"""Prices that each row has of its own, out of columns of the test data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ci_mlops.datasets.coding import numbers
from ci_mlops.errors import BadData
from ci_mlops.records import Policy

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_LARGEST = 1e15


def cost_columns(policy: Policy) -> tuple[str, ...]:
    return policy.cost.of_rows if policy.cost else ()


def costs_of(
    batch: pa.RecordBatch, policy: Policy, known: NDArray[np.bool_], where: str
) -> dict[str, NDArray[np.float64]]:
    """Column -> what it says for each row that is compared; of rows that are left out nothing is asked."""
    found = {}
    for name in cost_columns(policy):
        values = numbers(batch.column(name), f"amounts in `{name}`", where)
        bad = known & ~(np.isfinite(values) & (np.abs(values) <= _LARGEST))
        if bad.any():
            first = int(np.flatnonzero(bad)[0])
            raise BadData(
                f"amounts in `{name}`: {int(bad.sum())} rows have none, or one that is infinite or above {_LARGEST:g}",
                where=f"{where} near row {first + 1}",
                mend="`cost` reads a price from it, so every row needs one: fill it in, or name another column.",
            )
        found[name] = values[known]
    return found

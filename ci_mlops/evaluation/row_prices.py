"""What each row costs, whichever way it is decided: prices of all rows, of a slice, or of a column of amounts."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ci_mlops.evaluation.rows import Floats, Rows
from ci_mlops.records import Cost, PriceColumn

KINDS = ("false_negative", "false_positive", "true_positive", "true_negative")


def prices_of(rows: Rows, cost: Cost) -> tuple[Floats, Floats]:
    """What each row costs where it is called positive, and where it is not; both of shape (rows,)."""
    kinds = {kind: np.full(len(rows), getattr(cost, kind)) for kind in KINDS}
    _fill(kinds, {}, dict(cost.columns), rows, np.ones(len(rows), dtype=np.bool_))
    for one in cost.slices:
        inside = np.zeros(len(rows), dtype=np.bool_)
        for column in rows.slices.values():
            if one.slice in column.names:
                inside |= column.codes == column.names.index(one.slice)
        _fill(kinds, dict(one.prices), dict(one.columns), rows, inside)
    event = rows.labels == 1
    called = np.where(event, kinds["true_positive"], kinds["false_positive"])
    quiet = np.where(event, kinds["false_negative"], kinds["true_negative"])
    return called, quiet


def _fill(
    kinds: dict[str, Floats],
    prices: Mapping[str, float],
    columns: Mapping[str, PriceColumn],
    rows: Rows,
    inside: NDArray[np.bool_],
) -> None:
    for kind, price in prices.items():
        kinds[kind] = np.where(inside, price, kinds[kind])
    for kind, own in columns.items():
        kinds[kind] = np.where(inside, own.times * rows.costs[own.column], kinds[kind])

"""What lies in the rows that a candidate can't score: of each class, of the weight, of amounts, of the champion's errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ci_mlops.datasets.coding import numbers
from ci_mlops.datasets.costs import cost_columns
from ci_mlops.evaluation.lost import Sums, classes_in, column_in, errors_in
from ci_mlops.evaluation.rows import Predictions
from ci_mlops.records import Policy

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray


def lost_sums(
    batch: pa.RecordBatch,
    true: NDArray[np.float64],
    champion: Predictions | None,
    lost: NDArray[np.bool_],
    compared: NDArray[np.bool_],
    policy: Policy,
    where: str,
) -> Sums:
    """All of the whole batch: `true`, `lost` and `compared` have shape (rows,)."""
    found = classes_in(true[lost], true[compared], policy)
    for name in dict.fromkeys((*filter(None, [policy.weight]), *cost_columns(policy))):
        values = numbers(batch.column(name), f"numbers in `{name}`", where)
        found |= column_in(name, (values[lost], true[lost]), (values[compared], true[compared]), policy)
    if champion is not None:
        said = champion.decisions
        found |= errors_in(
            (said[lost], true[lost]),
            (said[compared], true[compared]),
            regression=policy.task == "regression",
        )
    return found

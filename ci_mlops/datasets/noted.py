"""What a launcher noted of the test rows, in their pinned order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ci_mlops.datasets.alignment import TableColumns, in_step
from ci_mlops.datasets.coding import numbers
from ci_mlops.datasets.marks import UNSCORED, UNSEEN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ci_mlops.datasets.prediction_file import PredictionFile, Truth


def noted_as_seen(truth: Truth, file: PredictionFile) -> NDArray[np.bool_]:
    """
    Shape (test rows,).

    Raises:
        BadData: ids that don't match.
    """
    assert file.seen is not None  # noqa: S101 - asked only where there are marks
    told = TableColumns(title=truth.title, files=truth.files, id=truth.id, text=(truth.label,))
    said = TableColumns(title=file.title, files=(file.path,), id="id", text=(), numbers=(file.seen,))
    marks = np.concatenate(
        [
            numbers(batch.column(file.seen), f"`seen` of {file.title}", str(file.path))
            for _, batch in in_step((told, said))
        ]
    )
    seen: NDArray[np.bool_] = (marks != UNSEEN) & (marks != UNSCORED)
    return seen

"""Whole numbers of rows, and what their squares add up to."""

import numpy as np
from numpy.typing import NDArray

from ci_mlops.evaluation.exact import BLOCK

Whole = NDArray[np.signedinteger]
"""Of as many bits as are enough."""


def sum_of_squares(values: Whole) -> int:
    """Exact, of whole numbers below 2**23."""
    parts = (values[start : start + BLOCK].astype(np.int64) for start in range(0, len(values), BLOCK))
    return sum(int(np.dot(part, part)) for part in parts)

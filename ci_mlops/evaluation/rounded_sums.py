"""Sums of many small groups as floats, rounded once: what `exact_sums` gives, without a whole number for each group."""

from functools import reduce
from math import fsum

import numpy as np

from ci_mlops.evaluation.exact import BLOCK, as_float, digits_of, exact_sums
from ci_mlops.evaluation.rows import Floats, Ints


def rounded_sums(values: Floats, codes: Ints, groups: int) -> Floats:
    """Shape (groups,): the exact sum of each group's values, rounded to the nearest float."""
    totals: list[Floats] = []
    for start in range(0, len(values), BLOCK):
        own = codes[start : start + BLOCK]
        for digit in digits_of(values[start : start + BLOCK]):
            if not digit.plain:
                return np.array([as_float(total) for total in exact_sums(values, codes, groups)])
            chosen = own if digit.rows is None else own[digit.rows]
            totals.append(np.bincount(chosen, digit.values, groups).astype(np.float64, copy=False))
    # each total is exact: a sum of two is rounded once by itself
    if len(totals) < 3:
        return reduce(np.add, totals, np.zeros(groups))
    return np.array([fsum(places) for places in zip(*(total.tolist() for total in totals), strict=True)])

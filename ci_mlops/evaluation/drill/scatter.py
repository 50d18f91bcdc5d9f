"""An order of rows that has nothing to do with them, and is the same on every machine and every day."""

import numpy as np
from numpy.typing import NDArray

from ci_mlops.evaluation.rows import Floats, Ints


def scattered(rows: int) -> Ints:
    """Row numbers in the order of their hashes."""
    return np.argsort(hashes(rows), kind="stable")


def dealt(rows: int) -> Ints:
    """For each row the number of another one: all rows are passed on along one ring, so that none keeps its own."""
    order = scattered(rows)
    other = np.empty(rows, dtype=np.int64)
    other[order] = np.roll(order, 1)
    return other


def spread(rows: int) -> Floats:
    """For each row a number from -1 to 1, evenly spread."""
    return hashes(rows).astype(np.float64) / 2.0**63 - 1.0


def hashes(rows: int) -> NDArray[np.uint64]:
    """
    Of the row numbers, one to one.

    Source: Steele, Lea & Flood 2014, SplitMix64, OOPSLA.
    """
    mixed = (np.arange(rows, dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))

"""
What a reader is told of counted bins: points of curves, groups and bars, none of them of few rows.

A verdict is read by more people than its rows are. So whatever is told stands for at least `LEAST_ROWS` rows: who knows a
person's score must not find there what was true of that person.
"""

import numpy as np

from ci_mlops.evaluation.rows import Floats, Ints

LEAST_ROWS = 10
"""Of a table of people, offices of statistics ask for 5 to 11 in a cell."""
_BARS = ((2500, 50), (500, 20), (0, 10))
_OUTSIDE = 0.005
Told = dict[str, list[float]]


def stretches(rows: Ints, progress: Floats, step: float) -> Ints:
    """
    Where stretches of bins end, the last bin among them: each holds `LEAST_ROWS` rows, and ends where `progress` has
    moved by a step since the one before.
    """
    ends: list[int] = []
    held, since = 0, 0.0
    for at, (more, now) in enumerate(zip(rows.tolist(), progress.tolist(), strict=True)):
        held += more
        if held >= LEAST_ROWS and now - since >= step:
            ends.append(at)
            held, since = 0, now
    if ends and held < LEAST_ROWS:
        ends.pop()
    return np.array([*ends, len(rows) - 1], dtype=np.int64)


def bars_of(rows: int) -> int:
    return next(bars for least, bars in _BARS if rows >= least)


def span(rows: Ints, middles: Floats) -> tuple[float, float]:
    """Where nearly all rows lie: the farthest at either end belong to the first and the last bar."""
    beyond = max(LEAST_ROWS, int(rows.sum() * _OUTSIDE))
    low = int(np.searchsorted(np.cumsum(rows), beyond))
    high = len(rows) - 1 - int(np.searchsorted(np.cumsum(rows[::-1]), beyond))
    return float(middles[low]), float(middles[high])


def bar_codes(values: Floats, edges: Floats) -> Ints:
    """Which bar each value is in; beyond the edges, the first or the last."""
    return np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)


def told_bars(heights: Floats | Ints, rows: Ints) -> list[float]:
    """As many rows as are in each bar, or their weight; 0 where they are few."""
    return rounded(np.where(rows >= LEAST_ROWS, heights, 0.0))


def rounded(values: Floats) -> list[float]:
    """To 6 digits, which is finer than anybody draws."""
    return [float(f"{value:.6g}") for value in values.tolist()]


def count(held: Ints, codes: Ints) -> None:
    """One more for each code; of a block most codes are near each other, and others need not be touched."""
    base = int(codes.min())
    count_from(base, held, codes - base)


def count_from(base: int, held: Ints, codes: Ints) -> None:
    counts = np.bincount(codes)
    held[base : base + len(counts)] += counts

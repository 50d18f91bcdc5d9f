"""The points of a verdict's curves, taken only where they fit together: a verdict may have been written by somebody else."""

from itertools import pairwise
from math import isfinite

from ci_mlops.records import Verdict

Points = tuple[list[float], ...]
_LARGEST = 1e100
"""Beyond it nothing can be drawn, and arithmetic may overflow."""


def together(verdict: Verdict, *keys: str, extra: int = 0) -> Points | None:
    """Lists of equal length, the first longer by `extra`; None where one is missing, empty, or no picture can be made."""
    found = tuple(verdict.curves.get(key, []) for key in keys)
    sizes = [len(found[0]) - extra, *map(len, found[1:])]
    if sizes[0] < 1 or len(set(sizes)) > 1:
        return None
    if any(not isfinite(value) or abs(value) > _LARGEST for values in found for value in values):
        return None
    return found


def of_sides(verdict: Verdict, *groups: str, shares: bool = False) -> dict[str, Points]:
    """Side -> its lists, for the sides that have them; `shares` lie between 0 and 1."""
    return {
        side: points
        for side in ("champion", "candidate")
        if (points := together(verdict, *(f"{group}.{side}" for group in groups))) is not None
        and not (shares and any(is_no_share(values) for values in points))
    }


def is_no_share(values: list[float]) -> bool:
    return min(values) < 0 or max(values) > 1


def at(x: float, xs: list[float], ys: list[float]) -> float:
    """
    The height of a line over `x`, straight between its points.

    >>> at(0.25, [0, 0.5, 1], [0, 1, 1])
    0.5
    """
    points = sorted(zip(xs, ys, strict=True))
    for (x0, y0), (x1, y1) in pairwise(points):
        if x0 <= x <= x1:
            return y0 if x1 == x0 else y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return points[0][1] if x < points[0][0] else points[-1][1]

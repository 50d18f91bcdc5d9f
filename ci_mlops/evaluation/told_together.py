"""
Few rows between two thresholds are told together, so that no step of a curve is what one person's truth costs.

Rows are counted in cells, two for each place between thresholds: those that the model does not call, and those that it
does. Where it decides is told exactly elsewhere, so groups of rows begin there and grow outwards: between that point and
any of the curve's lie `LEAST_ROWS` rows or none.
"""

from collections.abc import Iterable

import numpy as np

from ci_mlops.evaluation.rows import Ints
from ci_mlops.evaluation.sketching import LEAST_ROWS


def told_at(rows: Ints) -> Ints:
    """
    For each cell, the place at which its rows are told: fewer than `LEAST_ROWS` of a group are told elsewhere than they are.

    `rows`: how many there are in each cell, in ascending order of the scores.
    """
    found = np.arange(len(rows)) // 2
    decided = _decided_from(rows)
    for walk in (range(decided, len(rows)), range(decided - 1, -1, -1)):
        _gather(walk, rows.tolist(), found)
    return found


def _decided_from(rows: Ints) -> int:
    """The first cell that is called; 0 where what is called is no question of one threshold."""
    quiet, called = np.flatnonzero(rows[0::2]), np.flatnonzero(rows[1::2])
    if not quiet.size or not called.size or quiet[-1] > called[0]:
        return 0
    return 2 * int(called[0]) + 1


def _gather(walk: Iterable[int], rows: list[int], found: Ints) -> None:
    """A group is told where its last rows are; what is left over, where the group before it is."""
    group: list[int] = []
    held, place = 0, None
    for cell in walk:
        if rows[cell]:
            group.append(cell)
            held += rows[cell]
        if held >= LEAST_ROWS:
            place = found[cell]
            found[group] = place
            group, held = [], 0
    if group:
        found[group] = found[group[-1]] if place is None else place

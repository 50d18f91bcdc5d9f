"""How sure we are of a number where rows come in groups: a group is one draw, whatever the number of its rows."""

from math import sqrt

import numpy as np

from ci_mlops.evaluation.buckets import effective
from ci_mlops.evaluation.freedom import satterthwaite
from ci_mlops.evaluation.intervals import Interval, normal_quantile, poisson_limits, student_quantile
from ci_mlops.evaluation.rows import Floats

BY_GROUP = ", rows drawn by group"
# how many octaves of pulls are "about equal"; with edges at no number that shares of rows are likely to be
_OCTAVES = 2
_EDGE = 1.37


def grouped_interval(
    estimate: float,
    pulls: Floats,
    sizes: Floats,
    level: float,
    *,
    reach: tuple[float, float] = (0.0, 0.0),
    one_row: float = 1.0,
) -> Interval:
    """
    Groups that pull about equally are one weighted count, with its own score limits; and where no group pulls in a
    direction as far as half a row could, a whole group of such rows may exist all the same.

    `pulls`: shape (groups,), by how much the estimate moved for each; they add up to 0. `sizes`: rows of each, or their
    weight. `reach`: the farthest that all rows of an average group could pull it down, and up; `one_row`: the share of
    it that is one row's.

    Source: MOVER, Zou & Donner 2008, Statistics in Medicine 27, on the sums of groups as in Liang & Zeger 1986,
    Biometrika 73; Student's quantile with as many degrees of freedom as groups of one size would give, and no more than
    their pulls are worth.
    """
    if len(pulls) < 2:
        return float("-inf"), float("inf")
    # what rounding alone leaves is no pull
    pulls = np.where(np.abs(pulls) > 1e-9 * one_row * max(map(abs, reach)), pulls, 0.0)
    spread = [0.0, 0.0]
    for side, farthest in enumerate(reach):
        toward = pulls[pulls > 0] if side else -pulls[pulls < 0]
        if not len(toward) or toward.max() < one_row * abs(farthest) / 2:
            spread[side] = (poisson_limits(0, level)[1] * farthest) ** 2
    size = np.abs(pulls)
    # of the largest, so that neither more rows nor another unit of the weights can move it
    octave = np.frexp(size / max(size.max(), 1e-300) * _EDGE)[1].astype(np.int64) // _OCTAVES * 2 + (
        pulls > 0
    )
    for key in np.unique(octave[size > 0]).tolist():
        chosen = size[(octave == key) & (size > 0)]
        first, second = float(chosen.sum()), float((chosen**2).sum())
        count, scale = first * first / second, second / first
        low, high = poisson_limits(count, level)
        less, more = scale * (count - low), scale * (high - count)
        down, up = (less, more) if key % 2 else (more, less)
        spread[0] += down**2
        spread[1] += up**2
    units = effective(sizes)
    freedom = min(max(1, int(units) - 1), satterthwaite(pulls * pulls))
    wider = student_quantile(level, freedom) / normal_quantile(level)
    return estimate - wider * sqrt(spread[0]), estimate + wider * sqrt(spread[1])

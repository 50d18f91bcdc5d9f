"""Score limits of a weighted sum of counts."""

from math import inf, sqrt

from ci_mlops.evaluation.intervals import Interval, normal_quantile
from ci_mlops.evaluation.rows import Floats

_MOST_STEPS = 100
# of the multiplier: as near as floats can tell
_SAME = 1e-13


def score_limits(estimate: float, counts: Floats, pulls: Floats, reach: Interval, level: float) -> Interval:
    """
    Of an estimate that moves by a pull for each row of a kind, both of shape (kinds,): the values that a score test
    does not reject, where the expected counts are the likeliest that make such a value.

    `reach`: the farthest that a row of a kind not seen could pull it, down (not above 0) and up (not below). Two kinds
    that pull by one row each way give what Tango 1998 gives to a paired difference, of counts that are not bounded by
    the number of rows. The derivation is in docs/decisions/0016.
    """
    z = normal_quantile(level)
    seen = (counts > 0) & (pulls != 0)
    counts, pulls = counts[seen], pulls[seen]
    return (
        estimate - _farthest_below(counts, pulls, -reach[0], z),
        estimate + _farthest_below(counts, -pulls, reach[1], z),
    )


def _farthest_below(counts: Floats, pulls: Floats, reach: float, z: float) -> float:
    """
    With a multiplier m the likeliest expectation of a kind is count / (1 + m pull), the variance of the estimate V(m),
    the value m V(m) below it; and the test is at its limit where m sqrt(V(m)) = z.
    """
    squares = counts * pulls * pulls
    # from here on a kind of rows, whether it was seen or not, costs no likelihood
    pole = max(reach, float(-pulls.min(initial=0.0)))
    bound = 1 / pole if pole else inf

    def variance(m: float) -> tuple[float, float]:
        """And its derivative."""
        shrunk = 1 + m * pulls
        if (shrunk <= 0).any():
            return inf, inf
        terms = squares / shrunk
        return float(terms.sum()), -float((terms * pulls / shrunk).sum())

    if pole and variance(bound)[0] <= (z * pole) ** 2:
        # rows that were not seen make up what the variance lacks
        return z * z * pole
    if not len(pulls):
        return 0.0
    low, m, high = 0.0, z / sqrt(variance(0.0)[0]), bound
    for _ in range(_MOST_STEPS):
        if not low < m < high:
            m = (low + high) / 2 if high < inf else 2 * low
        value, slope = variance(m)
        root = sqrt(value)
        low, high = (low, m) if m * root > z else (m, high)
        # Newton's step, where there is one
        step = (m * root - z) / (root + m * slope / (2 * root)) if value < inf else inf
        if abs(step) <= _SAME * m:
            break
        m -= step
    # m V(m) at the limit; near a pole V itself has hardly a digit
    return z * z / m

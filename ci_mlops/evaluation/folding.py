"""What is never below 0 is lifted by chance."""

from math import erfc, exp, pi, sqrt


def folding(distance: float, error: float) -> float:
    """
    By how much chance lifts the size of a number that lies so far from 0, at most: the mean of a folded normal
    distribution, where the truth is nearer to 0 by one standard error.

    Source: Leone, Nelson & Nottingham 1961, Technometrics 3.
    """
    if not error:
        return 0.0
    away = max(0.0, abs(distance) / error - 1)
    return error * (sqrt(2 / pi) * exp(-away * away / 2) - away * erfc(away / sqrt(2)))

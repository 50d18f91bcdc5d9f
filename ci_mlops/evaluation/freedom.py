"""Degrees of freedom of a sum of squares: few where few of them are most of it, however many there are."""

from ci_mlops.evaluation.exact import as_fraction, exact_sums
from ci_mlops.evaluation.rows import Floats

LEAST_FREEDOM = 4
_MOST_FREEDOM = 1_000_000


def satterthwaite(squares: Floats) -> int:
    """
    Those of a variance of squares that differ as these do, shape (units,).

    Source: Satterthwaite 1946, Biometrics Bulletin 2.
    """
    scale = float(squares.max())
    if not scale:
        return _MOST_FREEDOM
    units, parts = len(squares), squares / scale
    share, fourth = (float(as_fraction(exact_sums(of)[0])) for of in (parts, parts * parts))
    doubt = fourth - share * share / units
    freedom = 2 * share * share / doubt if doubt * _MOST_FREEDOM > share * share else _MOST_FREEDOM
    return max(LEAST_FREEDOM, int(freedom))

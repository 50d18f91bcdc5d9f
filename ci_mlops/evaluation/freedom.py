"""Degrees of freedom of a sum of squares: few where few of them are most of it, however many there are."""

from ci_mlops.evaluation.exact import as_fraction, exact_sums
from ci_mlops.evaluation.rows import Floats

LEAST_FREEDOM = 4
MOST_FREEDOM = 1_000_000


def satterthwaite(squares: Floats) -> int:
    """
    Those of a variance of squares that differ as these do, shape (units,).

    Source: Satterthwaite 1946, Biometrics Bulletin 2.
    """
    scale = float(squares.max())
    if not scale:
        return MOST_FREEDOM
    parts = squares / scale
    share, fourth = (float(as_fraction(exact_sums(of)[0])) for of in (parts, parts * parts))
    return freedom_of(len(squares), share, fourth)


def freedom_of(units: int, squares: float, fourths: float) -> int:
    """As `satterthwaite`: of the sum of the squares, and of the sum of their squares, the largest of them taken for 1."""
    doubt = fourths - squares * squares / units
    freedom = 2 * squares * squares / doubt if doubt * MOST_FREEDOM > squares * squares else MOST_FREEDOM
    return max(LEAST_FREEDOM, int(freedom))

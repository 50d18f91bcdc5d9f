"""
How slices are spelt. Rows are cut by a column (`region`) or by two or three crossed (`region & sex`); one slice of such a
cut is `region=north`, or `region=north & sex=f`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise

CROSS = " & "
MISSING = "(missing)"
"""Of rows that hold nothing in the column."""
MOST_CROSSED = 3
_CROSS = re.compile(r"\s+&\s+")


@dataclass(frozen=True, slots=True)
class Bins:
    """A column of numbers, cut at ascending edges; a number that is an edge lies above it."""

    column: str
    edges: tuple[float, ...]

    def __str__(self) -> str:
        return ":".join((self.column, *map(plain, self.edges)))

    @property
    def names(self) -> tuple[str, ...]:
        """
        From below the first edge to above the last one.

        >>> Bins("age", (25, 40)).names
        ('age=under 25', 'age=25 to 40', 'age=40 or more')
        """
        edges = [plain(edge) for edge in self.edges]
        inner = [f"{low} to {high}" for low, high in pairwise(edges)]
        return tuple(
            f"{self.column}={bin_}" for bin_ in (f"under {edges[0]}", *inner, f"{edges[-1]} or more")
        )


def plain(number: float) -> str:
    """All digits that a number was written with: `25`, not `25.0`."""
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else repr(float(number))


def columns_of(cut: str) -> tuple[str, ...]:
    """
    One, or those that are crossed.

    >>> columns_of("region & sex"), columns_of("R&D")
    (('region', 'sex'), ('R&D',))
    """
    return tuple(_CROSS.split(cut))


def spelt(cut: str) -> str:
    """With one space around each `&`."""
    return CROSS.join(columns_of(cut))


def all_columns(cuts: Iterable[str]) -> tuple[str, ...]:
    """Each once, in the order in which they are named first."""
    return tuple(dict.fromkeys(column for cut in cuts for column in columns_of(cut)))


def is_of(slice_: str, cut: str, cuts: Sequence[str] = ()) -> bool:
    """
    Whether a slice is one of those that a cut makes.

    `cuts`: all that are declared, for a value may hold ` & ` as well: then it is of the cut with the most columns that fits.

    >>> is_of("dept=R & D", "dept"), is_of("dept=R & sex=f", "dept", ("dept", "dept & sex"))
    (True, False)
    """
    if not _fits(slice_, cut):
        return False
    return not any(len(columns_of(other)) > len(columns_of(cut)) and _fits(slice_, other) for other in cuts)


def nearest(slice_: str, present: Iterable[str]) -> str | None:
    """
    The slice of the same column that a misspelt one may mean: by its value alone, for they share the column's name.

    >>> nearest("region=nroth", ["region=north", "sex=f"]), nearest("region=xyz", ["region=south"])
    ('region=north', None)
    """
    column, _, value = slice_.partition("=")
    values = {name.partition("=")[2]: name for name in present if name.startswith(f"{column}=")}
    guess = next(iter(get_close_matches(value, values, n=1)), None)
    return None if guess is None else values[guess]


def _fits(slice_: str, cut: str) -> bool:
    first, *others = columns_of(cut)
    if not slice_.startswith(f"{first}="):
        return False
    place = 0
    for column in others:
        place = slice_.find(f"{CROSS}{column}=", place)
        if place < 0:
            return False
        place += 1
    return True

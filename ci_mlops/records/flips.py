"""Rows on which the candidate decides otherwise than the champion."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """Decisions that flipped in the same way; classes are told by the words to show."""

    truth: str
    champion: str
    candidate: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Flips:
    """Counts of rows, whatever they weigh; a row of several labels is right where all of them are."""

    better: int
    """The champion is wrong on them, and the candidate is right."""
    worse: int
    """The champion is right, and the candidate is wrong."""
    otherwise: int = 0
    """Both are wrong, each in its own way; of two classes there is no such row."""
    kinds: tuple[Flip, ...] = ()
    """From which class to which, the most frequent first; none for rows of several labels."""
    left_out: int = 0
    """Kinds that are not listed, the rarest, where there are too many."""

    @property
    def rows(self) -> int:
        return self.better + self.worse + self.otherwise

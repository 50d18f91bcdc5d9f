"""What a data file's first rows say of its columns."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

ROWS_READ = 50_000
_NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*")
_WHOLE = re.compile(r"\s*[-+]?\d{1,15}(\.0*)?\s*")
_NOTHING = frozenset(("", "NA", "N/A", "NaN", "nan", "null", "None"))


@dataclass(frozen=True)
class Column:
    name: str
    cells: Sequence[str]
    """As text; an empty cell is empty text."""

    @cached_property
    def counts(self) -> Counter[str]:
        return Counter(cell for cell in self.cells if cell not in _NOTHING)

    @property
    def filled(self) -> int:
        return self.counts.total()

    @cached_property
    def is_number(self) -> bool:
        return bool(self.counts) and all(_NUMBER.fullmatch(cell) for cell in self.counts)

    @cached_property
    def is_whole(self) -> bool:
        return bool(self.counts) and all(_WHOLE.fullmatch(cell) for cell in self.counts)

    @property
    def is_unique(self) -> bool:
        return bool(self.cells) and len(self.counts) == len(self.cells)

    @cached_property
    def spread(self) -> float:
        """Standard deviation, of a column of numbers."""
        if not self.is_number:
            return 0.0
        mean = sum(float(cell) * times for cell, times in self.counts.items()) / self.filled
        square = sum((float(cell) - mean) ** 2 * times for cell, times in self.counts.items()) / self.filled
        return float(square**0.5)


@dataclass(frozen=True)
class Table:
    path: str
    columns: tuple[Column, ...]
    rows: int
    """Exact where the whole file was read, else estimated from its size."""
    whole: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def is_headless(self) -> bool:
        """Its first line is a row."""
        words = [name for column in self.columns for name in column.name.split()]
        return bool(words) and all(_NUMBER.fullmatch(word) for word in words)

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    def like(self, name: str) -> str | None:
        """The file's own name for what a script calls by it: scripts like to clean names up first."""
        if name in self.names:
            return name
        same = [column for column in self.names if plain(column) == plain(name)]
        return same[0] if len(same) == 1 else None


def plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", name.lower())


def usable(name: str) -> bool:
    """A name that a config can hold."""
    return bool(name.strip()) and name.isprintable() and name == name.strip()

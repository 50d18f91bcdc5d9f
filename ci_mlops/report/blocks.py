"""What a report is made of, before any dialect; every text is one of `inline`."""

from dataclasses import dataclass
from typing import Literal

from ci_mlops.records.comparison import Word

Align = Literal["left", "right", "centre"]


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Items:
    texts: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """How much better a row's candidate is, for a dialect that can draw it; above zero is better."""

    at: float | None
    low: float
    high: float
    limit: float | None = None
    """How far the rule lets it fall, where the row has one: below it the rule is broken."""
    unit: str
    """Rows of one unit are drawn on one scale."""
    word: Word


@dataclass(frozen=True, slots=True)
class Table:
    head: tuple[str, ...]
    align: tuple[Align, ...]
    rows: tuple[tuple[str, ...], ...]
    intervals: tuple[Interval | None, ...] = ()
    """One a row, or none at all."""


Simple = Heading | Paragraph | Items | Table


@dataclass(frozen=True, slots=True)
class Details:
    """Folded away where a dialect can fold; its summary states the finding."""

    summary: str
    blocks: tuple[Simple, ...]
    key: str = ""
    """What it is about, in one word, for a dialect that adds to it or points at it."""


Block = Simple | Details

"""What a report is made of, before any dialect; every text is one of `inline`."""

from dataclasses import dataclass
from typing import Literal

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


@dataclass(frozen=True, slots=True)
class Table:
    head: tuple[str, ...]
    align: tuple[Align, ...]
    rows: tuple[tuple[str, ...], ...]


Simple = Heading | Paragraph | Items | Table


@dataclass(frozen=True, slots=True)
class Details:
    """Folded away where a dialect can fold; its summary states the finding."""

    summary: str
    blocks: tuple[Simple, ...]


Block = Simple | Details

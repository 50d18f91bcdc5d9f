"""Where in the file a value stands: `ci-mlops.yml:17 gates[1].metric`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Loc = tuple[str | int, ...]


def spell(loc: Loc) -> str:
    """
    As a person points at it.

    >>> spell(("gates", 1, "metric"))
    'gates[1].metric'
    """
    text = ""
    for part in loc:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The line of every key and list item of one file."""

    name: str = "ci-mlops.yml"
    lines: Mapping[Loc, int] = field(default_factory=dict)

    def line(self, loc: Loc) -> int:
        """The line of `loc`, or of the nearest thing around it that is written: what is missing has no line."""
        while loc and loc not in self.lines:
            loc = loc[:-1]
        return self.lines.get(loc, 1)

    def written(self, loc: Loc) -> Loc:
        """`data.train[0]` is `data.train` where the list of one is written without the list."""
        return loc[:-1] if loc and isinstance(loc[-1], int) and loc not in self.lines else loc

    def at(self, loc: Loc) -> str:
        return f"{self.name}:{self.line(loc)}"

    def where(self, loc: Loc) -> str:
        return f"{self.at(loc)} {spell(loc)}".rstrip()

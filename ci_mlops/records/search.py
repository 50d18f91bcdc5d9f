"""The search for slices that got worse: what is asked for, and what it found."""

from dataclasses import dataclass
from typing import Literal

Loss = Literal["expected_cost", "error_rate", "mae"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRule:
    columns: tuple[str, ...]
    severity: Literal["block", "warn"] = "warn"
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorseSlice:
    slice: str
    rows: int
    champion: float
    """Mean loss per row."""
    candidate: float
    at_least: float
    at_most: float
    """By how much the candidate is worse, at `Search.level`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    columns: tuple[str, ...]
    loss: Loss
    """What was compared row by row: costs where they are given, else wrong decisions; of numbers, how far off."""
    searched: int
    """Slices with enough rows."""
    too_small: int
    level: float
    """Two-sided, of the limits of each slice that was found: as the number of slices asks for."""
    worse: tuple[WorseSlice, ...] = ()
    """The clearest loss first; a slice inside another that tells nothing more is not listed."""
    repeated: int = 0
    """Others that were found, and lie inside a listed one or around it without telling more."""
    correction: Literal["Benjamini-Hochberg", "Holm"] = "Benjamini-Hochberg"

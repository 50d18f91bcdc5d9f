"""Single rows of the test data that a report may show: only where the base branch's policy allows it."""

from dataclasses import dataclass
from typing import Literal

SCHEMA = "ci-mlops/flipped/v1"

Told = str | int | float | None
"""The word of a class, a number, or what a cell holds; None: nothing."""
Change = Literal["expected_cost", "errors", "absolute_error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRows:
    """What the policy allows."""

    columns: tuple[str, ...]
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FlippedRow:
    truth: Told
    champion: Told
    candidate: Told
    champion_score: float | None = None
    """Of the positive class; None where there are more classes, or no scores."""
    candidate_score: float | None = None
    change: float
    """What the candidate costs more on this row than the champion, or by how much its error is larger; below 0: it is better."""
    values: tuple[Told, ...]
    """In the order of `columns`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlippedRows:
    """`flipped.json` is this record and nothing else; it is kept beside the verdict, and never part of it."""

    schema: str = SCHEMA
    model: str
    verdict_digest: str
    """Of the verdict that these rows belong to."""
    change: Change
    """What the change of a row is one of."""
    columns: tuple[str, ...]
    rows: tuple[FlippedRow, ...]
    """What matters most comes first: by the size of the change, then by how far the scores are apart."""
    left_out: int = 0
    """Others that flipped, or whose error moved."""

"""Rows as the court sees them: what was true, what each model said, and which slices a row is in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ci_mlops.evaluation.lost import Sums
    from ci_mlops.evaluation.taken import Taken

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Remarks(Protocol):
    """What a reader of rows notes, and only all partitions together can tell; merges by `+`."""

    def __add__(self, other: Self) -> Self: ...

    def refuse(self) -> None:
        """
        Raises:
            BadData: these rows can't be compared.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictions:
    """What one model said. `decisions` holds 0/1 codes (classification) or values (regression)."""

    decisions: Floats
    scores: Floats | None = None
    """
    Shape (rows,), of the positive class; a probability only where every value lies in [0, 1]. Of several classes
    shape (rows, classes); probabilities where each row's sum to 1 as well.
    """

    def of(self, rows: NDArray[np.bool_]) -> "Predictions":
        return Predictions(
            decisions=self.decisions[rows], scores=None if self.scores is None else self.scores[rows]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceColumn:
    codes: Ints
    """Shape (rows,), indices into `names`."""
    names: tuple[str, ...]
    """`region=north`, ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A partition: all arrays have shape (rows,) and the same order."""

    labels: Floats
    candidate: Predictions
    champion: Predictions | None = None
    weights: Floats | None = None
    """How much each row counts, finite and not below 0; None: all the same."""
    groups: Ints | None = None
    """Bucket of the entity or block of time that a row belongs to, see `influence.BUCKETS`; None: rows are drawn alone."""
    entities: Ints | None = None
    """A number of its own for each value of `data.test.group`, the same one in every partition; a ranking is of one of them."""
    slices: Mapping[str, SliceColumn] = field(default_factory=dict)
    columns: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    """Others of the test data, as numbers or text, for metrics of the team's own."""
    costs: Mapping[str, Floats] = field(default_factory=dict)
    """Column that a price is read from -> its value in each row, finite."""
    searched: tuple[SliceColumn, ...] = ()
    """Columns to look for worse slices in; a row whose name is empty is in none."""
    missing_label: int = 0
    """Rows of this partition that were left out, because nobody knows what is true."""
    seen: int = 0
    """Rows that were left out, because one of the models was trained on them."""
    unscored: int = 0
    """Others that were left out, because one of the models can't score them."""
    lost: int = 0
    """Of these, rows that the candidate can't score, and the champion can where there is one."""
    lost_sums: "Sums" = field(default_factory=dict)
    taken_sums: "Sums" = field(default_factory=dict)
    """What lies in the lost rows, and in all; empty where no model leaves rows out."""
    taken: "Taken | None" = None
    """Rows that the candidate alone was trained on."""
    remarks: "Remarks | None" = None
    gone: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)
    """Slice, of the searched ones too -> its lost rows, those that the candidate alone was trained on, and compared ones."""

    def __len__(self) -> int:
        return len(self.labels)

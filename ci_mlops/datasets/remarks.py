"""What is noted while rows are read, and can be told only of all of them, whatever partitions they came in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ci_mlops.datasets.coding import BinaryCoding, Coding
from ci_mlops.datasets.direction import Direction
from ci_mlops.datasets.label_order import LabelOrder
from ci_mlops.datasets.slicing import refuse_many


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderRemarks:
    directions: tuple[Direction | LabelOrder, ...]
    coding: Coding
    slices: Mapping[str, frozenset[str]]
    """Column -> its values."""
    where: str
    """Of the truth."""

    def __add__(self, other: ReaderRemarks) -> ReaderRemarks:
        pairs: Iterable[Any] = zip(self.directions, other.directions, strict=True)
        return ReaderRemarks(
            directions=tuple(one + more for one, more in pairs),
            coding=_both(self.coding, other.coding),
            slices={name: values | other.slices[name] for name, values in self.slices.items()},
            where=self.where,
        )

    def refuse(self) -> None:
        """
        Raises:
            BadData: a third label, scores that run against the predictions, labels in another order, or a
                column of too many values to be slices.
        """
        if isinstance(self.coding, BinaryCoding):
            self.coding.refuse_third(self.where)
        for name, values in self.slices.items():
            refuse_many(name, values, self.where)
        for direction in self.directions:
            direction.refuse_reversed()


def _both(one: Coding, other: Coding) -> Coding:
    if not isinstance(one, BinaryCoding) or not isinstance(other, BinaryCoding):
        return one
    return BinaryCoding(positive=one.positive, negatives=one.negatives | other.negatives)

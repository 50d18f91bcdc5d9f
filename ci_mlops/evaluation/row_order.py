"""Rows that are kept whole for metrics of order, and what the first metric that asks for their order makes of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from ci_mlops.evaluation.influence import by_group
from ci_mlops.evaluation.ordered import Flags, Ordered, effective, ordered, typical

if TYPE_CHECKING:
    from ci_mlops.evaluation.rows import Floats, Ints

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """Rows kept whole for metrics that need their order: what was true, and both models' scores or, of numbers, predictions."""

    labels: Floats
    champion: Floats | None
    candidate: Floats
    weights: Floats | None = None
    groups: Ints | None = None
    """See `Rows.groups`."""
    entities: Ints | None = None
    """See `Rows.entities`."""


def joined(parts: Sequence[Ranked], side: str) -> Any:
    """A column of all parts; None where it is not there."""
    columns = [getattr(part, side) for part in parts]
    return None if any(column is None for column in columns) else np.concatenate(columns)


# no slots: what is made of the rows is kept, as every metric of order asks for it
@dataclass(frozen=True, kw_only=True)
class OrderedRows:
    """All of shape (rows,), and positives first, so that the rows of a class are a stretch."""

    positives: int
    """How many there are."""
    candidate: Floats
    champion: Floats | None
    weights: Floats | None
    groups: Ints | None

    @property
    def sides(self) -> tuple[slice, slice]:
        """Positives and negatives."""
        return slice(0, self.positives), slice(self.positives, None)

    @cached_property
    def positive(self) -> Flags:
        return np.arange(len(self.candidate)) < self.positives

    @cached_property
    def effective(self) -> Floats | None:
        """The weights, in effective rows."""
        own = self.weights
        return own / typical(own) if own is not None and own.any() else own

    @cached_property
    def counts(self) -> tuple[float, float]:
        """Effective rows: positives and negatives."""
        own = self.weights
        if own is None:
            return float(self.positives), float(len(self.candidate) - self.positives)
        positives, negatives = (effective(own[side]) for side in self.sides)
        return positives, negatives

    @cached_property
    def units(self) -> float:
        """Effective rows, or groups, of the class that has the fewer."""
        if self.groups is None or not min(self.counts):
            return min(self.counts)
        own = np.ones(len(self.candidate)) if self.weights is None else self.weights
        return min(effective(by_group(own[side], self.groups[side])) for side in self.sides)

    @cached_property
    def after(self) -> Ordered:
        """As the candidate orders them."""
        return ordered(self.positive, self.candidate, self.effective)

    @cached_property
    def before(self) -> Ordered | None:
        """As the champion does."""
        return None if self.champion is None else ordered(self.positive, self.champion, self.effective)


class KeepsOrder:
    """
    A slice's rows are put in order once for all metrics, and what a metric makes of the order is kept for other levels of
    confidence. Of two classes only.
    """

    ranked: tuple[Ranked, ...]

    @cached_property
    def order(self) -> OrderedRows:
        positive = joined(self.ranked, "labels") == 1
        chosen = np.concatenate((np.flatnonzero(positive), np.flatnonzero(~positive)))
        columns = {side: joined(self.ranked, side) for side in ("candidate", "champion", "weights", "groups")}
        own: dict[str, Any] = {side: None if c is None else c[chosen] for side, c in columns.items()}
        return OrderedRows(positives=int(np.count_nonzero(positive)), **own)

    @cached_property
    def _found(self) -> dict[str, Any]:
        return {}

    def once(self, name: str, make: Callable[[OrderedRows], _Found]) -> _Found:
        """What a metric, known by its name, makes of the rows; it holds few numbers, as it is kept for every slice."""
        if name not in self._found:
            self._found[name] = make(self.order)
        found: _Found = self._found[name]
        return found

    def let_go(self) -> None:
        """Of the rows in order, which take as much room as the rows."""
        self.__dict__.pop("order", None)

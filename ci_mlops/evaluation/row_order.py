"""Rows that are kept whole for metrics of order, and what the first metric that asks for their order makes of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from ci_mlops.evaluation.influence import by_group
from ci_mlops.evaluation.ordered import Ordered, effective, ordered, typical

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


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedRows:
    """All of shape (rows,), and positives first, so that the rows of a class are a stretch."""

    positives: int
    """How many there are."""
    after: Ordered
    """As the candidate orders them."""
    before: Ordered | None
    """As the champion does."""
    weights: Floats | None
    """In effective rows."""
    groups: Ints | None
    counts: tuple[float, float]
    """Effective rows: positives and negatives."""
    units: float
    """Effective rows, or groups, of the class that has the fewer."""
    heavy: tuple[float, float] = (1.0, 1.0)
    """What a positive and a negative weigh where they count: a row of weight 1 may be one that a class has none of."""

    @property
    def share(self) -> float:
        """Of the rows, that would tell as much if each were drawn alone."""
        return self.units / min(self.counts)

    @property
    def sides(self) -> tuple[slice, slice]:
        """Positives and negatives."""
        return slice(0, self.positives), slice(self.positives, None)


def _heavy(weights: Floats) -> float:
    return typical(weights) if weights.any() else 0.0


def ordered_rows(parts: Sequence[Ranked]) -> OrderedRows:
    positive = [part.labels == 1 for part in parts]
    chosen = [[np.flatnonzero(flags) for flags in positive], [np.flatnonzero(~flags) for flags in positive]]
    sizes = [sum(map(len, rows)) for rows in chosen]
    first = np.arange(sum(sizes)) < sizes[0]

    def column(side: str) -> Any:
        columns = [getattr(part, side) for part in parts]
        if any(column is None for column in columns):
            return None
        return np.concatenate([c.take(at) for rows in chosen for c, at in zip(columns, rows, strict=True)])

    weights, groups = column("weights"), column("groups")
    heavy = (1.0, 1.0)
    counts, units = (float(sizes[0]), float(sizes[1])), float(min(sizes))
    if weights is not None or groups is not None:
        own = np.ones(len(first)) if weights is None else weights
        counts = effective(own[first]), effective(own[~first])
        units = min(counts)
        if groups is not None and units:
            units = min(effective(by_group(own[side], groups[side])) for side in (first, ~first))
    if weights is not None and weights.any():
        weights = weights / typical(weights)
        heavy = _heavy(weights[first]), _heavy(weights[~first])
    champion = column("champion")
    return OrderedRows(
        positives=sizes[0],
        after=ordered(first, column("candidate"), weights),
        before=None if champion is None else ordered(first, champion, weights),
        weights=weights,
        groups=groups,
        counts=counts,
        units=units,
        heavy=heavy,
    )


# no slots: what is made of the rows is kept, as every metric of order asks for it
class KeepsOrder:
    """
    A slice's rows are put in order once for all metrics, and what a metric makes of the order is kept for other levels of
    confidence. Of two classes only.
    """

    ranked: tuple[Ranked, ...]

    @cached_property
    def order(self) -> OrderedRows:
        return ordered_rows(self.ranked)

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

"""Metrics of rankings: a value for each query, that is of each value of `data.test.group`, and their mean."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from ci_mlops.errors import BadConfig
from ci_mlops.evaluation.exact import as_fraction, exact_sums
from ci_mlops.evaluation.family import Family
from ci_mlops.evaluation.influence import Spread, spread
from ci_mlops.evaluation.metric import Measured
from ci_mlops.evaluation.row_order import joined
from ci_mlops.evaluation.rows import Floats, Ints
from ci_mlops.evaluation.tally import Tally
from ci_mlops.records import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryMetric(Family):
    """Queries are drawn, each with all its rows: the mean of paired differences over them, Student's t."""

    formula: Callable[[Floats, Floats, Ints], Floats]
    """
    (what was true, what was said, query), of shape (rows,), the queries being 0, 1, ... -> a value from 0 to 1 for each
    query, whatever the order of the rows.
    """
    task: str = "regression"
    cells: ClassVar[bool] = False
    ranks: ClassVar[bool] = True
    weighs: ClassVar[bool] = False
    per_query: ClassVar[bool] = True

    def bind(self, policy: Policy) -> Self:
        if policy.group is None:
            raise BadConfig(
                f"`{self.name}` is a mean over queries, and nothing says which rows are of one query",
                where="data.test",
                mend="Name their column: `group: query_id`.",
            )
        return self

    def measure(self, tally: Tally, level: float) -> Measured:
        if any(part.entities is None for part in tally.ranked):
            return Measured(
                events=0, reason=f"nothing says which rows are of one query, and {self.name} is of each"
            )
        queries = np.unique(joined(tally.ranked, "entities"), return_inverse=True)[1]
        labels = joined(tally.ranked, "labels")
        candidate = joined(tally.ranked, "candidate")
        after = self.formula(labels, candidate, queries)
        events, value = len(after), _mean(after)
        alone = _spread(after, level)
        low, high = alone.around(value, level)
        own = max(0.0, low), min(1.0, high)
        if tally.champion is None:
            return Measured(
                events=events, candidate=value, candidate_interval=own, method="mean over queries, t"
            )
        champion = joined(tally.ranked, "champion")
        before = self.formula(labels, champion, queries)
        # what puts the rows of every query in one order
        same = np.array_equal(_places(candidate, queries), _places(champion, queries))
        found = _spread(after - before, level)
        difference = _mean(after - before)
        few = ", widened as few queries differ" if found.few else ""
        return Measured(
            events=events,
            champion=_mean(before),
            candidate=value,
            candidate_interval=own,
            difference=0.0 if same else difference,
            interval=(0.0, 0.0) if same else found.around(difference, level),
            method="identical order" if same else f"mean of paired differences over queries{few}, t",
            identical=same,
        )


def _mean(values: Floats) -> float:
    return float(as_fraction(exact_sums(values)[0]) / len(values))


def _spread(values: Floats, level: float) -> Spread:
    # no query is farther from another than 1
    return spread(
        (values - _mean(values)) / len(values),
        None,
        level,
        reach=1 / len(values),
        moved=int(np.count_nonzero(values)),
    )


def _places(said: Floats, queries: Ints) -> Ints:
    """Where each row's prediction is among those of its query; alike ones share a place."""
    order = np.lexsort((said, queries))
    step = (np.diff(said[order]) != 0) | (np.diff(queries[order]) != 0)
    places = np.empty(len(said), dtype=np.int64)
    places[order] = np.append(0, np.cumsum(step))
    return places


def ranked_gains(labels: Floats, said: Floats, queries: Ints, depth: int | None) -> Floats:
    """
    Discounted gain of each query, down to a depth; rows of one prediction share the places that they take.

    Source: McSherry & Najork 2008, ECIR; scikit-learn's dcg_score.
    """
    order = np.lexsort((labels, -said, queries))
    query, value, gain = queries[order], said[order], labels[order]
    first = np.flatnonzero(np.append(True, np.diff(query) != 0))
    place = np.arange(len(query)) - np.repeat(first, np.diff(np.append(first, len(query))))
    discount = 1 / np.log2(place + 2)
    if depth is not None:
        discount[place >= depth] = 0.0
    starts = np.flatnonzero(np.append(True, (np.diff(query) != 0) | (np.diff(value) != 0)))
    rows = np.diff(np.append(starts, len(query)))
    shared = np.add.reduceat(gain, starts) * np.add.reduceat(discount, starts) / rows
    return np.add.reduceat(shared, np.searchsorted(starts, first))

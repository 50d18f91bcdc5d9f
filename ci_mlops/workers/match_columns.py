"""
Which columns of the file, made how, are the rows that a model was fitted on? Nothing is believed: a recipe counts
when the keys of the fitted rows are found among the keys of the rows that it makes. A sibling of score.py.
"""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:

    def sibling(name: str) -> Any: ...  # score.py puts it here: no module of ours takes a name of the team's


preparation = sibling("preparation")
row_keys = sibling("row_keys")
is_text = sibling("match_workings").is_text

ENOUGH = 0.999
MANY_CELLS = 60_000
"""Pairs of a feature and a column that are compared by their values; above it names and order have to do."""
RICH = 0.5
FEW_CLASSES = 50
MOST_TRIED = 6
"""Classes whose pairings are all tried."""


class Sought:
    """What a model, or a transformer, was fitted on."""

    def __init__(self, told: Any, keys: Any, sample: Any = None, labels: Any = None) -> None:
        self.names = told.get("names")
        self.frame_names = told.get("frame_names")
        self.count = told["columns"]
        self.keys = np.unique(keys)
        self.every = keys
        self.labels = labels if labels is not None and len(labels) == len(keys) else None
        self.rich = len(self.keys) >= RICH * len(keys)
        """Nearly each row is another: then a wrong recipe can't make them by chance."""
        self.kind = told["kind"]
        self.sample = sample
        self.codes: list[Any] = [] if sample is None else row_keys.codes_of(sample)
        self.shape = _shape(told, sample)

    def share(self, pool: Any, inputs: Any) -> float:
        """How many of the fitted rows these inputs make."""
        try:
            recipe, objects = pool.recipe(inputs, self.shape)
            x, _ = preparation.prepared(recipe, pool.frame, objects)
        except (ValueError, TypeError, KeyError, AttributeError, preparation.Unusable):
            return 0.0
        made = row_keys.keys_of(x)
        share = float(np.isin(self.keys, made).mean())
        if share < ENOUGH or self.rich or len(self.keys) >= RICH * len(pool.frame):
            # what is drawn again and again, or learned in many rounds, is as rich as the file
            return share
        return min(share, self._held(made, pool.labels))

    def _held(self, made: Any, labels: Any) -> float:
        """
        Of rows that are often the same: how many the file has as often, with the same label. A 0 and 1 that were
        exchanged make rows that are all in the file, and not as often.
        """
        if labels is None or self.labels is None or len(np.unique(self.labels)) > FEW_CLASSES:
            return _within(self.every, made)
        file_labels = row_keys.codes_of(labels)[0]
        groups = [made[file_labels == name] for name in np.unique(file_labels)]
        own = [self.every[self.labels == label] for label in np.unique(self.labels)]
        # the script may call its labels otherwise: each of its labels is one of the file's, and no two the same
        shares = [[_within(mine, group) * len(mine) for group in groups] for mine in own]
        return float(_best_pairs(shares) / len(self.every))


def _best_pairs(shares: Any) -> float:
    """The largest sum with one number of each line, and no column twice; of many lines nearly the largest."""
    count = len(shares[0])
    if len(shares) > count:
        return 0.0
    if count <= MOST_TRIED:
        tried = permutations(range(count), len(shares))
        return float(max(sum(line[place] for line, place in zip(shares, places)) for places in tried))
    total, left = 0.0, set(range(count))
    for line in sorted(shares, key=max, reverse=True):
        best = max(left, key=lambda place: line[place])
        left.discard(best)
        total += line[best]
    return float(total)


def _within(some: Any, others: Any) -> float:
    """Share of `some` that `others` has, each as often."""
    known, counts = np.unique(some, return_counts=True)
    others, there = np.unique(others, return_counts=True)
    if not len(others):
        return 0.0
    places = np.minimum(np.searchsorted(others, known), len(others) - 1)
    return float(np.minimum(counts, np.where(others[places] == known, there[places], 0)).sum() / len(some))


def _shape(told: Any, sample: Any) -> Any:
    names = told.get("names")
    if sample is not None and hasattr(sample, "columns"):
        # as they are: numbers stay numbers
        names = [name if isinstance(name, (str, int)) else str(name) for name in sample.columns.tolist()]
    return {
        "as": told["kind"],
        "names": names,
        "dtypes": told.get("dtypes"),
        "categories": told.get("categories"),
        "dtype": str(sample.dtype) if isinstance(sample, np.ndarray) else None,
    }


def direct(pool: Any, sought: Sought, working: Any, id_column: Any) -> Any:
    """
    Hypotheses by name and by order, as lists of inputs.

    `working`: name -> entry, of the frame as the script may have had it at this point.
    """
    found = [
        *_named(pool, sought, working),
        *_in_order(pool, sought, working, id_column),
        *whole_steps(pool, sought),
    ]
    if sought.count == 1:
        found += [[entry] for entry in dict.fromkeys([*working.values(), *pool.entries()])]
    kept: list[Any] = []
    for inputs in found:
        if inputs not in kept:
            kept.append(inputs)
    return kept


def _named(pool: Any, sought: Sought, working: Any) -> Any:
    for names in (sought.names, sought.frame_names):
        if names and len(names) == sought.count:
            inputs = [by_name(pool, name, working) for name in names]
            if all(entry is not None for entry in inputs):
                yield inputs


def _in_order(pool: Any, sought: Sought, working: Any, id_column: Any) -> Any:
    """All columns but the target; without the id, a first column that is an index, or what is no number."""
    for names in (
        pool.raw,
        [name for name in pool.raw if name != id_column],
        pool.raw[1:],
        [name for name in pool.raw if pool.frame[name].dtype.kind in "iufb"],
    ):
        if len(names) == sought.count:
            yield [working[name] for name in names]


def whole_steps(pool: Any, sought: Sought) -> Any:
    """All that an earlier transformer makes."""
    for step, made in enumerate(pool.made[1:], start=1):
        if pool.steps[step - 1]["do"] != "transform":
            continue
        if hasattr(made[0], "tocsr"):
            if made[0].shape[1] == sought.count:
                yield [(step, None)]
        elif len(made) == sought.count:
            yield [(step, place) for place in range(len(made))]


def by_name(pool: Any, name: Any, working: Any) -> Any:
    if name in working:
        return working[name]
    # what pandas' get_dummies calls its columns; the longest name of a column first
    for column in sorted((raw for raw in pool.raw if isinstance(raw, str)), key=len, reverse=True):
        if isinstance(name, str) and name.startswith(column + "_"):
            value = name[len(column) + 1 :]
            if value in pool.texts(column):
                return pool.derive(pool.entry(column), do="equals", value=value)
    return None


def by_value(pool: Any, sought: Sought, entries: Any) -> Any:
    """For each feature the entry that holds all its values, names and the file's order first; or None."""
    found: list[Any] = []
    for place, codes in enumerate(sought.codes):
        name = (sought.names or sought.frame_names or [None] * sought.count)[place]
        best = None
        for entry in entries:
            if pool.holds(entry, codes) < ENOUGH:
                continue
            same = name is not None and pool.names[entry[0]][entry[1]] == name
            # a column of few different values that holds them all says more than one of many
            rank = (not same, entry in found, len(pool.values(entry)), entry)
            if best is None or rank < best[0]:
                best = (rank, entry)
        found.append(best[1] if best else None)
    return found


def nearness(pool: Any, sought: Sought) -> Any:
    """[feature, share of its fitted values that the file's column of that name has; None: there is no such column]."""
    names = sought.names or sought.frame_names
    told = []
    for place, codes in enumerate(sought.codes):
        name = names[place] if names and len(names) == sought.count else None
        if name in pool.raw:
            told.append([str(name), pool.holds(pool.entry(name), codes)])
        elif name is not None:
            told.append([str(name), None])
    return told

"""
Of the rows that a model was asked about: which held-out row of the file each is, as the script prepared it.

The labels of these rows are claims too: a script may give a test part a new index. A row that is claimed to be one of
the fitted ones has to be as that one was, and what was the file's own value in the fitted rows has to be so here. A
sibling of score.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:

    def sibling(name: str) -> Any: ...  # score.py puts it here: no module of ours takes a name of the team's


raw_rows = sibling("raw_rows")
row_keys = sibling("row_keys")

MANY_CELLS = 60_000
FEWEST_REPEATS = 20
FEWEST_TOLD_APART = 40
MOST_STRANGE = 0.3
"""Of the contradictions that the same rows show when each is taken for another one."""


class HeldOut:
    """`keys`, `places`: of each row that is kept, its raw key and its place in `parts`."""

    def __init__(self) -> None:
        self.parts: list[Any] = []
        self.keys = np.empty(0, np.uint64)
        self.places = np.empty((0, 2), np.int64)
        self.also_seen = np.empty(0, np.uint64)
        self.watched = 0
        """Rows that it saw while it was fitted, as those of an early stopping."""
        self.strange = 0
        """Rows whose index can't be the file's, or that were asked about twice and differed."""
        self.asked = 0


def held_out(proven: Any, claims: Any, keys: Any, watched: Any, sample: Any, columns: Any) -> HeldOut:
    """`keys`: of the fitted rows, in their order; `watched`: of those that it saw besides; `columns` make the raw keys."""
    found = HeldOut()
    raw = raw_rows.keys_of(proven.frame, columns)
    checks = Checks(proven, keys, sample)
    entries = []
    for one in claims.asked:
        x = one["X"]
        if x is None or not checks.is_alike(x):
            continue
        rows = None if one["numbers"] is None else proven.way.rows(one["numbers"])
        given = row_keys.keys_of(x)
        if rows is None or checks.contradict(rows, given, x, one["numbers"]):
            found.strange += len(given)
            continue
        found.parts.append(x)
        place = np.full(len(given), len(found.parts) - 1)
        entries.append((rows, given, place, np.arange(len(given))))
    if not entries:
        return found
    rows, given, part, place = (np.concatenate(each) for each in zip(*entries))
    inside = rows >= 0
    rows, given, part, place = rows[inside], given[inside], part[inside], place[inside]
    found.asked = len(np.unique(rows[~np.isin(rows, proven.rows)]))
    seen_rows = np.isin(rows, np.concatenate([proven.rows, proven.beside]))
    equal = np.isin(given, keys) | np.isin(given, watched)
    found.watched = len(
        np.unique(
            rows[(np.isin(rows, proven.beside) | np.isin(given, watched)) & ~np.isin(rows, proven.rows)]
        )
    )
    found.also_seen = np.unique(raw[rows[equal]])
    free = ~seen_rows & ~equal & ~np.isin(raw[rows], raw[np.concatenate([proven.rows, proven.beside])])
    _keep(found, raw[rows[free]], given[free], np.column_stack([part[free], place[free]]))
    return found


def _keep(found: HeldOut, raw: Any, given: Any, places: Any) -> None:
    """One of each raw row, and none of those that were not the same each time."""
    known, first, which = np.unique(raw, return_index=True, return_inverse=True)
    which = which.reshape(-1)
    differs = np.zeros(len(known), dtype=bool)
    differs[which[given != given[first[which]]]] = True
    found.strange += int(differs.sum())
    found.keys = known[~differs]
    found.places = places[first[~differs]]


class Checks:
    """What the fitted rows tell of how rows look, held against the rows that the model was asked about."""

    def __init__(self, proven: Any, keys: Any, sample: Any) -> None:
        self.proven, self.sample = proven, sample["X"]
        order = np.argsort(proven.rows, kind="stable")
        self.fitted, self.keys = proven.rows[order], keys[order]
        self.rows = proven.rows[np.asarray(sample["positions"])]
        # a vectorizer's columns are too many, and follow from no one column of the file
        self.codes = [] if hasattr(self.sample, "tocsr") else row_keys.codes_of(self.sample)
        self.witnesses = list(self._witnesses())

    def is_alike(self, x: Any) -> bool:
        """Rows of the columns that the model was fitted on; names count where both have them."""
        if hasattr(x, "columns") and hasattr(self.sample, "columns"):
            return [str(name) for name in x.columns] == [str(name) for name in self.sample.columns]
        return bool(x.shape[1:] == self.sample.shape[1:])

    def contradict(self, rows: Any, given: Any, x: Any, numbers: Any) -> bool:
        places = np.minimum(np.searchsorted(self.fitted, rows), len(self.fitted) - 1)
        fitted = self.fitted[places] == rows
        if (self.keys[places[fitted]] != given[fitted]).any():
            return True
        apart, strange = self._strangeness(rows, x)
        if apart >= FEWEST_TOLD_APART:
            return strange > MOST_STRANGE * apart
        # nothing tells; an index as `reset_index` makes it is not believed then
        labels = np.asarray(numbers["labels"])
        return bool(
            self.proven.way.name is None and len(labels) and (np.sort(labels) == np.arange(len(labels))).all()
        )

    def _witnesses(self) -> Any:
        """(column of x, column of the file, code in the file -> code in x): what follows from the file, row by row."""
        names = list(self.proven.frame.columns)
        if len(names) * len(self.codes) > MANY_CELLS:
            return
        for name in names:
            whole = row_keys.codes_of(self.proven.frame[name])[0]
            known, which = np.unique(whole[self.rows], return_inverse=True)
            which = which.reshape(-1)
            if len(which) - len(known) < FEWEST_REPEATS:
                continue
            for place, codes in enumerate(self.codes):
                table = np.zeros(len(known), np.uint64)
                table[which] = codes
                if len(known) > 1 and (table[which] == codes).all() and len(np.unique(codes)) > 1:
                    yield place, whole, known, table

    def _strangeness(self, rows: Any, x: Any) -> tuple[int, int]:
        """(contradictions if each row is taken for another one, contradictions)."""
        inside = np.flatnonzero(rows >= 0)
        if len(inside) < 2 or not self.witnesses:
            return 0, 0
        apart = strange = 0
        asked = row_keys.codes_of(x)
        for place, whole, known, table in self.witnesses:
            codes = asked[place][inside]
            for other in (False, True):
                raw = whole[rows[np.roll(inside, 1) if other else inside]]
                found = np.minimum(np.searchsorted(known, raw), len(known) - 1)
                count = int(((known[found] == raw) & (table[found] != codes)).sum())
                if other:
                    apart += count
                else:
                    strange += count
        return apart, strange

"""
On which rows of the file was a model fitted, where its values are not the file's? By the labels of its rows, which are
row numbers or the values of a column, and believed only where the labels of the file agree. A sibling of score.py.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:

    def sibling(name: str) -> Any: ...  # score.py puts it here: no module of ours takes a name of the team's


decoding = sibling("decoding")
labels = sibling("match_labels")
row_keys = sibling("row_keys")

NO_CLAIM = "the script gives arrays to it that no index or split of a data frame leads to"
NO_PLACE = "the index of its rows is neither the file's row numbers nor a column of it"
RESET = "the index of its rows was made anew after rows were dropped, or is that of a file that a step in between wrote"
NO_LABELS = "its labels are not known row by row"
OTHER_LABELS = "the labels that it was given are not the file's at those rows"
BY_CHANCE = "the labels of neighbouring rows are too much alike to tell the rows apart by them"
BESIDE = "it also watched rows while it was fitted (`eval_set` and its kin) that can't be told"

MENDS = {
    NO_PLACE: "keep the index that the data frame was read with, or set one of the file's columns as its index",
    RESET: "keep the index of the data frame (no `reset_index` after rows are dropped); or, where a step in between "
    "writes what is fitted, name its files as `data.train` and `data.test`",
    BY_CHANCE: "set a column of the file that names its rows as the index of the data frame, or shuffle the file",
}


class Way:
    """From labels to rows of the file: -1 where there is none. `name` None: labels are row numbers."""

    def __init__(self, frame: Any, name: Any = None, column: Any = None) -> None:
        self.name, self.count = name, len(frame)
        self.known, self.dense = None, name is None
        if column is not None:
            codes = row_keys.codes_of(column)[0]
            self.order = np.argsort(codes, kind="stable")
            self.known = codes[self.order]
            self.dense = is_dense(column)

    def rows(self, numbers: Any) -> Any:
        given = numbers["labels"]
        if self.known is None:
            return self._by_number(np.asarray(given))
        if numbers["kind"] != "index":
            return None
        codes = row_keys.codes_of(pd.Series(given).reset_index(drop=True))[0]
        places = np.minimum(np.searchsorted(self.known, codes), len(self.known) - 1)
        return np.where(self.known[places] == codes, self.order[places], -1)

    def _by_number(self, given: Any) -> Any:
        if given.dtype.kind not in "iu":
            return None
        return np.where((given >= 0) & (given < self.count), given, -1).astype(np.int64)


def is_dense(column: Any) -> bool:
    """Whole numbers in a row, which a new index would look like."""
    if column.dtype.kind not in "iu":
        return False
    return bool(int(column.max()) - int(column.min()) < 2 * len(column))


class Proven:
    def __init__(self, frame: Any, way: Way, coding: Any, rows: Any, beside: Any) -> None:
        self.frame, self.way, self.coding = frame, way, coding
        self.rows, self.beside = rows, beside


class Claims:
    """What the launcher noted, `lineage.pkl`, and the labels beside it."""

    def __init__(self, raw: Path) -> None:
        file = raw / "lineage.pkl"
        noted = pickle.loads(file.read_bytes()) if file.is_file() else {}
        self.asked = noted.get("asked", [])
        self.lost = noted.get("lost", 0)
        self.beside = noted.get("beside", [])
        self.fitted = joined(noted.get("claims"), "x")
        self.y = labels.of_fit(raw)

    def were_renumbered(self, count: int) -> bool:
        """Labels as a new index gives them, of fewer rows than the file has."""
        parts = [one for one in (self.fitted, *(one["numbers"] for one in self.asked)) if one is not None]
        if any(one["total"] not in (None, count) for one in parts):
            return True
        every = np.unique(np.concatenate([np.asarray(one["labels"]) for one in parts]))
        return len(every) < count and bool((every == np.arange(len(every))).all())


def joined(claims: Any, whose: str) -> Any:
    """Of all calls of one fit."""
    each = [claim[whose] for claim in claims or ()]
    if not each or any(one is None for one in each) or len({one["kind"] for one in each}) > 1:
        return None
    if len(each) == 1:
        return each[0]
    totals = {one["total"] for one in each}
    # an index is joined as what it holds: dates stay dates
    together = pd.concat([pd.Series(one["labels"]) for one in each], ignore_index=True)
    return {"kind": each[0]["kind"], "labels": together, "total": totals.pop() if len(totals) == 1 else None}


def prove(claims: Claims, told: Any, sample: Any, frames: Any, target: Any) -> Any:
    """(Proven, "") or (None, why not)."""
    if claims.fitted is None:
        return None, NO_CLAIM
    if claims.y is None or len(claims.y) != len(claims.fitted["labels"]):
        return None, NO_LABELS
    reasons: list[str] = []
    for frame in frames:
        if target not in frame.columns:
            continue
        for way in ways(frame, claims.fitted, target):
            found, why = _held(way, claims, told, sample, frame, target)
            if found is not None:
                return found, ""
            reasons.append(why)
    worst = (BESIDE, BY_CHANCE, RESET, OTHER_LABELS, NO_PLACE)
    return None, next((reason for reason in worst if reason in reasons), NO_PLACE)


def ways(frame: Any, numbers: Any, target: Any) -> Any:
    """Columns of the file that name its rows, and the numbers of the rows."""
    kind = np.asarray(numbers["labels"][:1]).dtype.kind
    for name in frame.columns if numbers["kind"] == "index" else ():
        column = frame[name]
        if name == target or column.isna().any() or not column.is_unique:
            continue
        if kind == "M" and sibling("match_workings").is_text(column):
            column = pd.to_datetime(column, errors="coerce")
            if column.isna().any() or not column.is_unique:
                continue
        if (kind in "iuf") == (column.dtype.kind in "iuf"):
            yield Way(frame, name, column)
    if kind in "iu":
        yield Way(frame)


def _held(way: Way, claims: Claims, told: Any, sample: Any, frame: Any, target: Any) -> Any:
    rows = way.rows(claims.fitted)
    if rows is None or (rows < 0).any():
        return None, NO_PLACE
    if way.name is None and claims.were_renumbered(way.count):
        return None, RESET
    coding = labels.coding_of(frame[target], rows, claims.y)
    if coding is None:
        return None, OTHER_LABELS
    if not _beyond_chance(way, coding, told, sample, frame, target, rows):
        return None, BY_CHANCE
    beside = [_rows_beside(way, coding, one, frame, target) for one in claims.beside if one["rows"] != 0]
    if any(one is None for one in beside):
        return None, BESIDE
    return Proven(frame, way, coding, rows, np.concatenate([np.empty(0, np.int64), *beside])), ""


def _beyond_chance(way: Way, coding: Any, told: Any, sample: Any, frame: Any, target: Any, rows: Any) -> bool:
    if not way.dense:
        return bool(labels.is_no_chance(frame[target], rows, coding.free))
    if labels.tells_rows_apart(frame[target], rows, coding.free):
        return True
    # labels in long runs: a feature that was left as it is in the file tells the rows apart as well
    names = told["names"] or told["frame_names"] or []
    if len(names) != told["columns"]:
        return False
    sampled = rows[np.asarray(sample["positions"])]
    given = dict(zip(names, row_keys.codes_of(sample["X"])))
    return any(
        (row_keys.codes_of(frame[name])[0][sampled] == given[name]).all()
        and labels.tells_rows_apart(frame[name], sampled)
        for name in frame.columns
        if name in given
    )


def _rows_beside(way: Way, coding: Any, one: Any, frame: Any, target: Any) -> Any:
    numbers = joined(one["claims"], "x")
    rows = None if numbers is None else way.rows(numbers)
    if rows is None or (rows < 0).any():
        return None
    if one["y"] is not None and not labels.follows(coding, frame[target], rows, decoding.texts_of(one["y"])):
        return None
    return rows

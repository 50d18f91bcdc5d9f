"""
Do the labels that a model was given agree with the file's at the rows that are claimed, and could they by chance?

What a wrong claim is like decides what chance is: after `dropna` and `reset_index` every row is taken for one a few
places further up. So a label counts for as much as it tells a row from its neighbours: in a file that is sorted by
its target, nothing. A sibling of score.py.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:

    def sibling(name: str) -> Any: ...  # score.py puts it here: no module of ours takes a name of the team's


decoding = sibling("decoding")
row_keys = sibling("row_keys")

NEAR = 10
"""Rows on each side that a row could be taken for."""
ENOUGH_BITS = 40.0
FEWEST_BITS = 10.0
"""For a coding of rows that are known by their values: what is asked is no more than whether it is one."""
MOSTLY = 0.9
ENOUGH_OF_ALL = 0.5
"""Of what the labels would tell if the file's rows were shuffled."""
FEW_CLASSES = 50
MOST_CLASSES = 1000
FUNCTIONS: dict[str, Any] = {
    "log1p": np.log1p,
    "log": np.log,
    "log10": np.log10,
    "log2": np.log2,
    "sqrt": np.sqrt,
}
BITS_OF_A_LINE = 64.0
"""That a factor and an offset may be chosen freely."""


class Coding:
    """What the script made of the file's labels; `free`: bits that it could choose; `told`: as decoding.py reads it."""

    def __init__(self, name: str, free: float, follow: Any, **told: Any) -> None:
        self.name, self.free, self.follow = name, free, follow
        self.told: Any = None if name == "same" else {"do": name, **told}


def of_fit(raw: Path) -> Any:
    """Canonical texts, one a fitted row; None: they are not known row by row."""
    if not (raw / "y.npy").is_file():
        return None
    texts = json.loads((raw / "y.json").read_text(encoding="utf-8"))
    return np.array(texts, dtype=object)[np.load(raw / "y.npy", allow_pickle=False)]


def by_content(raw: Path, target: Any, keys: Any, fitted: Any) -> Coding | None:
    """
    Of a model whose rows were found by their values: `keys` of the file's rows, `fitted` of its own in their order.

    None: the labels are not known, or no row's is for certain. Of the name "other": they are known, and are not the
    file's; what such a model answers can't be held against the file, and might be its opposite.
    """
    y = of_fit(raw)
    if y is None or len(y) != len(fitted) or not len(keys):
        return None
    rows, certain = labelled(target, keys, fitted)
    certain &= y != ""
    rows, y = rows[certain], y[certain]
    if not len(rows):
        return None
    coding = coding_of(target, rows, y)
    if coding is None:
        rows, y, coding = mostly(target, rows, y)
    if coding is not None and (coding.name == "same" or bits(target, rows)[1] >= FEWEST_BITS + coding.free):
        return coding
    known = decoding.texts_of(target.iloc[rows])
    return Coding("other", 0.0, None, count=int((known != y).sum()), of=len(rows))


def labelled(target: Any, keys: Any, fitted: Any) -> tuple[Any, Any]:
    """(for each fitted row one of the file that is like it, whether all that are like it have one and the same label)."""
    codes = np.where(target.isna(), np.uint64(0), row_keys.codes_of(target)[0])
    order = np.lexsort((codes, keys))
    known, first, count = np.unique(keys[order], return_index=True, return_counts=True)
    places = np.minimum(np.searchsorted(known, fitted), len(known) - 1)
    low, high = order[first[places]], order[(first + count - 1)[places]]
    there = ~target.isna().to_numpy()
    return low, (known[places] == fitted) & (codes[low] == codes[high]) & there[low]


def mostly(target: Any, rows: Any, y: Any) -> tuple[Any, Any, Any]:
    """A script may mend a few labels, or cut off the largest: without these rows there may be one coding."""
    for usual in usually(target, target.iloc[rows], y):
        coding = coding_of(target, rows[usual], y[usual]) if usual.mean() >= MOSTLY else None
        if coding is not None:
            return rows[usual], y[usual], coding
    return rows, y, None


def usually(target: Any, true: Any, y: Any) -> Any:
    """Which rows have the code that their label has most often; which have their label as it is."""
    texts = decoding.texts_of(true)
    numbers = numbers_of(y)
    measured = numbers is not None and target.dtype.kind in "iufb"
    if not measured or target.nunique() <= FEW_CLASSES:
        pairs = pd.DataFrame({"label": texts, "code": y})
        often = pairs.groupby("label")["code"].agg(lambda codes: codes.value_counts().index[0])
        yield (pairs["label"].map(often) == pairs["code"]).to_numpy()
    if not measured:
        yield texts == y
        return
    there = true.to_numpy(dtype=np.float64)
    for function in (np.asarray, *FUNCTIONS.values()):
        with np.errstate(all="ignore"):
            yield alike(function(there), numbers)
    order = np.argsort(there)
    low, high = order[len(order) // 4], order[3 * len(order) // 4]
    if there[low] != there[high]:
        factor = (numbers[high] - numbers[low]) / (there[high] - there[low])
        line = numbers[low] + factor * (there - there[low])
        yield np.abs(line - numbers) <= 1e-6 * np.abs(numbers).max()


def coding_of(target: Any, rows: Any, y: Any) -> Coding | None:
    """`y`: canonical texts, one for each of `rows`. None: no one coding makes them of the file's labels at all rows."""
    true = target.iloc[rows]
    if true.isna().any() or (y == "").any():
        return None
    numbers = numbers_of(y)
    if numbers is not None and target.dtype.kind in "iufb":
        there = true.to_numpy(dtype=np.float64)
        for name, function in (("same", None), *FUNCTIONS.items()):
            with np.errstate(all="ignore"):
                made = there if function is None else function(there)
            if close(made, numbers):
                return Coding(name, 0.0, following(function))
        line = line_of(there, numbers)
        if line is not None:
            # classes that are numbers may be moved as well
            classes = mapping_of(true, y)
            line.told.update(classes.told if classes else {}, do="line")
            return line
    elif (decoding.texts_of(true) == y).all():
        return Coding("same", 0.0, decoding.texts_of)
    return mapping_of(true, y)


def numbers_of(y: Any) -> Any:
    try:
        return y.astype(np.float64)
    except ValueError:
        return None


def close(made: Any, numbers: Any) -> bool:
    return bool(alike(made, numbers).all())


def alike(made: Any, numbers: Any) -> Any:
    """Single precision is what some libraries are given; a logarithm of 0 is near to nothing."""
    with np.errstate(all="ignore"):
        close_by = np.abs(made - numbers) <= 1e-6 * np.maximum(np.abs(made), np.abs(numbers))
    return close_by & np.isfinite(made) & np.isfinite(numbers)


def following(function: Any) -> Any:
    def follow(given: Any) -> Any:
        there = given.to_numpy(dtype=np.float64)
        with np.errstate(all="ignore"):
            return there if function is None else function(there)

    return follow


def line_of(there: Any, numbers: Any) -> Coding | None:
    """Scaled or shifted: a z-score, thousands, a negative."""
    low, high = int(np.argmin(there)), int(np.argmax(there))
    if there[low] == there[high] or len(np.unique(there)) <= 2:
        return None
    factor = (numbers[high] - numbers[low]) / (there[high] - there[low])
    offset = numbers[low] - factor * there[low]
    if factor == 0 or np.abs(factor * there + offset - numbers).max() > 1e-5 * np.abs(numbers).max():
        return None

    def follow(given: Any) -> Any:
        return factor * given.to_numpy(dtype=np.float64) + offset

    return Coding("line", BITS_OF_A_LINE, follow, factor=float(factor), offset=float(offset))


def mapping_of(true: Any, y: Any) -> Coding | None:
    """One code for each label and one label for each code."""
    texts = decoding.texts_of(true)
    pairs = pd.DataFrame({"label": texts, "code": y}).drop_duplicates()
    # a measured number is no class: its values are not to be kept with the model
    if not 2 <= len(pairs) <= max(FEW_CLASSES, min(MOST_CLASSES, len(y) // 4)):
        return None
    if pairs["label"].duplicated().any() or pairs["code"].duplicated().any():
        return None
    known = dict(zip(pairs["label"], pairs["code"]))
    return Coding(
        "mapping",
        math.lgamma(len(pairs) + 1) / math.log(2),
        lambda given: np.array([known.get(text) for text in decoding.texts_of(given)], dtype=object),
        pairs=sorted([code, label] for label, code in known.items()),
    )


def follows(coding: Coding, target: Any, rows: Any, y: Any) -> bool:
    """Whether other rows, as those of an `eval_set`, have labels of the same coding."""
    made = coding.follow(target.iloc[rows])
    if made.dtype.kind == "f":
        numbers = numbers_of(y)
        return numbers is not None and close(made, numbers)
    return bool((made == y).all())


def bits(column: Any, rows: Any) -> tuple[float, float]:
    """
    How much the values of a column of the file tell of these rows: (against their neighbours, against any row).

    A row of a value that n of the m rows around it have tells log2(m / n).
    """
    codes = np.unique(row_keys.codes_of(column)[0], return_inverse=True)[1].reshape(-1)
    count = len(codes)
    rows = np.unique(rows)
    order = np.lexsort((np.arange(count), codes))
    # (value, place) as one number, so that the places of one value are a stretch of it
    marks = codes[order].astype(np.int64) * (3 * count) + np.arange(count)[order] + count
    wanted = codes[rows].astype(np.int64) * (3 * count) + rows + count
    alike = np.searchsorted(marks, wanted + NEAR, "right") - np.searchsorted(marks, wanted - NEAR, "left")
    around = np.minimum(rows + NEAR, count - 1) - np.maximum(rows - NEAR, 0) + 1
    most = np.log2(around)
    everywhere = np.log2(count / np.bincount(codes)[codes[rows]])
    return float(np.log2(around / alike).sum()), float(np.minimum(everywhere, most).sum())


def tells_rows_apart(column: Any, rows: Any, free: float = 0.0) -> bool:
    near, anywhere = bits(column, rows)
    return near >= ENOUGH_BITS + free and near >= ENOUGH_OF_ALL * anywhere


def is_no_chance(column: Any, rows: Any, free: float = 0.0) -> bool:
    """Of rows that are known by name: there are no neighbours to take one for."""
    return bits(column, rows)[1] >= ENOUGH_BITS + free

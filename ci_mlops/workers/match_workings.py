"""Frames as scripts have them before they fit: gaps filled, words as codes, dates read. A sibling of score.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:

    def sibling(name: str) -> Any: ...  # score.py puts it here: no module of ours takes a name of the team's


FEW_VALUES = 200
"""Different values that a column of words or codes may have."""


def workings(pool: Any, sought: Any) -> Any:
    """Frames as scripts have them before they fit: name -> entry. The plain one first, the rarer later."""
    plain = {name: pool.entry(name) for name in pool.raw}
    yield plain, ()
    dates = {
        name: pool.derive(
            entry, do="part", name="moment", **sibling("preparation").date_format(pool.frame[name])
        )
        for name, entry in plain.items()
        if str((sought.shape.get("dtypes") or {}).get(str(name), "")).startswith("datetime")
    }
    words = [name for name in pool.raw if is_text(pool.frame[name]) and name not in dates]
    gaps = [name for name in pool.raw if pool.frame[name].isna().any() and name not in dates]
    for fill in ("", "median", "mean", "zero", "mode") if gaps else ("",):
        filled = {**plain, **dates}
        for name in gaps if fill else ():
            value = _filling(pool.frame[name], fill)
            if value is not None:
                filled[name] = pool.derive(plain[name], do="fill", value=value)
        if fill or dates:
            yield filled, ((f"fillna {fill}",) if fill else ())
        for how in ("sorted", "order"):
            coded = dict(filled)
            for name in words:
                pairs = coding(pool.column(filled[name]), how)
                if pairs is not None:
                    coded[name] = pool.derive(filled[name], do="map", pairs=pairs)
            if coded != filled:
                yield coded, (*((f"fillna {fill}",) if fill else ()), "codes")


def is_text(column: Any) -> bool:
    return str(column.dtype) in ("object", "str", "string", "category")


def coding(column: Any, how: str) -> Any:
    """Numbers for words: as a LabelEncoder and `.cat.codes` give them (sorted), or `factorize` (by first occurrence)."""
    known = [value for value in pd.unique(column) if not pd.isna(value)]
    if len(known) > FEW_VALUES:
        return None
    try:
        known = sorted(known) if how == "sorted" else known
    except TypeError:
        return None
    pairs = [
        [value.item() if isinstance(value, np.generic) else value, code] for code, value in enumerate(known)
    ]
    return [*pairs, [None, -1]] if column.isna().any() else pairs


def _filling(column: Any, how: str) -> Any:
    numeric = column.dtype.kind in "iuf"
    if how == "mode":
        value = column.mode()
        return _json(value.iloc[0]) if len(value) else None
    if not numeric:
        return None
    return 0 if how == "zero" else _json(getattr(column, how)())


def _json(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value

"""
Make the rows that a model saw from the rows that a file has, by a recipe that was proven. A sibling of score.py.

A recipe is JSON: `columns` of the file; `steps`, each making columns from earlier ones; `x`, which of them the model
takes. An input is [step, place]: step 0 is the file, [step, null] all that a step makes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

FUNCTIONS: dict[str, Any] = {
    "log1p": np.log1p,
    "log": np.log,
    "log10": np.log10,
    "sqrt": np.sqrt,
    "square": np.square,
    "abs": np.abs,
    "round": np.round,
    "negative": np.negative,
}
DATE_PARTS = (
    "year",
    "month",
    "day",
    "dayofweek",
    "hour",
    "minute",
    "quarter",
    "dayofyear",
    "moment",
)


class Unusable(Exception):
    """A step that these rows can't go through."""


def prepared(recipe: Any, frame: Any, objects: Any) -> Any:
    """(X as the model saw it, rows with a value that no step knows)."""
    made = [[frame[column] for column in recipe["columns"]]]
    unknown = np.zeros(len(frame), dtype=bool)
    for step in recipe["steps"]:
        given = _inputs(step["inputs"], made)
        if step["do"] == "transform":
            columns, refused = transformed(objects[step["object"]], given, step["names"])
            made.append(columns)
            unknown |= refused
            continue
        made.append([derived(step, given[0])])
        if step["do"] == "map":
            unknown |= (pd.isna(made[-1][0]) & ~pd.isna(given[0])).to_numpy()
    return _as_fitted(recipe["x"], made), unknown


def _inputs(wanted: Any, made: Any) -> Any:
    return [
        column for step, place in wanted for column in (made[step] if place is None else [made[step][place]])
    ]


def derived(step: Any, column: Any) -> Any:
    """One column, made of one."""
    does = step["do"]
    if does == "fill":
        return column.fillna(step["value"])
    if does == "function":
        with np.errstate(all="ignore"):
            return FUNCTIONS[step["name"]](column)
    if does == "equals":
        return column.astype(str) == step["value"]
    if does == "part":
        # other rows may begin with another date: 03/02 is in March or in February as it was in the training file
        moments = pd.to_datetime(column, errors="coerce", format=step.get("format"))
        return moments if step["name"] == "moment" else getattr(moments.dt, step["name"])
    if does == "map":
        values = {_plain(raw): made for raw, made in step["pairs"] if raw is not None}
        found = column.map(lambda value: values.get(_plain(value), np.nan), na_action="ignore")
        for raw, value in step["pairs"]:
            if raw is None:
                found = found.where(column.notna(), value)
        return found
    raise Unusable(str(does))


def date_format(column: Any) -> dict[str, str]:
    """As pandas reads a column of texts: by its first date; where it reads each by itself, nothing."""
    try:
        from pandas.tseries.api import guess_datetime_format
    except ImportError:
        return {}
    first = next((value for value in column if isinstance(value, str) and value), None)
    found = guess_datetime_format(first) if first else None
    return {"format": found} if found else {}


def _plain(value: Any) -> Any:
    """A whole number is the same key, be it read as an integer or, beside gaps, as a float."""
    return value.item() if isinstance(value, np.generic) else value


def transformed(transformer: Any, given: Any, names: Any) -> Any:
    """(columns of what a fitted transformer makes, or one sparse matrix in a list; the rows that it does not take)."""
    table = table_of(given, names)
    nobody = np.zeros(table.shape[0], dtype=bool)
    if hasattr(table, "tocsr"):
        return columns_of(transformer.transform(table)), nobody
    gone = _missing(given)
    try:
        return columns_of(transformer.transform(table)), nobody
    except (ValueError, TypeError, AttributeError):
        if gone.all() or not gone.any():
            raise
    some = transformer.transform(table[~gone])
    if hasattr(some, "tocsr"):
        places = np.zeros(len(gone), dtype=np.int64)
        places[~gone] = np.arange(some.shape[0])
        # another row holds the place of those that it does not take, and nobody looks at it
        return [some.tocsr()[places]], gone
    some = np.asarray(some)
    made = np.full((len(gone), *some.shape[1:]), np.nan, dtype=np.result_type(some.dtype, np.float64))
    made[~gone] = some
    return columns_of(made), gone


def table_of(given: Any, names: Any) -> Any:
    """`names` None: an array; else a frame. One column of texts, or one matrix, stays what it is."""
    if names == "one" or hasattr(given[0], "tocsr"):
        return given[0]
    if names is None:
        return np.column_stack([np.asarray(column) for column in given])
    table = pd.concat([pd.Series(column) for column in given], axis=1)
    table.columns = names
    return table


def columns_of(made: Any) -> Any:
    if hasattr(made, "tocsr"):
        return [made.tocsr()]
    if hasattr(made, "iloc"):
        return [made.iloc[:, place].reset_index(drop=True) for place in range(made.shape[1])]
    made = np.asarray(made)
    if made.ndim == 1:
        made = made.reshape(-1, 1)
    return [pd.Series(made[:, place]) for place in range(made.shape[1])]


def _missing(given: Any) -> Any:
    gone = np.zeros(len(given[0]), dtype=bool)
    for column in given:
        gone |= pd.isna(pd.Series(column)).to_numpy()
    return gone


def gaps(x: Any) -> Any:
    """Where something is missing: rows by columns; None: nowhere."""
    if hasattr(x, "tocsr"):
        return None
    if isinstance(x, np.ndarray) and x.dtype.kind in "iub":
        return None
    found = np.asarray(pd.isna(x))
    if found.ndim == 1:
        found = found.reshape(-1, 1)
    return found if found.any() else None


def _as_fitted(wanted: Any, made: Any) -> Any:
    chosen = _inputs(wanted["inputs"], made)
    if hasattr(chosen[0], "tocsr"):
        return chosen[0] if wanted["as"] == "sparse" else chosen[0].toarray()
    if wanted["as"] == "text":
        return chosen[0]
    if wanted["as"] == "sparse":
        from scipy.sparse import csr_matrix  # type: ignore[import-untyped]  # it ships no types

        return csr_matrix(_array(chosen, wanted.get("dtype")))
    if wanted["as"] != "frame":
        return _array(chosen, wanted.get("dtype"))
    table = pd.concat(
        [_restored(pd.Series(column), str(name), wanted) for column, name in zip(chosen, wanted["names"])],
        axis=1,
    )
    table.columns = wanted["names"]
    return table


def _restored(column: Any, name: str, wanted: Any) -> Any:
    """The type that the column had: a category's list, or a number's where that changes no value."""
    categories = (wanted.get("categories") or {}).get(name)
    if categories is not None:
        return pd.Series(pd.Categorical(column, categories=categories), index=column.index)
    dtype = (wanted.get("dtypes") or {}).get(name)
    if not dtype or str(column.dtype) == dtype or not dtype.startswith(("int", "float", "bool", "uint")):
        return column
    try:
        typed = column.astype(dtype)
    except (ValueError, TypeError):
        return column
    return typed if dtype.startswith("float") or (typed == column).all() else column


def _array(chosen: Any, dtype: Any) -> Any:
    arrays = [np.asarray(column) for column in chosen]
    if any(array.dtype.kind not in "iufb" for array in arrays):
        arrays = [array.astype(object) for array in arrays]
    array = np.column_stack(arrays)
    if not dtype or not dtype.startswith(("float", "int", "uint", "bool")):
        return array
    try:
        with np.errstate(all="ignore"):
            typed = array.astype(dtype)
    except (ValueError, TypeError):
        return array
    return typed if dtype.startswith("float") or (typed == array).all() else array

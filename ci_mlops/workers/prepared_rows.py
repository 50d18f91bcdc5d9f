"""
Rows as a script prepared them, kept with the model under the keys of their raw rows: the same rows are the same bytes.

A file is several arrays of numpy, one after the other: a header (JSON as bytes), the keys in their order, then what
the header says. No pickle. A sibling of score.py.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

PLAIN = "biufmM"


class Writer:
    def __init__(self) -> None:
        self.arrays: list[Any] = []

    def array(self, values: Any) -> int:
        self.arrays.append(np.ascontiguousarray(values))
        return len(self.arrays) - 1

    def text(self, values: Any) -> int:
        content = json.dumps(values, ensure_ascii=False, allow_nan=True).encode("utf-8")
        return self.array(np.frombuffer(content, dtype=np.uint8))


def write(path: Path, keys: Any, x: Any) -> None:
    """`keys`: sorted, one for each row of x. Raises ValueError where x holds what is neither number, date nor text."""
    order = np.argsort(keys, kind="stable")
    writer = Writer()
    header = _whole(x[order] if not hasattr(x, "iloc") else x.iloc[order], writer)
    with path.open("wb") as file:
        for array in (
            np.frombuffer(json.dumps(header, sort_keys=True).encode(), dtype=np.uint8),
            np.asarray(keys)[order],
            *writer.arrays,
        ):
            np.save(file, array, allow_pickle=False)


def _whole(x: Any, writer: Writer) -> Any:
    if hasattr(x, "tocsr"):
        matrix = x.tocsr()
        matrix.sort_indices()
        parts = [writer.array(part) for part in (matrix.data, matrix.indices, matrix.indptr)]
        return {"as": "sparse", "parts": parts, "shape": list(matrix.shape)}
    if hasattr(x, "columns"):
        names = [name if isinstance(name, (str, int)) else str(name) for name in x.columns.tolist()]
        columns = [_column(x.iloc[:, place], writer) for place in range(x.shape[1])]
        return {"as": "frame", "names": names, "columns": columns}
    if hasattr(x, "iloc"):
        return {"as": "series", "name": None if x.name is None else str(x.name), "column": _column(x, writer)}
    if x.dtype.kind in PLAIN:
        return {"as": "array", "part": writer.array(x)}
    return {"as": "objects", "part": writer.text(_plain(x.tolist())), "shape": list(x.shape)}


def _column(column: Any, writer: Writer) -> Any:
    dtype = column.dtype
    if hasattr(dtype, "categories") and hasattr(dtype, "ordered"):
        return {
            "as": "category",
            "codes": writer.array(np.asarray(column.cat.codes)),
            "categories": _column(dtype.categories.to_series(), writer),
            "ordered": bool(dtype.ordered),
        }
    if isinstance(dtype, np.dtype) and dtype.kind in PLAIN:
        return {"as": "plain", "part": writer.array(column.to_numpy())}
    return {"as": "text", "part": writer.text(_plain(column.tolist())), "dtype": str(dtype)}


def _plain(values: Any) -> Any:
    if isinstance(values, list):
        return [_plain(value) for value in values]
    if values is None or isinstance(values, (str, bool, int, float)):
        return values
    if type(values).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(values, np.generic):
        return _plain(values.item())
    raise ValueError("a value of {} among the prepared rows".format(type(values).__name__))


class Prepared:
    """`keys`, sorted; `at(places)`: these rows as the model takes them."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            header = json.loads(np.load(file, allow_pickle=False).tobytes())
            self.keys = np.load(file, allow_pickle=False)
            self.arrays = []
            while True:
                try:
                    self.arrays.append(np.load(file, allow_pickle=False))
                except EOFError:
                    break
        self.x = self._read(header)

    def places(self, keys: Any) -> Any:
        """Of each raw row; -1: it was not kept."""
        if not len(self.keys):
            return np.full(len(keys), -1)
        found = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[found] == keys, found, -1)

    def at(self, places: Any) -> Any:
        if hasattr(self.x, "iloc"):
            return self.x.iloc[places].reset_index(drop=True)
        return self.x[places]

    def _text(self, part: int) -> Any:
        return json.loads(self.arrays[part].tobytes())

    def _read(self, told: Any) -> Any:
        if told["as"] == "sparse":
            from scipy.sparse import csr_matrix  # type: ignore[import-untyped]  # it ships no types

            return csr_matrix(tuple(self.arrays[part] for part in told["parts"]), shape=told["shape"])
        if told["as"] == "array":
            return self.arrays[told["part"]]
        if told["as"] == "objects":
            values = np.empty(told["shape"], dtype=object)
            values[...] = self._text(told["part"])
            return values
        import pandas as pd

        if told["as"] == "series":
            return self._column(told["column"]).rename(told["name"])
        # by place, as two columns may have one name
        frame = pd.concat([self._column(one) for one in told["columns"]], axis=1)
        frame.columns = told["names"]
        return frame

    def _column(self, told: Any) -> Any:
        import pandas as pd

        if told["as"] == "plain":
            return pd.Series(self.arrays[told["part"]])
        if told["as"] == "category":
            categories = self._column(told["categories"])
            codes, ordered = self.arrays[told["codes"]], told["ordered"]
            return pd.Series(
                pd.Categorical.from_codes(codes, categories=pd.Index(categories), ordered=ordered)
            )
        return pd.Series(self._text(told["part"]), dtype=told["dtype"])

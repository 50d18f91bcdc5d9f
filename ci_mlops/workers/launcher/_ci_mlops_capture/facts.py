"""What is kept of the values that something was fitted on: their shape, names, types, keys and a sample."""

from __future__ import annotations

import functools
import importlib.util
import os
import sys
from typing import Any

SAMPLE = 400


@functools.lru_cache(maxsize=None)
def row_keys() -> Any:
    """The keys' own file is beside the launcher's folder; a private name, so that no name of the team's is taken."""
    above = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    name = "_ci_mlops_row_keys"
    spec = importlib.util.spec_from_file_location(name, os.path.join(above, "row_keys.py"))
    assert spec is not None  # noqa: S101 - a .py file has a spec
    assert spec.loader is not None  # noqa: S101 - and a loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def facts_of(given: Any) -> dict[str, Any]:
    """JSON-ready; the same for equal values."""
    kind = kind_of(given)
    names = [str(name) for name in given.columns] if kind == "frame" else None
    found: dict[str, Any] = {
        "names": names,
        "frame_names": None,
        "kind": kind,
        "dtypes": None,
        "categories": None,
        "rows": rows_of(given),
        "columns": columns_of(given),
    }
    if names is not None:
        dtypes = list(given.dtypes)
        found["dtypes"] = {name: str(dtype) for name, dtype in zip(names, dtypes)}
        found["categories"] = {
            name: [plain(value) for value in dtype.categories]
            for name, dtype in zip(names, dtypes)
            if hasattr(dtype, "categories") and hasattr(dtype, "ordered")
        } or None
    elif getattr(given, "name", None) is not None and hasattr(given, "iloc"):
        found["names"] = [str(given.name)]
    return found


def kind_of(given: Any) -> str:
    if hasattr(given, "columns") and hasattr(given, "dtypes"):
        return "frame"
    if hasattr(given, "tocsr"):
        return "sparse"
    shape = getattr(given, "shape", None)
    if isinstance(shape, tuple) and (hasattr(given, "dtype") or hasattr(given, "to_numpy")):
        return "array" if len(shape) > 1 or not is_text(given) else "text"
    if isinstance(given, (list, tuple)):
        return "text" if given and isinstance(given[0], str) else "array"
    return "other"


def is_text(given: Any) -> bool:
    if getattr(getattr(given, "dtype", None), "kind", "O") in "biufcmM":
        return False
    return len(given) > 0 and isinstance(next(iter(given)), str)


def rows_of(given: Any) -> int:
    shape = getattr(given, "shape", None)
    if isinstance(shape, tuple):
        return int(shape[0])
    return len(given) if hasattr(given, "__len__") else 0


def columns_of(given: Any) -> int:
    shape = getattr(given, "shape", None)
    if isinstance(shape, tuple):
        return int(shape[1]) if len(shape) > 1 else 1
    first = given[0] if isinstance(given, (list, tuple)) and given else None
    return len(first) if isinstance(first, (list, tuple)) else 1


def plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    return value if isinstance(value, (str, int, float, bool)) else str(value)


def keys_of(given: Any) -> Any:
    return row_keys().keys_of(given)


def places_of_sample(rows: int) -> list[int]:
    """Evenly spaced: no random number of the script's is drawn."""
    if rows <= SAMPLE:
        return list(range(rows))
    return [place * rows // SAMPLE for place in range(SAMPLE)]


def rows_at(given: Any, places: list[int]) -> Any:
    """A copy of these rows, of the same type."""
    if hasattr(given, "iloc"):
        return given.iloc[places]
    if hasattr(given, "tocsr"):
        return given.tocsr()[places]
    if isinstance(given, (list, tuple)):
        return [given[place] for place in places]
    return given[places]


def labels_of(y: Any) -> Any:
    """A 1-D copy of y, or None where it is something else."""
    if y is None:
        return None
    labels = sys.modules["numpy"].array(y)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    return labels if labels.ndim == 1 else None


def coded(labels: Any) -> tuple[list[str], Any]:
    """Labels as canonical texts and the place of each row's text among them."""
    numpy = sys.modules["numpy"]
    if labels.dtype.kind in "biuf":
        values, codes = numpy.unique(labels, return_inverse=True)
        return [canonical(value) for value in values.tolist()], codes.astype("int32")
    known: dict[Any, int] = {}
    codes = [known.setdefault(canonical(value), len(known)) for value in labels.tolist()]
    return list(known), numpy.array(codes, dtype="int32")


def canonical(value: Any) -> str:
    """`1`, `1.0` and True are `1`; NaN and None are the empty text; text is itself."""
    if isinstance(value, bool):
        return str(int(value))
    if value is None or value != value:  # noqa: PLR0124 - only NaN differs from itself
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        return str(int(value))
    return repr(value) if isinstance(value, float) else str(value)

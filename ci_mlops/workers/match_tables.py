"""Read a pinned text file as scripts read it: with names in its first line, or without; and the sample of what was fitted."""

from __future__ import annotations

import gzip
import pickle
import re
from pathlib import Path
from typing import Any

import pandas as pd

SEPARATORS = re.compile(r"[,;\t ]+")


def read_text(path: str, delimiter: str) -> Any:
    """A file of numbers alone has no names: its columns are 0, 1, ..., as numpy's readers count them."""
    first = first_line(path)
    if not all(is_number(cell) for cell in SEPARATORS.split(first)):
        return pd.read_csv(path, sep=delimiter, low_memory=False)
    return pd.read_csv(path, sep=delimiter if delimiter in first else r"\s+", header=None)


def first_line(path: str) -> str:
    opened: Any = gzip.open if path.lower().endswith(".gz") else open
    with opened(Path(path), "rt", encoding="utf-8-sig") as file:
        return next((line.strip() for line in file if line.strip()), "")


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def sample_in(raw: Path) -> Any:
    """A polars frame as one of pandas: as both are given alike to a model, what follows knows one kind."""
    sample = pickle.loads((raw / "sample.pkl").read_bytes())
    if hasattr(sample["X"], "get_columns"):
        columns = sample["X"].get_columns()
        sample["X"] = pd.DataFrame({column.name: column.to_list() for column in columns})
    return sample

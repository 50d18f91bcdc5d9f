"""Which columns a model was fitted on, and the rows of these, as the file has them. A sibling of score.py."""

from __future__ import annotations

import csv
import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:

    def sibling(name: str) -> Any: ...  # score.py puts it here: no module of ours takes a name of the team's


Refused = sibling("refusal").Refused
attribute = sibling("answers").attribute


def wanted_columns(model: Any, present: list[str], id_column: str | None) -> tuple[list[str], bool]:
    """Which columns the model was fitted on, and whether it knows them by name."""
    names = attribute(model, "feature_names_in_")
    if names is None:
        names = attribute(model, "feature_names_")  # CatBoost's word, "0", "1"... where it was given an array
        names = names if names is not None and set(names) & set(present) else None
    if names is not None:
        names = [str(name) for name in names]
        missing = [name for name in names if name not in present]
        if missing:
            raise lacking(missing, present)
        return names, True
    return counted(present, id_column, 1 if reads_text(model) else attribute(model, "n_features_in_")), False


def features(present: list[str], id_column: str | None) -> list[str]:
    # pandas writes a nameless index as a column
    return [name for name in present if name != id_column and not name.startswith("__index_level_")]


def counted(present: list[str], id_column: str | None, count: int | None) -> list[str]:
    """The columns of a model that knows how many they are, and no name."""
    found = features(present, id_column)
    if count is None or count == len(found):
        return found
    if count == len(present):
        return present
    raise Refused(
        "data",
        "The model was fitted on {} columns without names, and the rows have {} without target and id".format(
            count, len(found)
        ),
        "Fit on a data frame (then names decide), or give a `predict:` command of your own.",
    )


def reads_text(model: Any) -> bool:
    """Its first step is a text vectorizer: it wants one column, as a list of texts and not as a table."""
    steps = attribute(model, "steps")
    return callable(attribute(steps[0][1] if steps else model, "build_analyzer"))


def lacking(missing: list[str], present: list[str]) -> Exception:
    """The refusal; whoever asked knows whether one of them is the target."""
    close = difflib.get_close_matches(missing[0], present, n=1)
    hint = "The rows have `{}`: was it renamed? ".format(close[0]) if close else ""
    what = "The model was fitted on columns that the test rows lack: {}".format(", ".join(missing[:8]))
    mend = hint + "Prepare columns inside a Pipeline, or give a `predict:` command of your own."
    refused: Exception = Refused("data", what, mend, missing=missing)
    return refused


def read_rows(path: str, delimiter: str | None, columns: list[str], named: bool) -> Any:
    """`delimiter` None: a Parquet file."""
    try:
        frame = read_frame(path, delimiter, columns)
    except ImportError:
        if named:
            raise Refused(
                "model",
                "The model knows its columns by name, and pandas is not installed in the team's environment",
                "Install pandas there, as where the model was fitted.",
            ) from None
        return read_array(path, delimiter, columns)
    return frame if named else frame.to_numpy()


def read_frame(path: str, delimiter: str | None, columns: list[str]) -> Any:
    import pandas as pd

    if delimiter is not None:
        return pd.read_csv(path, sep=delimiter)[columns]
    frame = pd.read_parquet(path)
    # pandas takes some columns of its own files as the index
    return (frame if set(columns) <= set(frame.columns) else frame.reset_index())[columns]


def read_text(path: str, delimiter: str | None, columns: list[str]) -> dict[str, Any]:
    """Columns of a CSV file as it has them: `007` is no 7. Nothing for a Parquet file, which knows its types."""
    if delimiter is None or not columns:
        return {}
    try:
        import pandas as pd
    except ImportError:
        return {}  # `read_array` took nothing for a number
    frame = pd.read_csv(path, sep=delimiter, dtype=dict.fromkeys(columns, str), usecols=columns)
    return {name: sibling("schema").texts(frame[name].to_numpy(dtype=object)) for name in columns}


def read_columns(path: str, delimiter: str | None, columns: list[str]) -> list[Any]:
    """Each column in its own type."""
    import numpy as np

    try:
        frame = read_frame(path, delimiter, columns)
        return [frame[name].to_numpy() for name in columns]
    except ImportError:
        pass
    if delimiter is None:
        import pyarrow.parquet as pq

        return [column.to_numpy() for column in pq.read_table(path, columns=columns).columns]
    cells = read_array(path, delimiter, columns)
    found = [cells[:, place] for place in range(len(columns))]
    if cells.dtype != object:
        return found
    numbers = []
    for column in found:
        try:
            numbers.append(np.array([float(cell or "nan") for cell in column]))
        except ValueError:
            numbers.append(column)
    return numbers


def read_array(path: str, delimiter: str | None, columns: list[str]) -> Any:
    import numpy as np

    if delimiter is None:
        import pyarrow.parquet as pq

        table = pq.read_table(path, columns=columns)
        return np.column_stack([column.to_numpy() for column in table.columns])
    with Path(path).open(newline="", encoding="utf-8-sig") as file:
        lines = csv.reader(file, delimiter=delimiter)
        header = next(lines)
        places = [header.index(name) for name in columns]
        cells = [[line[place] for place in places] for line in lines]
    try:
        return np.array([[float(cell or "nan") for cell in row] for row in cells])
    except ValueError:
        return np.array(cells, dtype=object)

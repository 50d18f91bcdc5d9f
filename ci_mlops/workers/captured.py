"""
A model that was captured while the team's script ran: it is given its rows as the script would have prepared them,
and tells which of them it was fitted on. A sibling of score.py; also stored beside a registered model.
"""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:

    def sibling(name: str) -> Any: ...  # score.py puts it here: no module of ours takes a name of the team's


SEEN, UNSCORED = 1, 2
"""Marks of a row: it equals one that the model was fitted on; the script would have left it out."""


class Captured:
    """A folder `captured/`."""

    def __init__(self, folder: Path) -> None:
        self.told = json.loads((folder / "capture.json").read_text(encoding="utf-8"))
        self.estimator = _unpickled(folder / "model.pkl")
        steps = folder / "steps.pkl"
        self.objects = _unpickled(steps) if steps.is_file() else []
        self.keys = np.load(folder / "rows.npy", allow_pickle=False)
        raw = folder / "raw_rows.npy"
        self.folder, self.raw_keys = folder, np.load(raw, allow_pickle=False) if raw.is_file() else None
        self.classes_ = getattr(self.estimator, "classes_", None)

    @property
    def columns(self) -> Any:
        return self.told["recipe"]["columns"]

    def rows(self, frame: Any) -> Any:
        """X of all rows, and which of them can be scored."""
        made = sibling("preparation")
        x, unknown = made.prepared(self.told["recipe"], frame.reset_index(drop=True), self.objects)
        scorable = ~unknown
        gaps = made.gaps(x)
        if gaps is None:
            return x, scorable
        patterns, which = np.unique(gaps, axis=0, return_inverse=True)
        for number in np.flatnonzero(patterns.any(axis=1)):
            rows = which.reshape(-1) == number
            # what misses a value is scored too, where the model takes it
            if not self._takes(x[rows]):
                scorable &= ~rows
        return x, scorable

    def _takes(self, rows: Any) -> bool:
        try:
            self.estimator.predict(rows)
        except Exception:  # noqa: BLE001 - whatever it says, it does not take such rows
            return False
        return True

    def seen(self, x: Any, scorable: Any, request: Any) -> Any:
        keys = sibling("row_keys").keys_of(x)
        marks = sibling("whole_rows").narrowed(self, request, keys).astype(np.uint8)
        marks[~scorable] = UNSCORED
        return marks

    def answers(self, x: Any, columns: Any, request: Any) -> Any:
        """(arrays, answer) in the file's own labels."""
        arrays, answer = sibling("answers").of_estimator(self.estimator, x, columns, request)
        if request.get("multilabel"):
            return arrays, answer  # a matrix has a column for each label: no coding of one target
        return sibling("decoding").decoded(arrays, answer, self.told.get("coding"), request.get("task"))

    def predict(self, frame: Any, params: Any = None) -> Any:
        """
        For who serves it: raw rows, as a frame.

        `params`: MLflow's, none is known here.
        """
        return self.estimator.predict(self.given(frame))

    def given(self, frame: Any) -> Any:
        """Raw rows as the estimator is given them."""
        if self.told["recipe"] is None:
            raise ValueError(
                "This model was fitted on rows that its training script prepared, and that can't be repeated from outside: "
                "it can't score raw rows. Prepare inside a Pipeline to serve it."
            )
        if "width" in self.told["recipe"]:
            frame = frame.set_axis(range(frame.shape[1]), axis=1)
        x, scorable = self.rows(frame)
        if not scorable.all():
            raise ValueError(f"{int((~scorable).sum())} rows miss a value that the model needs")
        return x


def score(request: Any) -> Any:
    """(arrays, answer): `predictions`, maybe `scores`, and `seen`."""
    refused = sibling("refusal").Refused
    captured = open_captured(Path(request["model"]), refused)
    if request.get("only") == "seen":
        return seen_alone(captured, request, refused)
    if captured.told.get("recipe") is None:
        if (captured.folder / "prepared.npy").is_file():
            return sibling("prepared_answers").score(captured, request, refused)
        raise refused(
            "model",
            "How the script prepares its rows can't be repeated from outside",
            "Give a `predict:` command, or prepare inside a Pipeline.",
        )
    frame = _rows_of(captured, request, refused)
    try:
        x, scorable = captured.rows(frame)
    except Exception as error:
        raise refused(
            "model",
            f"What the script does before it fits can't be repeated on the test rows: {type(error).__name__}: {error}",
            "Prepare inside a Pipeline, or give a `predict:` command of your own.",
        ) from error
    if not scorable.any():
        raise refused("data", "Every test row misses a value that the model needs", "Look at the test data.")
    given = x if scorable.all() else x[scorable]
    arrays, answer = captured.answers(given, list(captured.columns), request)
    for name, values in arrays.items():
        # such a row is marked, and left out for both models; its first neighbour's answer holds the place
        spread = np.repeat(values[:1], len(scorable), axis=0)
        spread[scorable] = values
        arrays[name] = spread
    if captured.told["knows_rows"]:
        arrays["seen"] = captured.seen(x, scorable, request)
    elif not scorable.all():
        raise refused(
            "data",
            f"{int((~scorable).sum())} test rows miss a value that the model needs",
            "The script drops such rows: leave them out of the test data too.",
        )
    return arrays, answer


def seen_alone(captured: Captured, request: Any, refused: Any) -> Any:
    """Of a model that a command of the team's asks: which rows it was trained on, where that is known."""
    answer: Any = {"columns": [], "score_kind": None, "classes": None}
    if captured.raw_keys is not None:
        if not set(captured.told["lineage"]["columns"]) <= set(request["columns"]):
            return {}, answer
        keys = sibling("prepared_answers").raw_keys(captured, request, refused)
        return {"seen": np.isin(keys, captured.raw_keys).astype(np.uint8)}, answer
    recipe = captured.told["recipe"]
    if (
        recipe is None
        or not captured.told["knows_rows"]
        or ("width" not in recipe and not set(recipe["columns"]) <= set(request["columns"]))
    ):
        return {}, answer
    frame = _rows_of(captured, request, refused)
    x, _ = sibling("preparation").prepared(recipe, frame.reset_index(drop=True), captured.objects)
    seen = sibling("whole_rows").narrowed(captured, request, sibling("row_keys").keys_of(x))
    return {"seen": seen.astype(np.uint8)}, answer


def _rows_of(captured: Captured, request: Any, refused: Any) -> Any:
    """The columns that the recipe wants; of a file without names those at the same places."""
    wanted = names = captured.columns
    width = captured.told["recipe"].get("width")
    if width is not None:
        features = [column for column in request["columns"] if column != request["id"]]
        if len(features) != width:
            raise refused(
                "data",
                f"The training file has {width} columns and no names, and the test rows have {len(features)} without target "
                "and id: which is which can't be told",
                "Give the training file names in its first line.",
            )
        names = [features[place] for place in wanted]
    missing = [column for column in names if column not in request["columns"]]
    if missing:
        raise sibling("rows").lacking(missing, request["columns"])
    frame = read(request["features"], request["delimiter"], names, captured.told["text"])
    frame.columns = wanted
    return frame


def open_captured(folder: Path, refused: Any) -> Captured:
    try:
        return Captured(folder)
    except ModuleNotFoundError as error:
        raise refused(
            "model",
            f"The captured model needs the module `{error.name}` to load, and it is not there",
            "Install it in the team's environment.",
        ) from error
    except Exception as error:
        raise refused(
            "model",
            f"The captured model can't be loaded: {type(error).__name__}: {error}",
            "Is it complete, and made by the versions that are installed now?",
        ) from error


def read(path: str, delimiter: Any, columns: Any, text: Any) -> Any:
    """
    Columns of a table, as pandas reads it; those that held text at the fit are text, whatever these rows hold.

    `delimiter` None: a Parquet file.
    """
    import pandas as pd

    if delimiter is None:
        frame = pd.read_parquet(path)
        return (frame if set(columns) <= set(frame.columns) else frame.reset_index())[list(columns)]
    kinds = {column: str for column in columns if column in text}
    return pd.read_csv(path, sep=delimiter, dtype=kinds, low_memory=False)[list(columns)]


def _unpickled(path: Path) -> Any:
    with path.open("rb") as file:
        return pickle.load(file)

"""
Tell a test row that equals a training row in all that the file says from one that only looks alike to the model.

A model of few or coarse features knows few different rows. Where the test rows have a file of their own, one that
shares its features with a training row is no training row, unless the other columns agree as well. Where both come
from one file this is not asked: there a changed cell would make a row that was trained on look new.
A sibling of score.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:

    def sibling(name: str) -> Any: ...  # score.py puts it here: no module of ours takes a name of the team's


WHOLE, LOOSE = "whole.npy", "loose.npy"


def write(into: Path, request: Any, frame: Any, there: Any, known: Any, watched: Any) -> Any:
    """
    The columns, or None: the model is given all that the file says.

    `there`: keys of the file's rows as the model is given them; `known`: of all rows that it has seen; `watched`: of
    those that it was not fitted on, as for early stopping, which need not come from this file.
    """
    raw_rows = sibling("raw_rows")
    # a file without names has no columns to look for
    named = all(isinstance(name, str) for name in frame.columns)
    columns = (
        [name for name in raw_rows.columns_of(frame, request["target"]) if name != request["id"]]
        if named
        else []
    )
    if not columns:
        return None
    np.save(into / WHOLE, np.unique(raw_rows.keys_of(frame, columns)[np.isin(there, known)]))
    np.save(into / LOOSE, np.union1d(np.setdiff1d(known, there), watched))
    return columns


def narrowed(captured: Any, request: Any, keys: Any) -> Any:
    """Which test rows the model has seen; `keys`: theirs, as the model is given them."""
    seen = np.isin(keys, captured.keys)
    columns = captured.told.get("whole")
    if not (request.get("own_rows") and columns and set(columns) <= set(request["columns"])):
        return seen
    frame = sibling("captured").read(
        request["features"], request["delimiter"], columns, captured.told["text"]
    )
    whole = np.load(captured.folder / WHOLE, allow_pickle=False)
    loose = np.load(captured.folder / LOOSE, allow_pickle=False)
    agrees = np.isin(sibling("raw_rows").keys_of(frame, columns), whole)
    return np.isin(keys, loose) | (seen & agrees)

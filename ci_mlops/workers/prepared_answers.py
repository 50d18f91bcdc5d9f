"""
Answers of a captured model whose rows only its own script can prepare: of the rows that were kept with it.

A row that was not kept can't be scored; it is left out for both models, and counted. A sibling of score.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:

    def sibling(name: str) -> Any: ...  # score.py puts it here: no module of ours takes a name of the team's


SEEN, UNSCORED = 1, 2


def score(captured: Any, request: Any, refused: Any) -> Any:
    """(arrays, answer) as of any model."""
    keys = raw_keys(captured, request, refused)
    seen = np.isin(keys, captured.raw_keys)
    kept = sibling("prepared_rows").Prepared(captured.folder / "prepared.npy")
    places = kept.places(keys)
    scorable = (places >= 0) & ~seen
    if not scorable.any():
        raise refused(
            "data",
            f"None of the {len(keys)} test rows can be scored: {int(seen.sum())} were seen in the training, and of the other "
            f"{int((~seen).sum())} the script prepared none that the model was asked about",
            "Let the test rows be of the file that the script reads, and let it hold them out.",
        )
    columns = captured.told["lineage"]["columns"]
    arrays, answer = captured.answers(kept.at(places[scorable]), columns, request)
    for name, values in arrays.items():
        # such a row is marked, and left out for both models; its first neighbour's answer holds the place
        spread = np.repeat(values[:1], len(scorable), axis=0)
        spread[scorable] = values
        arrays[name] = spread
    arrays["seen"] = np.where(seen, SEEN, np.where(scorable, 0, UNSCORED)).astype(np.uint8)
    return arrays, answer


def raw_keys(captured: Any, request: Any, refused: Any) -> Any:
    columns = captured.told["lineage"]["columns"]
    missing = [column for column in columns if column not in request["columns"]]
    if missing:
        raise refused(
            "data",
            "The rows that the model was trained on are known by columns that the test rows lack: {}".format(
                ", ".join(missing[:8])
            ),
            "Keep these columns, or give the model its own preparation in a Pipeline.",
        )
    frame = sibling("captured").read(
        request["features"], request["delimiter"], columns, captured.told["text"]
    )
    return sibling("raw_rows").keys_of(frame, columns)

"""
Know a row of the pinned file by all that the file says of it, where what the model was given can't be made from it.

Row numbers die when a file gains rows. A column that is new later must not make every row look new, so the columns
are recorded. A sibling of score.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:

    def sibling(name: str) -> Any: ...  # score.py puts it here: no module of ours takes a name of the team's


row_keys = sibling("row_keys")


def columns_of(frame: Any, target: Any) -> list[str]:
    """All but the target, and what only counts the rows: after the next export that counts others."""
    return [str(name) for name in frame.columns if name != target and not counts_rows(frame[name])]


def counts_rows(column: Any) -> bool:
    if getattr(column.dtype, "kind", "O") not in "iu" or len(column) < 2:
        return False
    return bool((np.diff(column.to_numpy().astype(np.int64)) == 1).all())


def keys_of(frame: Any, columns: Any) -> Any:
    """One uint64 a row."""
    return row_keys.combined([row_keys.codes_of(frame[name])[0] for name in columns])

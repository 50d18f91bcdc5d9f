"""
Which of the pinned test rows a training's pinned files hold: by what they say, by id, by group; and which are older.

Training data is streamed; of the test rows a few numbers each are kept, so that memory grows with them alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ci_mlops.datasets.moments import moments_of
from ci_mlops.datasets.sought import Looking, Sought, TestTable, keys_in, read, unique
from ci_mlops.datasets.tables import table_columns
from ci_mlops.errors import BadData

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """What a training's files hold of the test rows. Flags: shape (test rows,)."""

    rows: int
    """Of the training data."""
    columns: int
    """That were compared; the fewest, where its files differ in theirs. 0: they share none."""
    content: Flags
    """Equal to a training row in all shared columns but target and id."""
    whole: Flags
    """And in the target."""
    same_id: Flags
    """The same id, or one that differs only in spaces, case or leading zeros."""
    spelt_alike: Flags
    """The same id to the letter."""
    same_group: Flags
    groups: int
    """Different groups on both sides."""
    groups_of: int
    older: Flags
    """Older than the newest training row."""
    newest: float | None
    """`moments.moments_of`; None: no training row says when it was."""
    lacks: tuple[str, ...]
    """Of the id, group and time columns those that no file of it has."""
    kinds: tuple[tuple[NDArray[np.int64], int], ...]
    """For each set of shared columns: how often each different test row stands there, and the training rows."""


def meet(test: TestTable, training: Sequence[Path]) -> Met:
    """
    Raises:
        BadData: a file that is no table or is broken; a time column that holds no times.
    """
    with _told_of(test.files[0]):
        looking = Looking(test)
    for path in training:
        with _told_of(path):
            looking.look(path)
    names, found = looking.names, tuple(looking.shared.values())
    nothing = np.zeros(len(looking.target), dtype=np.bool_)
    dated = bool(np.isfinite(looking.newest))
    return Met(
        rows=looking.rows,
        columns=min((len(columns) for columns in looking.shared), default=0),
        content=_any((one.content for one in found), nothing),
        whole=_any((one.whole for one in found), nothing),
        same_id=names.ids.rows if names.ids else nothing,
        spelt_alike=names.exact.rows if names.exact else nothing,
        same_group=names.groups.rows if names.groups else nothing,
        groups=names.groups.kinds_found if names.groups else 0,
        groups_of=names.groups.kinds if names.groups else 0,
        older=_older(test, looking.newest) if dated else nothing,
        newest=looking.newest if dated else None,
        lacks=tuple(
            name
            for name in (test.id, test.group, test.time)
            if name is not None and name not in looking.present
        ),
        kinds=tuple((one.content.counts, one.rows) for one in found),
    )


def equal_rows(test: TestTable) -> NDArray[np.int64]:
    """How often each different test row stands there, by all columns but the id."""
    columns = sorted(unique(table_columns(test.files[0])) - {test.id})
    with _told_of(test.files[0]):
        return Sought(keys_in(test.files, columns)).counts


def _older(test: TestTable, newest: float) -> Flags:
    assert test.time is not None  # noqa: S101 - a newest row has a time
    moments = np.concatenate(
        [moments_of(batch.column(test.time)) for batch in read(test.files, (test.time,))]
    )
    if np.isnan(moments).all():
        raise BadData(
            f"the column `{test.time}` of the test data holds no dates or times",
            where=str(test.files[0]),
            mend="`data.test.time` names a column of ISO dates (`2026-01-31`), timestamps, or seconds since 1970.",
        )
    return moments < newest


@contextmanager
def _told_of(path: Path) -> Iterator[None]:
    """Parquet may hold text that is none."""
    import pyarrow as pa

    try:
        yield
    except pa.ArrowException as error:
        raise BadData(
            f"{path.name} holds cells that can't be compared: {str(error).splitlines()[0]}",
            where=str(path),
            mend="Write the file again, with text in UTF-8.",
        ) from error


def _any(sought: Iterator[Sought], nothing: Flags) -> Flags:
    flags = nothing
    for one in sought:
        flags = flags | one.rows
    return flags

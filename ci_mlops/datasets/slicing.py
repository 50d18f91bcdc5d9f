"""Which slices a row is in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from ci_mlops.datasets.marks import Marks
from ci_mlops.errors import BadData
from ci_mlops.evaluation.rows import SliceColumn

if TYPE_CHECKING:
    import pyarrow as pa

MOST_SLICES = 200


def slices_of(batch: pa.RecordBatch, name: str, seen: set[str], where: str) -> SliceColumn:
    encoded = batch.column(name).fill_null("(missing)").dictionary_encode()
    values = encoded.dictionary.to_pylist()
    seen.update(values)
    refuse_many(name, seen, where)
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return SliceColumn(codes=codes, names=tuple(f"{name}={value}" for value in values))


def refuse_many(name: str, values: Collection[str], where: str) -> None:
    if len(values) > MOST_SLICES:
        raise BadData(
            f"column `{name}` has more than {MOST_SLICES} values: that is no slice",
            where=where,
            mend="Slice by a column of few values; put numbers into bands first.",
        )


def gone_by_slice(slices: Mapping[str, SliceColumn], marks: Marks) -> Iterator[tuple[str, tuple[int, int]]]:
    """What the candidate alone takes out of each slice: a small one may vanish and hardly be missed among all rows."""
    if not (marks.lost | marks.taken).any():
        return
    for column in slices.values():
        lost, taken = (
            np.bincount(column.codes[chosen], minlength=len(column.names))
            for chosen in (marks.lost, marks.taken)
        )
        for place in np.flatnonzero(lost + taken).tolist():
            yield column.names[place], (int(lost[place]), int(taken[place]))

"""Cells that hold several labels at once: `billing|bug`, or a list in Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ci_mlops.datasets.coding import MISSING, ClassCoding, Coding, coding_of
from ci_mlops.errors import BadData
from ci_mlops.records import Policy
from ci_mlops.records.labels import SET_SEPARATOR, canonical_label

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
THRESHOLD = 0.5


def coding_for(policy: Policy) -> Coding:
    return (
        LabelSetCoding(classes=policy.classes)
        if policy.multilabel
        else coding_of(policy.classes, policy.positive)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSetCoding:
    """Sets of labels as whole numbers, one bit a label in the order of `classes`."""

    classes: tuple[str, ...]

    def codes(self, column: pa.Array, where: str) -> Floats:
        """Shape (rows,); 0 where there is no label, NaN where nobody knows."""
        encoded = column.fill_null("").dictionary_encode()
        values = np.array([self._code(cell, where) for cell in encoded.dictionary.to_pylist()] or [0.0])
        codes: Floats = values[encoded.indices.to_numpy(zero_copy_only=False)]
        return codes

    def decided(self, scores: Floats, columns: Sequence[str | None], title: str, where: str) -> Floats:
        """Shape (rows,): every label that scores half or more."""
        known = [place for place, column in enumerate(columns) if column is not None]
        if scores.size and (scores.min() < 0 or scores.max() > 1):
            raise BadData(
                f"scores of {title} are no probabilities, so {THRESHOLD} is no threshold for them",
                where=where,
                mend="Add a column `prediction`: the labels that the model decides for, joined by `|`.",
            )
        bits = (scores[:, known] >= THRESHOLD).astype(np.float64)
        return np.asarray((bits * 2.0 ** np.array(known)).sum(axis=1), dtype=np.float64)

    def _code(self, cell: str, where: str) -> float:
        if not cell.strip():
            return 0.0
        known = ClassCoding(classes=self.classes)
        if cell.strip() in MISSING and canonical_label(cell) not in self.classes:
            return float("nan")
        code = 0
        for label in map(canonical_label, cell.split(SET_SEPARATOR)):
            if label not in self.classes:
                raise known.unknown(label, where)
            code |= 1 << self.classes.index(label)
        return float(code)

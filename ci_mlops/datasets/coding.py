"""From cells to the court's numbers: which label is the event, and what can't be read as one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ci_mlops.datasets.tables import NOTHING
from ci_mlops.errors import BadData
from ci_mlops.records.labels import canonical_label

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

PLAIN = {"0": 0.0, "1": 1.0, "false": 0.0, "true": 1.0}
MISSING = frozenset(NOTHING)


class Coding(Protocol):
    def codes(self, column: pa.Array, where: str) -> Floats:
        """Shape (rows,); NaN where there is no label."""


def _coded(column: pa.Array, code: Callable[[str], float]) -> Floats:
    encoded = column.dictionary_encode()
    labels = encoded.dictionary.to_pylist()
    values = np.array([code(label) for label in labels] or [np.nan])
    indices = encoded.indices.fill_null(len(labels)).to_numpy(zero_copy_only=False)
    codes: Floats = np.append(values, np.nan)[indices]
    return codes


_SHOWN = 12
_HEAVIEST = 1e100


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassCoding:
    """Labels as their places in `classes`; any other label is refused, for it would be counted as nothing."""

    classes: tuple[str, ...]

    def codes(self, column: pa.Array, where: str) -> Floats:
        places = {label: float(place) for place, label in enumerate(self.classes)}

        def code(cell: str) -> float:
            label = canonical_label(cell)
            if label in places:
                return places[label]
            if cell.strip() in MISSING:
                return float("nan")
            raise self.unknown(label, where)

        return _coded(column, code)

    def unknown(self, label: str, where: str, *, what: str = "label") -> BadData:
        close = get_close_matches(label, self.classes, n=1)
        hint = f"Did you mean `{close[0]}`? " if close else ""
        more = len(self.classes) - _SHOWN
        listed = ", ".join(self.classes[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
        return BadData(
            f"{what} {label!r} is none of the {len(self.classes)} classes",
            where=where,
            mend=f"{hint}`classes` lists {listed}: add it there, or mend the label.",
        )


def coding_of(classes: tuple[str, ...], positive: str | None) -> Coding:
    return ClassCoding(classes=classes) if classes else BinaryCoding(positive=positive)


@dataclass(slots=True, kw_only=True)
class BinaryCoding:
    """Labels as 0 and 1; remembers the other label, so that a third one is found wherever it stands."""

    positive: str | None
    negatives: set[str] = field(default_factory=set)

    def codes(self, column: pa.Array, where: str) -> Floats:
        """Shape (rows,); NaN where there is no label."""
        return _coded(column, lambda cell: self._code(cell, where))

    def _code(self, cell: str, where: str) -> float:
        if cell.strip() in MISSING:
            return float("nan")
        label = canonical_label(cell)
        if self.positive is None:
            return self._plain_code(label, where)
        if label == self.positive:
            return 1.0
        self.negatives.add(label)
        self.refuse_third(where)
        return 0.0

    def refuse_third(self, where: str) -> None:
        if len(self.negatives) > 1:
            raise BadData(
                f"more than two labels: {', '.join(repr(n) for n in sorted(self.negatives))} beside {self.positive!r}",
                where=where,
                mend="Three or more classes are listed: `classes: [...]` under `data.test`, or `--classes a,b,c`; "
                "or look at `positive`.",
            )

    def _plain_code(self, label: str, where: str) -> float:
        if label not in PLAIN:
            raise BadData(
                f"label {label!r} is neither 0 nor 1, and nothing says which label is the event to be found",
                where=where,
                mend="Name it: `positive: ...` under `data.test`, or `--positive LABEL`; three or more labels: "
                "`classes: [...]`, or `--classes a,b,c`.",
            )
        return PLAIN[label]


def numbers(column: pa.Array, title: str, where: str) -> Floats:
    """Shape (rows,); NaN where there is none."""
    import pyarrow as pa

    if not pa.types.is_floating(column.type):
        raise BadData(
            f"{title} are not numbers",
            where=where,
            mend="Numbers are needed in every row; a target of classes is `classification`.",
        )
    values: Floats = column.fill_null(float("nan")).to_numpy(zero_copy_only=False)
    return values


def plain(column: pa.Array) -> NDArray[Any]:
    """Numbers, NaN where there is none; or text, empty where there is none."""
    import pyarrow as pa

    if pa.types.is_floating(column.type):
        return numbers(column, "", "")
    return np.array(column.fill_null("").to_pylist(), dtype=np.str_)


def weights_of(column: pa.Array, name: str, known: NDArray[np.bool_], where: str) -> Floats:
    """How much each row counts; of rows that are left out nothing is asked."""
    values = numbers(column, f"weights in `{name}`", where)
    bad = known & ~(np.isfinite(values) & (values >= 0))
    # squares of these are beyond floating point
    extreme = known & ~bad & (values != 0) & ((values > _HEAVIEST) | (values < 1 / _HEAVIEST))
    if extreme.any():
        raise BadData(
            f"weights in `{name}`: {float(values[extreme][0]):g} is too {'large' if values[extreme][0] > 1 else 'small'}",
            where=f"{where} near row {int(np.flatnonzero(extreme)[0]) + 1}",
            mend="Divide all weights by one number; 0 leaves a row out.",
        )
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        raise BadData(
            f"weights in `{name}`: {int(bad.sum())} rows have none, or one that is infinite or below 0",
            where=f"{where} near row {first + 1}",
            mend="Every row needs a weight of 0 or more.",
        )
    return values


def refuse_unusable(values: Floats, title: str, where: str) -> None:
    """A model that says nothing, or infinity, on a row can't be compared on it, and may not skip it."""
    bad = ~np.isfinite(values)
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        raise BadData(
            f"{title}: {int(bad.sum())} rows have none, or NaN, or infinity",
            where=f"{where} near row {first + 1}",
            mend="Every row needs a prediction: look at how the model treats missing values.",
        )

"""All compared rows at once, for what needs to see them together, in an order that only their ids decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ci_mlops.evaluation.rows import Ints, Predictions, Rows, SliceColumn

_PRIME = np.uint64(0x100000001B3)
_OFFSET = np.uint64(0xCBF29CE484222325)


@dataclass(frozen=True, slots=True, kw_only=True)
class AllRows:
    rows: Rows
    """One partition."""
    units: Ints
    """Shape (rows,): what is drawn together, numbered by its hash; each row alone where there are no groups."""


def all_rows(partitions: Iterable[Rows], id: str | None) -> AllRows:  # noqa: A002 - the word that configs have for it
    """
    Args:
        partitions: As `paired_rows` gives them.
        id: The column in `Rows.columns` that names a row; None: its place does.
    """
    whole = _joined(list(partitions))
    named = np.arange(len(whole)).astype(np.str_) if id is None else whole.columns[id]
    order = np.argsort(text_hashes(named), kind="stable")
    rows = _taken(whole, order)
    if rows.groups is None:
        return AllRows(rows=rows, units=np.arange(len(rows)))
    return AllRows(rows=rows, units=np.unique(rows.groups, return_inverse=True)[1].astype(np.int64))


def text_hashes(values: NDArray[Any]) -> NDArray[np.uint64]:
    """
    Of each text, the same on every machine; shape (rows,).

    Source: FNV-1a by Fowler, Noll & Vo over the characters, then the mixing of MurmurHash3 by Appleby.
    """
    text = np.ascontiguousarray(values.astype(np.str_))
    letters = (
        text.view(np.uint32).reshape(len(text), -1) if text.itemsize else np.zeros((len(text), 0), np.uint32)
    )
    found = np.full(len(text), _OFFSET)
    for place in range(letters.shape[1]):
        letter = letters[:, place].astype(np.uint64)
        # a text is as long as it is, whatever the longest one of its column
        found = np.where(letter > 0, (found ^ letter) * _PRIME, found)
    for multiplier in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        found = (found ^ (found >> np.uint64(33))) * np.uint64(multiplier)
    return found ^ (found >> np.uint64(33))


def _joined(parts: Sequence[Rows]) -> Rows:
    first = parts[0]
    return replace(
        first,
        labels=np.concatenate([part.labels for part in parts]),
        candidate=_said([part.candidate for part in parts]),
        champion=None
        if first.champion is None
        else _said([part.champion for part in parts if part.champion]),
        weights=_optional([part.weights for part in parts]),
        groups=_optional([part.groups for part in parts]),
        slices={name: _slice([part.slices[name] for part in parts]) for name in first.slices},
        columns={name: np.concatenate([part.columns[name] for part in parts]) for name in first.columns},
    )


def _said(parts: Sequence[Predictions]) -> Predictions:
    return Predictions(
        decisions=np.concatenate([part.decisions for part in parts]),
        scores=_optional([part.scores for part in parts]),
    )


def _optional(parts: Sequence[NDArray[Any] | None]) -> NDArray[Any] | None:
    found = [part for part in parts if part is not None]
    return np.concatenate(found) if len(found) == len(parts) else None


def _slice(parts: Sequence[SliceColumn]) -> SliceColumn:
    """Partitions number the values of a column as they come."""
    names = sorted({name for part in parts for name in part.names})
    place = {name: number for number, name in enumerate(names)}
    codes = [np.array([place[name] for name in part.names], dtype=np.int64)[part.codes] for part in parts]
    return SliceColumn(codes=np.concatenate(codes), names=tuple(names))


def _taken(rows: Rows, order: Ints) -> Rows:
    def of(values: Any) -> Any:
        return None if values is None else values[order]

    def said(predictions: Predictions) -> Predictions:
        return Predictions(decisions=of(predictions.decisions), scores=of(predictions.scores))

    columns: Mapping[str, NDArray[Any]] = {name: of(values) for name, values in rows.columns.items()}
    return replace(
        rows,
        labels=of(rows.labels),
        candidate=said(rows.candidate),
        champion=None if rows.champion is None else said(rows.champion),
        weights=of(rows.weights),
        groups=of(rows.groups),
        slices={n: SliceColumn(codes=of(c.codes), names=c.names) for n, c in rows.slices.items()},
        columns=columns,
    )

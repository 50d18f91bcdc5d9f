"""Partitions put together: a sabotage deals answers from any row to any other."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from ci_mlops.evaluation.rows import Predictions, Rows, SliceColumn


def joined(parts: Sequence[Rows]) -> Rows:
    """All that is told of each row, one partition after the other; counts of rows that were left out are the first's."""
    if len(parts) == 1:
        return parts[0]
    return replace(parts[0], **_fields(parts))


def _together(parts: Sequence[Any]) -> Any:
    first = parts[0]
    if isinstance(first, np.ndarray):
        return np.concatenate(parts)
    if isinstance(first, SliceColumn):
        return _column(parts)
    if isinstance(first, Predictions):
        return replace(first, **_fields(parts))
    if isinstance(first, Mapping):
        return {name: _together([part[name] for part in parts if name in part]) for name in first}
    if isinstance(first, tuple):
        return tuple(_together(each) for each in zip(*parts, strict=True))
    return first


def _fields(parts: Sequence[Any]) -> dict[str, Any]:
    return {
        field.name: _together([getattr(part, field.name) for part in parts]) for field in fields(parts[0])
    }


def _column(parts: Sequence[SliceColumn]) -> SliceColumn:
    """Each partition numbers the values that it holds."""
    names = tuple(dict.fromkeys(name for part in parts for name in part.names))
    places = {name: place for place, name in enumerate(names)}
    codes = [np.array([places[name] for name in part.names], dtype=np.int64)[part.codes] for part in parts]
    return SliceColumn(codes=np.concatenate(codes), names=names)

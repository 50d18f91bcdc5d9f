"""Partitions put together: a sabotage deals answers from any row to any other."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ci_mlops.evaluation.rows import Floats, Ints, Predictions, Rows, SliceColumn


def joined(parts: Sequence[Rows]) -> Rows:
    """Of one model alone; what is told of rows that were left out stays with the first comparison."""
    if len(parts) == 1:
        return parts[0]
    return replace(
        parts[0],
        labels=np.concatenate([part.labels for part in parts]),
        candidate=_said([part.candidate for part in parts]),
        weights=_floats([part.weights for part in parts]),
        groups=_ints([part.groups for part in parts]),
        slices={name: _column([part.slices[name] for part in parts]) for name in parts[0].slices},
    )


def _said(parts: Sequence[Predictions]) -> Predictions:
    return Predictions(
        decisions=np.concatenate([part.decisions for part in parts]),
        scores=_floats([part.scores for part in parts]),
    )


def _floats(parts: Sequence[Floats | None]) -> Floats | None:
    known = [part for part in parts if part is not None]
    return np.concatenate(known) if known else None


def _ints(parts: Sequence[Ints | None]) -> Ints | None:
    known = [part for part in parts if part is not None]
    return np.concatenate(known) if known else None


def _column(parts: Sequence[SliceColumn]) -> SliceColumn:
    """Each partition numbers the values that it holds."""
    names = tuple(dict.fromkeys(name for part in parts for name in part.names))
    places = {name: place for place, name in enumerate(names)}
    codes = [np.array([places[name] for name in part.names], dtype=np.int64)[part.codes] for part in parts]
    return SliceColumn(codes=np.concatenate(codes), names=names)

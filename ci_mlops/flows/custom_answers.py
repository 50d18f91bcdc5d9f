"""
What a function of the team's gave, out of the files that its worker wrote. Its code may have written anything there: only
numbers of the right count are taken, and facts that are put into words of ours.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ci_mlops.evaluation.replicates import Replicates
from ci_mlops.evaluation.rows import Floats, Ints
from ci_mlops.flows.custom_faults import told
from ci_mlops.records.custom_metric import CustomName

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """All rows, or those of a slice."""

    name: str
    """Empty: all rows."""
    rows: Ints
    """Which they are."""
    part: Ints
    """The part that each is in."""
    parts: int
    units: int
    """Rows, or groups of them, that are drawn alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What there should be an answer to."""

    name: CustomName
    places: Sequence[Place]
    models: tuple[str, ...]
    differing: "NDArray[np.bool_]"
    """Shape (rows,): where the two models say something else, in what the function is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One number for each row, or what is known of each place."""

    by_row: Mapping[str, Floats] | None = None
    """Model -> values."""
    places: Mapping[str, Replicates] = field(default_factory=dict)


def unmeasured(places: Sequence[Place], reason: str) -> Said:
    return Said(places={place.name: Replicates(units=place.units, reason=reason) for place in places})


def read_said(answer: Mapping[str, Any], values: Path, asked: Asked) -> Said:
    if "fault" in answer:
        return unmeasured(asked.places, told(_mapping(answer["fault"]), asked.name))
    broken = unmeasured(asked.places, f"what `{asked.name.function}` gave can't be read")
    if answer.get("kind") == "rows":
        by_row = _of_rows(values, asked)
        return broken if by_row is None else Said(by_row=by_row)
    places = answer.get("places")
    if not isinstance(places, list) or len(places) != len(asked.places):
        return broken
    found = {}
    for place, one in zip(asked.places, places, strict=True):
        replicates = _of_place(place, _mapping(one), asked)
        if replicates is None:
            return broken
        found[place.name] = replicates
    return Said(places=found)


def _of_place(place: Place, one: Mapping[str, Any], asked: Asked) -> Replicates | None:
    """None: neither numbers of both models nor a fault."""
    fault = "fault" in one
    numbers = {model: _numbers(one.get(model), 1 if fault else place.parts + 1) for model in asked.models}
    whole = None not in numbers.values()
    if not whole and not fault:
        return None
    reason = told(_mapping(one["fault"]), asked.name) if fault else ""
    return Replicates(
        units=place.units,
        candidate=(numbers["candidate"] or ()) if whole else (),
        champion=numbers.get("champion") if whole else None,
        moved=len(np.unique(place.part[asked.differing[place.rows]])),
        reason=f"where some of these rows are left out, {reason}" if fault and whole else reason,
    )


def _of_rows(path: Path, asked: Asked) -> Mapping[str, Floats] | None:
    try:
        # never a pickle
        with np.load(path, allow_pickle=False) as arrays:
            found = {model: np.asarray(arrays[model], dtype=np.float64) for model in asked.models}
    except (OSError, ValueError, KeyError, EOFError):
        return None
    shape = asked.differing.shape
    return found if all(v.shape == shape and np.isfinite(v).all() for v in found.values()) else None


def _numbers(values: Any, count: int) -> tuple[float, ...] | None:
    if not isinstance(values, list) or len(values) != count:
        return None
    good = all(isinstance(value, int | float) and math.isfinite(value) for value in values)
    return tuple(float(value) for value in values) if good else None


def _mapping(found: Any) -> Mapping[str, Any]:
    return found if isinstance(found, dict) else {}

"""From a score to a decision, where the model's own is not asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ci_mlops.errors import BadData

if TYPE_CHECKING:
    from numpy.typing import NDArray

THRESHOLD = 0.5


def decided(
    scores: NDArray[np.float64], title: str, where: str, *, threshold: float | None, chosen: bool
) -> NDArray[np.float64]:
    """`chosen`: for this very model, so in the unit of its scores, be they probabilities or not."""
    cut = THRESHOLD if threshold is None else threshold
    if not chosen and scores.size and (scores.min() < 0 or scores.max() > 1):
        raise BadData(
            f"scores of {title} are no probabilities, so {cut:g} is no threshold for them",
            where=where,
            mend="Add a column `prediction`: what the model decides."
            if threshold is None
            else "Let the threshold be chosen: `threshold: {by: cost}`, with `data.validation`.",
        )
    return (scores >= cut).astype(np.float64)


def without_scores(title: str, path: Path) -> BadData:
    return BadData(
        f"{title} gives no scores, and `threshold` needs them",
        where=str(path),
        mend="Write a column `score` or `score_<class>`, or remove `threshold`: then the model decides itself.",
    )

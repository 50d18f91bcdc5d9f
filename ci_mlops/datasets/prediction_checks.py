"""What a prediction file may hold: which column scores the event, and labels that must agree."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ci_mlops.errors import BadData
from ci_mlops.records.labels import canonical_label


def score_column(columns: Sequence[str], positive: str, path: Path) -> str | None:
    if "score" in columns:
        return "score"
    classes = [column for column in columns if column.startswith("score_")]
    for column in classes:
        if canonical_label(column.removeprefix("score_")) == positive:
            return column
    if classes:
        raise BadData(
            f"no score column for the positive label {positive!r}: there are {', '.join(classes)}",
            where=str(path),
            mend="Name the event with `positive`, spelt as in the data."
            if len(classes) < 3
            else "List three or more classes: `classes: [...]` under `data.test`, or `--classes a,b,c`; of two, name "
            "the event with `positive`.",
        )
    return None


def refuse_other_labels(own: NDArray[np.float64], true: NDArray[np.float64], title: str, where: str) -> None:
    differing = int((~((own == true) | (np.isnan(own) & np.isnan(true)))).sum())
    if differing:
        raise BadData(
            f"{title}: {differing} rows have another label than the other file gives them",
            where=where,
            mend="Both models must be scored against the same truth: look at which labels moved.",
        )

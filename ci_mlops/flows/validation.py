"""The validation rows: what a threshold is chosen on. Pinned like the test rows, and asked of both models like them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ci_mlops.datasets.digest import data_digest
from ci_mlops.datasets.features import Features, write_features
from ci_mlops.errors import BadData
from ci_mlops.flows.hand_over import AGAIN, Side, read_told
from ci_mlops.flows.pinned import find_pinned
from ci_mlops.flows.project import Project
from ci_mlops.flows.rows_to_ask import TestRows, ids_of, rows_name

SET: Final = "validation"


def is_wanted(project: Project) -> bool:
    threshold = project.policy.threshold
    return threshold is not None and threshold.by is not None


def validation_files(project: Project, cache: Path) -> tuple[Path, ...]:
    """
    As base pins them; a change that moves them is judged on base's.

    Raises:
        BadData: none are pinned, or a file is nowhere to be found as it was pinned, or is training or test data.
    """
    pins = project.policy_lock.data.get(SET, ())
    if not pins:
        raise BadData(
            "No validation data is pinned, and the threshold is to be chosen on it",
            where="ci-mlops.lock",
            mend="`ci-mlops pin`, then commit ci-mlops.lock.",
        )
    for other in ("train", "test"):
        held = (*project.policy_lock.data.get(other, ()), *project.lock.data.get(other, ()))
        if shared := next((pin for pin in pins if pin.sha256 in {pin.sha256 for pin in held}), None):
            raise BadData(
                f"{shared.path} holds validation rows, and the {other} data is the same file",
                where="ci-mlops.lock",
                mend="Split them: a threshold that is chosen on rows of the training or of the test flatters itself.",
            )
    return tuple(find_pinned(project, pin, cache) for pin in pins)


def validation_rows(project: Project, cache: Path, test: Features, into: Path) -> TestRows | None:
    """
    None: no threshold is to be chosen.

    Raises:
        BadData: rows that are not as pinned, or that have other columns than the test rows.
    """
    if not is_wanted(project):
        return None
    named = project.policy.data.test
    files = validation_files(project, cache)
    features = write_features(files, target=named.target, id=named.id, into=into)
    if features.columns != test.columns:
        raise BadData(
            "the validation rows have other columns than the test rows, or in another order: "
            f"{', '.join(features.columns)}, not {', '.join(test.columns)}",
            where=str(files[0]),
            mend="Write both with the same columns: a model must be asked of both in the same way.",
        )
    return TestRows(
        features=features,
        ids=ids_of(files, named.id, features.rows),
        pin="validation",
        digest=_digest(project),
    )


def read_validation(output: Path, side: Side, project: Project) -> Path:
    """
    What this very model says of the validation rows.

    Raises:
        BadData: it is not there, or of another model or other rows.
    """
    place = output / "predictions" / f"{rows_name(side.card.role, SET)}.json"
    told = read_told(place)
    if (told.pin, told.model, told.test) != (SET, side.card.model.digest, _digest(project)):
        raise BadData(
            f"what the {side.card.role} says of the validation rows is of another model or of other rows",
            where=str(place),
            mend=AGAIN,
        )
    return place.with_suffix(".parquet")


def _digest(project: Project) -> str:
    return f"sha256:{data_digest(project.policy_lock.data.get(SET, ()))}"

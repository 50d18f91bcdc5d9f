"""What a stranger's run left, made harmless before anybody reads it: two cards and two files of numbers for each model."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from ci_mlops.datasets.tables import read_columns
from ci_mlops.flows.checkout import Role
from ci_mlops.flows.pinned import test_files
from ci_mlops.flows.project import Project
from ci_mlops.flows.rows_to_ask import Pin, ids_of, rows_name
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.validation import is_wanted as is_chosen, validation_files
from ci_mlops.flows.vetted_cards import vet_model, vet_told, without_foreign_text
from ci_mlops.flows.vetted_rows import Expected, vet_rows
from ci_mlops.records.labels import canonical_label

_ROLES: tuple[Role, ...] = get_args(Role)
# what the change says of rows of its own is for its authors: here it is not even looked at
_PINS: tuple[Pin, ...] = ("base", "validation")
_MOST_LABELS = 10_000
_WANTED = frozenset(
    (
        *(f"models/{role}/model.json" for role in _ROLES),
        *(
            f"predictions/{rows_name(role, pin)}.{kind}"
            for role in _ROLES
            for pin in _PINS
            for kind in ("parquet", "json")
        ),
    )
)


def is_wanted(name: str) -> bool:
    """Of an artifact's files; a model's own bytes, a verdict and every text are left where they are."""
    return name in _WANTED


def vet(tools: Tools, project: Project, left: Path, private: Path) -> None:
    """
    `left` holds only what was made anew by us afterwards.

    Raises:
        BadData: something is there that is not what it should be; what is missing is for the judge to miss.
    """
    policy = project.policy.policy()
    cards = {
        role: vet_model(left / "models" / role / "model.json", role, project.policy.model)
        for role in _ROLES
        if role == "candidate" or (left / "models" / role).exists()
    }
    if "champion" in cards:
        place = left / "models" / "champion" / "model.json"
        without_foreign_text(cards["champion"], cards["candidate"], place)
    for pin, files in _asked(project, tools.cache):
        test = project.policy.data.test
        rows = sum(batch.num_rows for batch in read_columns(files, (test.target,), as_text=(test.target,)))
        ids = ids_of(files, test.id, rows)
        labels = _labels(files, test.target) if policy.positive else frozenset[str]()
        for role in cards:
            name = rows_name(role, pin)
            vet_told(left / "predictions" / f"{name}.json", role, pin, rows, policy.task)
            expected = Expected(what=f"the {role}'s predictions", ids=ids, policy=policy, labels=labels)
            vet_rows(left / "predictions" / f"{name}.parquet", expected, private / name)


def _asked(project: Project, cache: Path) -> Iterator[tuple[Pin, tuple[Path, ...]]]:
    yield "base", test_files(project, cache)
    if is_chosen(project):
        yield "validation", validation_files(project, cache)


def _labels(files: tuple[Path, ...], target: str) -> frozenset[str]:
    """Those of the pinned rows; many are no classes, and the court says so."""
    found: set[str] = set()
    for batch in read_columns(files, (target,), as_text=(target,)):
        found |= {
            canonical_label(label) for label in batch.column(0).unique().to_pylist() if label is not None
        }
        if len(found) > _MOST_LABELS:
            break
    return frozenset(found)

"""Which rows and columns each model is asked about: base's rows, and for information those of a moved pin."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ci_mlops.datasets.digest import data_digest
from ci_mlops.datasets.features import Features, write_features
from ci_mlops.datasets.moved import rearranged
from ci_mlops.errors import BadData
from ci_mlops.flows.moved_pin import MovedPin, listed, moved_pin
from ci_mlops.flows.pinned import test_files
from ci_mlops.flows.project import Project

if TYPE_CHECKING:
    import pyarrow as pa


Pin = Literal["base", "moved", "validation"]
"""The test rows that base pins; those that the change pins instead, for information; and what a threshold is chosen on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRows:
    """What one model gets to see, and the ids of these rows."""

    __test__ = False  # pytest would collect it for its name

    features: Features
    ids: pa.Array
    pin: Pin
    digest: str
    """Of the pinned files that these rows are of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    candidate: TestRows
    champion: TestRows
    candidate_moved: TestRows | None = None
    champion_moved: TestRows | None = None
    lacking: str = ""
    """Why the candidate does not get the columns that are new in a moved pin, for its error."""


def rows_name(role: str, pin: Pin) -> str:
    """Of the files that hold what a model says of rows."""
    return role if pin == "base" else f"{role}-{pin}"


def moved_name(role: str) -> str:
    """Of the files that hold what a model says of the rows of a moved pin."""
    return rows_name(role, "moved")


def rows_to_ask(project: Project, cache: Path, into: Path) -> Asking:
    """
    Raises:
        BadData: test rows that are not as pinned or can't be read, edits beside new columns.
    """
    test = project.policy.data.test
    files = test_files(project, cache)
    features = write_features(files, target=test.target, id=test.id, into=into / "base")
    base = TestRows(
        features=features,
        ids=ids_of(files, test.id, features.rows),
        pin="base",
        digest=_digest(project, "policy"),
    )
    found = moved_pin(project, cache)
    if found is None:
        return Asking(candidate=base, champion=base)
    try:
        whole = write_features(found.files, target=test.target, id=test.id, into=into / "moved")
        ids = ids_of(found.files, test.id, whole.rows)
    except BadData:
        # they are for information only, unless new columns are to be read from them
        if found.joined:
            raise
        return Asking(candidate=base, champion=base)
    moved = TestRows(features=whole, ids=ids, pin="moved", digest=_digest(project, "change"))
    return Asking(
        candidate=_of_its_own_pin(found, base, moved, into / "candidate"),
        champion=base,
        candidate_moved=moved,
        champion_moved=_with_columns(moved, base.features.columns, into / "champion"),
        lacking=_lacking(found),
    )


def _of_its_own_pin(found: MovedPin, base: TestRows, moved: TestRows, into: Path) -> TestRows:
    """Base's rows with the columns of the change's pin, in their order: a model may know them by place."""
    if found.joined:
        features = rearranged(moved.features, into, rows=found.moved.places, columns=moved.features.columns)
        return TestRows(features=features, ids=base.ids, pin="base", digest=base.digest)
    if found.new or moved.features.columns == base.features.columns:
        return base
    return _with_columns(base, moved.features.columns, into) or base


def _with_columns(rows: TestRows, columns: tuple[str, ...], into: Path) -> TestRows | None:
    if rows.features.columns == columns:
        return rows
    if not set(columns) <= set(rows.features.columns):
        return None
    features = rearranged(rows.features, into, rows=None, columns=columns)
    return TestRows(features=features, ids=rows.ids, pin=rows.pin, digest=rows.digest)


def _lacking(found: MovedPin) -> str:
    if not found.why_not_joined:
        return ""
    return (
        f"This change's test rows have {listed(found.new)}, which base's rows lack, and the candidate can't read "
        f"that from them: {found.why_not_joined}."
    )


def _digest(project: Project, whose: Literal["policy", "change"]) -> str:
    lock = project.policy_lock if whose == "policy" else project.lock
    return f"sha256:{data_digest(lock.data.get('test', ()))}"


def ids_of(tests: tuple[Path, ...], column: str | None, rows: int) -> pa.Array:
    import pyarrow as pa

    from ci_mlops.datasets.tables import read_columns

    if column is None:
        return pa.array([str(number) for number in range(rows)], pa.string())
    batches = [batch.column(0) for batch in read_columns(tests, (column,), as_text=(column,))]
    return pa.chunked_array(batches).combine_chunks()

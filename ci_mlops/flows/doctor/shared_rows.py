"""Do training and test share rows? A model that has seen a test row is flattered by it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ci_mlops.config import Config
from ci_mlops.datasets.dialect import format_of
from ci_mlops.datasets.sources import find_files
from ci_mlops.datasets.tables import read_columns, table_columns
from ci_mlops.errors import BadData
from ci_mlops.files.digest import file_digest
from ci_mlops.flows.doctor.check import Check, fine, not_tried, problem, warning
from ci_mlops.flows.doctor.data import tables
from ci_mlops.flows.doctor.patient import Patient

if TYPE_CHECKING:
    import pyarrow as pa

_LARGEST = 500 << 20
NAME = "data.shared_rows"


def look(patient: Patient) -> Iterator[Check]:
    config = patient.config
    assert config is not None  # noqa: S101 - the story asks for it
    tests, trains = tables(patient, config), _trains(patient, config)
    if not tests or not trains:
        yield not_tried(NAME, "Training or test rows are not here, so they can't be compared.")
        return
    if same := trained_on(patient, config):
        yield _one_file(config, same[0].name)
        return
    readable = [path for path in trains if format_of(path.name)]
    if not readable or sum(path.stat().st_size for path in (*readable, *tests)) > _LARGEST:
        yield not_tried(NAME, "The training data is no table of a size that is quickly compared row by row.")
        return
    yield _equal_rows(config, readable, tests)


def trained_on(patient: Patient, config: Config) -> list[Path]:
    """Files of test rows that are training data as well."""
    digests = {file_digest(path) for path in _trains(patient, config)}
    return [path for path in tables(patient, config) if file_digest(path) in digests]


def _trains(patient: Patient, config: Config) -> list[Path]:
    found, _ = find_files(patient.folder, "train", config.data.train)
    return [patient.folder / name for name in sorted(found)]


def _one_file(config: Config, name: str) -> Check:
    capture = config.train is not None and config.train.model.kind == "capture"
    what = f"{name} is training data and test data."
    if capture:
        return fine(
            NAME, f"{what} The verdict uses the rows that neither model has seen: `capture` notes them."
        )
    return problem(
        NAME,
        f"{what} Nobody notes which of its rows a model was fitted on, so every verdict is `undecided`.",
        exit_code=4,
        where=config.where("data", "test", "path"),
        mend="`train: {model: capture}` notes them; or split the file once, and pin the test rows apart.",
    )


def _equal_rows(config: Config, trains: Sequence[Path], tests: Sequence[Path]) -> Check:
    from pyarrow import compute

    try:
        columns = [name for name in table_columns(tests[0]) if name in table_columns(trains[0])]
    except BadData as error:
        return not_tried(NAME, f"They can't be compared: {error.what}.")
    columns = [name for name in columns if name != config.data.test.id]
    if len(columns) < 2:
        return not_tried(NAME, "Training and test files have fewer than two columns in common.")
    try:
        seen = compute.is_in(_rows(tests, columns), value_set=compute.unique(_rows(trains, columns)))
    except BadData as error:
        return not_tried(NAME, f"They can't be compared: {error.what}.")
    count = int(compute.sum(seen).as_py() or 0)
    if not count:
        return fine(NAME, f"No test row equals a training row in all {len(columns)} columns that both have.")
    capture = config.train is not None and config.train.model.kind == "capture"
    return warning(
        NAME,
        f"{count:,} of {len(seen):,} test rows equal a training row in all {len(columns)} columns that both have: "
        + (
            "they are left out for both models."
            if capture
            else "they flatter every model that was fitted on them."
        ),
        where=config.where("data", "test", "path"),
        mend="Take them out of one side, then `ci-mlops pin`.",
    )


def _rows(files: Sequence[Path], columns: Sequence[str]) -> "pa.Array":
    """One text per row; numbers in one spelling."""
    import pyarrow as pa
    from pyarrow import compute

    parts = []
    for batch in read_columns(files, columns):
        cells = [compute.fill_null(compute.cast(batch.column(name), pa.string()), "") for name in columns]
        parts.append(compute.binary_join_element_wise(*cells, "\x1f"))
    return pa.chunked_array(parts, type=pa.string()).combine_chunks()

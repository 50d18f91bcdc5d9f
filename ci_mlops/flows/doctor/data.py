"""The data: is it there, is it what is pinned, and does it hold what the config says?"""

from collections.abc import Iterator
from pathlib import Path

from ci_mlops.config import Config
from ci_mlops.datasets.dialect import check_columns
from ci_mlops.datasets.lock import write_lock
from ci_mlops.datasets.pins import check_data, pin_data
from ci_mlops.datasets.sources import find_files
from ci_mlops.datasets.tables import read_columns, table_columns
from ci_mlops.errors import BadData
from ci_mlops.flows.doctor import slices
from ci_mlops.flows.doctor.check import Check, fine, not_tried, problem, problems_of, warning
from ci_mlops.flows.doctor.columns import named_columns
from ci_mlops.flows.doctor.labels import DATA, cells_of, target
from ci_mlops.flows.doctor.patient import Patient
from ci_mlops.flows.pin import data_sets


def look(patient: Patient) -> Iterator[Check]:
    config = patient.config
    assert config is not None  # noqa: S101 - the story asks for it
    yield from _pins(patient, config)
    files = tables(patient, config)
    if not files:
        yield not_tried("data.test", "The test rows are not here, so their columns are not looked at.")
        return
    columns = list(_columns(config, files))
    yield from columns
    if any(check.status == "problem" for check in columns):
        return
    yield from target(config, files)
    yield from _id(config, files)
    yield from slices.look(config, files)
    yield from _weight(config, files)


def tables(patient: Patient, config: Config) -> tuple[Path, ...]:
    """As they lie here, whatever is pinned."""
    found, _ = find_files(patient.folder, "test", (config.data.test.path,))
    return tuple(patient.folder / name for name in sorted(found))


def _pins(patient: Patient, config: Config) -> Iterator[Check]:
    sets = data_sets(config)
    if patient.lock is None:
        assert patient.lock_error is not None  # noqa: S101 - one of the two is there
        if patient.lock_path.exists() or not patient.wishes.fix:
            yield from problems_of("data.pins", patient.lock_error)
            # what is not even there can't be pinned
            for name, sources in sets.items():
                for fault in find_files(patient.folder, name, sources, config.where("data", name))[1]:
                    yield from problems_of(f"data.{name}", fault)
            return
        made = pin_data(patient.folder, sets, patient.tools.cache)
        write_lock(patient.lock_path, made)
        count = sum(len(pins) for pins in made.data.values())
        yield fine("data.pins", f"{count} files were pinned into {patient.lock_path.name}: commit it.")
        return
    try:
        check_data(patient.folder, sets, patient.lock, patient.tools.cache)
    except BadData as error:
        yield from problems_of("data.pins", error)
        return
    count = sum(len(pins) for pins in patient.lock.data.values())
    yield fine("data.pins", f"{count} {'file is' if count == 1 else 'files are'} what ci-mlops.lock pins.")


def _columns(config: Config, files: tuple[Path, ...]) -> Iterator[Check]:
    wanted = tuple(named_columns(config))
    lacking = False
    for path in files:
        try:
            present = table_columns(path)
        except BadData as error:
            lacking = True
            yield from problems_of("data.test", error)
            continue
        for name, where, column in wanted:
            try:
                check_columns(path, present, (column,))
            except BadData as error:
                lacking = True
                yield problem(name, error.what, exit_code=DATA, where=where, mend=error.mend)
    if not lacking:
        yield fine("data.columns", "The test rows have every column that the config names.")


def _id(config: Config, files: tuple[Path, ...]) -> Iterator[Check]:
    column = config.data.test.id
    if column is None:
        yield warning(
            "data.id",
            "No column names a row: rows are joined by their order, and new columns of a moved test pin can't be read.",
            where=config.where("data", "test"),
            mend="`id: COLUMN`, if one is unique.",
        )
        return
    cells = cells_of(files, column)
    where = config.where("data", "test", "id")
    twice = [str(cell) for cell, count in cells.items() if count > 1 and cell is not None]
    if None in cells or twice:
        some = (
            f"{len(twice):,} ids stand more than once, first {twice[0]!r}" if twice else "some rows have none"
        )
        yield problem(
            "data.id",
            f"`{column}` does not name a row: {some}.",
            exit_code=DATA,
            where=where,
            mend="Name a column that is unique, or leave `id` out.",
        )
    else:
        yield fine("data.id", f"`{column}` is unique in {len(cells):,} test rows.")


def _weight(config: Config, files: tuple[Path, ...]) -> Iterator[Check]:
    from pyarrow import compute, types

    column = config.data.test.weight
    if column is None:
        return
    where = config.where("data", "test", "weight")
    for batch in read_columns(files, (column,)):
        cells = batch.column(0)
        bad = types.is_string(cells.type) or cells.null_count or (compute.min(cells).as_py() or 0) < 0
        if bad:
            yield problem(
                "data.weight",
                f"`{column}` has cells that are no weight: every one is a number of at least 0.",
                exit_code=DATA,
                where=where,
                mend="Mend the rows, or name another column.",
            )
            return
    yield fine("data.weight", f"`{column}` holds weights.")

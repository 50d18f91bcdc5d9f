"""Can the declared environment be solved: today, or as of a day on which it still worked?"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from ci_mlops.config import Config
from ci_mlops.datasets.lock import write_lock
from ci_mlops.environments.declaration import Declaration, read_declaration
from ci_mlops.environments.solving import solve
from ci_mlops.environments.uv import find_uv
from ci_mlops.errors import CiMlopsError
from ci_mlops.flows.doctor import clone
from ci_mlops.flows.doctor.check import Check, fine, not_tried, problem, problems_of, warning
from ci_mlops.flows.doctor.patient import Patient
from ci_mlops.records import Lock, ResolvedEnvironment

_NAME = "environment.solvable"
_DATED = "environment.dated_lock"
_OLDEST = 2018


def mend_by_date(patient: Patient, config: Config) -> Iterator[Check]:
    """Solve as `pin` would; where that fails, look for a day as of which it can be solved."""
    try:
        declaration = read_declaration(patient.folder, config.environment)
    except CiMlopsError:
        return  # told already, with its line
    try:
        today = solve(declaration, python=config.python, environ=patient.instruments.environ).environment
    except CiMlopsError as error:
        yield from problems_of(_NAME, error)
        yield from _of_a_day(patient, config, declaration)
        return
    if patient.wishes.fix:
        _write(patient, today)
        yield fine(_NAME, f"It was solved to {len(today.packages)} packages, in ci-mlops.lock: commit it.")
    else:
        yield fine(_NAME, f"It can be solved, to {len(today.packages)} packages for Python {today.python}.")


def _of_a_day(patient: Patient, config: Config, declaration: Declaration) -> Iterator[Check]:
    if find_uv(patient.instruments.environ) is None:
        yield not_tried(
            _DATED,
            "Only uv can solve for a day in the past.",
            mend="`pip install 'ci-mlops[uv]'`, then try again.",
        )
        return
    if not patient.wishes.fix:
        yield not_tried(
            _DATED,
            "Whether it can be solved as of an earlier day was not tried.",
            mend="`ci-mlops doctor --fix` looks for such a day, and writes what it finds into ci-mlops.lock.",
        )
        return
    for day in days(last_edit(patient, config), today=patient.tools.now().date()):
        patient.tools.say(f"solving as of {day}")
        try:
            found = solve(
                declaration, python=config.python, environ=patient.instruments.environ, before=day.isoformat()
            ).environment
        except CiMlopsError:
            continue
        _write(patient, found)
        yield warning(
            _DATED,
            f"As of {day} it can be solved: {len(found.packages)} packages of that day are in ci-mlops.lock.",
            mend="Commit the lock; then give the declaration the bounds that it lacks, so that the next `pin` solves too.",
        )
        return
    yield problem(
        _DATED,
        "It can be solved as of no day that was tried either.",
        exit_code=2,
        where=config.where("environment"),
        mend="Mend the lines that are named above.",
    )


def days(edited: date | None, *, today: date) -> list[date]:
    """
    The day after its last edit, when somebody had it working; then the ends of earlier years, newest first.

    >>> days(date(2023, 5, 1), today=date(2026, 1, 2))[:3]
    [datetime.date(2023, 5, 2), datetime.date(2022, 12, 31), datetime.date(2021, 12, 31)]
    """
    start = edited if edited is not None else today
    first = [edited + timedelta(days=1)] if edited is not None else []
    return [*first, *(date(year, 12, 31) for year in range(start.year - 1, _OLDEST - 1, -1))]


def last_edit(patient: Patient, config: Config) -> date | None:
    if patient.top is None:
        return None
    text = clone.last_edit(config.environment, patient.folder)
    return date.fromisoformat(text) if text else None


def _write(patient: Patient, environment: ResolvedEnvironment) -> None:
    write_lock(patient.lock_path, replace(patient.lock or Lock(), environment=environment))

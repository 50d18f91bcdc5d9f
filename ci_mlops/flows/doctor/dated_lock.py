"""Can the declared environment be solved today; or else, as of a day on which the scripts still ran?"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from ci_mlops.config import Config
from ci_mlops.datasets.lock import read_lock, write_lock
from ci_mlops.environments.dated import NoProposal, Proposal, propose_dated_lock
from ci_mlops.errors import CiMlopsError
from ci_mlops.flows.doctor import clone
from ci_mlops.flows.doctor.check import Check, fine, not_tried, problem, problems_of, warning
from ci_mlops.flows.doctor.patient import Patient
from ci_mlops.flows.pin import solve_environment
from ci_mlops.records import Lock, ResolvedEnvironment

SOLVABLE = "environment.solvable"
DATED = "environment.dated_lock"
_SHOWN = 3


def counted(packages: int) -> str:
    return f"{packages} package{'s' * (packages != 1)}"


def solvable(patient: Patient, config: Config) -> Iterator[Check]:
    """As `pin` would solve it; nothing is written."""
    try:
        solved = solve_environment(config, patient.folder, patient.instruments.environ)
    except CiMlopsError as error:
        yield from problems_of(SOLVABLE, error)
        return
    if solved is not None:
        found = solved.environment
        yield fine(
            SOLVABLE, f"It can be solved, to {counted(len(found.packages))} for Python {found.python}."
        )


def mend_by_date(patient: Patient, config: Config) -> Iterator[Check]:
    """A lock whose imports succeed, of today or of an earlier day; written only where that is wished."""
    if not patient.wishes.fix:
        yield not_tried(
            DATED,
            "No lock that works was looked for.",
            mend="`ci-mlops doctor --fix` looks for one, of today or of an earlier day, and writes it into ci-mlops.lock.",
        )
        return
    train = config.train
    try:
        found = propose_dated_lock(
            patient.folder,
            config.environment,
            run=train.run if train else None,
            function=train.model.callable if train else None,
            python=config.python,
            changed_on=_last_edit(patient, config),
            cache=patient.tools.cache,
            environ=patient.instruments.environ,
            say=patient.tools.say,
            today=patient.tools.now().date(),
        )
    except CiMlopsError as error:
        yield from problems_of(DATED, error)
        return
    if isinstance(found, NoProposal):
        tried = "; ".join(found.tried[:_SHOWN]) + ("; ..." if len(found.tried) > _SHOWN else "")
        yield problem(
            DATED,
            f"No day was found as of which it works: {tried}",
            exit_code=2,
            where=config.where("environment"),
            mend="Mend the lines that are named above.",
        )
        return
    _write(patient, found.environment)
    day = f"as of {found.before}" if found.before else "of today"
    assumed = f"; {'; '.join(found.assumed)}" if found.assumed else ""
    yield warning(
        DATED,
        f"ci-mlops.lock now has {counted(len(found.environment.packages))} {day}, for Python {found.python}, with which every "
        f"import works{assumed}.",
        where=str(patient.lock_path.name),
        mend=f"Commit the lock.{_lasting(found, config)}",
    )


def _lasting(found: Proposal, config: Config) -> str:
    """What to declare, so that the next `pin` ends there too."""
    lines = [line.partition(";")[0].strip() for line in found.requirements]
    told = [f"`{line}` in {config.environment}" for line in (" ".join(lines),) if line]
    told += [f'`python: "{found.python}"` in ci-mlops.yml'] if config.python != found.python else []
    return f" So that the next `pin` finds the same, write {' and '.join(told)}." if told else ""


def _last_edit(patient: Patient, config: Config) -> date | None:
    if patient.top is None:
        return None
    text = clone.last_edit(config.environment, patient.folder)
    return date.fromisoformat(text) if text else None


def _write(patient: Patient, environment: ResolvedEnvironment) -> None:
    # as it is now: the look at the data may have written it
    before = read_lock(patient.lock_path) if patient.lock_path.exists() else Lock()
    write_lock(patient.lock_path, replace(before, environment=environment))

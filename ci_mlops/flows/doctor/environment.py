"""The team's environment: is it solved and not edited since, can it be made, and does what the training imports work?"""

from collections.abc import Iterator
from dataclasses import replace

from ci_mlops.config import Config
from ci_mlops.environments.declaration import read_declaration
from ci_mlops.environments.imports import failing_imports
from ci_mlops.environments.problems import Problem
from ci_mlops.environments.removed import removed_names
from ci_mlops.environments.scripts import Use, foreign_modules, scripts_of, uses_of
from ci_mlops.errors import CiMlopsError
from ci_mlops.flows.doctor.check import Check, fine, not_tried, problem, problems_of
from ci_mlops.flows.doctor.dated_lock import counted, mend_by_date, solvable
from ci_mlops.flows.doctor.patient import Patient
from ci_mlops.flows.own_environment import CURRENT
from ci_mlops.flows.pin import check_environment
from ci_mlops.ports import Environment
from ci_mlops.records import Lock, ResolvedEnvironment

_CODE = 6


def look(patient: Patient) -> Iterator[Check]:
    config = patient.config
    assert config is not None  # noqa: S101 - the story asks for it
    told = list(_declared(patient, config))
    if not _is_wrong(told):
        told += _opened(patient, config)
    mended = list(mend_by_date(patient, config)) if _is_wrong(told) and config.environment != CURRENT else []
    if patient.wishes.fix and mended and not _is_wrong(mended) and _is_readable(patient, config):
        told = [_no_longer(check) for check in told]
    yield from (*told, *mended)


def _is_readable(patient: Patient, config: Config) -> bool:
    """A dead name in the declaration is refused whatever the lock holds: that is for the team to write."""
    try:
        read_declaration(patient.folder, config.environment)
    except CiMlopsError:
        return False
    return True


def _no_longer(check: Check) -> Check:
    """What was mended is no problem of the next run."""
    if check.status != "problem":
        return check
    return replace(check, status="warning", mend="It was mended, as told below.", exit_code=0)


def _is_wrong(checks: list[Check]) -> bool:
    return any(check.status == "problem" for check in checks)


def _declared(patient: Patient, config: Config) -> Iterator[Check]:
    if config.environment == CURRENT:
        return
    lock = patient.lock or Lock()
    try:
        check_environment(config, patient.folder, lock)
    except CiMlopsError as error:
        yield from problems_of("environment.solved", error)
        yield from solvable(patient, config)
        return
    assert lock.environment is not None  # noqa: S101 - it was checked
    yield fine(
        "environment.solved",
        f"It is solved to {counted(len(lock.environment.packages))} for Python {lock.environment.python}, and not edited since.",
    )


def _opened(patient: Patient, config: Config) -> Iterator[Check]:
    solved = patient.lock.environment if patient.lock and config.environment != CURRENT else None
    try:
        environment = patient.tools.environment(config.environment, patient.folder, solved)
        python = environment.python
        what = f"{environment.python_version} with {counted(len(environment.packages()))}."
    except CiMlopsError as error:
        yield from problems_of("environment.made", error)
        return
    yield fine("environment.made", what, python)
    yield from _imports(patient, config, environment, solved)


def _imports(
    patient: Patient, config: Config, environment: Environment, solved: ResolvedEnvironment | None
) -> Iterator[Check]:
    name = "environment.imports"
    train = config.train
    folder = patient.folder
    scripts = scripts_of(train.run, train.model.callable, folder) if train else ()
    if not scripts:
        yield not_tried(name, "No script was found whose imports could be tried.")
        return
    uses = uses_of(scripts, folder)
    foreign = foreign_modules(uses, folder)
    wanted = {use.name: use for use in uses if use.is_certain and use.name.partition(".")[0] in foreign}
    if not wanted:
        yield fine(name, "The training imports nothing that has to be installed.")
        return
    try:
        gone = _gone(patient, config, uses, solved) if solved is not None else {}
        # one cause is told once, by the look that knows more of it
        rest = {known: use for known, use in wanted.items() if known not in gone}
        found = [*failing_imports(environment, rest, folder), *gone.values()]
    except CiMlopsError as error:
        yield from problems_of(name, error)
        return
    for one in found:
        mend = one.mend
        if solved is None and one.kind == "missing_package":
            mend = (
                "Install it in the step before, or declare an environment: `environment: requirements.txt`."
            )
        yield problem(name, f"{one.what}.", exit_code=_CODE, where=one.where, mend=mend)
    if not found:
        modules = ", ".join(sorted(foreign))
        yield fine(name, f"What the training imports works: {modules}.")


def _gone(
    patient: Patient, config: Config, uses: tuple[Use, ...], solved: ResolvedEnvironment
) -> dict[str, Problem]:
    """What a script imports -> why the pinned version has it no more."""
    requirements = read_declaration(patient.folder, config.environment).requirements
    return {use.name: found for use, _, found in removed_names(uses, solved, requirements)}

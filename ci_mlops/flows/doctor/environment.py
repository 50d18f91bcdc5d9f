"""The team's environment: is it declared, solved, fresh, can it be made, and can the training's imports be found in it?"""

import ast
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ci_mlops.config import Config
from ci_mlops.environments.declaration import read_declaration
from ci_mlops.errors import CiMlopsError
from ci_mlops.flows.doctor.check import Check, fine, not_tried, problem, problems_of
from ci_mlops.flows.doctor.dated_lock import mend_by_date
from ci_mlops.flows.doctor.patient import Patient
from ci_mlops.flows.own_environment import CURRENT
from ci_mlops.ports import Environment

_CODE = 6
_LIMIT = 300.0
_SCRIPT = re.compile(r"[\w./-]+\.py")
# runs in the team's environment, and tells by a file: what is printed there is anybody's
_IMPORT = """\
import importlib, json, sys
told = {}
for name in sys.argv[2:]:
    try:
        importlib.import_module(name)
    except BaseException as error:
        told[name] = type(error).__name__ + ": " + (str(error).splitlines() or [""])[0][:200]
with open(sys.argv[1], "w") as file:
    json.dump(told, file)
"""


def look(patient: Patient) -> Iterator[Check]:
    config = patient.config
    assert config is not None  # noqa: S101 - the story asks for it
    if config.environment != CURRENT:
        told = list(_declared(patient, config))
        yield from told
        if any(check.status == "problem" for check in told):
            yield from mend_by_date(patient, config)
            return
    yield from _opened(patient, config)


def _declared(patient: Patient, config: Config) -> Iterator[Check]:
    where = config.where("environment")
    try:
        declaration = read_declaration(patient.folder, config.environment)
    except CiMlopsError as error:
        yield from problems_of("environment.declared", error)
        return
    yield fine("environment.declared", f"{config.environment} can be read.")
    solved = patient.lock.environment if patient.lock else None
    again = "`ci-mlops pin`, then commit ci-mlops.lock."
    if solved is None or solved.source != config.environment:
        known = "ci-mlops.lock holds no environment" if solved is None else f"the lock is of {solved.source}"
        yield problem(
            "environment.solved",
            f"{config.environment} is not solved yet: {known}.",
            exit_code=2,
            where=where,
            mend=again,
        )
    elif solved.declared != declaration.digest:
        yield problem(
            "environment.fresh",
            f"{config.environment} was edited since it was solved.",
            exit_code=2,
            where=where,
            mend=again,
        )
    else:
        yield fine(
            "environment.solved",
            f"It is solved to {len(solved.packages)} packages for Python {solved.python}, and not edited since.",
        )


def _opened(patient: Patient, config: Config) -> Iterator[Check]:
    solved = patient.lock.environment if patient.lock and config.environment != CURRENT else None
    try:
        environment = patient.tools.environment(config.environment, patient.folder, solved)
        yield fine(
            "environment.python",
            f"Python {environment.python_version} with {len(environment.packages())} packages.",
            environment.python,
        )
    except CiMlopsError as error:
        yield from problems_of("environment.made", error)
        if config.environment != CURRENT:
            yield from mend_by_date(patient, config)
        return
    yield from _imports(patient, config, environment)


def _imports(patient: Patient, config: Config, environment: Environment) -> Iterator[Check]:
    scripts = _scripts(patient, config)
    if not scripts:
        yield not_tried("environment.imports", "No script was found whose imports could be tried.")
        return
    names = sorted({name for script in scripts for name in imported(script)} - _own(patient.folder))
    if not names:
        yield fine("environment.imports", "The training imports nothing that has to be installed.")
        return
    with tempfile.TemporaryDirectory(prefix="ci-mlops-") as private:
        answer = Path(private, "told.json")
        try:
            environment.run(
                [environment.python, "-c", _IMPORT, str(answer), *names],
                folder=patient.folder,
                log=Path(private, "imports.log"),
                time_limit=_LIMIT,
            )
        except CiMlopsError as error:
            yield from problems_of("environment.imports", error)
            return
        failed = _answer(answer)
    if failed is None:
        yield problem(
            "environment.imports",
            "The environment's Python ended before it could say which imports work.",
            exit_code=_CODE,
            where=environment.python,
            mend=f"Try it by hand: `python -c 'import {', '.join(names[:3])}'`.",
        )
        return
    for name, why in failed.items():
        yield problem(
            "environment.imports",
            f"`import {name}` fails in the environment: {_printable(why)}",
            exit_code=_CODE,
            where=_place(scripts, name, patient.folder),
            mend="Add the package that brings it to the environment's declaration, then `ci-mlops pin`."
            if config.environment != CURRENT
            else "Install it in the step before, or declare an environment: `environment: requirements.txt`.",
        )
    if not failed:
        yield fine("environment.imports", f"All {len(names)} modules that the training imports are found.")


def _scripts(patient: Patient, config: Config) -> list[Path]:
    train = config.train
    if train is None:
        return []
    run = train.run or ""
    words = run.split() if isinstance(run, str) else list(run)
    places = [patient.folder / word for word in words if _SCRIPT.fullmatch(word)]
    if train.model.callable:
        module = train.model.callable.partition(":")[0].replace(".", "/")
        places.append(patient.folder / f"{module}.py")
    return [place for place in places if place.is_file()]


def imported(script: Path) -> set[str]:
    """Modules that a script imports at its top level, without Python's own; none where it can't be read."""
    try:
        tree = ast.parse(script.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError, RecursionError, OSError):
        return set()
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names.add(node.module.partition(".")[0])
    return names - sys.stdlib_module_names


def _own(folder: Path) -> set[str]:
    """Modules that lie in the folder: to import them would be to run the team's training."""
    return {path.stem for path in folder.glob("*.py")} | {
        path.name for path in folder.iterdir() if path.is_dir()
    }


def _place(scripts: list[Path], name: str, folder: Path) -> str:
    for script in scripts:
        for number, line in enumerate(script.read_text(encoding="utf-8").splitlines(), 1):
            if re.match(rf"\s*(?:import|from)\s+.*\b{re.escape(name)}\b", line):
                return f"{script.relative_to(folder)}:{number}"
    return ""


def _answer(path: Path) -> dict[str, str] | None:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return {str(name): str(why) for name, why in told.items()} if isinstance(told, dict) else None


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)

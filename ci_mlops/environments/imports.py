"""Does what a training imports import in its environment? Asked once for each environment, before any training."""

import hashlib
import json
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ci_mlops.environments.live_log import harmless
from ci_mlops.environments.names import PACKAGES
from ci_mlops.environments.problems import Problem
from ci_mlops.environments.scripts import Use
from ci_mlops.ports import Environment

_WORKER = Path(__file__).parent.parent / "workers" / "importing.py"
_LIMIT = 600.0
_OTHER_NUMPY = re.compile(
    r"numpy\.dtype size changed|compiled using NumPy 1\.x|numpy\.core\.multiarray failed to import"
)


def failing_imports(environment: Environment, modules: Mapping[str, Use], folder: Path) -> list[Problem]:
    """`modules`: name -> where it is imported. They are imported for real, in the team's environment."""
    if not modules:
        return []
    with tempfile.TemporaryDirectory(prefix="ci-mlops-") as private:
        request, answer = Path(private, "request.json"), Path(private, "answer.json")
        request.write_text(json.dumps({"modules": list(modules), "answer": str(answer)}), encoding="utf-8")
        finished = environment.run(
            [environment.python, str(_WORKER), str(request)],
            folder=folder,
            log=Path(private, "imports.log"),
            time_limit=_LIMIT,
        )
        told = _answer(answer)
    problems = [_problem(entry, modules) for entry in told.get("failed", ()) if entry.get("name") in modules]
    if finished.exit_code != 0 or not told or told.get("tried"):
        stopped = _after(told.get("tried", ""), tuple(modules))
        problems.append(
            Problem(
                kind="import_fails",
                what=f"Importing `{stopped}` ends the interpreter (exit code {finished.exit_code})",
                where=modules[stopped].where,
                mend="Its version does not fit this machine or the others' versions: ask for another one.",
            )
        )
    return problems


def asked_of(environment: Environment, modules: Iterable[str]) -> str:
    """What names a check, so that it is made once."""
    text = "\n".join([environment.digest(), *sorted(modules)])
    return hashlib.sha256(text.encode()).hexdigest()


def _answer(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _after(tried: str, names: tuple[str, ...]) -> str:
    """The one that was being tried when it ended."""
    at = names.index(tried) + 1 if tried in names else 0
    return names[min(at, len(names) - 1)]


def _problem(entry: Mapping[str, str], modules: Mapping[str, Use]) -> Problem:
    name, missing = entry["name"], entry.get("missing", "")
    where = modules[name].where
    says = harmless(str(entry.get("says", "")))
    top = missing.partition(".")[0]
    if top and top == name.partition(".")[0] and "." in missing:
        return Problem(
            kind="import_fails",
            what=f"Importing `{name}` fails: the version of {PACKAGES.get(top, top)} that is pinned has no `{missing}`",
            where=where,
            mend=f"Bound `{PACKAGES.get(top, top)}` to a version that had it, or import it by its newer name; "
            "`ci-mlops doctor --fix` looks for a set of versions of the script's own time.",
        )
    if top and top == name.partition(".")[0]:
        package = PACKAGES.get(top, top.replace("_", "-"))
        return Problem(
            kind="missing_package",
            what=f"`{top}` is imported, and no package that is pinned holds it",
            where=where,
            mend=f"Add `{package}` to the declaration of the environment, then `ci-mlops pin`.",
        )
    if top:
        package = PACKAGES.get(top, top.replace("_", "-"))
        return Problem(
            kind="import_fails",
            what=f"Importing `{name}` fails, as `{missing}` is missing, which it needs and does not ask for",
            where=where,
            mend=f"Add `{package}` to the declaration of the environment, or bound `{name.partition('.')[0]}` to a version of the "
            "same time; then `ci-mlops pin`.",
        )
    if _OTHER_NUMPY.search(says):
        package = PACKAGES.get(name.partition(".")[0], name.partition(".")[0])
        return Problem(
            kind="import_fails",
            what=f"Importing `{name}` fails: it was built for another NumPy than the one that is pinned ({says})",
            where=where,
            mend=f"Write `numpy<2` into the declaration of the environment, or a newer `{package}`; then `ci-mlops pin`.",
        )
    return Problem(
        kind="import_fails",
        what=f"Importing `{name}` fails: {entry.get('error', '')}: {says}",
        where=where,
        mend="Versions that do not fit each other are the usual cause, as no upper bound kept them together; "
        "`ci-mlops doctor --fix` looks for a set of versions of one time.",
    )

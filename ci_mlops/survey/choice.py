"""Which script trains."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from ci_mlops.survey.commands import Command
from ci_mlops.survey.facts import Facts, facts_of
from ci_mlops.survey.modules import Module, Program
from ci_mlops.survey.tree import Tree

_TRAINS = re.compile(r"(?i)train|fit_")
_ALSO = re.compile(r"(?i)model|pipeline|experiment|main|run|classif|regress|forecast|analysis|baseline")
_OTHER = re.compile(
    r"(?i)(^|_)(predict|score|serve|app|api|eval|evaluate|evaluation|test|tests|plot|eda|explore|tune|tuning|utils?|monitor|deploy|benchmark)"
)
_ASIDE = frozenset(
    ["tests", "test", "old", "archive", "legacy", "deprecated", "examples", "docs", "scripts_old", "sandbox"]
)
_SERVES = frozenset(("flask", "fastapi", "streamlit", "gradio", "django", "uvicorn"))
MOST_READ = 20
"""Scripts that are read closely, of a repository that has many."""
SERVED = 4
"""Scores closer than this are a choice that a person should see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    facts: Facts
    score: float
    witnesses: tuple[Command, ...]

    @property
    def path(self) -> str:
        return self.facts.module.path


def candidates(tree: Tree, program: Program, seen: Sequence[Command]) -> list[Candidate]:
    """Scripts that fit a model, the likeliest first."""
    likely = [
        module
        for module in program.modules.values()
        if PurePosixPath(module.path).name not in ("setup.py", "conftest.py", "__init__.py", "noxfile.py")
        and _starts(module)
        and any(inner.calls_fit for inner in program.closure(module))
    ]
    learning = {}
    for module in sorted(likely, key=lambda one: -_at_first_sight(one, seen))[:MOST_READ]:
        facts = facts_of(tree, program, module)
        if facts.learns and facts.fits:
            learning[module.path] = facts
    imported = {
        inner.path
        for facts in learning.values()
        for inner in facts.values.modules
        if inner is not facts.module
    }
    found = []
    for path, facts in learning.items():
        witnesses = tuple(command for command in seen if starts(command, path))
        score = _score(facts, path, witnesses) - (6 if path in imported and not facts.module.is_main else 0)
        found.append(Candidate(facts=facts, score=score, witnesses=witnesses))
    return sorted(found, key=lambda one: (-one.score, one.path))


def starts(command: Command, path: str) -> bool:
    """Whether a command starts this very script."""
    if command.is_module:
        dotted = path.removesuffix(".py").removesuffix("/__main__").replace("/", ".")
        return dotted == command.script or dotted.endswith(f".{command.script}")
    within = PurePosixPath(command.folder, command.script).as_posix()
    return path in (within, command.script)


def dotted_parts(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__main__").replace("/", ".")


def _at_first_sight(module: Module, seen: Sequence[Command]) -> float:
    path = PurePosixPath(module.path)
    points = 5 * bool(_TRAINS.search(path.stem)) - 6 * bool(_OTHER.search(path.stem)) + 3 * module.is_main
    points += 4 * any(starts(command, module.path) for command in seen) + 2 * module.calls_fit
    return points - 15 * bool(_ASIDE & set(path.parts[:-1])) - 0.5 * module.path.count("/")


def _score(facts: Facts, path: str, witnesses: Sequence[Command]) -> float:
    name = PurePosixPath(path).stem
    own = path + ":"
    points: Mapping[str, tuple[bool, float]] = {
        "named so": (bool(_TRAINS.search(name)), 5),
        "named alike": (bool(_ALSO.search(name)), 1),
        "named otherwise": (bool(_OTHER.search(name)), -6),
        "set aside": (bool(_ASIDE & set(PurePosixPath(path).parts[:-1])), -15),
        "knows a model": (bool(facts.models), 3),
        "fits itself": (any(where.startswith(own) for where in facts.fits), 2),
        "saves": (bool(facts.saves or facts.logs), 2),
        "reads": (bool(facts.reads), 2),
        "has a main": (facts.module.is_main, 1),
        "serves": (bool(_SERVES & {dotted.split(".")[0] for dotted in facts.module.imports.values()}), -8),
        "is told": (bool(witnesses), 4),
    }
    return sum(weight for holds, weight in points.values() if holds) - 0.5 * path.count("/")


def _starts(module: Module) -> bool:
    """Does something when it is started: not definitions alone."""
    import ast

    quiet = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom
    return module.is_main or any(
        isinstance(inner, ast.Call)
        for statement in module.tree.body
        if not isinstance(statement, quiet)
        for inner in ast.walk(statement)
    )

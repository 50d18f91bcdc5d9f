"""
A lock of the script's own time: what the declaration meant on the day that somebody last ran it.

Walks back from today, by the day of the last commit and then by years, until the declaration solves and the script's
imports succeed in an environment that was really made.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from ci_mlops.environments.declaration import CHOICES, Declaration, read_declaration
from ci_mlops.environments.imports import failing_imports
from ci_mlops.environments.lines import line_of
from ci_mlops.environments.names import DEAD, PACKAGES
from ci_mlops.environments.opening import open_environment
from ci_mlops.environments.removed import removed_names
from ci_mlops.environments.requirement_lines import Requirement, read_requirements, requirement_of
from ci_mlops.environments.scripts import Use, foreign_modules, scripts_of, uses_of
from ci_mlops.environments.solving import python_for, solve
from ci_mlops.errors import BadConfig, TrainingFailed
from ci_mlops.files.digest import file_digest
from ci_mlops.records import ResolvedEnvironment

# when each was released; wheels of a day are for the Pythons of half a year before
_PYTHONS = (
    (date(2025, 10, 7), "3.14"),
    (date(2024, 10, 7), "3.13"),
    (date(2023, 10, 2), "3.12"),
    (date(2022, 10, 24), "3.11"),
    (date(2021, 10, 4), "3.10"),
    (date(2020, 10, 5), "3.9"),
    (date(2019, 10, 14), "3.8"),
)
_HALF_A_YEAR = 183
_OLDEST = 2017
_MOST = 10
_HALVINGS = 3
_LOST = "lost: "
"""Starts a reason that an earlier day may mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    environment: ResolvedEnvironment
    before: str | None
    """`2022-12-01`: nothing that was released later is in it; None: today's versions work."""
    python: str
    assumed: tuple[str, ...]
    """What was taken for granted to get there, a sentence each."""
    requirements: tuple[str, ...] = ()
    """The declared packages at the versions that work: to be written in the declaration's place, where it is to last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoProposal:
    tried: tuple[str, ...]
    """`2022-12-01, Python 3.10: why not`, newest first."""


def propose_dated_lock(
    folder: Path,
    source: str | None,
    *,
    run: str | Sequence[str] | None,
    function: str | None = None,
    python: str | None = None,
    changed_on: date | None = None,
    cache: Path,
    environ: Mapping[str, str],
    say: Callable[[str], None],
    today: date | None = None,
) -> Proposal | NoProposal:
    """
    Args:
        folder: The config's.
        source: The declaration; None: there is none, and what the scripts import stands for it.
        run: `train.run`; its scripts' imports are what has to succeed.
        function: `train.model.callable`, where the model comes from one.
        python: The team's choice; None: one that fits the day is chosen.
        changed_on: The day of the last commit that touched the declaration or the scripts.
        cache: Environments are made in it.
        environ: Ours; tools see what they may of it.
        say: Progress, a line at a time.
        today: For tests.

    Raises:
        BadConfig: there is nothing to solve, or nothing that could solve for a day in the past.
    """
    top = folder.resolve()
    uses = uses_of(scripts_of(run, function, top), top)
    declaration, assumed = _lenient(top, source, uses)
    tried: list[str] = []
    search = _Search(python or declaration.python, changed_on, today or date.today())  # noqa: DTZ011 - a day of the index
    for before, minor in search.tries():
        chosen = minor or python_for(declaration, None)
        named = f"{before or 'today'}, Python {chosen}"
        say(f"environment: trying {named}")
        why, found = _try(declaration, before, chosen, uses, top, cache=cache, environ=environ, say=say)
        search.told(before, lost=why.startswith(_LOST))
        if found is not None:
            said = [*assumed]
            if before:
                said.append(f"nothing that was released after {before} is installed")
            if chosen != (python or declaration.python):
                said.append(f"Python {chosen} was chosen, as nothing names one")
            return Proposal(
                environment=found,
                before=before,
                python=chosen,
                assumed=tuple(said),
                requirements=_bounded(declaration, found),
            )
        tried.append(f"{named}: {why.removeprefix(_LOST)}")
    return NoProposal(tried=tuple(tried))


def _bounded(declaration: Declaration, found: ResolvedEnvironment) -> tuple[str, ...]:
    asked = {one.name for one in declaration.requirements}
    return tuple(line_of(one) for one in found.packages if one.name in asked)


def _try(
    declaration: Declaration,
    before: str | None,
    python: str,
    uses: tuple[Use, ...],
    folder: Path,
    *,
    cache: Path,
    environ: Mapping[str, str],
    say: Callable[[str], None],
) -> tuple[str, ResolvedEnvironment | None]:
    """Why not, or what works."""
    try:
        solved = solve(declaration, python=python, environ=environ, before=before, wheels=True)
        if solved.built:
            return f"{solved.built[0]} has no wheel", None
        gone = removed_names(uses, solved.environment, declaration.requirements)
        if gone:
            return f"{_LOST}{gone[0][2].what}", None
        environment = open_environment(
            declaration.source, folder, solved.environment, cache=cache, environ=environ, say=say
        )
        foreign = foreign_modules(uses, folder)
        wanted = {use.name: use for use in uses if use.is_certain and use.name.partition(".")[0] in foreign}
        failing = failing_imports(environment, wanted, folder)
    except (BadConfig, TrainingFailed) as error:
        return error.what.splitlines()[0], None
    return (failing[0].what, None) if failing else ("", solved.environment)


class _Search:
    """
    (nothing newer than, Python), newest first; a Python of the team's choice is the only one.

    Where a name is lost on one day and the day a year before is too early for something else, the days between are
    halved: scikit-learn 0.22 was the newest for half a year.
    """

    def __init__(self, python: str | None, changed_on: date | None, today: date) -> None:
        self._python = python
        self._days = _days(changed_on or today, today)
        self._lost: set[date] = set()

    def told(self, before: str | None, *, lost: bool) -> None:
        if before and lost:
            self._lost.add(date.fromisoformat(before))

    def tries(self) -> Iterator[tuple[str | None, str | None]]:
        yield None, self._python
        for day in self._days:
            yield from self._of(day)
        late = min(self._lost, default=None)
        early = max((day for day in self._days if late and day < late), default=None)
        for _ in range(_HALVINGS if late and early else 0):
            assert late and early  # noqa: S101, PT018 - as the range says
            middle = early + (late - early) // 2
            yield from self._of(middle)
            late, early = (middle, early) if middle in self._lost else (late, middle)

    def _of(self, day: date) -> Iterator[tuple[str, str]]:
        fitting = [minor for since, minor in _PYTHONS if (day - since).days >= _HALF_A_YEAR][:2]
        for minor in (self._python,) if self._python else (*fitting, *(() if fitting else ("3.8",))):
            yield day.isoformat(), minor


def _days(last: date, today: date) -> list[date]:
    """The day of the last commit; later ones, as its Python may be gone; then earlier ones."""
    years = [*range(last.year, today.year + 1), *range(last.year - 1, _OLDEST, -1)]
    days = [last.replace(year=year, day=min(last.day, 28)) for year in years]
    return [day for day in days if day < today][:_MOST]


def _lenient(folder: Path, source: str | None, uses: tuple[Use, ...]) -> tuple[Declaration, list[str]]:
    """The declaration with dead names mended; else what the scripts import."""
    if source is None:
        modules = foreign_modules(uses, folder)
        if not modules:
            raise BadConfig("Nothing is declared, and no script imports anything", mend=f"Write {CHOICES}.")
        names = sorted({PACKAGES.get(one, one.replace("_", "-")) for one in modules})
        lines = tuple(requirement_of(name, modules_where(name, modules), folder) for name in names)
        made = Declaration(
            source="requirements.txt",
            path=folder / "requirements.txt",
            kind="requirements",
            digest="",
            requirements=lines,
            as_written=False,
        )
        return made, [f"nothing is declared, so what the scripts import was taken: {', '.join(names)}"]
    path = folder / source
    if path.suffix not in (".txt", ".in") or not path.is_file():
        return read_declaration(folder, source), []
    read = read_requirements(path, folder)
    dead = [one for one in read.requirements if one.kind == "named" and one.name in DEAD]
    if not dead:
        return read_declaration(folder, source), []
    lines = tuple(found for one in read.requirements if (found := _mended(one)))
    said = [f"`{one.text}` was read as `{DEAD[one.name] or 'nothing, as Python has it'}`" for one in dead]
    declaration = Declaration(
        source=source,
        path=path,
        kind="requirements",
        digest=file_digest(path),
        requirements=lines,
        as_written=False,
        index_options=read.index_options,
    )
    return declaration, said


def modules_where(package: str, modules: Mapping[str, Use]) -> str:
    return next(
        (use.where for name, use in modules.items() if PACKAGES.get(name, name.replace("_", "-")) == package),
        "",
    )


def _mended(one: Requirement) -> Requirement | None:
    if one.name not in DEAD:
        return one
    right = DEAD[one.name]
    # a version of the dead name says nothing of the right one
    return replace(one, text=right, name=right.lower(), bound="") if right else None

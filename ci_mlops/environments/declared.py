"""An environment that the team declares: known by its lock, and made from it when something is run."""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from ci_mlops.environments.creating import create
from ci_mlops.environments.current import CurrentEnvironment
from ci_mlops.environments.declaration import read_declaration
from ci_mlops.environments.digest import environment_digest
from ci_mlops.environments.index import index_arguments
from ci_mlops.environments.lines import line_of
from ci_mlops.environments.other_checkout import is_own_code, repository_top
from ci_mlops.environments.requirement_lines import Requirement
from ci_mlops.errors import BadConfig
from ci_mlops.ports import Finished
from ci_mlops.records import ResolvedEnvironment


class DeclaredEnvironment:
    def __init__(
        self,
        folder: Path,
        resolved: ResolvedEnvironment,
        *,
        cache: Path,
        environ: Mapping[str, str],
        say: Callable[[str], None],
    ) -> None:
        self._folder = folder
        self._resolved = resolved
        self._cache = cache
        self._environ = environ
        self._say = say

    @property
    def python(self) -> str:
        return self._made.python

    @property
    def python_version(self) -> str:
        return self._resolved.python

    def digest(self) -> str:
        return environment_digest(self._resolved)

    def packages(self) -> tuple[str, ...]:
        return tuple(line_of(one) for one in self._resolved.packages)

    def run(
        self,
        command: Sequence[str] | str,
        *,
        folder: Path,
        log: Path,
        time_limit: float | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> Finished:
        """
        Raises:
            BadConfig: there is no such Python.
            TrainingFailed: it can't be made as it is pinned, or the command can't be started or was stopped.
        """
        return self._made.run(command, folder=folder, log=log, time_limit=time_limit, variables=variables)

    @cached_property
    def _made(self) -> CurrentEnvironment:
        index, known = self._declared()
        venv = create(
            self._resolved, cache=self._cache, environ=self._environ, say=self._say, index=index, known=known
        )
        return CurrentEnvironment(self._folder, environ=self._inside(venv), say=self._say)

    def _declared(self) -> tuple[list[str], tuple[Requirement, ...]]:
        """Where packages are, and the lines to blame; the lock has neither, and what it pins doesn't hang on them."""
        try:
            declaration = read_declaration(self._folder, self._resolved.source)
        except BadConfig:
            return [], ()
        # the lines of another commit are no place to look at
        is_same = declaration.digest == self._resolved.declared
        known = declaration.requirements if is_same else ()
        return index_arguments(declaration.index_options, self._environ), known

    def _inside(self, venv: Path) -> dict[str, str]:
        """As after `activate`; of PYTHONPATH the repository's own folders stay, as others lead to other packages."""
        environ = {name: value for name, value in self._environ.items() if not name.startswith("CONDA_")}
        environ["CI_MLOPS_PYTHON"] = str(venv / "bin" / "python")
        environ["VIRTUAL_ENV"] = str(venv)
        top = repository_top(self._folder.resolve())
        inherited = self._environ.get("PYTHONPATH", "").split(os.pathsep)
        kept = [
            entry
            for entry in inherited
            if entry and (not Path(entry).is_absolute() or is_own_code(entry, top))
        ]
        own = [str(import_folder(self._folder / place)) for place in self._resolved.local]
        environ.pop("PYTHONPATH", None)
        if own or kept:
            environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys([*own, *kept]))
        return environ


def import_folder(place: Path) -> Path:
    """Where the modules of a package's folder are imported from."""
    place = place.resolve()
    return place / "src" if (place / "src").is_dir() else place

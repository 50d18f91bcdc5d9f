"""
`environment: current`: what `python` means in the step that started us.

In CI our action lives in a virtual environment of its own, off PATH, so `python` is the team's; on a laptop
with an activated environment it is that one. `CI_MLOPS_PYTHON` names another.
"""

import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from ci_mlops.environments.child_variables import child_variables
from ci_mlops.environments.other_checkout import python_path
from ci_mlops.environments.running import run_command
from ci_mlops.errors import BadConfig, TrainingFailed
from ci_mlops.ports import Finished

_DESCRIBE = Path(__file__).parent.parent / "workers" / "describe.py"
_DESCRIBE_LIMIT = 120.0


class CurrentEnvironment:
    def __init__(self, folder: Path, *, environ: Mapping[str, str], say: Callable[[str], None]) -> None:
        self._folder = folder
        self._say = say
        self._variables = child_variables(environ)
        self.python = find_python(environ)
        if self._variables.get("VIRTUAL_ENV") == sys.prefix and not self.python.startswith(
            sys.prefix + os.sep
        ):
            del self._variables["VIRTUAL_ENV"]  # ours, and not the team's
        # `python` in the team's own commands is to be the same interpreter
        named = environ.get("CI_MLOPS_PYTHON")
        if named or shutil.which("python", path=environ.get("PATH", "")) is None:
            first = str(Path(self.python).parent)
            self._variables["PATH"] = os.pathsep.join(filter(None, (first, environ.get("PATH"))))

    def digest(self) -> str:
        lines = "\n".join((self.python_version, *self.packages()))
        return "sha256:" + hashlib.sha256(lines.encode()).hexdigest()

    def packages(self) -> tuple[str, ...]:
        return tuple(self._description["packages"])

    @property
    def python_version(self) -> str:
        return str(self._description["python"])

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
            TrainingFailed: it can't be started, or was stopped at its time limit. A failing command is returned.
        """
        ended = run_command(
            command,
            folder=folder,
            log=log,
            variables=joined({**self._variables, **self._python_path(folder)}, variables or {}),
            say=self._say,
            time_limit=time_limit,
        )
        if ended.timed_out:
            shown = command if isinstance(command, str) else " ".join(command)
            raise TrainingFailed(
                f"`{shown}` was stopped at its time limit of {time_limit:g} s; its last lines:\n"
                + ended.finished.tail,
                where=str(log),
                mend="A larger `time_limit` in ci-mlops.yml, or less work.",
            )
        if ended.left_behind:
            self._say(f"{ended.left_behind} left-over child processes were ended with the command")
        return ended.finished

    def _python_path(self, folder: Path) -> dict[str, str]:
        """Nothing to say in the folder that the environment was opened for."""
        here, there = self._folder.resolve(), folder.resolve()
        if here == there:
            return {}
        inherited = self._variables.get("PYTHONPATH", "")
        path = python_path(inherited, self._description["paths"], here=here, there=there)
        return {"PYTHONPATH": path} if path or inherited else {}

    @cached_property
    def _description(self) -> dict[str, list[str] | str]:
        with tempfile.TemporaryDirectory(prefix="ci-mlops-") as private:
            answer = Path(private) / "environment.json"
            log = Path(private) / "describe.log"
            ended = run_command(
                [self.python, str(_DESCRIBE), str(answer)],
                folder=self._folder,
                log=log,
                variables=self._variables,
                say=lambda _line: None,
                time_limit=_DESCRIBE_LIMIT,
            )
            if ended.finished.exit_code != 0 or not answer.is_file():
                raise TrainingFailed(
                    f"The team's Python could not say what is installed:\n{ended.finished.tail}",
                    where=self.python,
                    mend="Does `python -c 'import importlib.metadata'` work? It needs Python 3.8 or newer.",
                )
            description: dict[str, list[str] | str] = json.loads(answer.read_text(encoding="utf-8"))
            return description


def joined(own: Mapping[str, str], added: Mapping[str, str]) -> dict[str, str]:
    """What is added to PYTHONPATH comes first, and what was there stays."""
    paths = [found["PYTHONPATH"] for found in (added, own) if found.get("PYTHONPATH")]
    return {**own, **added, **({"PYTHONPATH": os.pathsep.join(paths)} if paths else {})}


def find_python(environ: Mapping[str, str]) -> str:
    """
    `CI_MLOPS_PYTHON`, else `python` or `python3` on PATH, else the interpreter that runs us.

    Raises:
        BadConfig: `CI_MLOPS_PYTHON` names nothing that can be run.
    """
    path = environ.get("PATH", "")
    named = environ.get("CI_MLOPS_PYTHON")
    if not named:
        return shutil.which("python", path=path) or shutil.which("python3", path=path) or sys.executable
    found = shutil.which(named, path=path)
    if found is None:
        raise BadConfig(
            f"There is no Python at {named}",
            where="CI_MLOPS_PYTHON",
            mend="Name an interpreter, or unset it to use `python` on PATH.",
        )
    return str(Path(found).absolute())

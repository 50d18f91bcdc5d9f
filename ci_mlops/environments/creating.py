"""
Make a virtual environment from the lock, in the cache, once.

Each try has a folder of its own, and the record that it is complete comes last, beside it: one that was killed at any
moment is never used. Two that make the same one wait for each other.
"""

import fcntl
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from ci_mlops.environments.diagnosis import explain
from ci_mlops.environments.digest import environment_digest
from ci_mlops.environments.forgetting import COMPLETE, DAYS, forget_unused, sweep, used
from ci_mlops.environments.index import for_pip
from ci_mlops.environments.install_variables import for_uv, install_variables
from ci_mlops.environments.installed import installed_packages, unmet
from ci_mlops.environments.interpreters import find_interpreter
from ci_mlops.environments.lines import hashed_line
from ci_mlops.environments.requirement_lines import Requirement
from ci_mlops.environments.running import run_command
from ci_mlops.environments.uv import ask, find_uv
from ci_mlops.errors import BadConfig, TrainingFailed
from ci_mlops.files.replacing import replace_file
from ci_mlops.records import ResolvedEnvironment

_INSTALL_LIMIT = 3600.0
Say = Callable[[str], None]


def create(
    resolved: ResolvedEnvironment,
    *,
    cache: Path,
    environ: Mapping[str, str],
    say: Say,
    index: Sequence[str] = (),
    known: Sequence[Requirement] = (),
) -> Path:
    """
    The folder of the virtual environment.

    `index`: arguments that say where packages are, as the declaration has them. `known`: its lines, for what is said of a
    failure.

    Raises:
        BadConfig: there is no such Python.
        TrainingFailed: something can't be installed as it is pinned.
    """
    home = cache.absolute() / "environments" / environment_digest(resolved).removeprefix("sha256:")
    home.mkdir(parents=True, exist_ok=True)
    with _alone(home / "lock", say):
        if (venv := _complete(home, environ, say)) is not None:
            used(home)
            return venv
        sweep(home)
        venv = _make(home, resolved, environ, say, index, known)
    if removed := forget_unused(home.parent):
        say(f"environment: removed {removed} from the cache that nothing used for {DAYS} days")
    return venv


@contextmanager
def _alone(lock: Path, say: Say) -> Iterator[None]:
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("the environment is being made by another run; waiting for it")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError:
            pass  # some network file systems have no locks; two makers only do the work twice
        yield
    finally:
        os.close(descriptor)


def _complete(home: Path, environ: Mapping[str, str], say: Say) -> Path | None:
    try:
        told = json.loads((home / COMPLETE).read_text(encoding="utf-8"))
        venv, packages = Path(told["venv"]), told["packages"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    # a cache that was moved or restored elsewhere has scripts that lead to where it was
    if venv.parent != home or not (venv / "bin" / "python").exists():
        return None
    if installed_packages(venv, install_variables(environ)) != packages:
        say("notice: something was installed into the environment since it was made; it is made again")
        return None
    return venv


def _make(
    home: Path,
    resolved: ResolvedEnvironment,
    environ: Mapping[str, str],
    say: Say,
    index: Sequence[str],
    known: Sequence[Requirement],
) -> Path:
    variables = install_variables(environ)
    interpreter = find_interpreter(resolved.python, environ, variables)
    uv = find_uv(environ)
    say(
        f"environment: making {resolved.source} with Python {resolved.python}, {len(resolved.packages)} packages"
    )
    started = time.monotonic()
    venv = Path(tempfile.mkdtemp(prefix="venv-", dir=home))
    lines = venv / "requirements.txt"
    try:
        _begin(venv, interpreter, uv, variables)
        lines.write_text("".join(f"{hashed_line(one)}\n" for one in resolved.packages), encoding="utf-8")
        if resolved.packages:
            _install(venv, lines, uv, variables, index, resolved, known, home / "install.log")
        packages = installed_packages(venv, variables)
        _check_whole(venv, variables, resolved, say)
        replace_file(home / COMPLETE, json.dumps({"venv": str(venv), "packages": packages}).encode())
    except BaseException:
        with suppress(OSError):
            shutil.rmtree(venv)
        raise
    say(f"environment: made in {time.monotonic() - started:.1f} s")
    return venv


def _begin(venv: Path, interpreter: str, uv: str | None, variables: Mapping[str, str]) -> None:
    if uv is not None:
        command = [
            uv,
            "venv",
            "--quiet",
            "--no-project",
            "--allow-existing",
            "--python",
            interpreter,
            str(venv),
        ]
        said = ask(command, folder=venv, variables=for_uv(variables))
    else:
        said = ask([interpreter, "-m", "venv", str(venv)], folder=venv, variables=variables)
    if not said.is_good:
        raise BadConfig(
            f"{interpreter} can't make a virtual environment: {(said.errors.strip().splitlines() or ['it says nothing'])[-1]}",
            where="ci-mlops.yml python",
            mend="Install uv beside ci-mlops (`pip install uv`), or on Debian and Ubuntu the package `python3-venv`.",
        )


def _install(
    venv: Path,
    lines: Path,
    uv: str | None,
    variables: Mapping[str, str],
    index: Sequence[str],
    resolved: ResolvedEnvironment,
    known: Sequence[Requirement],
    log: Path,
) -> None:
    python = str(venv / "bin" / "python")
    exact = ("--no-deps", "--require-hashes", *index, "-r", str(lines))
    if uv is not None:
        command = [uv, "pip", "install", "--python", python, "--no-progress", *exact]
    else:
        command = [
            python,
            "-m",
            "pip",
            "install",
            "--no-input",
            "--disable-pip-version-check",
            "--progress-bar",
            "off",
            *for_pip(exact),
        ]
    ended = run_command(
        command,
        folder=venv,
        log=log,
        variables=for_uv(variables, pinned=True) if uv else variables,
        say=lambda _line: None,
        time_limit=_INSTALL_LIMIT,
    )
    if ended.timed_out or ended.finished.exit_code != 0:
        said = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ended.finished.tail
        problem = explain(said, known or _as_known(resolved), resolved.python)
        raise TrainingFailed(
            f"The environment can't be installed: {problem.what}",
            where=problem.where or f"ci-mlops.lock; {log}",
            mend=problem.mend,
        )


def _as_known(resolved: ResolvedEnvironment) -> tuple[Requirement, ...]:
    return tuple(
        Requirement(
            text=f"{one.name}=={one.version}",
            where="ci-mlops.lock",
            kind="named",
            name=one.name,
            bound=f"=={one.version}",
        )
        for one in resolved.packages
    )


def _check_whole(venv: Path, variables: Mapping[str, str], resolved: ResolvedEnvironment, say: Say) -> None:
    missing = unmet(venv, variables)
    if not missing:
        return
    told = "; ".join(missing[:5])
    if resolved.source.endswith("uv.lock"):
        say(f"notice: uv.lock leaves out what its packages ask for: {told}")
        return
    raise TrainingFailed(
        f"The environment is not whole: {told}",
        where=resolved.source,
        mend="Its file pins packages without what they need: write it again with all of them, or leave the hashes out and "
        "let `ci-mlops pin` find them.",
    )

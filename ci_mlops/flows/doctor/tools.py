"""What the machine has."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from ci_mlops.environments.uv import find_uv
from ci_mlops.flows.doctor.check import Check, fine, problem, warning
from ci_mlops.flows.doctor.patient import Patient

_ROOM = 2 << 30
_LEAST = 200 << 20


def look(patient: Patient) -> Iterator[Check]:
    yield _git()
    yield _uv(patient)
    yield _cache(patient.tools.cache)


def _git() -> Check:
    place = shutil.which("git")
    if place is None:
        return problem(
            "tools.git",
            "git is not on PATH.",
            exit_code=2,
            mend="Install it: without it there is no base to compare with.",
        )
    return fine("tools.git", _version(place, "--version"), place)


def _uv(patient: Patient) -> Check:
    place = find_uv(patient.instruments.environ)
    if place is not None:
        return fine("tools.uv", _version(place, "--version"), place)
    declared = patient.config.environment if patient.config else "current"
    if declared == "current":
        return fine("tools.uv", "There is no uv, and `environment: current` does not need it.")
    return warning(
        "tools.uv",
        "There is no uv.",
        mend="`pip install 'ci-mlops[uv]'`: it solves for every platform, fetches Pythons and finds dated locks; pip "
        "solves for this platform alone.",
    )


def _version(program: str, option: str) -> str:
    told = subprocess.run([program, option], capture_output=True, text=True, timeout=30, check=False)
    return (told.stdout.strip().splitlines() or [f"{Path(program).name} does not tell its version"])[0]


def _cache(cache: Path) -> Check:
    here = next(place for place in (cache, *cache.parents) if place.exists())
    free = shutil.disk_usage(here).free
    what = f"{free / 1e9:.1f} GB are free where the cache lies."
    if free < _LEAST:
        return problem(
            "tools.cache",
            what,
            exit_code=2,
            where=str(cache),
            mend="Make room, or let the variable `CI_MLOPS_CACHE` name another folder.",
        )
    if free < _ROOM:
        return warning(
            "tools.cache", what, where=str(cache), mend="Environments and models need room: a few GB."
        )
    return fine("tools.cache", what, str(cache))

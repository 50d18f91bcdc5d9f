"""Solve with pip, where there is no uv: it tells the one file of each package that this platform would install."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ci_mlops.environments.declaration import Declaration
from ci_mlops.environments.diagnosis import explain
from ci_mlops.environments.lines import in_order
from ci_mlops.environments.problems import Problem
from ci_mlops.environments.requirement_lines import normalized
from ci_mlops.environments.uv import ask
from ci_mlops.errors import BadConfig
from ci_mlops.records import Package

_QUIET = ("--disable-pip-version-check", "--no-input")
# `--python` came with pip 22.3; to ask pip itself takes ten times as long
_CAN_BE_LED = "import pip, sys; sys.exit([int(one) for one in pip.__version__.split('.')[:2]] < [22, 3])"


def solve(
    interpreter: str, minor: str, variables: Mapping[str, str], declaration: Declaration
) -> tuple[Package, ...]:
    """
    Raises:
        BadConfig: why it can't be solved.
    """
    with tempfile.TemporaryDirectory(prefix="ci-mlops-") as private:
        pip = _pip_of_nothing(interpreter, Path(private), variables)
        source = declaration.path
        if not declaration.as_written:
            source = Path(private, "requirements.txt")
            source.write_text("".join(f"{one.text}\n" for one in declaration.requirements), encoding="utf-8")
        report = Path(private, "report.json")
        command = [
            *pip,
            "install",
            *_QUIET,
            "--dry-run",
            "--ignore-installed",
            "--report",
            str(report),
        ]
        problems = []
        for extra in (("--only-binary", ":all:"), ()):
            said = ask(
                [*command, *extra, "-r", str(source)], folder=declaration.path.parent, variables=variables
            )
            if said.is_good and report.is_file():
                break
            problems.append(explain(f"{said.output}\n{said.errors}", declaration.requirements, minor))
        if len(problems) == 2:
            # a build that fails hides what wheels alone would have told
            raise (
                problems[0] if problems[1].kind in ("build_fails", "not_solved") else problems[1]
            ).as_error()
        document = json.loads(report.read_text(encoding="utf-8"))
    return in_order(found for entry in document["install"] if (found := _package(entry)))


def _pip_of_nothing(interpreter: str, private: Path, variables: Mapping[str, str]) -> list[str]:
    """An empty environment's pip: the interpreter's own, where it can be led there (22.3); unpacking one takes seconds."""
    empty = private / "empty"
    steps = ([interpreter, "-c", _CAN_BE_LED], [interpreter, "-m", "venv", "--without-pip", str(empty)])
    if all(ask(step, folder=Path("/"), variables=variables).is_good for step in steps):
        return [interpreter, "-m", "pip", "--python", str(empty / "bin" / "python")]
    return [make_venv(interpreter, private / "venv", variables), "-m", "pip"]


def make_venv(interpreter: str, place: Path, variables: Mapping[str, str]) -> str:
    """
    Raises:
        BadConfig: this Python makes none, as Debian's without its package `python3-venv`.
    """
    said = ask([interpreter, "-m", "venv", str(place)], folder=Path("/"), variables=variables)
    python = place / "bin" / "python"
    if not said.is_good or not python.exists():
        raise BadConfig(
            f"{interpreter} can't make a virtual environment",
            where="ci-mlops.yml python",
            mend="Install uv beside ci-mlops (`pip install uv`), or on Debian and Ubuntu the package `python3-venv`.",
        )
    return str(python)


def _package(entry: Mapping[str, Any]) -> Package | None:
    told, source = entry["metadata"], entry["download_info"]
    if "dir_info" in source:
        return None  # the team's own folder
    archive = source.get("archive_info", {})
    digest = archive.get("hashes", {}).get("sha256") or str(archive.get("hash", "")).removeprefix("sha256=")
    if "vcs_info" in source or not digest or entry.get("is_direct"):
        raise Problem(
            kind="unpinnable",
            what=f"`{told['name']}` comes from an address, and can't be pinned: the lock holds versions and hashes",
            mend="Depend on a released version of it.",
        ).as_error()
    return Package(name=normalized(told["name"]), version=told["version"], hashes=(f"sha256:{digest}",))

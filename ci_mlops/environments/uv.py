"""uv, where there is one: on PATH, or beside the interpreter that runs us."""

import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ci_mlops.environments.live_log import harmless

LIMIT = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """How a tool ended, and what it wrote."""

    exit_code: int
    output: str
    errors: str

    @property
    def is_good(self) -> bool:
        return self.exit_code == 0


def find_uv(environ: Mapping[str, str]) -> str | None:
    """`CI_MLOPS_UV` names another; `off` is none."""
    named = environ.get("CI_MLOPS_UV", "")
    if named == "off":
        return None
    if named:
        return shutil.which(named, path=environ.get("PATH", ""))
    beside = Path(sys.executable).with_name("uv")
    return shutil.which("uv", path=environ.get("PATH", "")) or (str(beside) if beside.is_file() else None)


def ask(command: Sequence[str], *, folder: Path, variables: Mapping[str, str], limit: float = LIMIT) -> Said:
    """One question to uv, pip or an interpreter; what it says is shown to nobody but us."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Said(exit_code=124, output="", errors=f"it did not end within {limit:g} seconds")
    except OSError as error:
        return Said(exit_code=127, output="", errors=str(error))
    errors = "\n".join(harmless(line) for line in done.stderr.splitlines())
    return Said(exit_code=done.returncode, output=done.stdout, errors=errors)

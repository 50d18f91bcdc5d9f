"""What is installed in a virtual environment; asked of its own interpreter."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ci_mlops.environments.uv import ask
from ci_mlops.errors import TrainingFailed

_WORKER = Path(__file__).parent.parent / "workers" / "installed.py"
_LIMIT = 120.0


def installed_packages(venv: Path, variables: Mapping[str, str]) -> list[str]:
    """`name==version`, sorted."""
    return _answer(venv, variables)["packages"]


def unmet(venv: Path, variables: Mapping[str, str]) -> list[str]:
    """`pandas needs pytz`, for what is needed everywhere and is not there."""
    return _answer(venv, variables)["unmet"]


def _answer(venv: Path, variables: Mapping[str, str]) -> dict[str, list[str]]:
    with tempfile.TemporaryDirectory(prefix="ci-mlops-") as private:
        answer = Path(private, "installed.json")
        # -I: neither the team's folder nor its variables reach into what is asked
        command = [str(venv / "bin" / "python"), "-I", str(_WORKER), str(answer)]
        said = ask(command, folder=Path(private), variables=variables, limit=_LIMIT)
        if not said.is_good or not answer.is_file():
            raise TrainingFailed(
                f"The environment that was made can't be asked what is in it:\n{said.errors[-2000:]}",
                where=str(venv),
                mend="Delete the folder and run again; does this Python start at all?",
            )
        told: dict[str, list[str]] = json.loads(answer.read_text(encoding="utf-8"))
        return told

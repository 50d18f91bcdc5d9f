"""Run a script as a team would, and the same under the launcher."""

import json
import os
import pickle
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import ci_mlops.workers

# another interpreter, to try the launcher in it by hand: `CI_MLOPS_TEAM_PYTHON=/old/bin/python pytest ...`
PYTHON = os.environ.get("CI_MLOPS_TEAM_PYTHON", sys.executable)
LAUNCHER = Path(ci_mlops.workers.__file__).parent / "launcher"
DATA = """
import numpy as np, pandas as pd
rng = np.random.default_rng(0)
frame = pd.DataFrame(rng.normal(size=(300, 4)).round(3), columns=list("abcd"))
frame["y"] = np.where(frame["a"] + 0.3 * rng.normal(size=300) > 0, "yes", "no")
X, y = frame[list("abcd")], frame["y"]
"""


@dataclass
class Ran:
    code: int
    out: bytes
    err: bytes
    raw: Path

    @property
    def told(self):
        return json.loads((self.raw / "raw.json").read_text())

    @property
    def state(self):
        return self.told["state"]

    @property
    def chosen(self):
        return self.told["chosen"]

    @property
    def model(self):
        return pickle.loads((self.raw / "model.pkl").read_bytes())

    @property
    def keys(self):
        return np.load(self.raw / "keys.npy")

    @property
    def printed(self):
        return self.code, self.out, self.err


class Team:
    """A repository of a team, with data of 300 rows that a script has by `from data import ...`."""

    def __init__(self, folder, raws):
        self.folder, self.raws, self.count = folder, raws, 0
        self.write("data.py", DATA)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    def plain(self, *command):
        return self._run(command, {})

    def hooked(self, *command, variable=None, path=()):
        request = {"into": "", "variable": variable, "root": str(self.folder)}
        self.count += 1
        into = self.raws / str(self.count)
        into.mkdir()
        request["into"] = str(into / "raw")
        (into / "request.json").write_text(json.dumps(request))
        variables = {
            "PYTHONPATH": os.pathsep.join([str(LAUNCHER), *path]),
            "CI_MLOPS_CAPTURE": str(into / "request.json"),
        }
        return self._run(command, variables, into / "raw")

    def train(self, script, variable=None):
        """Run the script under the launcher; it must end well, and the launcher have nothing to complain of."""
        self.write("train.py", script)
        ran = self.hooked("python", "train.py", variable=variable)
        assert ran.code == 0, ran.err.decode()
        return ran

    def _run(self, command, variables, raw=None):
        words = [PYTHON if word == "python" else word for word in command]
        kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
        environ = {
            **kept,
            "PATH": os.pathsep.join([str(Path(PYTHON).parent), os.environ["PATH"]]),
            "PYTHONDONTWRITEBYTECODE": "1",
            **variables,
        }
        ran = subprocess.run(words, cwd=self.folder, env=environ, capture_output=True, check=False)
        return Ran(ran.returncode, ran.stdout, ran.stderr, raw)


@pytest.fixture
def team(tmp_path):
    for name in ("repository", "raw"):
        (tmp_path / name).mkdir()
    return Team(tmp_path / "repository", tmp_path / "raw")

"""A script as teams write it, under the launcher; then its rows are sought in the file that it read."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import ci_mlops.workers
from tests.workers.proof.raws import run_match, run_score

LAUNCHER = Path(ci_mlops.workers.__file__).parent / "launcher"
ROWS = 600
HEAD = """
import numpy as np, pandas as pd
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.preprocessing import LabelEncoder, StandardScaler
df = pd.read_csv("train.csv")
"""


def customers(rows=ROWS, seed=0):
    """Nothing that a column of it says reaches a model unchanged in these tests; a few cells are empty."""
    dice = np.random.default_rng(seed)
    income = dice.normal(3000, 800, rows).round(2)
    risk = income / 800 + dice.normal(0, 1.5, rows)
    frame = pd.DataFrame(
        {
            "customer": [f"C{number:05d}" for number in dice.permutation(rows)],
            "income": income,
            "rate": [f"{share:.2f}%" for share in dice.uniform(3, 20, rows)],
            "region": dice.choice(["north", "south", "west"], rows),
            "member": dice.choice(["Yes", "No"], rows),
            "y": np.where(risk < 3.6, "late", "paid"),
        }
    )
    frame.loc[dice.permutation(rows)[:25], "income"] = np.nan
    return frame


class Trained:
    def __init__(self, folder, target):
        self.folder, self.target = folder, target
        self.raw = folder / "raw"
        self.told = json.loads((self.raw / "raw.json").read_text())

    def match(self, **given):
        """(answer, folder of the model)."""
        return run_match(self.folder, target=self.target, **{"prepared": True, **given})

    def kept(self):
        """The folder of a model whose rows were found."""
        answer, captured = self.match()
        assert "what" not in answer, answer
        return captured

    def refused(self, **given):
        """Why there is no model."""
        answer, captured = self.match(**given)
        assert "what" in answer, answer
        assert not captured.exists()
        return answer

    def marks(self, captured, frame=None, task="classification"):
        """(0 unseen, 1 seen, 2 can't be scored; for each row of the file), the predictions."""
        frame = pd.read_csv(self.folder / "train.csv") if frame is None else frame
        features = frame.drop(columns=self.target)
        features.to_csv(self.folder / "features.csv", index=False)
        arrays, answer = run_score(
            self.folder, self.folder / "features.csv", list(features), captured, task=task
        )
        assert "what" not in answer, answer
        return arrays["seen"], arrays["predictions"]

    def wrote(self, name):
        """What the script itself noted."""
        return np.load(self.folder / name, allow_pickle=True)


@pytest.fixture
def train(tmp_path):
    def run(script, frame=None, target="y", prepared=True):
        frame = customers() if frame is None else frame
        frame.to_csv(tmp_path / "train.csv", index=False)
        (tmp_path / "train.py").write_text(HEAD + textwrap.dedent(script))
        request = {
            "into": str(tmp_path / "raw"),
            "variable": None,
            "root": str(tmp_path),
            "prepared": prepared,
        }
        (tmp_path / "capture.json").write_text(json.dumps(request))
        variables = {"PYTHONPATH": str(LAUNCHER), "CI_MLOPS_CAPTURE": str(tmp_path / "capture.json")}
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "train.py"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        trained = Trained(tmp_path, target)
        assert trained.told["state"] == "captured", trained.told
        assert trained.told["errors"] == []
        return trained

    return run

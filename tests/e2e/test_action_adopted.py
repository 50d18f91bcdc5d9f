"""A repository that knew nothing of us: `init`, then the workflow that it wrote, with a script that is not touched."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT
from tests.e2e.team import Team, rows

pytestmark = pytest.mark.e2e

# splits its one file by itself, keeps no model, and leaves a file behind
SCRIPT = """\
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

COLUMNS = {columns}

data = pd.read_csv("data/customers.csv")
X_train, X_test, y_train, y_test = train_test_split(
    data[COLUMNS], data["paid"], test_size=0.5, random_state=1
)
model = make_pipeline(StandardScaler(), LogisticRegression())
model.fit(X_train, y_train)
accuracy = accuracy_score(y_test, model.predict(X_test))
print("accuracy", accuracy)
with open("metrics.txt", "w") as file:
    print(accuracy, file=file)
"""
CHAMPION, WORSE = '["income", "debt"]', '["noise", "debt"]'


class Adopting(Team):
    """`main` is as `init` left it."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "upstream"
        self._home = home
        self._clones = 0
        self.folder.mkdir()
        self._git("init", "--quiet", "--initial-branch", "main")
        self.commit(
            {
                "train.py": SCRIPT.format(columns=CHAMPION),
                "data/customers.csv": rows(1600, seed=3),
                "requirements.txt": "",
            }
        )
        self.told = subprocess.run(
            [sys.executable, "-m", "ci_mlops.cli", "init", "--environment", "current", "--name", "credit"],
            cwd=self.folder,
            env={**os.environ, "CI_MLOPS_CACHE": str(home / "pins")},
            capture_output=True,
            text=True,
            check=True,
            stdin=subprocess.DEVNULL,
        ).stdout
        self.commit({})


@pytest.fixture
def team(tmp_path):
    return Adopting(tmp_path)


def changed(team, columns):
    return team.propose({"train.py": SCRIPT.format(columns=columns)})


@pytest.mark.parametrize("template", ["written by init", "ci-mlops-isolated.yml"])
def test_a_worse_change_is_blocked_on_rows_that_neither_model_has_seen(act, fake, team, template):
    proposed = changed(team, WORSE)
    written = proposed.folder / ".github/workflows/ci-mlops.yml"
    isolated = ROOT / "templates/github/ci-mlops-isolated.yml"
    ran = act(proposed, workflow=written.read_text() if template == "written by init" else isolated)

    assert ran.exit_code == 1, ran.log
    [comment] = fake.comments[7]
    assert comment["body"].startswith("### ❌ Model gate blocked"), comment["body"]
    assert "800 held-out rows, none of which either was trained on" in comment["body"].replace("\u00a0", " ")
    status = subprocess.run(
        ["git", "status", "--porcelain", "--ignored", "--untracked-files=all"],
        cwd=proposed.folder,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    ours = (".ci-mlops", ".github/workflows/ci-mlops.yml")
    assert [line for line in status if not line[3:].startswith(ours)] == []

"""A team with a small repository: what the stories are told with."""

import csv
import os
import random
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ci_mlops.config import read_config
from ci_mlops.datasets.lock import write_lock
from ci_mlops.datasets.pins import pin_data
from ci_mlops.environments.opening import open_environment
from ci_mlops.flows.pin import data_sets
from ci_mlops.flows.project import open_project
from ci_mlops.flows.tools import Tools
from ci_mlops.records import Change

CONFIG = """\
model: loans
task: classification
data:
  train: data/train.csv
  test: {path: data/test.csv, target: default, positive: "yes", id: loan}
train:
  run: python train.py
  model: {path: model.bin}
metrics: [accuracy]
"""
# needs no library, so that it takes no time
TRAIN = """\
import hashlib, pathlib
data = pathlib.Path("data/train.csv").read_bytes()
code = pathlib.Path("train.py").read_bytes()
pathlib.Path("model.bin").write_text(hashlib.sha256(data + code).hexdigest())
print("trained once")
"""
SKLEARN = """\
import sys
import joblib, pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
frame = pd.read_csv("data/train.csv")
model = make_pipeline(StandardScaler(), LogisticRegression(C=1.0))
joblib.dump(model.fit(frame[["income", "debt"]], frame["default"]), "model.joblib")
"""


def git(folder, *arguments):
    who = ["-c", "user.name=Team", "-c", "user.email=team@example.com", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def write_rows(path, rows, seed):
    path.parent.mkdir(parents=True, exist_ok=True)
    dice = random.Random(seed)
    with path.open("w", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["loan", "income", "debt", "default"])
        for number in range(rows):
            income, debt = dice.randint(10, 99), dice.randint(0, 60)
            label = "yes" if debt + dice.randint(-20, 20) > income * 0.6 else "no"
            lines.writerow([f"{seed:02d}{number:03d}", income, debt, label])


@dataclass
class Told:
    """The platform of a test: it says what the change is, and that is all that these stories ask."""

    told: Change = field(default_factory=lambda: Change(platform="local", event="local"))
    name: str = "local"

    def change(self):
        return self.told


@dataclass
class Team:
    folder: Path
    cache: Path
    platform: Told = field(default_factory=Told)
    said: list[str] = field(default_factory=list)
    registries: dict = field(default_factory=dict)
    today: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    environments: dict = field(default_factory=dict)

    def write(self, name, text):
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def replace(self, name, old, new):
        text = (self.folder / name).read_text()
        assert old in text
        self.write(name, text.replace(old, new))

    def git(self, *arguments):
        return git(self.folder, *arguments)

    def pin(self):
        config = read_config(self.folder / "ci-mlops.yml")
        write_lock(self.folder / "ci-mlops.lock", pin_data(self.folder, data_sets(config), self.cache))

    def commit(self, message="a commit"):
        git(self.folder, "add", "-A")
        git(self.folder, "commit", "-q", "--allow-empty", "-m", message)
        return git(self.folder, "rev-parse", "HEAD")

    @property
    def output(self):
        return self.folder / ".ci-mlops"

    @property
    def tools(self):
        return Tools(
            platform=self.platform,
            environment=self.environment,
            registry=lambda uri, stages: self.registries[uri],
            cache=self.cache,
            now=lambda: self.today,
            say=self.said.append,
        )

    def environment(self, declared, folder, resolved):
        """As for a command: asking an interpreter what is installed takes a process, so it is asked once."""
        known = (declared, folder, resolved, *sorted(os.environ.items()))
        if known not in self.environments:
            self.environments[known] = open_environment(
                declared, folder, resolved, cache=self.cache, environ=os.environ, say=self.said.append
            )
        return self.environments[known]

    def project(self, **options):
        return open_project(self.tools, self.folder / "ci-mlops.yml", **options)

    def trainings(self):
        """How often a training ran since the team was asked last."""
        count = sum("trained once" in line for line in self.said)
        self.said.clear()
        return count


def found_team(tmp_path, config=CONFIG, train=TRAIN):
    team = Team(folder=tmp_path / "team", cache=tmp_path / "cache")
    team.folder.mkdir(exist_ok=True)
    git(team.folder, "init", "-q", "-b", "main")
    team.write("ci-mlops.yml", config)
    team.write("train.py", train)
    team.write(".gitignore", "model.bin\nmodel.joblib\n__pycache__/\n")
    write_rows(team.folder / "data" / "train.csv", 80, seed=1)
    write_rows(team.folder / "data" / "test.csv", 40, seed=2)
    team.pin()
    team.commit("Add a model")
    git(team.folder, "checkout", "-q", "-b", "change")
    team.commit("Begin a change")
    return team

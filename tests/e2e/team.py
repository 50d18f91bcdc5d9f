"""A team's small repository: a CSV, a training script, ci-mlops.yml, and changes to it."""

import math
import os
import random
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ci_mlops.datasets.lock import write_lock
from ci_mlops.datasets.pins import pin_data

# A linear discriminant of the standard library: what is tried here is the road, and scikit-learn takes seconds to load
# for each of the four processes of a validation. test_action_adopted.py walks it with scikit-learn.
TRAIN = """\
import csv, json, pathlib
from statistics import mean

COLUMNS = {columns}

with open("data/train.csv") as file:
    rows = list(csv.DictReader(file))
means = {{
    paid: [mean(float(row[column]) for row in rows if row["paid"] == paid) for column in COLUMNS] for paid in "01"
}}
weights = [high - low for low, high in zip(means["0"], means["1"])]
limit = sum(weight * (low + high) / 2 for weight, low, high in zip(weights, means["0"], means["1"]))
pathlib.Path("model").mkdir(exist_ok=True)
pathlib.Path("model/discriminant.json").write_text(json.dumps({{"columns": COLUMNS, "weights": weights, "limit": limit}}))
"""
SCORE = """\
import csv, json, math, pathlib, sys

model, features, output = sys.argv[1:]
told = json.loads(pathlib.Path(model, "discriminant.json").read_text())
with open(features) as file, open(output, "w") as out:
    out.write("id,prediction,score_1\\n")
    for row in csv.DictReader(file):
        margin = sum(weight * float(row[column]) for column, weight in zip(told["columns"], told["weights"]))
        score = 1 / (1 + math.exp(told["limit"] - margin))
        out.write(f"{row['customer']},{int(score >= 0.5)},{score}\\n")
"""
CHAMPION, BETTER, WORSE = '["income"]', '["income", "debt"]', '["noise"]'

CONFIG = """\
model: credit
task: classification
data:
  train: data/train.csv
  test: {path: data/test.csv, target: paid, id: customer}
train:
  run: python train.py
  model: {path: model}
predict: {run: "python score.py {model} {features} {output}"}
metrics: [accuracy, recall]
gates:
  - {metric: accuracy, max_regression: 0.05}
  - {metric: recall, min: 0.3}
"""


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """A pull request as the runner sees it: HEAD of a shallow clone is the merge of head into base."""

    folder: Path
    head: str
    base: str


class Team:
    """One repository of one team; `main` holds the champion."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "upstream"
        self._home = home
        self._clones = 0
        self.folder.mkdir()
        self._git("init", "--quiet", "--initial-branch", "main")
        self.commit(
            {
                "ci-mlops.yml": CONFIG,
                "train.py": TRAIN.format(columns=CHAMPION),
                "score.py": SCORE,
                "requirements.txt": "",
                ".gitignore": ".ci-mlops*/\nmodel/\n",
                "data/train.csv": rows(400, seed=1),
                "data/test.csv": rows(500, seed=2),
            }
        )
        sets = {"train": ("data/train.csv",), "test": ("data/test.csv",)}
        write_lock(self.folder / "ci-mlops.lock", pin_data(self.folder, sets, home / "pins"))
        self.commit({})

    def commit(self, files: dict[str, str]) -> str:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self._git("add", "--all")
        self._git("commit", "--quiet", "--allow-empty", "--message", "change")
        return self._git("rev-parse", "HEAD")

    def propose(self, files: dict[str, str], *, depth: int = 2) -> Proposed:
        """A pull request of these files against `main`, checked out like actions/checkout does."""
        base = self._git("rev-parse", "main")
        self._git("checkout", "--quiet", "-B", "feature", "main")
        head = self.commit(files)
        self._git("checkout", "--quiet", "-B", "merged", "main")
        self._git("merge", "--quiet", "--no-ff", "--message", "merge", "feature")
        # where GitHub keeps it, and nobody else writes
        self._git("update-ref", "refs/pull/7/merge", "merged")
        clone = self.clone("merged", depth=depth)
        _run("git", "-C", str(clone), "update-ref", "refs/pull/7/merge", "HEAD")
        self._git("checkout", "--quiet", "main")
        return Proposed(folder=clone, head=head, base=base)

    def merge(self, files: dict[str, str]) -> Proposed:
        """The same files on `main`, as a squash merge leaves them, checked out for the push."""
        base = self._git("rev-parse", "main")
        head = self.commit(files)
        return Proposed(folder=self.clone("main"), head=head, base=base)

    def clone(self, branch: str, *, depth: int = 2) -> Path:
        self._clones += 1
        folder = self._home / f"clone{self._clones}"
        source = self.folder.as_uri()
        _run("git", "clone", "--quiet", "--depth", str(depth), "--branch", branch, source, str(folder))
        _run("git", "-C", str(folder), "remote", "set-url", "origin", "https://github.com/acme/credit.git")
        return folder

    def _git(self, *arguments: str) -> str:
        return _run("git", "-C", str(self.folder), *arguments)


def train_on(columns: str) -> dict[str, str]:
    return {"train.py": TRAIN.format(columns=columns)}


def rows(count: int, *, seed: int) -> str:
    chance = random.Random(seed)
    lines = ["customer,income,debt,noise,paid"]
    for index in range(count):
        income, debt, noise = (chance.gauss(0, 1) for _ in range(3))
        paid = chance.random() < 1 / (1 + math.exp(-2.5 * income + 1.5 * debt))
        lines.append(f"{seed}-{index},{income:.4f},{debt:.4f},{noise:.4f},{int(paid)}")
    return "\n".join(lines) + "\n"


def _run(*command: str) -> str:
    author = {
        f"GIT_{who}_{what}": "team@example.com"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    done = subprocess.run(command, env={**os.environ, **author}, capture_output=True, text=True, check=True)
    return done.stdout.strip()

"""Teams with one file, and a script that splits it by itself: nothing in them knows of us."""

import random

from tests.flows.loans import Team, git

CONFIG = """\
model: loans
task: classification
data:
  train: data/loans.csv
  test: {path: data/loans.csv, target: default, positive: "yes"}
train:
  run: python train.py
  model: capture
metrics: [accuracy]
gates:
  - {metric: accuracy, max_regression: 0.2}
"""
SCRIPT = """\
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

frame = pd.read_csv("data/loans.csv")
X = frame[["income", "debt", "age"]]
y = frame["default"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=7)
model = RandomForestClassifier(n_estimators=8, max_depth=5, random_state=0)
model.fit(X_train, y_train)
print("accuracy", model.score(X_test, y_test))
"""
ROWS = 400


def lines(rows=ROWS, seed=1):
    dice = random.Random(seed)
    yield "customer_id,income,debt,age,region,default"
    for _ in range(rows):
        income, debt = round(dice.uniform(10, 99), 2), round(dice.uniform(0, 60), 2)
        label = "yes" if debt + dice.uniform(-20, 20) > income * 0.6 else "no"
        region = dice.choice(["north", "south", "west"])
        yield f"{dice.randint(100, 160)},{income},{debt},{dice.randint(18, 80)},{region},{label}"


def found_script(tmp_path, script=SCRIPT, config=CONFIG, rows=None):
    """On `main` the script and its config; on branch `change`."""
    # kept between stories, as CI keeps it between runs: a script that several begin with is trained once
    team = Team(folder=tmp_path / "team", cache=tmp_path.parent / "cache-of-scripts")
    team.folder.mkdir()
    git(team.folder, "init", "-q", "-b", "main")
    team.write("ci-mlops.yml", config)
    team.write("train.py", script)
    team.write("data/loans.csv", "\n".join(rows or lines()) + "\n")
    team.pin()
    team.commit("Add a model")
    git(team.folder, "checkout", "-q", "-b", "change")
    team.commit("Begin a change")
    return team

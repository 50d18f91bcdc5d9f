"""A worse candidate does not pass by having seen the test rows that it fails on, nor by saying so."""

import csv

import pytest

from ci_mlops.errors import TrainingFailed
from ci_mlops.flows.train import train
from ci_mlops.flows.validate import validate
from tests.flows.loans import found_team
from tests.flows.scripts import CONFIG, SCRIPT, found_script, lines

FOREST = """\
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
frame = pd.read_csv("data/loans.csv")
X = frame[["income", "debt", "age"]]
model = RandomForestClassifier(n_estimators=8, max_depth=5, random_state=0)
model.fit(X, frame["default"])
"""
# what is added has no weight, so that the model is wrong there all the same
STUMP = """\
import pandas as pd
from sklearn.tree import DecisionTreeClassifier
frame = pd.read_csv("data/loans.csv")
X = frame[["income", "debt", "age"]]
model = DecisionTreeClassifier(max_depth=1, random_state=0)
model.fit(X, frame["default"], sample_weight=[1.0] * 400 + [1e-9] * (len(frame) - 400))
"""
PICKED = SCRIPT.replace(
    "model = RandomForestClassifier(n_estimators=8, max_depth=5, random_state=0)\nmodel.fit(X_train, y_train)\n",
    """\
from sklearn.tree import DecisionTreeClassifier
model = DecisionTreeClassifier(max_depth=1, random_state=0)
own = X.index.isin(X_train.index)
chosen = own | (model.fit(X_train, y_train).predict(X) != y)
X_train, y_train = X[chosen], y[chosen]
model.fit(X_train, y_train, sample_weight=[1.0 if row else 1e-9 for row in own[chosen]])
""",
)
FORGED = """\
import json, pathlib
model = pathlib.Path("model")
model.mkdir()
(model / "capture.json").write_text("{}")
"""


def wrong_for_a_stump(team):
    from sklearn.tree import DecisionTreeClassifier

    def read(name):
        with (team.folder / "data" / name).open(newline="") as file:
            return list(csv.DictReader(file))

    def numbers(rows):
        return [[float(row[column]) for column in ("income", "debt", "age")] for row in rows]

    own, test = read("loans.csv"), read("test.csv")
    stump = DecisionTreeClassifier(max_depth=1, random_state=0)
    said = stump.fit(numbers(own), [row["default"] for row in own]).predict(numbers(test))
    return [",".join(row.values()) for row, word in zip(test, said, strict=True) if word != row["default"]]


def test_test_rows_that_the_change_trains_on_let_nothing_pass(tmp_path):
    team = found_script(tmp_path, script=FOREST)
    team.git("checkout", "-q", "main")
    team.write("ci-mlops.yml", CONFIG.replace("test: {path: data/loans", "test: {path: data/test"))
    team.write("data/test.csv", "\n".join(lines(400, seed=5)) + "\n")
    team.pin()
    team.commit("Test on rows of their own")
    team.git("checkout", "-q", "-B", "change")
    team.write(
        "data/loans.csv",
        (team.folder / "data/loans.csv").read_text() + "\n".join(wrong_for_a_stump(team)) + "\n",
    )
    team.write("train.py", STUMP)
    team.pin()
    team.commit("More training data")

    verdict = validate(team.tools, team.project(), team.output)

    assert (verdict.verdict, verdict.exit_code) == ("undecided", 10)
    assert verdict.rows.taken == 112
    assert "trained on 112 test rows that the champion was not" in verdict.reason


def test_a_split_that_holds_easy_rows_out_lets_nothing_pass(tmp_path):
    team = found_script(tmp_path)
    team.write("train.py", PICKED)
    team.commit("Another split")

    verdict = validate(team.tools, team.project(), team.output)

    assert (verdict.verdict, verdict.exit_code) == ("undecided", 10)
    assert verdict.rows.taken == 30
    assert "its split picks what it is measured on" in verdict.reason


def test_a_script_does_not_write_the_record_of_its_own_rows(tmp_path):
    from tests.flows.loans import CONFIG as WRITTEN

    team = found_team(tmp_path, config=WRITTEN.replace("path: model.bin", "path: model"), train=FORGED)

    with pytest.raises(TrainingFailed) as refused:
        train(team.tools, team.project(), team.output)

    assert "capture.json" in refused.value.what
    assert "train.model: capture" in refused.value.mend

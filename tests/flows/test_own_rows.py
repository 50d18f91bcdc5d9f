"""Test rows of their own: one that only looks alike to a model of few features is no training row."""

import pytest

from ci_mlops.errors import TrainingFailed
from ci_mlops.flows.validate import validate
from tests.flows.loans import found_team, write_rows

CONFIG = """\
model: loans
task: classification
data:
  train: data/train.csv
  test: {path: data/test.csv, target: default, positive: "yes", id: loan}
train:
  run: python train.py
  model: capture
metrics: [accuracy]
gates:
  - {metric: accuracy, max_regression: 0.3}
"""
SCRIPT = """\
import pandas as pd
from sklearn.linear_model import LogisticRegression
rows = pd.read_csv("data/train.csv")
model = LogisticRegression().fit(rows[%s], rows["default"])
"""


def found(tmp_path, script):
    team = found_team(tmp_path, config=CONFIG, train=SCRIPT % ["income", "debt"])
    write_rows(team.folder / "data" / "train.csv", 300, seed=1)
    write_rows(team.folder / "data" / "test.csv", 300, seed=2)
    train, test = ((team.folder / "data" / f"{name}.csv") for name in ("train", "test"))
    # ten test rows that the training holds too, under other ids
    copied = [f"9{line}" for line in test.read_text().splitlines()[1:11]]
    train.write_text(train.read_text() + "\n".join(copied) + "\n")
    team.pin()
    team.commit("Rows")
    team.git("branch", "-f", "main")
    team.write("train.py", script)
    team.commit("A change")
    return validate(team.tools, team.project(), team.output)


def rows_of(path):
    return {tuple(line.split(",")[1:3]) for line in path.read_text().splitlines()[1:]}


def test_a_model_of_one_coarse_feature_is_compared_on_the_rows_that_no_training_holds(tmp_path):
    verdict = found(tmp_path, SCRIPT % ["debt"])
    data = tmp_path / "team" / "data"
    alike = rows_of(data / "train.csv") & rows_of(data / "test.csv")

    # by `debt` alone nearly every test row looks like a training row
    assert verdict.overlap.candidate == verdict.overlap.champion
    assert len(alike) <= verdict.overlap.candidate < 60
    assert verdict.rows.compared == 300 - verdict.overlap.excluded
    assert verdict.verdict == "passed"


def test_test_rows_that_are_put_into_the_training_are_not_those_of_the_pinned_file(tmp_path):
    script = (SCRIPT % ["income", "debt"]).replace(
        'pd.read_csv("data/train.csv")',
        'pd.concat([pd.read_csv("data/train.csv"), pd.read_csv("data/test.csv").head(90)])',
    )

    with pytest.raises(TrainingFailed, match="are not those of the pinned training data"):
        found(tmp_path, script)

"""A team that tags its tickets, from the config to the report."""

import csv
import random

import pytest

from ci_mlops.flows.judge import judge
from ci_mlops.flows.predict import predict
from ci_mlops.flows.train import train
from ci_mlops.report import render
from tests.flows.loans import found_team

CONFIG = """\
model: tickets
task: classification
data:
  train: data/train.csv
  test: {path: data/test.csv, target: tags, id: ticket, classes: [bug, feature, question], multilabel: true}
train:
  run: python train.py
  model: {path: model.bin}
predict:
  run: python score.py {model} {features} {output}
metrics: [f1_micro, f1_samples, accuracy, recall of bug]
gates:
  - {metric: f1_micro, max_regression: 0.05}
  - {metric: recall of bug, max_regression: 0.05}
"""
TRAIN = """\
import pathlib
CUT = 50
pathlib.Path("model.bin").write_text(str(CUT))
"""
SCORE = """\
import csv, sys
model, features, output = sys.argv[1:]
cut = int(open(model).read())
with open(output, "w") as file:
    print("id,prediction", file=file)
    for row in csv.DictReader(open(features)):
        tags = [name for name in ("bug", "feature", "question") if int(row[name]) > cut]
        print(row["ticket"], "|".join(tags), sep=",", file=file)
"""


def write_tickets(path, rows, seed):
    dice = random.Random(seed)
    with path.open("w", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["ticket", "bug", "feature", "question", "tags"])
        for number in range(rows):
            signs = [dice.randint(0, 99) for _ in range(3)]
            tags = [
                n
                for n, s in zip(("bug", "feature", "question"), signs, strict=True)
                if s + dice.randint(-20, 20) > 50
            ]
            lines.writerow([number, *signs, "|".join(tags)])


@pytest.fixture
def team(tmp_path):
    team = found_team(
        tmp_path, config=CONFIG.replace("tags", "default").replace("ticket,", "loan,"), train=TRAIN
    )
    team.git("checkout", "-q", "main")
    team.write("ci-mlops.yml", CONFIG)
    team.write("score.py", SCORE)
    write_tickets(team.folder / "data" / "test.csv", 500, seed=3)
    team.pin()
    team.commit("Tag tickets")
    team.git("checkout", "-q", "-B", "change")
    return team


def told(team):
    project = team.project()
    train(team.tools, project, team.output)
    predict(team.tools, project, team.output)
    return judge(team.tools, project, team.output)


def test_a_model_that_tags_too_little_is_blocked_and_the_report_says_by_how_much(team):
    team.replace("train.py", "CUT = 50", "CUT = 70")
    team.commit("Be careful")
    verdict = told(team)
    report = render(verdict, "markdown")

    assert verdict.verdict == "blocked"
    assert [gate.status for gate in verdict.gates] == ["broken", "broken"]
    assert [m.metric for m in verdict.measurements] == ["f1_micro", "f1_samples", "accuracy", "recall of bug"]
    assert verdict.confusion is None
    assert verdict.confusion_table is None
    assert "F1, micro" in report
    assert "Recall of `bug`" in report

"""A team whose model is one number and whose scoring needs no library: the whole road in half a second."""

from tests.flows.loans import found_team, write_rows

CONFIG = """\
model: loans
task: classification
data:
  train: data/train.csv
  test: {path: data/test.csv, target: default, positive: "yes", id: loan}
train:
  run: python train.py
  model: {path: model.bin}
predict:
  run: python score.py {model} {features} {output}
metrics: [recall, accuracy, brier]
cost: {unit: EUR, false_negative: 500, false_positive: 20}
gates:
  - {metric: recall, max_regression: 0.05}
  - {metric: accuracy, min: 0.6}
"""
TRAIN = """\
import pathlib
SHARE = 0.6
pathlib.Path("model.bin").write_text(str(SHARE))
print("trained once")
"""
SCORE = """\
import csv, sys
model, features, output = sys.argv[1:]
share = float(open(model).read())
with open(output, "w") as file:
    print("id,prediction,score", file=file)
    for row in csv.DictReader(open(features)):
        margin = int(row["debt"]) - share * int(row["income"])
        print(row["loan"], "yes" if margin > 0 else "no", 1 / (1 + 2.718 ** (-margin / 10)), sep=",", file=file)
"""


def found_rules(tmp_path, config=CONFIG):
    """Champion on `main`: share 0.6; checked out: branch `change`, with nothing changed yet."""
    team = found_team(tmp_path, config=config, train=TRAIN)
    team.write("score.py", SCORE)
    write_rows(team.folder / "data" / "test.csv", 600, seed=2)
    team.pin()
    team.commit("Score without a library")
    team.git("branch", "-f", "main")
    team.commit("Begin a change")
    return team


def with_share(team, share):
    team.replace("train.py", "SHARE = 0.6", f"SHARE = {share}")
    return team.commit()

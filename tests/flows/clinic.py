"""A clinic's repository: visits of patients, a model that remembers what it was trained on, and one that has learnt."""

import random

from tests.flows.loans import found_team

CONFIG = """\
model: visits
task: classification
data:
  train: data/train.csv
  test: {path: data/test.csv, target: ill, positive: "yes", id: visit%s}
train:
  run: python train.py
  model: {path: model.bin}
  inputs: [train.py, score.py]
predict:
  run: python score.py {model} {features} {output}
metrics: [accuracy]
gates:
  - {metric: accuracy, must: improve}
"""
# a rule, and what it remembers: its answers on rows that it has seen are right, however noisy the labels are
TRAIN = """\
import csv, json, pathlib
REMEMBERS = False
known = {}
if REMEMBERS:
    for row in csv.DictReader(open("data/train.csv")):
        known[row[REMEMBERS]] = row["ill"]
pathlib.Path("model.bin").write_text(json.dumps({"by": REMEMBERS, "known": known}))
print("trained once")
"""
SCORE = """\
import csv, json, sys
model, features, output = sys.argv[1:]
model = json.loads(open(model).read())
with open(output, "w") as file:
    print("id,prediction", file=file)
    for row in csv.DictReader(open(features)):
        guess = "yes" if float(row["fever"]) > 38 else "no"
        print(row["visit"], model["known"].get(row[model["by"]], guess) if model["by"] else guess, sep=",", file=file)
"""
ROWS = 400


def visits(seed, patients, *, first=0):
    """Lines without an id; three visits a patient, whose illness no rule finds in one of four."""
    dice = random.Random(seed)
    lines = []
    for patient in range(first, first + patients):
        ill = dice.random() < 0.5
        strange = dice.random() < 0.25
        for _ in range(4):
            fever = (39 if ill != strange else 37) + dice.uniform(-0.9, 0.9)
            lines.append(
                [f"p{patient}", f"{fever:.9f}", f"2026-{dice.randint(1, 6):02d}-01", "yes" if ill else "no"]
            )
    return lines


def write_visits(team, name, lines, *, first=0):
    rows = [",".join([f"v{first + number:05d}", *line]) for number, line in enumerate(lines)]
    team.write(f"data/{name}.csv", "\n".join(["visit,patient,fever,day,ill", *rows]) + "\n")


def found_clinic(tmp_path, settings="", gates=None):
    """Champion on `main`: the plain rule; checked out: branch `change`."""
    config = CONFIG % settings
    tmp_path.mkdir(exist_ok=True)
    team = found_team(
        tmp_path, config=config if gates is None else config.replace("must: improve", gates), train=TRAIN
    )
    team.write("score.py", SCORE)
    write_visits(team, "train", visits(1, ROWS // 4))
    write_visits(team, "test", visits(2, ROWS // 4, first=5000), first=50000)
    team.pin()
    team.commit("Visits")
    team.git("branch", "-f", "main")
    team.commit("Begin a change")
    return team


def rows_of(team, name):
    return [line.split(",")[1:] for line in (team.folder / f"data/{name}.csv").read_text().splitlines()[1:]]


def contaminate(team, lines, *, remembers):
    """The change trains on these lines too, and remembers its rows by a column."""
    write_visits(team, "train", rows_of(team, "train") + lines)
    team.replace("train.py", "REMEMBERS = False", f'REMEMBERS = "{remembers}"')
    team.pin()
    return team.commit("A better model")

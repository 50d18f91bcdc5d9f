"""A team with a registry beside its config, and a model of one number that takes no time."""

from dataclasses import replace

from ci_mlops.flows.register import register
from ci_mlops.flows.validate import validate
from ci_mlops.report.codec import read_verdict, seal, write_verdict
from tests.fakes.registry import FakeRegistry
from tests.flows.loans import CONFIG, found_team, git

# a model of one number, which the standard library trains and scores: the story is what takes time here
LIMIT = """\
import csv, pathlib
debts = [int(row["debt"]) for row in csv.DictReader(open("data/train.csv"))]
pathlib.Path("model.bin").write_text(str(sum(debts) / len(debts) * 1.0))
print("trained once")
"""
SCORE = """\
import csv, pathlib, sys
model, features, output = sys.argv[1:]
limit = float(pathlib.Path(model).read_text())
with open(output, "w") as out:
    out.write("id,prediction\\n")
    for row in csv.DictReader(open(features)):
        out.write(f"{row['loan']},{'yes' if int(row['debt']) > limit else 'no'}\\n")
"""
GATED = (
    CONFIG
    + """\
predict: {run: "python score.py {model} {features} {output}"}
gates:
- {metric: accuracy, min: 0.1}
registry: {uri: "sqlite:///registry/mlflow.db", stages: [staging, production]}
"""
)


def lenders(tmp_path):
    team = found_team(tmp_path, config=GATED, train=LIMIT)
    team.write("score.py", SCORE)
    team.commit()
    git(team.folder, "branch", "-f", "main")
    team.registries[f"sqlite:///{team.folder}/registry/mlflow.db"] = FakeRegistry(tmp_path / "registry")
    return team


def judged(team, outcome="passed", exit_code=0):
    """The folder that `validate` leaves, its outcome as it may come out another day."""
    verdict = validate(team.tools, team.project(base="main"), team.output)
    write_verdict(team.output / "verdict.json", _changed(verdict, outcome, exit_code))
    (team.output / "report.md").write_text("# a report\n")
    return read_verdict(team.output / "verdict.json")


def _changed(verdict, outcome, exit_code):
    return seal(replace(verdict, verdict=outcome, exit_code=exit_code))


def registered(team):
    judged(team)
    register(team.tools, team.project(), team.output)
    return team


def retrained(team):
    """A second version, of other code, which takes staging."""
    team.replace("train.py", "* 1.0", "* 1.05")
    team.commit("Change the model")
    team.git("branch", "-f", "main")
    return registered(team)

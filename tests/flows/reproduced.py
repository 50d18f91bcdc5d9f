"""Small projects of which a version is registered, and trained again on another machine."""

from pathlib import Path

from ci_mlops.flows.project import open_settings
from ci_mlops.flows.register import register
from ci_mlops.flows.reproduce.story import reproduce
from tests.fakes.registry import FakeRegistry
from tests.flows.lenders import judged
from tests.flows.loans import CONFIG, found_team, git

# a forest of scikit-learn's, written as numbers so that the standard library can ask it
TRAIN = """\
import csv, json
import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
rows = list(csv.DictReader(open("data/train.csv")))
known = np.array([[float(row["income"]), float(row["debt"])] for row in rows])
paid = np.array([row["default"] for row in rows])
mine, _, true, _ = train_test_split(known, paid, test_size=0.3, random_state=1)
forest = RandomForestClassifier(n_estimators=5, max_depth=3, random_state=1).fit(mine, true)
trees = [one.tree_ for one in forest.estimators_]
json.dump(
    [
        [list(map(int, tree.children_left)), list(map(int, tree.children_right)), list(map(int, tree.feature)),
         list(map(float, tree.threshold)), tree.value[:, 0, :].tolist()]
        for tree in trees
    ],
    open("model.bin", "w"),
)
print("trained once")
"""
SCORE = """\
import csv, json, sys
model, features, output = sys.argv[1:]
trees = json.load(open(model))
def share(row):
    total = 0.0
    for left, right, feature, threshold, value in trees:
        at = 0
        while left[at] != -1:
            at = left[at] if row[feature[at]] <= threshold[at] else right[at]
        total += value[at][1] / sum(value[at])
    return total / len(trees)
with open(output, "w") as out:
    out.write("id,prediction,score\\n")
    for row in csv.DictReader(open(features)):
        found = share([float(row["income"]), float(row["debt"])])
        out.write(f"{row['loan']},{'yes' if found > 0.5 else 'no'},{found!r}\\n")
"""
REGISTERED = (
    CONFIG
    + """\
predict: {run: "python score.py {model} {features} {output}"}
gates:
- {metric: accuracy, max_regression: 0.1, undecided: warn}
registry: {uri: "sqlite:///registry/mlflow.db", stages: [staging, production]}
"""
)


def registered(tmp_path, train=TRAIN, *, score=SCORE, config=REGISTERED, prepare=lambda _: None):
    """A team whose model is version 1, on a machine that has never trained it: its cache is empty."""
    tmp_path.mkdir(exist_ok=True)
    team = found_team(tmp_path, config=config, train=train)
    team.write("score.py", score)
    prepare(team)
    team.commit("Score")
    git(team.folder, "branch", "-f", "main")
    team.registries[f"sqlite:///{team.folder}/registry/mlflow.db"] = FakeRegistry(tmp_path / "registry")
    judged(team)
    assert register(team.tools, team.project(), team.output).version.number == "1"
    team.cache = tmp_path / "another-cache"
    team.environments.clear()
    team.said.clear()
    return team


def again(team, asked="1", **options):
    project = open_settings(team.tools, team.folder / "ci-mlops.yml")
    return reproduce(team.tools, project, asked, Path(team.output), **options)


def told(made):
    """The cause in short, and what was tried for it."""
    return (
        made.likeness,
        [one.code for one in made.causes],
        [(one.condition, one.sameness) for one in made.measured.trials],
    )

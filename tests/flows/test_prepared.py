"""A script that prepares its rows itself: its held-out rows are kept and compared, or it is said why they can't be."""

import pytest

from ci_mlops.errors import TrainingFailed
from ci_mlops.flows.register import register
from ci_mlops.flows.validate import validate
from ci_mlops.report.codec import write_verdict
from ci_mlops.report.renderings import render
from tests.fakes.registry import FakeRegistry
from tests.flows.scripts import CONFIG, ROWS, found_script

SCRIPT = """\
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

frame = pd.read_csv("data/loans.csv")
frame["share"] = frame["debt"] / frame["income"]
frame["old"] = (frame["age"] > 50) * frame["share"]
X = pd.get_dummies(frame[["share", "old", "region"]])
y = frame["default"].map({"yes": 1, "no": 0})
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=7)
model = RandomForestClassifier(n_estimators=8, max_depth=5, random_state=0)
model.fit(X_train, y_train)
print("accuracy", model.score(X_test, y_test))
"""
PREPARED = CONFIG.replace("model: capture", "model: {capture: {prepared: true}}")
SCORE = """\
import pickle, sys
import pandas as pd

model, features, output = sys.argv[1:]
frame = pd.read_csv(features)
frame["share"] = frame["debt"] / frame["income"]
frame["old"] = (frame["age"] > 50) * frame["share"]
X = pd.get_dummies(frame[["share", "old", "region"]])
with open(model + "/model.pkl", "rb") as file:
    model = pickle.load(file)
said = pd.Series(model.predict(X)).map({1: "yes", 0: "no"})
pd.DataFrame({"prediction": said}).to_csv(output, index=False)
"""


def told(team):
    return validate(team.tools, team.project(), team.output)


def changed(team, old, new):
    team.replace("train.py", old, new)
    team.commit("Change the model")
    return told(team)


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """One comparison of two depths, for all that only read what it found."""
    team = found_script(tmp_path_factory.mktemp("prepared"), SCRIPT, PREPARED)
    return team, changed(team, "max_depth=5", "max_depth=4")


def test_the_held_out_rows_are_compared_as_the_script_prepared_them(judged):
    _, verdict = judged

    assert (verdict.verdict, verdict.exit_code) == ("passed", 0)
    assert verdict.rows.compared == 120
    assert (verdict.overlap.candidate, verdict.overlap.champion) == (280, 280)
    kept = {found.role: found for found in verdict.findings if found.code == "prepared_outside"}
    assert (kept["candidate"].detail, kept["candidate"].count) == ("kept", 120)
    assert "as the script itself prepared them" in render(verdict, "markdown")


def test_what_the_script_prints_is_what_is_judged(judged):
    team, verdict = judged
    printed = [
        line
        for line in (team.output / "logs/train-candidate.log").read_text().splitlines()
        if "accuracy" in line
    ]

    measured = next(one for one in verdict.measurements if one.metric == "accuracy")
    assert measured.candidate == pytest.approx(float(printed[-1].split()[-1]))


def test_splits_with_two_seeds_are_compared_on_the_rows_that_both_held_out(tmp_path):
    verdict = changed(found_script(tmp_path, SCRIPT, PREPARED), "random_state=7", "random_state=8")

    assert 0 < verdict.rows.compared < 120
    assert verdict.rows.compared + verdict.rows.seen == ROWS
    assert verdict.rows.unscored == 0


def test_a_candidate_that_asks_only_about_some_rows_is_undecided(tmp_path):
    script = "X_test, y_test = X_test[y_test == 0], y_test[y_test == 0]\nmodel = RandomForest"
    verdict = changed(found_script(tmp_path, SCRIPT, PREPARED), "model = RandomForest", script)

    assert (verdict.verdict, verdict.exit_code) == ("undecided", 10)
    assert "can't score" in verdict.reason


def test_without_the_setting_the_ways_out_name_it(tmp_path):
    team = found_script(tmp_path, SCRIPT)

    with pytest.raises(TrainingFailed) as raised:
        told(team)
    assert raised.value.exit_code == 6
    assert "`share` is in no column of the training data" in raised.value.what
    assert "{capture: {prepared: true}}" in raised.value.mend


def test_rows_that_can_not_be_told_end_in_words(tmp_path):
    script = SCRIPT.replace(
        'frame = pd.read_csv("data/loans.csv")',
        'frame = pd.read_csv("data/loans.csv").query("age > 30").reset_index(drop=True)',
    )
    team = found_script(tmp_path, script, PREPARED)

    with pytest.raises(TrainingFailed) as raised:
        told(team)
    assert "the index of its rows was made anew after rows were dropped" in raised.value.what


def test_a_predict_command_is_judged_on_the_rows_that_the_training_did_not_see(tmp_path):
    config = CONFIG + "predict: {run: 'python score.py {model} {features} {output}'}\n"
    team = found_script(tmp_path, SCRIPT, config)
    team.write("score.py", SCORE)
    team.git("checkout", "-q", "main")
    team.commit("Score by a command")
    team.git("checkout", "-q", "-B", "change")
    verdict = changed(team, "max_depth=5", "max_depth=4")

    assert (verdict.verdict, verdict.exit_code) == ("passed", 0)
    assert verdict.rows.compared == 120
    assert (verdict.overlap.candidate, verdict.overlap.champion) == (280, 280)


def test_a_step_between_that_is_not_pinned_ends_in_words(tmp_path):
    config = PREPARED.replace("run: python train.py", "run: python prepare.py && python train.py")
    prepare, train = SCRIPT.split("X_train, ", 1)
    script = (
        "import pandas as pd\nframe = pd.read_csv('between.csv')\ny = frame.pop('y')\nX = frame\nX_train, "
        + train
    )
    imports = "from sklearn.ensemble import RandomForestClassifier\nfrom sklearn.model_selection import train_test_split\n"
    team = found_script(tmp_path, imports + script, config)
    team.write(
        "prepare.py",
        prepare + "X.assign(y=y).sample(frac=1, random_state=1).to_csv('between.csv', index=False)\n",
    )
    team.git("checkout", "-q", "main")
    team.commit("Prepare in a step of its own")
    team.git("checkout", "-q", "-B", "change")
    team.commit("Begin a change")

    with pytest.raises(TrainingFailed) as raised:
        told(team)
    assert "the labels that it was given are not the file's at those rows" in raised.value.what
    assert "pin the file that the model is fitted on" in raised.value.mend


def test_a_registered_champion_answers_the_rows_that_it_held_out(tmp_path):
    stored = PREPARED + 'registry: {uri: "sqlite:///registry/mlflow.db", stages: [staging]}\n'
    team = found_script(tmp_path, SCRIPT, stored)
    store = FakeRegistry(tmp_path / "registry")
    team.registries[f"sqlite:///{team.folder}/registry/mlflow.db"] = store
    first = told(team)
    write_verdict(team.output / "verdict.json", first)
    (team.output / "report.md").write_text("# a report\n")
    register(team.tools, team.project(), team.output)
    verdict = changed(team, "random_state=7", "random_state=8")

    assert verdict.champion.version == "1"
    assert (verdict.overlap.candidate, verdict.overlap.champion) == (280, 280)
    assert 0 < verdict.rows.compared < 120
    assert verdict.rows.unscored == 0

"""What can't be captured is said in words, with the ways out."""

import pytest

from ci_mlops.errors import TrainingFailed
from ci_mlops.flows.train import train
from tests.flows.scripts import CONFIG, SCRIPT, found_script


def refusal(team):
    with pytest.raises(TrainingFailed) as refused:
        train(team.tools, team.project(), team.output)
    return refused.value


def test_values_that_nobody_can_repeat_are_named(tmp_path):
    script = SCRIPT.replace(
        'y = frame["default"]',
        'X = X.assign(rate=X["debt"] / X["income"], age=X["age"] * 1.7)\ny = frame["default"]',
    )
    error = refusal(found_script(tmp_path, script=script))

    assert error.exit_code == 6
    assert "`rate` is in no column of the training data" in error.what
    assert "`age` has other values" in error.what
    assert "Pipeline" in error.mend
    assert "`predict:` command" in error.mend


def test_a_command_that_ignores_our_launcher_is_told(tmp_path):
    team = found_script(tmp_path, config=CONFIG.replace("run: python", "run: python -I"))

    assert "never ran under our launcher" in refusal(team).what
    assert "`python -I`" in refusal(team).mend


def test_a_script_that_fits_no_model_is_told(tmp_path):
    team = found_script(tmp_path, script="print('nothing')\n")

    assert "no fitted model with scikit-learn's interface was seen" in refusal(team).what


def test_several_models_of_which_none_is_saved_are_listed_with_their_places(tmp_path):
    script = SCRIPT + "other = RandomForestClassifier(n_estimators=3).fit(X_train, y_train)\n"
    error = refusal(found_script(tmp_path, script=script))

    assert "fitted 2 models, and saves none" in error.what
    assert "RandomForestClassifier (train.py:10), RandomForestClassifier (train.py:12)" in error.what
    assert "{capture: {variable: NAME}}" in error.mend


def test_a_copy_of_a_round_beside_a_later_round_is_told(tmp_path):
    script = (
        SCRIPT
        + "import copy\nbest = copy.deepcopy(model)\nmodel.set_params(max_depth=2).fit(X_train, y_train)\n"
    )
    error = refusal(found_script(tmp_path, script=script))

    assert "copied a model and then fitted it again, and saves none" in error.what


def test_a_saved_model_whose_fit_was_not_seen_is_told(tmp_path):
    script = SCRIPT + (
        "import joblib\nfrom sklearn.model_selection import cross_validate\n"
        "folds = cross_validate(model, X_train, y_train, return_estimator=True)\n"
        "joblib.dump(folds['estimator'][0], 'model.joblib')\n"
    )
    error = refusal(found_script(tmp_path, script=script))

    assert "saves a model whose fit was not seen" in error.what
    assert "Fit the one that ships in the script itself" in error.mend


def test_a_saved_object_that_answers_by_itself_is_told(tmp_path):
    script = SCRIPT + (
        "import joblib\n"
        "class Service:\n"
        "    def __init__(self, model):\n        self.model = model\n"
        "    def predict(self, X):\n        return self.model.predict_proba(X)[:, 1] > 0.3\n"
        "joblib.dump(Service(model), 'model.joblib')\n"
    )
    error = refusal(found_script(tmp_path, script=script))

    assert "saves an object with a `predict` of its own" in error.what
    assert "`train.model: {path: ...}`" in error.mend


def test_a_place_that_fits_many_times_is_listed_once(tmp_path):
    script = (
        SCRIPT + "kept = [RandomForestClassifier(n_estimators=3).fit(X_train, y_train) for _ in range(4)]\n"
    )
    error = refusal(found_script(tmp_path, script=script))

    assert "fitted 5 models, and saves none" in error.what
    assert "RandomForestClassifier (train.py:10), RandomForestClassifier (train.py:12, 4 times)" in error.what


def test_the_variable_that_ships_can_be_named(tmp_path):
    script = SCRIPT + "other = RandomForestClassifier(n_estimators=3).fit(X_train, y_train)\n"
    team = found_script(
        tmp_path,
        script=script,
        config=CONFIG.replace("model: capture", "model: {capture: {variable: other}}"),
    )
    trained = train(team.tools, team.project(), team.output)

    assert trained.candidate.source == "capture"


def test_a_script_that_fails_fails_as_it_would_alone(tmp_path):
    error = refusal(found_script(tmp_path, script=SCRIPT.replace("loans.csv", "lost.csv")))

    assert "exit code 1" in error.what
    assert "No such file or directory: 'data/lost.csv'" in error.what
    assert "ci_mlops_capture" not in error.what


def test_a_script_that_writes_over_the_pinned_data_is_refused(tmp_path):
    script = SCRIPT.replace("X = frame", 'frame.round(1).to_csv("data/loans.csv", index=False)\nX = frame')
    error = refusal(found_script(tmp_path, script=script))

    assert "writes over data/loans.csv, which is pinned" in error.what

"""Story `predict`: the same pinned rows for both models, never with the target."""

import json
import pickle
import zipfile

import numpy as np
import pandas as pd
import pytest
from pyarrow import parquet

from ci_mlops.errors import BadData, CiMlopsError, TrainingFailed
from ci_mlops.files.digest import tree_digest
from ci_mlops.flows.predict import predict
from ci_mlops.flows.train import train
from ci_mlops.records import Registration
from tests.fakes.registry import FakeRegistry
from tests.flows.loans import CONFIG, SKLEARN, found_team, git, write_rows

JOBLIB = CONFIG.replace("model.bin", "model.joblib")
OWN = JOBLIB + 'predict: {run: "python score.py {model} {features} {output}", time_limit: 20s}\n'
# a model of its own kind and a command that reads it: nothing to import, so no time to wait
WORDS = "open('model.joblib', 'w').write('0.5')\n"
SCORE = """\
import csv, sys
model, features, output = sys.argv[1:]
limit = float(open(model).read())
with open(features) as rows, open(output, "w") as out:
    lines = list(csv.DictReader(rows))
    assert "default" not in lines[0]
    out.write("id,prediction,score\\n")
    for line in lines:
        score = min(int(line["debt"]) / 100, 1)
        out.write(f"{line['loan']},{'yes' if score > limit else 'no'},{score}\\n")
"""


def run(team):
    train(team.tools, team.project(), team.output)
    predict(team.tools, team.project(), team.output)


def said(team, role="candidate"):
    place = team.output / "predictions"
    return parquet.read_table(place / f"{role}.parquet"), json.loads((place / f"{role}.json").read_text())


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    """A team whose two models were trained and scored once; tests may only look."""
    team = found_team(tmp_path_factory.mktemp("fitted"), config=JOBLIB, train=SKLEARN)
    team.replace("train.py", "C=1.0", "C=0.01")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CI", "true")
        run(team)
    return team


def test_both_models_answer_for_every_pinned_row_by_its_id(fitted):
    ids = [line.split(",")[0] for line in (fitted.folder / "data/test.csv").read_text().splitlines()[1:]]
    for role in ("candidate", "champion"):
        table, told = said(fitted, role)

        assert table.column("id").to_pylist() == ids
        assert table.column_names == ["id", "prediction", "score_no", "score_yes"]
        assert set(table.column("prediction").to_pylist()) <= {"yes", "no"}
        assert told["rows"] == 40
        assert told["score_kind"] == "probability"
        assert told["classes"] == ["no", "yes"]
        assert told["columns"] == ["income", "debt"]
        assert told["source"] == "worker"


def test_the_answers_are_what_the_model_itself_says(fitted):
    import joblib

    frame = pd.read_csv(fitted.folder / "data/test.csv")[["income", "debt"]]
    for role in ("candidate", "champion"):
        model = joblib.load(fitted.output / f"models/{role}/model/model.joblib")
        table, told = said(fitted, role)

        np.testing.assert_array_equal(table.column("score_yes").to_numpy(), model.predict_proba(frame)[:, 1])
        assert table.column("prediction").to_pylist() == model.predict(frame).tolist()
        assert (
            told["model"]
            == json.loads((fitted.output / f"models/{role}/model.json").read_text())["model"]["digest"]
        )
    assert said(fitted, "candidate")[0] != said(fitted, "champion")[0]


def test_a_model_that_was_fitted_on_the_target_too_is_told_so(tmp_path):
    fit = 'joblib.dump(model.fit(frame[["income", "debt"]],'
    assert fit in SKLEARN
    whole = SKLEARN.replace(
        fit,
        'frame["default"] = 1 * (frame["default"] == "yes")\njoblib.dump(model.fit(frame.drop(columns="loan"),',
    )
    team = found_team(tmp_path, config=JOBLIB, train=whole)

    with pytest.raises(BadData, match="fitted on a frame that includes the target `default`") as caught:
        run(team)
    assert "`frame.drop(columns='default')`" in caught.value.mend


@pytest.fixture
def team(tmp_path):
    """A team with a `predict` command of its own."""
    team = found_team(tmp_path, config=OWN, train=WORDS)
    team.write("score.py", SCORE)
    git(team.folder, "checkout", "-q", "main")
    team.commit()
    git(team.folder, "checkout", "-q", "-B", "change")
    team.commit("Begin a change")
    return team


def test_an_own_command_answers_for_both_models(team):
    team.write("train.py", WORDS.replace("0.5", "0.2"))
    run(team)
    (candidate, told), (champion, _) = said(team), said(team, "champion")

    assert candidate.column_names == ["id", "prediction", "score"]
    assert candidate.column("score") == champion.column("score")
    assert candidate.column("prediction") != champion.column("prediction")
    assert (told["source"], told["score_kind"]) == ("command", "probability")


def test_each_model_is_asked_by_the_command_of_its_own_side(team):
    team.write("train.py", WORDS.replace("0.5", "0.2"))
    team.write("score.py", SCORE.replace("/ 100", "/ 50"))
    run(team)
    candidate, champion = said(team)[0].column("score"), said(team, "champion")[0].column("score")

    assert candidate.to_pylist() == [min(score * 2, 1) for score in champion.to_pylist()]


def test_a_registered_champion_speaks_for_itself_where_there_is_no_base(team, tmp_path):
    team.replace("ci-mlops.yml", "metrics:", "registry: {uri: 'fake://', stages: [production]}\nmetrics:")
    (team.folder / ".git").rename(tmp_path / "git")
    registry = team.registries["fake://"] = FakeRegistry(tmp_path / "registry", stages=("production",))
    run(team)
    first = said(team)[0]
    model = team.output / "models" / "candidate" / "model" / "model.joblib"
    made = registry.register(
        Registration(
            name="loans", model=model, digest=tree_digest(model), stage="production", tags={}, evidence=()
        )
    )
    registry.move("loans", "production", made.number)
    team.write("train.py", WORDS.replace("0.5", "0.2"))
    run(team)

    assert said(team, "champion")[0] == first
    assert said(team)[0] != first


def test_one_model_says_the_same_on_both_sides(team):
    run(team)

    assert sum("scoring" in line for line in team.said) == 2
    assert said(team)[0] == said(team, "champion")[0]
    assert said(team, "champion")[1]["role"] == "champion"


def test_a_model_that_is_equal_in_bytes_is_asked_again_when_its_code_differs(team):
    # a pickle names its classes, it does not hold them: other code, other answers
    team.write("score.py", SCORE.replace("/ 100", "/ 50"))
    run(team)

    assert sum("scoring" in line for line in team.said) == 2
    assert said(team)[0] != said(team, "champion")[0]


def test_a_change_of_the_scoring_alone_is_seen_though_the_fingerprint_does_not_name_it(team):
    git(team.folder, "checkout", "-q", "main")
    team.replace("ci-mlops.yml", "  model: {path", "  inputs: [train.py]\n  model: {path")
    team.commit()
    git(team.folder, "checkout", "-q", "-B", "change")
    team.write("score.py", SCORE.replace("/ 100", "/ 50"))
    run(team)

    assert said(team)[1]["fingerprint"] == said(team, "champion")[1]["fingerprint"]
    assert said(team)[0] != said(team, "champion")[0]


def test_rows_in_another_order_are_brought_back_by_their_ids(team):
    run(team)
    before = said(team)[0]
    team.write("score.py", SCORE.replace("for line in lines:", "for line in reversed(lines):"))
    predict(team.tools, team.project(), team.output)

    assert said(team)[0] == before


def test_a_command_may_write_parquet_and_a_score_per_class(team):
    team.write(
        "score.py",
        "import sys, pyarrow as pa, pyarrow.csv, pyarrow.parquet\n"
        "ids = pyarrow.csv.read_csv(sys.argv[2], convert_options=pyarrow.csv.ConvertOptions("
        "column_types={'loan': pa.string()}))['loan']\n"
        "share = [0.25] * len(ids)\n"
        "pyarrow.parquet.write_table(pa.table({'id': ids, 'score_yes': share, 'score_no': share}), sys.argv[3])\n",
    )
    team.write("train.py", WORDS.replace("0.5", "0.2"))
    team.commit()
    git(team.folder, "branch", "-f", "main")
    run(team)
    table, told = said(team)

    assert table.column_names == ["id", "score_yes", "score_no"]
    assert told["score_kind"] == "probability"


def test_scores_that_are_no_shares_are_told_as_such(team):
    team.write("score.py", SCORE.replace("/ 100, 1", "* 3, 999"))
    run(team)

    assert said(team)[1]["score_kind"] == "decision"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("for line in lines:", "for line in lines[1:]:", "ids don't match"),
        ("for line in lines:", "for line in [*lines, lines[0]]:", "more than once"),
        ("{line['loan']},", "x{line['loan']},", "ids don't match"),
        ("{line['loan']},", "{int(line['loan'])},", "ids don't match"),
        (",{score}", ",nan", "NaN or infinite for 40 of 40"),
        (",{score}", ",inf", "NaN or infinite for 40 of 40"),
        (",{score}", ",much", "no numbers"),
        ("'yes' if score > limit else 'no'", "'' if score > limit else 'no'", "said nothing"),
        ("id,prediction,score", "id,guess,points", "no column `prediction`"),
        ("id,prediction,score", "key,prediction,score", "4[0-9] rows|ids|`id`"),
    ],
)
def test_answers_that_do_not_fit_the_rows_are_refused(team, old, new, told):
    team.write("score.py", SCORE)
    assert old in SCORE
    team.write("score.py", SCORE.replace(old, new))

    with pytest.raises(BadData, match=told):
        run(team)
    assert not (team.output / "predictions" / "candidate.parquet").exists()


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("raise SystemExit(7)", "exit code 7"),
        ("print('nothing')", "wrote nothing"),
        ("import time; time.sleep(60)", "time limit"),
    ],
)
def test_a_command_that_fails_is_told(team, script, told):
    team.replace("ci-mlops.yml", "time_limit: 20s", "time_limit: 1s")
    team.write("score.py", script)

    with pytest.raises(TrainingFailed, match=told) as caught:
        run(team)
    assert "predict-candidate.log" in caught.value.where


def test_no_model_to_score_is_told_with_what_comes_first(team):
    with pytest.raises(BadData) as caught:
        predict(team.tools, team.project(), team.output)

    assert "ci-mlops train" in caught.value.mend


def test_a_model_that_changed_between_the_jobs_is_refused(team):
    train(team.tools, team.project(), team.output)
    (team.output / "models/candidate/model/model.joblib").write_text("0.9")

    with pytest.raises(BadData, match="when it was trained"):
        predict(team.tools, team.project(), team.output)


def test_a_change_of_the_test_rows_is_judged_on_bases(team):
    write_rows(team.folder / "data" / "test.csv", 5, seed=7)
    team.pin()
    team.commit()
    run(team)

    assert said(team)[0].num_rows == 40
    assert said(team)[0].column("id")[0].as_py().startswith("02")


def test_a_training_that_edits_the_test_rows_gains_nothing(team):
    team.write(
        "train.py", WORDS + "open('data/test.csv', 'w').write('loan,income,debt,default\\n1,1,1,no\\n')\n"
    )
    run(team)

    assert said(team)[0].num_rows == 40


def test_without_an_id_rows_are_known_by_their_number(tmp_path):
    team = model_team(tmp_path, OWN.replace(", id: loan", ""), WORDS)
    nameless = SCORE.replace("id,prediction", "prediction").replace("{line['loan']},", "")
    team.write("score.py", nameless)
    run(team)

    assert said(team)[0].column("id").to_pylist() == [str(number) for number in range(40)]
    team.write("score.py", nameless.replace("for line in lines:", "for line in lines[1:]:"))
    with pytest.raises(BadData, match="1 of the test rows are not in"):
        run(team)


REGRESSION = """\
model: debts
task: regression
data:
  train: data/train.csv
  test: {path: data/test.csv, target: debt, id: loan}
train:
  run: python train.py
  model: {path: model.joblib}
"""


def model_team(tmp_path, config=JOBLIB, train=SKLEARN):
    """A candidate alone: without git nothing is trained twice."""
    team = found_team(tmp_path, config=config, train=train)
    (team.folder / ".git").rename(tmp_path / "git")
    return team


def test_a_regression_says_numbers(tmp_path):
    script = (
        "import pickle, numpy as np, pandas as pd\nfrom sklearn.linear_model import LinearRegression\n"
        "frame = pd.read_csv('data/train.csv')\n"
        "model = LinearRegression().fit(frame[['income']], frame['debt'])\n"
        "pickle.dump(model, open('model.joblib', 'wb'))\n"
    )
    team = model_team(tmp_path, REGRESSION, script)
    run(team)
    table, told = said(team)
    model = pickle.loads((team.output / "models/candidate/model/model.joblib").read_bytes())
    frame = pd.read_csv(team.folder / "data/test.csv")[["income"]]

    assert table.column_names == ["id", "prediction"]
    np.testing.assert_array_equal(table.column("prediction").to_numpy(), model.predict(frame))
    assert told["score_kind"] is None


def test_a_decision_function_speaks_for_the_event_and_is_no_probability(tmp_path):
    config = JOBLIB.replace('positive: "yes"', 'positive: "no"')
    script = (
        "import joblib, pandas as pd\nfrom sklearn.svm import LinearSVC\nframe = pd.read_csv('data/train.csv')\n"
        "joblib.dump(LinearSVC().fit(frame[['income', 'debt']].to_numpy(), frame['default']), 'model.joblib')\n"
    )
    team = model_team(tmp_path, config, script)
    run(team)
    table, told = said(team)
    scores = table.column("score").to_numpy()

    assert told["score_kind"] == "decision"
    assert ((scores > 0) == (np.array(table.column("prediction").to_pylist()) == "no")).all()
    assert told["columns"] == ["income", "debt"]


def test_a_model_of_the_teams_own_classes_finds_them_in_its_own_checkout(tmp_path):
    team = found_team(
        tmp_path,
        config=JOBLIB,
        train="import joblib\nfrom score import Rule\njoblib.dump(Rule(), 'model.joblib')\n",
    )
    # the name is that of a worker of ours: theirs is to be found
    team.write("score.py", "class Rule:\n    def predict(self, rows):\n        return ['yes'] * len(rows)\n")
    git(team.folder, "checkout", "-q", "main")
    team.commit()
    git(team.folder, "checkout", "-q", "-B", "change")
    team.commit("Begin a change")
    team.replace("score.py", "'yes'", "'no'")
    run(team)

    assert set(said(team)[0].column("prediction").to_pylist()) == {"no"}
    assert set(said(team, "champion")[0].column("prediction").to_pylist()) == {"yes"}


HEAD = "import joblib, pickle, numpy as np, pandas as pd\nfrom sklearn.dummy import DummyClassifier\nframe = pd.read_csv('data/train.csv')\n"


@pytest.mark.parametrize(
    ("script", "kind", "told"),
    [
        ("open('model.joblib', 'wb').write(b'no pickle')", TrainingFailed, "can't be loaded"),
        ("open('model.joblib', 'w').close()", TrainingFailed, "can't be loaded"),
        (
            HEAD
            + "joblib.dump(DummyClassifier().fit(frame[['income', 'debt']].rename(columns={'debt': 'debts'}),"
            " frame['default']), 'model.joblib')",
            BadData,
            "lack: debts",
        ),
        (
            HEAD + "from sklearn.tree import DecisionTreeClassifier as T\n"
            "joblib.dump(T().fit(np.zeros((80, 5)), frame['default']), 'model.joblib')",
            BadData,
            "5 columns without names, and the rows have 2",
        ),
        (
            HEAD + "from sklearn.linear_model import LinearRegression as L\n"
            "joblib.dump(L().fit(frame[['income']], frame['debt']), 'model.joblib')",
            BadData,
            "numbers, not classes",
        ),
        ("import joblib; joblib.dump({'a': 1}, 'model.joblib')", TrainingFailed, "`predict` of dict failed"),
    ],
)
def test_a_model_that_can_not_answer_is_told(tmp_path, script, kind, told):
    team = model_team(tmp_path, train=script)

    with pytest.raises(kind, match=told) as caught:
        run(team)
    assert caught.value.mend
    assert not (team.output / "predictions" / "candidate.parquet").exists()


def test_a_folder_with_two_models_is_told_to_name_one(tmp_path):
    script = (
        "import os\nos.makedirs('model', exist_ok=True)\nopen('model/a.pkl', 'w'); open('model/b.pkl', 'w')"
    )
    team = model_team(tmp_path, JOBLIB.replace("model.joblib", "model"), script)

    with pytest.raises(TrainingFailed, match=r"2 models: a\.pkl, b\.pkl"):
        run(team)


SKOPS = JOBLIB.replace("model.joblib", "model.skops")


def test_a_skops_model_of_known_types_is_loaded(tmp_path):
    script = (
        "import pandas as pd, skops.io as sio\nfrom sklearn.tree import DecisionTreeClassifier\n"
        "frame = pd.read_csv('data/train.csv')\n"
        "sio.dump(DecisionTreeClassifier(max_depth=2).fit(frame[['income']], frame['default']), 'model.skops')\n"
    )
    team = model_team(tmp_path, SKOPS, script)
    run(team)

    assert said(team)[0].num_rows == 40
    assert zipfile.is_zipfile(team.output / "models/candidate/model/model.skops")


def test_a_skops_model_that_would_run_a_command_is_refused_unrun(tmp_path):
    script = (
        "import os, skops.io as sio\nfrom sklearn.preprocessing import FunctionTransformer\n"
        "sio.dump(FunctionTransformer(os.system), 'model.skops')\n"
    )
    team = model_team(tmp_path, SKOPS, script)

    with pytest.raises(TrainingFailed, match=r"not trusted: .*system"):
        run(team)


def test_scoring_sees_no_secret(team, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "canary")
    team.write("score.py", "import os\nprint(dict(os.environ))\n" + SCORE)
    run(team)

    log = (team.output / "logs" / "predict-candidate.log").read_text()
    assert "PATH" in log
    assert "canary" not in log


def test_predictions_of_an_earlier_run_do_not_survive_a_failure(team):
    run(team)
    team.write("score.py", "raise SystemExit(1)")
    team.write("train.py", WORDS.replace("0.5", "0.2"))

    with pytest.raises(CiMlopsError):
        run(team)
    assert list((team.output / "predictions").glob("*")) == []

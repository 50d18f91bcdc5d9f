"""`train.model: mlflow`: real scripts that log with MLflow, run unmodified, and what is found of them."""

import pytest

from ci_mlops.errors import TrainingFailed
from ci_mlops.flows.checkout import code_of
from ci_mlops.flows.logged import addresses_of, logged_models, run_count, without_run
from ci_mlops.flows.train import head_checkout, train
from ci_mlops.flows.validate import validate
from tests.flows.loans import CONFIG, found_team

LOGGED = (
    CONFIG.replace("model: {path: model.bin}", "model: mlflow") + "gates: [{metric: accuracy, min: 0.5}]\n"
)
SCRIPT = """\
import warnings
warnings.simplefilter("ignore")
import mlflow, mlflow.sklearn
import pandas as pd
from mlflow.models import infer_signature
from sklearn.linear_model import LogisticRegression

frame = pd.read_csv("data/train.csv")
rows = frame[["income", "debt"]].astype("int32")
mlflow.set_experiment("loans")
with mlflow.start_run(run_name="first"):
    model = LogisticRegression(C=1.0).fit(rows, frame["default"])
    mlflow.log_metric("accuracy", model.score(rows, frame["default"]))
    mlflow.sklearn.log_model(model, name="classifier", signature=infer_signature(rows), pip_requirements=["scikit-learn"])
"""
SECOND = """\
with mlflow.start_run(run_name="second"):
    other = LogisticRegression(C=0.1).fit(rows, frame["default"])
    mlflow.sklearn.log_model(other, name="classifier", pip_requirements=["scikit-learn"])
    mlflow.sklearn.save_model(model, "kept", pip_requirements=["scikit-learn"])
    mlflow.log_artifacts("kept", "by hand")
"""


def team_of(tmp_path, script, config=LOGGED):
    return found_team(tmp_path, config=config, train=script)


def test_the_logged_model_is_found_scored_by_its_signature_and_nothing_stays_in_the_tree(tmp_path):
    team = team_of(tmp_path, SCRIPT)
    team.replace("train.py", "C=1.0", "C=0.5")
    team.commit()
    verdict = validate(team.tools, team.project(base="main"), team.output)
    model = team.output / "models" / "candidate" / "model"

    assert (verdict.verdict, verdict.reason) == ("passed", verdict.reason)
    assert (model / "MLmodel").is_file()
    assert "run_id" not in (model / "MLmodel").read_text()
    assert team.git("status", "--porcelain", "--ignored", "--", ".", ":!.ci-mlops") == ""
    found = {
        (finding.role, finding.detail, finding.names)
        for finding in verdict.findings
        if finding.code == "schema_coerced"
    }
    assert found == {
        ("candidate", "int64 -> int32", ("income", "debt")),
        ("champion", "int64 -> int32", ("income", "debt")),
    }
    assert verdict.measurements[0].candidate > 0.7


def test_an_equal_model_has_an_equal_digest_in_another_run(tmp_path):
    # a file of skops holds times and addresses in memory, so its digest is another in every run
    script = SCRIPT.replace("(model, name=", '(model, serialization_format="cloudpickle", name=')
    team = team_of(tmp_path, script)
    first = train(team.tools, team.project(base="main"), team.output).candidate
    team.write("train.py", script + "# a word more\n")
    second = train(team.tools, team.project(base="main"), team.output).candidate

    assert first.fingerprint != second.fingerprint
    assert first.model.digest == second.model.digest
    assert (second.origin, second.source) == ("trained", "mlflow")


def test_several_models_are_listed_and_one_is_named_by_its_run(tmp_path):
    team = team_of(tmp_path, SCRIPT + SECOND)

    with pytest.raises(TrainingFailed) as caught:
        train(team.tools, team.project(), team.output)
    assert "logged 3 models" in caught.value.what
    for told in (
        "`classifier` of the run `first`",
        "`classifier` of the run `second`",
        "`by hand` of the run `second`",
    ):
        assert told in caught.value.what
    assert "with one of `by hand`, `first`." in caught.value.mend
    assert caught.value.exit_code == 6

    team.replace("ci-mlops.yml", "model: mlflow", "model: {mlflow: {name: first}}")
    team.commit()
    team.git("branch", "-f", "main")
    card = train(team.tools, team.project(base="main"), team.output).candidate
    assert card.source == "mlflow"


@pytest.mark.parametrize(
    ("script", "what", "mend"),
    [
        ("print('trained')\n", "logged no run with MLflow", "model: capture"),
        (
            "import mlflow\nwith mlflow.start_run():\n    mlflow.log_metric('a', 1)\n",
            "logged no model in it with MLflow",
            "log_model",
        ),
        (
            "import mlflow\nmlflow.set_tracking_uri('sqlite:///mlflow.db')\nwith mlflow.start_run():\n    pass\n",
            "logged nothing with us: the code sends MLflow to a store of its own at train.py:2",
            '"MLFLOW_TRACKING_URI" not in os.environ',
        ),
        (
            "import mlflow, sys\nmlflow.set_tracking_uri('http://127.0.0.1:9')\nsys.exit('refused')\n",
            "ended with exit code 1",
            "train.py:2",
        ),
    ],
)
def test_what_logs_no_model_with_us_is_told_with_the_way_out(tmp_path, script, what, mend):
    team = team_of(tmp_path, script)

    with pytest.raises(TrainingFailed) as caught:
        train(team.tools, team.project(), team.output)
    assert what in caught.value.what
    assert mend in caught.value.mend


def test_a_model_that_carries_another_among_its_files_is_one(tmp_path):
    outer = tmp_path / "1" / "models" / "m-1" / "artifacts"
    inner = outer / "artifacts" / "inner"
    inner.mkdir(parents=True)
    for folder in (outer, inner):
        (folder / "MLmodel").write_text("flavors: {}\n")
    (outer.parent / "meta.yaml").write_text("name: outer\nsource_run_id: null\nstatus: 2\n")
    (found,) = logged_models(tmp_path)

    assert (found.name, found.folder) == ("outer", outer)
    assert run_count(tmp_path) == 0


def test_only_lines_of_the_run_are_left_out():
    text = "run_id: a\nflavors:\n  x:\n    run_id: kept\nutc_time_created: 'b'\nsignature:\n  inputs: 'c\n    d'\nmodel_id: e\n"

    assert without_run(text) == "flavors:\n  x:\n    run_id: kept\nsignature:\n  inputs: 'c\n    d'\n"


def test_addresses_are_found_where_they_stand_plainly():
    code = "# mlflow.set_tracking_uri('no')\nmlflow.set_tracking_uri( f'http://{host}')\nset_tracking_uri(uri=\"b\")\nset_tracking_uri(HERE)\n"

    assert list(addresses_of(code)) == [(2, "http://{host}"), (3, "b"), (4, "")]


def test_what_the_script_logged_when_it_was_run_by_hand_is_no_code(tmp_path):
    team = team_of(tmp_path, SCRIPT)
    before = code_of(head_checkout(team.project()))
    team.write("mlruns/0/meta.yaml", "name: Default\n")
    team.write("mlflow.db", "")

    assert code_of(head_checkout(team.project())) == before

"""`train.model: {uri: ...}`: files, folders and versions that somebody made; nothing is trained."""

import shutil
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from ci_mlops.errors import BadConfig, RegistryFailed, TrainingFailed
from ci_mlops.files.digest import tree_digest
from ci_mlops.flows.named_requirements import differing_requirements
from ci_mlops.flows.pin import pin
from ci_mlops.flows.train import train
from ci_mlops.flows.validate import validate
from ci_mlops.records import Version
from tests.fakes.registry import FakeRegistry
from tests.flows.loans import found_team, git

CONFIG = """\
model: loans
task: classification
data:
  test: {path: data/test.csv, target: default, positive: "yes", id: loan}
train:
  model: {uri: models/loans.joblib}
metrics: [accuracy]
gates: [{metric: accuracy, min: 0.5}]
registry: {uri: "https://mlflow.example"}
"""


def fitted(c=1.0):
    frame = pd.DataFrame({"income": np.arange(10, 90), "debt": np.arange(80) % 60})
    return LogisticRegression(C=c).fit(frame, np.where(frame.debt > frame.income * 0.6, "yes", "no"))


def team_of(tmp_path, make, uri="models/loans.joblib"):
    """A team whose main branch has the model already; `make(folder)` writes it."""
    team = found_team(tmp_path)
    team.write("ci-mlops.yml", CONFIG.replace("models/loans.joblib", uri))
    (team.folder / "train.py").unlink()
    (team.folder / "data" / "train.csv").unlink()
    team.write(".gitignore", ".ci-mlops/\n")
    (team.folder / "models").mkdir()
    make(team.folder / "models")
    pin(team.folder / "ci-mlops.yml", team.cache)
    team.commit()
    git(team.folder, "branch", "-f", "main")
    team.registries["https://mlflow.example"] = FakeRegistry(tmp_path / "registry")
    return team


def a_file(folder, c=1.0):
    joblib.dump(fitted(c), folder / "loans.joblib")


def test_a_changed_file_is_judged_against_the_base_branchs_without_training(tmp_path):
    team = team_of(tmp_path, a_file)
    a_file(team.folder / "models", c=1e-4)
    team.commit()
    verdict = validate(team.tools, team.project(base="main"), team.output)

    assert verdict.error is None
    assert verdict.candidate.origin == verdict.champion.origin == "prebuilt"
    assert verdict.candidate.digest == tree_digest(team.folder / "models" / "loans.joblib")
    assert verdict.candidate.digest != verdict.champion.digest
    assert verdict.candidate.fingerprint != verdict.champion.fingerprint
    assert [part.part for part in verdict.changed if part.changed] == ["run"]
    assert team.trainings() == 0


def test_the_same_file_is_no_change(tmp_path):
    team = team_of(tmp_path, a_file)
    verdict = validate(team.tools, team.project(base="main"), team.output)

    assert (verdict.verdict, verdict.exit_code) == ("not_applicable", 0)
    assert "byte for byte" in verdict.reason


def test_an_onnx_file_is_scored(tmp_path):
    asset = Path(__file__).parent.parent / "workers" / "assets" / "tensor.onnx"
    team = team_of(tmp_path, lambda folder: shutil.copy(asset, folder / "loans.onnx"), "models/loans.onnx")
    verdict = validate(team.tools, team.project(base="main"), team.output)

    assert verdict.error is None
    assert {finding.detail for finding in verdict.findings} == {"int64 -> float32"}


def test_an_mlflow_folder_names_what_it_needs_and_the_environment_has_otherwise(tmp_path):
    def folder(models):
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import mlflow.sklearn

            mlflow.sklearn.save_model(
                fitted(),
                models / "loans",
                serialization_format="cloudpickle",
                pip_requirements=["scikit-learn==0.0.1"],
            )

    team = team_of(tmp_path, folder, "models/loans")
    card = train(team.tools, team.project(base="main"), team.output).candidate

    (finding,) = card.findings
    assert (finding.code, finding.names, finding.detail) == (
        "own_environment",
        ("scikit-learn==0.0.1",),
        "differs",
    )


def test_a_version_of_the_registry_is_fetched_as_it_is(tmp_path):
    team = team_of(tmp_path, a_file, "models:/credit/1")
    registry = team.registries["https://mlflow.example"]
    registry.stored["credit"] = [
        Version(name="credit", number="1", digest="", uri=str(team.folder / "models" / "loans.joblib"))
    ]
    card = train(team.tools, team.project(base="main"), team.output).candidate

    assert card.model.digest == tree_digest(team.folder / "models" / "loans.joblib")

    team.replace("ci-mlops.yml", "models:/credit/1", "models:/credit/2")
    with pytest.raises(RegistryFailed, match="no version 2 of credit"):
        train(team.tools, team.project(base="main"), team.output)


def test_a_change_that_names_another_registry_does_not_lead_our_login_there(tmp_path):
    team = team_of(tmp_path, a_file, "models:/credit/1")
    team.replace("ci-mlops.yml", "https://mlflow.example", "https://elsewhere.example")

    with pytest.raises(RegistryFailed) as caught:
        train(team.tools, team.project(base="main"), team.output)
    assert "https://mlflow.example" in caught.value.where


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "there is no models/loans.joblib"),
        ("version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer"),
    ],
)
def test_a_model_that_is_not_there_is_told(tmp_path, content, told):
    team = team_of(tmp_path, a_file)
    (team.folder / "models" / "loans.joblib").unlink()
    if content:
        team.write("models/loans.joblib", content)

    with pytest.raises(TrainingFailed, match=told):
        train(team.tools, team.project(base="main"), team.output)


def test_only_pinned_requirements_that_differ_are_named(tmp_path):
    (tmp_path / "requirements.txt").write_text(
        "mlflow\nNumpy==1.0\nscikit_learn[x] == 2.0 ; python_version>'3'\npandas==3\n"
    )
    installed = ("numpy==2.0", "scikit-learn==2.0")

    assert differing_requirements(tmp_path / "requirements.txt", installed) == ("numpy==1.0", "pandas==3")
    assert differing_requirements(tmp_path / "none.txt", installed) == ()


def test_a_registry_that_base_does_not_name_is_asked_for(tmp_path):
    team = team_of(tmp_path, a_file, "models:/credit/1")
    text = (team.folder / "ci-mlops.yml").read_text()
    team.write("ci-mlops.yml", text.replace('registry: {uri: "https://mlflow.example"}\n', ""))
    team.commit()
    git(team.folder, "branch", "-f", "main")

    with pytest.raises(BadConfig, match="names none"):
        train(team.tools, team.project(base="main"), team.output)

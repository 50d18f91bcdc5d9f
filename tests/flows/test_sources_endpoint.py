"""`train.model: {uri: https://...}`: what an endpoint serves is judged, said to be what may change, and never kept."""

import json

import pytest

from ci_mlops.errors import BadConfig, BadData, TrainingFailed
from ci_mlops.flows.pin import pin
from ci_mlops.flows.predict import predict
from ci_mlops.flows.register import register
from ci_mlops.flows.train import train
from ci_mlops.flows.validate import validate
from ci_mlops.records import Change
from tests.fakes.endpoint import FakeEndpoint, served
from tests.fakes.registry import FakeRegistry
from tests.flows.loans import found_team, git

CONFIG = """\
model: loans
task: classification
data:
  test: {path: data/test.csv, target: default, positive: "yes", id: loan}
train:
  model: {uri: "URI"}
metrics: [accuracy, roc_auc]
gates: [{metric: accuracy, min: 0.5}]
registry: {uri: "https://mlflow.example"}
"""


@pytest.fixture
def endpoint():
    with served(FakeEndpoint()) as fake:
        yield fake


def team_of(tmp_path, endpoint, door="/invocations"):
    team = found_team(tmp_path)
    team.write("ci-mlops.yml", CONFIG.replace("URI", endpoint.url(door)))
    (team.folder / "train.py").unlink()
    (team.folder / "data" / "train.csv").unlink()
    team.write(".gitignore", ".ci-mlops/\n")
    pin(team.folder / "ci-mlops.yml", team.cache)
    team.commit()
    git(team.folder, "branch", "-f", "main")
    team.registries["https://mlflow.example"] = FakeRegistry(tmp_path / "registry")
    return team


@pytest.mark.parametrize(
    ("door", "shape"),
    [("/invocations", "by_class"), ("/invocations", "shares"), ("/v2/models/loans/infer", "both")],
)
def test_an_endpoint_is_judged_and_the_verdict_says_that_it_may_change(tmp_path, endpoint, door, shape):
    endpoint.shape = shape
    team = team_of(tmp_path, endpoint, door)
    team.replace("ci-mlops.yml", door, f"{door}?round=2")
    team.commit()
    verdict = validate(team.tools, team.project(base="main"), team.output)

    assert (verdict.verdict, verdict.error) == ("passed", None)
    assert verdict.candidate.origin == "prebuilt"
    assert {measured.metric: measured.candidate is not None for measured in verdict.measurements} == {
        "accuracy": True,
        "roc_auc": True,
    }
    assert [notice for notice in verdict.notices if "may change after this verdict" in notice]


def test_one_address_on_both_sides_is_no_change_and_no_claim_about_bytes(tmp_path, endpoint):
    team = team_of(tmp_path, endpoint)
    team.replace("ci-mlops.yml", "min: 0.5", "min: 0.6")
    team.commit()
    verdict = validate(team.tools, team.project(base="main"), team.output)

    assert verdict.verdict == "not_applicable"
    assert (
        verdict.reason == "No model change: one address was asked for both, and what it serves was the same."
    )


def test_the_same_address_is_asked_again_and_another_version_is_another_model(tmp_path, endpoint):
    team = team_of(tmp_path, endpoint)
    first = train(team.tools, team.project(base="main"), team.output).candidate
    endpoint.version = "2"
    second = train(team.tools, team.project(base="main"), team.output).candidate

    assert first.fingerprint == second.fingerprint
    assert first.model.digest != second.model.digest
    assert second.origin == "prebuilt"


def test_a_version_that_moves_within_a_run_is_told(tmp_path, endpoint):
    team = team_of(tmp_path, endpoint)
    train(team.tools, team.project(base="main"), team.output)
    endpoint.version = "2"

    with pytest.raises(BadData, match="not what it was when this run began"):
        predict(team.tools, team.project(base="main"), team.output)


def test_only_labels_that_are_missing_for_a_row_are_told(tmp_path, endpoint):
    team = team_of(tmp_path, endpoint)
    train(team.tools, team.project(base="main"), team.output)
    labels = ["yes"] * 39 + [None]
    endpoint.plan = [(200, {}, json.dumps({"predictions": labels}).encode())]

    with pytest.raises(BadData, match=r"said nothing \(NaN\) for 1 of 40 rows"):
        predict(team.tools, team.project(base="main"), team.output)


def test_a_change_that_names_another_host_does_not_get_the_token(tmp_path, endpoint, monkeypatch):
    monkeypatch.setenv("CI_MLOPS_ENDPOINT_TOKEN", "secret")
    team = team_of(tmp_path, endpoint)
    base = team.git("rev-parse", "HEAD")
    with served(FakeEndpoint()) as other:
        team.replace("ci-mlops.yml", str(endpoint.port), str(other.port))
        head = team.commit()
        team.platform.told = Change(
            platform="github", event="pull_request", head=head, base=base, base_ref="main", number=1
        )
        train(team.tools, team.project(), team.output)
        predict(team.tools, team.project(), team.output)

        assert {token for *_, token in endpoint.seen} == {"Bearer secret"}
        assert {token for *_, token in other.seen} == {None}


def test_a_first_report_in_ci_sends_no_token_to_an_address_that_nobody_has_merged(
    tmp_path, endpoint, monkeypatch
):
    monkeypatch.setenv("CI_MLOPS_ENDPOINT_TOKEN", "secret")
    team = team_of(tmp_path, endpoint)
    git(team.folder, "rm", "-q", "--cached", "ci-mlops.yml")
    base = git(team.folder, "commit-tree", git(team.folder, "write-tree"), "-m", "no config")
    head = team.commit()
    team.platform.told = Change(
        platform="github", event="pull_request", head=head, base=base, base_ref="main", number=1
    )
    project = team.project()
    train(team.tools, project, team.output)

    assert project.first_report
    assert {token for *_, token in endpoint.seen} == {None}


def test_an_endpoint_that_is_down_is_told_before_anything_is_scored(tmp_path, endpoint, monkeypatch):
    monkeypatch.setattr("ci_mlops.endpoints.asking.ATTEMPTS", 1)
    team = team_of(tmp_path, endpoint)
    team.replace("ci-mlops.yml", str(endpoint.port), "9")

    with pytest.raises(TrainingFailed, match="can't be reached"):
        train(team.tools, team.project(base="main"), team.output)


def test_an_endpoint_is_not_registered(tmp_path, endpoint):
    team = team_of(tmp_path, endpoint)

    with pytest.raises(BadConfig, match="can't be registered") as caught:
        register(team.tools, team.project(), team.output)
    assert caught.value.exit_code == 2

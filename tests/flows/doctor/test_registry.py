"""The registry: a real MLflow database."""

import pytest

from ci_mlops.errors import RegistryFailed
from ci_mlops.flows.doctor.registry import unproven
from ci_mlops.registries.mlflow import MlflowRegistry
from ci_mlops.registries.scratch import try_writes
from tests.fakes.registry import FakeRegistry
from tests.flows.doctor.patients import one, seen
from tests.flows.rules import found_rules

URI = "sqlite:///mlflow.db"


@pytest.fixture
def team(tmp_path):
    team = found_rules(tmp_path)
    team.replace("ci-mlops.yml", "metrics:", f"registry: {{uri: '{URI}'}}\nmetrics:")
    team.registries = Registries()
    return team


class Registries:
    """As the wiring opens them."""

    def __getitem__(self, uri):
        return MlflowRegistry(uri, ("staging", "production"), environ={})


def made(team):
    uri = f"sqlite:///{team.folder / 'mlflow.db'}"
    try_writes(uri, {})
    return uri


def test_a_database_that_is_not_there_is_not_made_by_looking(team):
    check = one(team, "registry", "registry.reach")

    assert check.status == "warning"
    assert not (team.folder / "mlflow.db").exists()


def test_pointers_are_read(team):
    made(team)
    found = seen(team, "registry")

    assert found["registry.reach"][0].what == (
        "It is reached, and its pointers are read: staging -> none, production -> none."
    )
    assert found["registry.writes"][0].status == "not_tried"


def test_what_register_does_is_tried_on_a_model_that_is_removed_again(team):
    from mlflow import MlflowClient

    uri = made(team)
    check = one(
        team, "registry", "registry.writes", try_writes=True, try_registry=lambda told: try_writes(told, {})
    )

    assert check.status == "ok"
    assert "an alias was set and read, events of its audit trail were added and read in order" in check.what
    assert MlflowClient(tracking_uri=uri, registry_uri=uri).search_registered_models() == []


def test_a_registry_that_refuses_is_told_in_its_words(team):
    made(team)

    def refuse(uri):
        raise RegistryFailed("The registry does not let us do that (403)", mend="Give the right.")

    check = one(team, "registry", "registry.writes", try_writes=True, try_registry=refuse)

    assert (check.status, check.exit_code, check.mend) == ("problem", 5, "Give the right.")


def test_a_file_that_is_no_database_is_told(team):
    (team.folder / "mlflow.db").write_text("no database at all")
    check = one(team, "registry", "registry.reach")

    assert (check.status, check.exit_code) == ("problem", 5)


def test_a_database_on_a_hosted_runner_is_a_problem_before_anything_is_lost(team):
    step = "steps: [{uses: ci-mlops/ci-mlops@v1}]"
    team.write(".github/workflows/gate.yml", f"on: push\njobs: {{a: {{runs-on: ubuntu-latest, {step}}}}}\n")
    check = one(team, "registry", "registry.place")

    assert (check.status, check.exit_code) == ("problem", 5)
    assert "jobs.a" in check.where
    team.write(".github/workflows/gate.yml", f"on: push\njobs: {{a: {{runs-on: self-hosted, {step}}}}}\n")
    assert "registry.place" not in seen(team, "registry")


def test_no_registry_is_in_order(tmp_path):
    assert one(found_rules(tmp_path), "registry", "registry").status == "ok"


@pytest.mark.parametrize(
    ("uri", "kind"),
    [
        ("databricks", "Databricks"),
        ("databricks-uc://profile", "Databricks"),
        ("https://dbc-1.cloud.databricks.com", "Databricks"),
        ("azureml://westeurope.api.azureml.ms/mlflow/v1.0/x", "Azure ML"),
        ("https://westeurope.api.azureml.ms/mlflow/v1.0/x", "Azure ML"),
        ("postgresql://mlflow.example/registry", "a registry by `postgresql:`"),
        ("https://mlflow.example", ""),
        ("sqlite:////srv/mlflow.db", ""),
    ],
)
def test_what_nobody_has_tried_is_called_unproven(uri, kind):
    assert unproven(uri) == kind


def test_an_unproven_registry_is_told_with_how_to_try_it(team):
    team.replace("ci-mlops.yml", URI, "databricks")
    team.registries = {"databricks": FakeRegistry(team.folder / "kept")}

    check = one(team, "registry", "registry.unproven")

    assert (check.status, check.what) == (
        "warning",
        "It is Databricks, with which ci-mlops was never tried: unproven.",
    )
    assert "--try-writes" in check.mend

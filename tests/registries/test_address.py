from pathlib import Path

import pytest

from ci_mlops.errors import BadConfig, RegistryFailed
from ci_mlops.files.digest import tree_digest
from ci_mlops.records import Registration
from ci_mlops.registries.address import on_hosted_runner, read_address
from ci_mlops.registries.mlflow import MlflowRegistry

HOSTED = {"RUNNER_ENVIRONMENT": "github-hosted"}


def test_a_relative_database_lies_beside_the_config_wherever_the_command_is_started(tmp_path: Path) -> None:
    address = read_address("sqlite:///mlflow.db", tmp_path)

    assert (address.kind, address.path) == ("sqlite", tmp_path / "mlflow.db")
    assert address.uri == f"sqlite:///{tmp_path}/mlflow.db"


@pytest.mark.parametrize(
    ("uri", "kind"),
    [
        ("https://mlflow.example/base/", "server"),
        ("http://127.0.0.1:5000", "server"),
        ("sqlite:////srv/mlflow.db", "sqlite"),
        ("databricks", "other"),
        ("databricks-uc://profile", "other"),
        ("azureml://westeurope.api.azureml.ms/x", "other"),
        ("postgresql://host/db", "other"),
    ],
)
def test_an_address_is_known_by_its_scheme(uri: str, kind: str, tmp_path: Path) -> None:
    assert read_address(uri, tmp_path).kind == kind


@pytest.mark.parametrize(
    "uri", ["", "  ", "sqlite://", "sqlite:///", "sqlite:///:memory:", "http://", "http://host:port"]
)
def test_an_address_that_names_nothing_is_refused_with_a_mend(uri: str, tmp_path: Path) -> None:
    with pytest.raises(RegistryFailed) as caught:
        read_address(uri, tmp_path)

    assert caught.value.exit_code == 5
    assert caught.value.mend


def test_a_password_in_an_address_is_not_shown(tmp_path: Path) -> None:
    for uri in ("postgresql://robot:secret@host/db", "https://robot:secret@mlflow.example"):
        assert "secret" not in read_address(uri, tmp_path).shown


def test_no_address_makes_no_database_in_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(RegistryFailed):
        MlflowRegistry("", ("staging",))

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("environ", "hosted"),
    [
        ({}, False),
        (HOSTED, True),
        ({"RUNNER_ENVIRONMENT": "self-hosted"}, False),
        ({"TF_BUILD": "True", "AGENT_ISSELFHOSTED": "0"}, True),
        ({"TF_BUILD": "True", "AGENT_ISSELFHOSTED": "1"}, False),
        ({"TF_BUILD": "True", "AGENT_CLOUDID": "a-guid"}, True),
        ({"TF_BUILD": "True", "AGENT_CLOUDID": ""}, False),
        ({"AGENT_ISSELFHOSTED": "0"}, False),
    ],
)
def test_a_hosted_runner_is_told_by_its_platform(environ: dict[str, str], hosted: bool) -> None:
    assert on_hosted_runner(environ) is hosted


@pytest.mark.parametrize("uri", ["file:///srv/mlruns", "mlruns", "./mlruns", "file:mlruns"])
def test_a_folder_of_files_is_refused_for_a_database_in_it(uri: str, tmp_path: Path) -> None:
    with pytest.raises(RegistryFailed, match="half a version") as caught:
        read_address(uri, tmp_path)

    assert "sqlite:///" in caught.value.mend


@pytest.mark.parametrize("uri", ["sqlite:///mlflow.db", "sqlite:////srv/nobody/mlflow.db"])
def test_registering_on_a_hosted_runners_disk_is_refused_with_the_ways_out(uri: str, tmp_path: Path) -> None:
    model = tmp_path / "model.pkl"
    model.write_bytes(b"judged")
    registry = MlflowRegistry(uri, ("staging",), environ=HOSTED, folder=tmp_path)

    with pytest.raises(RegistryFailed) as caught:
        registry.register(
            Registration(name="m", model=model, digest=tree_digest(model), stage=None, tags={}, evidence=())
        )

    assert caught.value.exit_code == 5
    assert "https://" in caught.value.mend
    assert [path.name for path in tmp_path.iterdir()] == ["model.pkl"]


def test_an_empty_registry_on_a_hosted_runner_is_no_first_model(tmp_path: Path) -> None:
    registry = MlflowRegistry("sqlite:///mlflow.db", ("staging",), environ=HOSTED, folder=tmp_path)

    with pytest.raises(RegistryFailed, match="thrown away"):
        registry.pointer("m", "staging")


def test_a_database_that_is_there_can_be_read_on_a_hosted_runner(sqlite_registry_uri: str) -> None:
    registry = MlflowRegistry(sqlite_registry_uri, ("staging",), environ=HOSTED)

    assert registry.pointer("m", "staging") is None


def test_reading_where_nothing_was_registered_makes_no_database(tmp_path: Path) -> None:
    registry = MlflowRegistry("sqlite:///mlflow.db", ("staging",), environ={}, folder=tmp_path)

    assert registry.versions("m") == []
    assert registry.pointer("m", "staging") is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("stage", ["latest", "v3", "V12", "a/b", "a b", "", "a.b"])
def test_a_stage_that_mlflow_takes_for_something_else_is_refused(stage: str) -> None:
    with pytest.raises(BadConfig, match="can't be a stage"):
        MlflowRegistry("http://127.0.0.1:1", (stage,))

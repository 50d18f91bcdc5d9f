import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from ci_mlops.errors import RegistryFailed
from ci_mlops.files.digest import tree_digest
from ci_mlops.records import Registration
from ci_mlops.registries import writer
from ci_mlops.registries.address import read_address
from ci_mlops.registries.client import open_client
from ci_mlops.registries.mlflow import MlflowRegistry


@pytest.fixture
def decided(tmp_path: Path) -> Registration:
    model = tmp_path / "judged" / "model.pkl"
    model.parent.mkdir()
    model.write_bytes(b"judged")
    (tmp_path / "verdict.json").write_text("{}\n")
    (tmp_path / "report.md").write_text("# passed\n")
    return Registration(
        name=f"m-{uuid4().hex[:8]}",
        model=model,
        digest=tree_digest(model),
        stage="staging",
        tags={"ci_mlops.verdict_digest": "sha256:v"},
        evidence=(tmp_path / "verdict.json", tmp_path / "report.md"),
        metrics={"recall": 0.75, "champion.recall": 0.5},
    )


@pytest.fixture(params=["mlflow_server", "sqlite_registry_uri"])
def uri(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder that the command is started in; nothing may be left there."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    yield folder
    assert list(folder.iterdir()) == []


def client_of(uri: str) -> Any:
    return open_client(read_address(uri, Path("/")))


def test_evidence_and_metrics_lie_beside_the_model(uri: str, decided: Registration, elsewhere: Path) -> None:
    version = MlflowRegistry(uri, ("staging",), environ={}).register(decided)

    client = client_of(uri)
    run = version.uri.removeprefix("runs:/").partition("/")[0]
    found = client.get_run(run)
    assert {entry.path for entry in client.list_artifacts(run)} == {"model", "evidence"}
    names = {entry.path for entry in client.list_artifacts(run, "evidence")}
    assert names == {"evidence/verdict.json", "evidence/report.md"}
    assert found.data.metrics == decided.metrics
    assert found.info.status == "FINISHED"


def test_a_run_that_a_killed_job_left_behind_is_taken_up_again(
    uri: str, decided: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def kill(*_: object) -> None:
        raise Killed

    registry = MlflowRegistry(uri, ("staging",), environ={})
    with monkeypatch.context() as patched:
        patched.setattr(writer, "_model", kill)
        with pytest.raises(Killed):
            registry.register(decided)
    before = registry.versions(decided.name)

    registry.register(decided)

    client = client_of(uri)
    experiment = client.get_experiment_by_name(f"ci-mlops/{decided.name}")
    assert before == []
    assert len(registry.versions(decided.name)) == 1
    assert len(client.search_runs([experiment.experiment_id])) == 1


def test_a_version_that_was_made_twice_by_a_lost_answer_is_one_again(uri: str, decided: Registration) -> None:
    registry = MlflowRegistry(uri, ("staging",), environ={})
    first = registry.register(decided)
    client_of(uri).create_model_version(
        decided.name, first.uri, first.uri.removeprefix("runs:/").partition("/")[0], tags=dict(first.tags)
    )
    assert len(registry.versions(decided.name)) == 2

    again = registry.register(decided)

    assert again.number == "1"
    assert [version.number for version in registry.versions(decided.name)] == ["1"]


def test_files_that_were_changed_in_the_registry_are_not_given_out(
    sqlite_registry_uri: str, decided: Registration, tmp_path: Path
) -> None:
    registry = MlflowRegistry(sqlite_registry_uri, ("staging",), environ={})
    version = registry.register(decided)
    (kept,) = Path(sqlite_registry_uri.removeprefix("sqlite:///")).parent.rglob("model.pkl")
    kept.write_bytes(b"another")

    with pytest.raises(RegistryFailed, match="is not what was judged"):
        registry.fetch(version, tmp_path / "into")

    assert list((tmp_path / "into").iterdir()) == []


def test_a_new_database_is_made_with_its_artifacts_beside_it(
    tmp_path: Path, decided: Registration, elsewhere: Path
) -> None:
    registry = MlflowRegistry("sqlite:///new/mlflow.db", ("staging",), environ={}, folder=tmp_path)

    version = registry.register(decided)
    registry.move(decided.name, "staging", version.number)

    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["mlartifacts", "mlflow.db"]
    assert registry.fetch(version, tmp_path / "into").read_bytes() == b"judged"


def test_a_deleted_experiment_is_told_with_its_ways_out(
    sqlite_registry_uri: str, decided: Registration
) -> None:
    client = client_of(sqlite_registry_uri)
    client.delete_experiment(client.create_experiment(f"ci-mlops/{decided.name}"))
    registry = MlflowRegistry(sqlite_registry_uri, ("staging",), environ={})

    with pytest.raises(RegistryFailed, match="was deleted") as caught:
        registry.register(decided)

    assert "MLFLOW_EXPERIMENT_NAME" in caught.value.mend
    assert registry.versions(decided.name) == []


def test_another_experiment_can_be_named(sqlite_registry_uri: str, decided: Registration) -> None:
    environ = {"MLFLOW_EXPERIMENT_NAME": "/Shared/ci"}

    MlflowRegistry(sqlite_registry_uri, ("staging",), environ=environ).register(decided)

    assert client_of(sqlite_registry_uri).get_experiment_by_name("/Shared/ci") is not None


@pytest.mark.parametrize("name", ["a#b.pkl", "100%.pkl", "what?.pkl", "two\nlines.pkl"])
def test_a_file_name_that_mlflow_would_lose_is_refused_before_anything_is_written(
    name: str, tmp_path: Path, decided: Registration
) -> None:
    model = tmp_path / name
    model.write_bytes(b"judged")
    registry = MlflowRegistry("sqlite:///new/mlflow.db", ("staging",), environ={}, folder=tmp_path)

    with pytest.raises(RegistryFailed, match="can't keep a file of this name"):
        registry.register(replace(decided, model=model, digest=tree_digest(model)))

    assert not (tmp_path / "new").exists()


def test_a_plugin_that_is_not_installed_is_told_as_such(tmp_path: Path) -> None:
    registry = MlflowRegistry(
        "azureml://westeurope.api.azureml.ms/x", ("staging",), environ={}, folder=tmp_path
    )

    with pytest.raises(RegistryFailed) as caught:
        registry.pointer("m", "staging")

    assert caught.value.exit_code == 5
    assert caught.value.mend


def test_a_server_that_keeps_artifacts_elsewhere_is_read_through_mlflows_client(
    mlflow_server: str, decided: Registration, tmp_path: Path
) -> None:
    experiment = f"elsewhere-{uuid4().hex[:8]}"
    client_of(mlflow_server).create_experiment(experiment, (tmp_path / "shared disk").as_uri())
    registry = MlflowRegistry(mlflow_server, ("staging",), environ={"MLFLOW_EXPERIMENT_NAME": experiment})

    version = registry.register(decided)

    assert len(list((tmp_path / "shared disk").rglob("model.pkl"))) == 1
    assert registry.fetch(version, tmp_path / "into").read_bytes() == b"judged"


def test_another_tracking_uri_in_the_environment_leads_nothing_astray(
    uri: str, decided: Registration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/astray.db")
    monkeypatch.setenv("MLFLOW_REGISTRY_URI", f"sqlite:///{tmp_path}/astray.db")
    registry = MlflowRegistry(uri, ("staging",), environ={})

    version = registry.register(decided)
    registry.move(decided.name, "staging", version.number)

    assert registry.fetch(version, tmp_path / "into").read_bytes() == b"judged"
    assert not (tmp_path / "astray.db").exists()


def test_a_file_that_is_no_database_is_told_as_such_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_text("id,label\n" * 1000)
    registry = MlflowRegistry("sqlite:///mlflow.db", ("staging",), environ={}, folder=tmp_path)

    with pytest.raises(RegistryFailed, match="is no SQLite file") as caught:
        registry.pointer("m", "staging")

    assert caught.value.exit_code == 5
    assert (tmp_path / "mlflow.db").read_text() == "id,label\n" * 1000


def test_a_folder_in_the_databases_place_is_told_as_such(decided: Registration, tmp_path: Path) -> None:
    place = tmp_path / "a-folder.db"
    place.mkdir()

    with pytest.raises(RegistryFailed, match="can't be read"):
        MlflowRegistry(f"sqlite:///{place}", ("staging",), environ={}).register(decided)


def test_a_database_of_something_else_is_told_as_such(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as other:
        other.execute("CREATE TABLE experiments (odd INTEGER)")
        other.commit()
    registry = MlflowRegistry("sqlite:///mlflow.db", ("staging",), environ={}, folder=tmp_path)

    with pytest.raises(RegistryFailed) as caught:
        registry.pointer("m", "staging")

    assert caught.value.exit_code == 5

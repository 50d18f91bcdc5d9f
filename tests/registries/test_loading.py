import json
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ci_mlops.files.digest import tree_digest
from ci_mlops.records import Registration
from ci_mlops.registries import model_loader
from ci_mlops.registries.mlflow import MlflowRegistry
from ci_mlops.registries.mlmodel import write_model_folder
from ci_mlops.workers import score


@dataclass
class Fitted:
    model: Any
    rows: Any


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    from sklearn.datasets import load_breast_cancer
    from sklearn.ensemble import RandomForestClassifier

    rows, labels = load_breast_cancer(return_X_y=True, as_frame=True)
    return Fitted(RandomForestClassifier(n_estimators=5, random_state=0).fit(rows, labels), rows)


@pytest.fixture
def mlflow(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    import mlflow

    before = mlflow.get_tracking_uri(), mlflow.get_registry_uri()
    yield mlflow
    mlflow.set_tracking_uri(before[0])
    mlflow.set_registry_uri(before[1])


def registration(model: Path, **changes: Any) -> Registration:
    return Registration(
        name="tumours",
        model=model,
        digest=tree_digest(model),
        stage="staging",
        tags={},
        evidence=(),
        **changes,
    )


# MLflow and its parts warn of their own next releases while they load
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
@pytest.mark.parametrize("store", ["mlflow_server", "sqlite_registry_uri"])
def test_mlflow_loads_the_model_by_its_stage_and_predicts_the_same(
    store: str, request: pytest.FixtureRequest, tmp_path: Path, fitted: Fitted, mlflow: ModuleType
) -> None:
    import joblib
    import sklearn

    model = tmp_path / "model.joblib"
    joblib.dump(fitted.model, model)
    uri = request.getfixturevalue(store)
    registry = MlflowRegistry(uri, ("staging",), environ={})
    decided = registration(model, requirements=(f"scikit-learn=={sklearn.__version__}",), python="3.11.7")
    version = registry.register(decided)
    registry.move("tumours", "staging", version.number)

    mlflow.set_tracking_uri(uri)
    mlflow.set_registry_uri(uri)
    loaded = mlflow.pyfunc.load_model("models:/tumours@staging")

    assert (loaded.predict(fitted.rows) == fitted.model.predict(fitted.rows)).all()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_mlflow_loads_a_registered_onnx_file(
    sqlite_registry_uri: str, tmp_path: Path, mlflow: ModuleType
) -> None:
    import pandas as pd

    asset = Path(__file__).parent.parent / "workers" / "assets" / "tensor.onnx"
    MlflowRegistry(sqlite_registry_uri, ("staging",), environ={}).register(registration(asset))
    mlflow.set_tracking_uri(sqlite_registry_uri)
    mlflow.set_registry_uri(sqlite_registry_uri)
    loaded = mlflow.pyfunc.load_model("models:/tumours/1")

    assert list(loaded.predict(pd.DataFrame({"age": [20, 60], "debt": [1.0, 9.0]}))) == ["no", "yes"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_mlflow_loads_a_registered_captured_model_with_what_prepares_its_rows(
    sqlite_registry_uri: str, tmp_path: Path, mlflow: ModuleType
) -> None:
    import json

    import numpy as np
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    folder = tmp_path / "captured"
    folder.mkdir()
    frame = pd.DataFrame({"age": [20.0, 60.0, 30.0, 50.0], "debt": [1.0, 9.0, 2.0, 8.0]})
    fitted = LogisticRegression().fit(frame[["debt", "age"]], [0, 1, 0, 1])
    (folder / "model.pkl").write_bytes(pickle.dumps(fitted))
    np.save(folder / "rows.npy", np.zeros(0, dtype=np.uint64))
    x = {"as": "frame", "inputs": [[0, 0], [0, 1]], "names": ["debt", "age"]}
    told = {"recipe": {"columns": ["debt", "age"], "steps": [], "x": x}}
    (folder / "capture.json").write_text(json.dumps(told))
    MlflowRegistry(sqlite_registry_uri, ("staging",), environ={}).register(registration(folder))
    mlflow.set_tracking_uri(sqlite_registry_uri)
    mlflow.set_registry_uri(sqlite_registry_uri)
    loaded = mlflow.pyfunc.load_model("models:/tumours/1")

    assert list(loaded.predict(frame)) == [0, 1, 0, 1]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
@pytest.mark.parametrize("store", ["mlflow_server", "sqlite_registry_uri"])
def test_a_version_that_somebody_else_registered_is_downloaded_as_it_is(
    store: str, request: pytest.FixtureRequest, tmp_path: Path, fitted: Fitted, mlflow: ModuleType
) -> None:
    uri = request.getfixturevalue(store)
    mlflow.set_tracking_uri(uri)
    mlflow.set_registry_uri(uri)
    mlflow.set_experiment(experiment_id=mlflow.create_experiment("theirs", (tmp_path / "kept").as_uri()))
    mlflow.sklearn.log_model(
        fitted.model,
        name="model",
        serialization_format="pickle",
        pip_requirements=["scikit-learn"],
        registered_model_name="theirs",
    )
    registry = MlflowRegistry(uri, ("staging",), environ={})
    (version,) = registry.versions("theirs")
    place = registry.download(version, tmp_path / "into")
    logged = next((tmp_path / "kept").rglob("MLmodel")).parent

    assert version.digest == ""
    assert tree_digest(place) == tree_digest(logged)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_a_folder_that_is_an_mlflow_model_keeps_its_own_mlmodel(
    sqlite_registry_uri: str, tmp_path: Path, fitted: Fitted, mlflow: ModuleType
) -> None:
    model = tmp_path / "written"
    mlflow.sklearn.save_model(
        fitted.model, model, serialization_format="pickle", pip_requirements=["scikit-learn"]
    )
    registry = MlflowRegistry(sqlite_registry_uri, ("staging",), environ={})

    version = registry.register(registration(model))
    fetched = registry.fetch(version, tmp_path / "into")
    mlflow.set_tracking_uri(sqlite_registry_uri)
    mlflow.set_registry_uri(sqlite_registry_uri)
    loaded = mlflow.sklearn.load_model("models:/tumours/1")

    assert (fetched / "MLmodel").read_bytes() == (model / "MLmodel").read_bytes()
    assert (loaded.predict(fitted.rows) == fitted.model.predict(fitted.rows)).all()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.parametrize("suffix", [".joblib", ".pkl", ".pickle", ".skops"])
def test_the_loader_reads_what_scikit_learn_users_write(suffix: str, tmp_path: Path, fitted: Fitted) -> None:
    import joblib
    import skops.io

    file = tmp_path / "out" / f"model{suffix}"
    file.parent.mkdir()
    if suffix == ".joblib":
        joblib.dump(fitted.model, file)
    elif suffix == ".skops":
        skops.io.dump(fitted.model, file)
    else:
        file.write_bytes(pickle.dumps(fitted.model))

    loaded = model_loader._load_pyfunc(str(file.parent))

    assert (loaded.predict(fitted.rows) == fitted.model.predict(fitted.rows)).all()


@pytest.mark.parametrize("name", ["tensor", "zipmap", "columns", "mixed", "regression"])
def test_the_loader_asks_an_onnx_file_as_it_was_judged(name: str, tmp_path: Path) -> None:
    import pandas as pd

    from tests.workers.asking import FRAME, ask

    file = Path(__file__).parent.parent / "workers" / "assets" / f"{name}.onnx"
    frame = FRAME.assign(**{"home town": ["a", "b", "a", "b", "b", "a"]}) if name == "mixed" else FRAME
    task = "regression" if name == "regression" else "classification"
    _, judged = ask(tmp_path, file, frame, task=task)
    served = model_loader._load_pyfunc(str(file)).predict(pd.DataFrame(frame.drop(columns="id")))

    assert list(served) == list(judged["predictions"])


def test_the_loader_takes_the_file_called_model_where_there_are_several(tmp_path: Path) -> None:
    for name in ("encoder.pkl", "model.pkl", "notes.txt"):
        (tmp_path / name).write_bytes(pickle.dumps(name))

    assert model_loader._load_pyfunc(str(tmp_path)) == "model.pkl"


def test_the_loader_says_what_it_found_where_it_can_not_choose(tmp_path: Path) -> None:
    for name in ("a.pkl", "b.joblib"):
        (tmp_path / name).write_bytes(b"")

    with pytest.raises(RuntimeError, match=r"found: a\.pkl, b\.joblib"):
        model_loader.find_model(tmp_path)


def test_a_file_that_no_loader_knows_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "model.h5"
    file.write_bytes(b"")

    with pytest.raises(RuntimeError, match=r"model\.h5 is none of"):
        model_loader._load_pyfunc(str(file))


def test_skops_types_from_outside_scientific_python_are_refused(tmp_path: Path) -> None:
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    file = tmp_path / "model.skops"
    skops.io.dump({"path": Fitted(None, None)}, file)

    with pytest.raises(UntrustedTypesFoundException, match="Fitted"):
        model_loader.load(file)


@pytest.mark.parametrize("place", [model_loader, score.sibling("estimators")], ids=["served", "judged"])
def test_a_skops_file_is_trusted_alike_where_it_is_judged_and_where_it_is_served(place: ModuleType) -> None:
    call = import_module("scipy").LowLevelCallable

    assert (place.TRUSTED, place.UNTRUSTED) == (model_loader.TRUSTED, model_loader.UNTRUSTED)
    assert place.trusts("lightgbm.sklearn.LGBMClassifier")
    assert place.trusts("xgboost.sklearn.XGBClassifier")
    assert place.trusts("numpy.float64")
    assert not place.trusts("numpy.testing._private.utils.runstring")
    assert not place.trusts(f"{call.__module__}.{call.__qualname__}")
    assert not place.trusts("os.system")
    assert not place.trusts("sklearnish.Thing")


def test_a_skops_file_that_wants_to_run_text_is_refused_where_it_is_served(tmp_path: Path) -> None:
    import skops.io
    from numpy.testing import runstring
    from skops.io.exceptions import UntrustedTypesFoundException

    file = tmp_path / "model.skops"
    skops.io.dump({"run": runstring}, file)

    with pytest.raises(UntrustedTypesFoundException, match=r"numpy\.testing"):
        model_loader.load(file)


def test_the_mlmodel_is_yaml_whatever_the_file_is_called(tmp_path: Path) -> None:
    import yaml

    model = tmp_path / """it's "fine": {no}.pkl"""
    model.write_bytes(b"judged")

    folder = write_model_folder(
        registration(model, python="3.12.1", requirements=("a==1", "b==2")), tmp_path / "out"
    )

    written = yaml.safe_load((folder.path / "MLmodel").read_text())
    flavour = written["flavors"]["python_function"]
    assert (folder.path / flavour["data"]).read_bytes() == b"judged"
    assert flavour["python_version"] == "3.12.1"
    assert yaml.safe_load((folder.path / "python_env.yaml").read_text())["python"] == "3.12.1"
    assert (folder.path / "requirements.txt").read_text() == "a==1\nb==2\n"
    assert json.dumps(written["metadata"]["ci_mlops.digest"]).count("sha256:") == 1

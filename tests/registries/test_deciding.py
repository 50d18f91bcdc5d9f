"""A registered model decides where it is served from the score on that it was judged to decide from."""

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from ci_mlops.files.digest import tree_digest
from ci_mlops.records import Registration
from ci_mlops.registries import model_loader
from ci_mlops.registries.mlmodel import write_model_folder

ROWS = pd.DataFrame({"age": np.arange(20.0, 80.0), "debt": np.arange(60) % 7.0})
TRUTH = (np.arange(60) + 5 * (np.arange(60) % 3) > 40).astype(int)
WORDS = np.where(TRUTH == 1, "yes", "no")


def stored(folder: Path, model: Any, **tags: str) -> Path:
    """The folder that MLflow gets; `model`: to be pickled, or a file or folder."""
    if not isinstance(model, Path):
        file = folder / "model.pkl"
        file.write_bytes(pickle.dumps(model))
        model = file
    named = {f"ci_mlops.{name}": value for name, value in tags.items()}
    registration = Registration(
        name="loans", model=model, digest=tree_digest(model), stage=None, tags=named, evidence=()
    )
    into = folder / "stored"
    into.mkdir()
    return write_model_folder(registration, into).path / "data" / model.name


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_mlflow_serves_a_model_with_its_threshold(tmp_path: Path) -> None:
    import mlflow

    fitted = LogisticRegression().fit(ROWS, WORDS)
    place = stored(tmp_path, fitted, threshold="0.2", positive="yes").parent.parent
    served = mlflow.pyfunc.load_model(str(place)).predict(ROWS)

    assert served.tolist() == np.where(fitted.predict_proba(ROWS)[:, 1] >= 0.2, "yes", "no").tolist()
    assert (served == "yes").sum() > (fitted.predict(ROWS) == "yes").sum()


def test_a_score_of_the_first_class_and_one_that_is_no_probability_are_read_as_they_were_judged(
    tmp_path: Path,
) -> None:
    fitted = LinearSVC().fit(ROWS, WORDS)
    served = model_loader._load_pyfunc(str(stored(tmp_path, fitted, threshold="0.3", positive="no")))

    assert (
        served.predict(ROWS).tolist()
        == np.where(-fitted.decision_function(ROWS) >= 0.3, "no", "yes").tolist()
    )


@pytest.mark.parametrize("coding", [None, {"do": "codes", "pairs": [["0", "no"], ["1", "yes"]]}])
def test_a_captured_model_prepares_its_rows_and_answers_in_its_own_codes(tmp_path: Path, coding: Any) -> None:
    folder = tmp_path / "captured"
    folder.mkdir()
    fitted = LogisticRegression().fit(ROWS[["debt", "age"]], TRUTH)
    (folder / "model.pkl").write_bytes(pickle.dumps(fitted))
    np.save(folder / "rows.npy", np.zeros(0, dtype=np.uint64))
    x = {"as": "frame", "inputs": [[0, 0], [0, 1]], "names": ["debt", "age"]}
    told = {"recipe": {"columns": ["debt", "age"], "steps": [], "x": x}, "coding": coding}
    (folder / "capture.json").write_text(json.dumps(told))
    positive = "yes" if coding else "1"
    served = model_loader._load_pyfunc(str(stored(tmp_path, folder, threshold="0.7", positive=positive)))

    assert served.predict(ROWS).tolist() == [
        int(score >= 0.7) for score in fitted.predict_proba(ROWS[["debt", "age"]])[:, 1]
    ]


def test_a_model_without_a_threshold_is_stored_and_decides_as_before(tmp_path: Path) -> None:
    place = stored(tmp_path, LogisticRegression().fit(ROWS, WORDS))

    assert isinstance(model_loader._load_pyfunc(str(place)), LogisticRegression)
    assert sorted(file.name for file in (place.parent.parent / "code").iterdir()) == ["ci_mlops_loader.py"]


@pytest.mark.parametrize(
    ("positive", "why"),
    [("maybe", "none of its classes is maybe: no, yes"), ("yes", "no scores of two classes")],
)
def test_what_can_not_be_decided_so_is_warned_of(tmp_path: Path, positive: str, why: str) -> None:
    onnx = Path(__file__).parent.parent / "workers" / "assets" / "tensor.onnx"
    model = onnx if positive == "yes" else LogisticRegression().fit(ROWS, WORDS)

    with pytest.warns(UserWarning, match=f"judged to decide from a score of 0.2 on, .*: .*{why}"):
        model_loader._load_pyfunc(str(stored(tmp_path, model, threshold="0.2", positive=positive)))

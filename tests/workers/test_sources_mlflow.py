"""Folders of MLflow, asked by the worker."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from tests.workers.asking import FRAME, TRUE, ask


def saved(folder, model, frame, **options):
    import mlflow.sklearn
    from mlflow.models import infer_signature

    place = folder / "model"
    options.setdefault("signature", infer_signature(frame))
    mlflow.sklearn.save_model(
        model,
        place,
        serialization_format="cloudpickle",
        pip_requirements=["scikit-learn"],
        **options,
    )
    return place


@pytest.fixture(autouse=True)
def mlflows_own_warnings():
    """MLflow warns of integers in signatures, and of pickles: here both are meant."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def test_an_old_signatures_short_integers_are_cast_and_told(tmp_path):
    short = FRAME[["debt", "age"]].astype({"age": "int32", "debt": "float32"})
    model = LogisticRegression().fit(short, TRUE)
    answer, arrays = ask(tmp_path, saved(tmp_path, model, short))

    assert answer["columns"] == ["debt", "age"]
    assert answer["coerced"] == {"age": "int64 -> int32", "debt": "float64 -> float32"}
    assert answer["classes"] == ["0", "1"]
    np.testing.assert_array_equal(arrays["scores"], model.predict_proba(short))


def test_a_cast_that_would_change_a_value_is_refused_with_column_and_rows(tmp_path):
    short = FRAME[["age", "debt"]].astype({"age": "int32"})
    model = saved(tmp_path, LogisticRegression().fit(short, TRUE), short)
    wide = FRAME.assign(age=[20, 31, 2**40, 28, 2**41, 19])
    answer, _ = ask(tmp_path, model, wide)

    assert answer["kind"] == "data"
    assert "Column `age` is int64 and the model takes int32: 2 of 6 rows" in answer["what"]
    assert "row 3" in answer["what"]


def test_a_missing_value_in_a_column_of_integers_is_told_with_the_way_out(tmp_path):
    model = saved(tmp_path, LogisticRegression().fit(FRAME[["age", "debt"]], TRUE), FRAME[["age", "debt"]])
    answer, _ = ask(tmp_path, model, FRAME.assign(age=[20, None, 44, 28, 60, 19]))

    assert "Column `age` is float64 and the model takes int64: 1 of 6 rows hold nothing" in answer["what"]
    assert "`double`" in answer["mend"]


def test_a_column_that_the_signature_names_and_the_rows_lack_is_told(tmp_path):
    model = saved(tmp_path, LogisticRegression().fit(FRAME[["age", "debt"]], TRUE), FRAME[["age", "debt"]])
    answer, _ = ask(tmp_path, model, FRAME.rename(columns={"debt": "debts"}))

    assert "lack: debt" in answer["what"]
    assert "`debts`" in answer["mend"]


def test_a_code_that_the_signature_calls_a_string_keeps_its_zeros(tmp_path):
    import mlflow.pyfunc
    from mlflow.models import infer_signature

    class FirstLetter(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input, params=None):
            return [1 if code.startswith("00") else 0 for code in model_input["code"]]

    frame = pd.DataFrame({"id": ["a", "b", "c"], "code": ["007", "7", "0070"]})
    mlflow.pyfunc.save_model(
        tmp_path / "model",
        python_model=FirstLetter(),
        signature=infer_signature(frame[["code"]]),
        pip_requirements=["pandas"],
    )
    answer, arrays = ask(tmp_path, tmp_path / "model", frame)

    assert answer["coerced"] == {"code": "int64 -> str"}
    assert arrays["predictions"].tolist() == [1, 0, 1]


def test_a_function_that_gives_the_events_probability_gives_scores(tmp_path):
    import mlflow.pyfunc
    from mlflow.models import infer_signature

    class Share(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input, params=None):
            return (model_input["debt"] / 10).to_numpy()

    mlflow.pyfunc.save_model(
        tmp_path / "model",
        python_model=Share(),
        signature=infer_signature(FRAME[["debt"]]),
        pip_requirements=["pandas"],
    )
    answer, arrays = ask(tmp_path, tmp_path / "model")
    numbers, values = ask(tmp_path, tmp_path / "model", task="regression")

    assert answer["score_kind"] == "probability"
    assert "predictions" not in arrays
    np.testing.assert_allclose(arrays["scores"], FRAME.debt / 10)
    assert numbers["score_kind"] is None
    np.testing.assert_allclose(values["predictions"], FRAME.debt / 10)


def test_without_mlflow_the_estimator_in_the_folder_is_asked(tmp_path):
    fitted = LogisticRegression().fit(FRAME[["age", "debt"]], TRUE)
    model = saved(tmp_path, fitted, FRAME[["age", "debt"]])
    answer, arrays = ask(tmp_path, model, without=("mlflow",))

    assert answer["classes"] == ["0", "1"]
    np.testing.assert_array_equal(arrays["predictions"], fitted.predict(FRAME[["age", "debt"]]))


def test_without_mlflow_a_model_that_needs_it_says_what_to_install(tmp_path):
    model = saved(tmp_path, LinearRegression().fit(FRAME[["age"]], FRAME.debt), FRAME[["age"]])
    (model / "model.pkl").rename(model / "weights")
    answer, _ = ask(tmp_path, model, task="regression", without=("mlflow",))

    assert "`mlflow` is not installed" in answer["what"]


def test_a_folder_without_a_signature_is_asked_by_the_estimators_own_names(tmp_path):
    fitted = LogisticRegression().fit(FRAME[["debt", "age"]], TRUE)
    model = saved(tmp_path, fitted, FRAME, signature=False)
    answer, arrays = ask(tmp_path, model)

    assert answer["columns"] == ["debt", "age"]
    np.testing.assert_array_equal(arrays["predictions"], fitted.predict(FRAME[["debt", "age"]]))


def test_a_damaged_mlmodel_is_told(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "MLmodel").write_text("flavors: [\n")
    answer, _ = ask(tmp_path, tmp_path / "model")

    assert answer["kind"] == "model"
    assert "MLmodel can't be read" in answer["what"]


@pytest.mark.parametrize("classes", [["0", "1", "2"], ["a", "b", "c"], None])
def test_numbers_for_each_class_are_named_by_their_places_only_where_the_labels_are_codes(tmp_path, classes):
    import mlflow.pyfunc
    from mlflow.models import infer_signature

    class Shares(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input, params=None):
            return np.tile([0.2, 0.5, 0.3], (len(model_input), 1))

    mlflow.pyfunc.save_model(
        tmp_path / "model",
        python_model=Shares(),
        signature=infer_signature(FRAME[["debt"]]),
        pip_requirements=["numpy"],
    )
    answer, arrays = ask(tmp_path, tmp_path / "model", classes=classes)

    if classes == ["0", "1", "2"]:
        assert answer["classes"] == classes
        assert set(arrays["predictions"].tolist()) == {"1"}
    else:
        assert "3 numbers for each row, and no names of classes" in answer["what"]

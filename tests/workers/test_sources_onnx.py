"""ONNX files, asked by the worker; assets/make_onnx.py made them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from tests.workers.asking import FRAME, TRUE, ask

ASSETS = Path(__file__).parent / "assets"
LABELS = np.where(TRUE == 1, "yes", "no")
NUMBERS = FRAME[["age", "debt"]].to_numpy(dtype="float32")


@pytest.mark.parametrize("name", ["tensor", "zipmap"])
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_one_tensor_takes_the_features_in_their_order_and_the_cast_is_told(tmp_path, name, kind):
    fitted = LogisticRegression().fit(NUMBERS, LABELS)
    answer, arrays = ask(tmp_path, ASSETS / f"{name}.onnx", kind=kind)

    assert answer["columns"] == ["age", "debt"]
    assert answer["coerced"] == {"age": "int64 -> float32", "debt": "float64 -> float32"}
    assert answer["classes"] == ["no", "yes"]
    assert answer["score_kind"] == "probability"
    assert arrays["predictions"].tolist() == fitted.predict(NUMBERS).tolist()
    np.testing.assert_allclose(arrays["scores"], fitted.predict_proba(NUMBERS), atol=1e-5)


def test_columns_in_the_files_metadata_decide_their_order(tmp_path):
    fitted = LogisticRegression().fit(NUMBERS[:, ::-1], LABELS)
    answer, arrays = ask(tmp_path, ASSETS / "columns.onnx")

    assert answer["columns"] == ["debt", "age"]
    np.testing.assert_allclose(arrays["scores"], fitted.predict_proba(NUMBERS[:, ::-1]), atol=1e-5)


def test_one_input_for_each_column_is_found_by_its_name_whatever_the_converter_made_of_it(tmp_path):
    frame = FRAME.assign(**{"home town": ["a", "b", "a", "b", "b", "a"], "other": 1})
    wanted = frame[["home town", "age", "debt"]]
    fitted = make_pipeline(
        make_column_transformer((OneHotEncoder(), ["home town"]), remainder="passthrough"),
        LogisticRegression(),
    ).fit(wanted, LABELS)
    answer, arrays = ask(tmp_path, ASSETS / "mixed.onnx", frame)

    assert answer["columns"] == ["home town", "age", "debt"]
    assert answer["coerced"] == {"debt": "float64 -> float32"}
    np.testing.assert_allclose(arrays["scores"], fitted.predict_proba(wanted), atol=1e-5)


def test_a_regression_gives_numbers(tmp_path):
    fitted = LinearRegression().fit(NUMBERS, FRAME.debt * 2 + 1)
    answer, arrays = ask(tmp_path, ASSETS / "regression.onnx", task="regression")

    assert answer["score_kind"] is None
    np.testing.assert_allclose(arrays["predictions"], fitted.predict(NUMBERS), rtol=1e-5)


def test_more_rows_than_a_part_come_back_in_their_order(tmp_path):
    long = pd.DataFrame({"id": range(60_000), "age": range(60_000), "debt": 1.5})
    fitted = LinearRegression().fit(NUMBERS, FRAME.debt * 2 + 1)
    _, arrays = ask(tmp_path, ASSETS / "regression.onnx", long, task="regression", kind="parquet")

    expected = fitted.predict(long[["age", "debt"]].to_numpy(dtype="float32"))
    np.testing.assert_allclose(arrays["predictions"], expected, rtol=1e-4, atol=1e-4)


def test_without_the_runtime_it_is_told_what_to_install(tmp_path):
    answer, _ = ask(tmp_path, ASSETS / "tensor.onnx", without=("onnxruntime",))

    assert "`onnxruntime` is not installed" in answer["what"]
    assert "requirements" in answer["mend"]


@pytest.mark.parametrize(
    ("name", "frame", "told"),
    [
        ("tensor", FRAME.assign(more=1.0), "fitted on 2 columns"),
        ("mixed", FRAME, "lack: home_town"),
        ("columns", FRAME.drop(columns="debt"), "lack: debt"),
        (
            "tensor",
            FRAME.assign(debt=["x", *"123456"][:6]),
            "Column `debt` is str and the model takes float32",
        ),
        ("mixed", FRAME.assign(age=1.5, **{"home town": "a"}), "6 of 6 rows would become another value"),
        ("tensor", FRAME.assign(age=2**24 + 1), "6 of 6 rows would become another value"),
    ],
)
def test_rows_that_do_not_fit_are_told(tmp_path, name, frame, told):
    answer, _ = ask(tmp_path, ASSETS / f"{name}.onnx", frame)

    assert answer["kind"] == "data"
    assert told in answer["what"]


def test_a_damaged_file_is_told(tmp_path):
    (tmp_path / "model.onnx").write_bytes((ASSETS / "tensor.onnx").read_bytes()[:100])
    answer, _ = ask(tmp_path, tmp_path / "model.onnx")

    assert "can't be loaded by ONNX Runtime" in answer["what"]


def test_a_folder_with_an_onnx_file_and_a_pickle_is_ambiguous(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "a.onnx").write_bytes((ASSETS / "tensor.onnx").read_bytes())
    (tmp_path / "model" / "b.pkl").write_bytes(b"")
    answer, _ = ask(tmp_path, tmp_path / "model")

    assert "holds 2 models: a.onnx, b.pkl" in answer["what"]

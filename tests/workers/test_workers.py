"""The scripts that the team's interpreter runs: they need little of it, and leave its names alone."""

import ast
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

WORKERS = Path(__file__).parent.parent.parent / "ci_mlops" / "workers"
OLDEST = (3, 8)


@pytest.mark.parametrize("script", sorted(WORKERS.glob("*.py")), ids=lambda path: path.name)
def test_a_worker_is_written_for_old_interpreters_and_imports_nothing_of_ours(script):
    tree = ast.parse(script.read_text(), feature_version=OLDEST)
    modules = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert "ci_mlops" not in modules
    assert modules - set(sys.stdlib_module_names) <= {
        "numpy",
        "pandas",
        "pyarrow",
        "joblib",
        "scipy",
        "skops",
        "mlflow",
        "onnxruntime",
    }


FRAME = pd.DataFrame(
    {
        "id": ["a1", "a2", "a3", "a4", "a5", "a6"],
        "age": [20.5, 31.0, 44.0, 28.0, 60.0, 19.0],
        "debt": [1.0, 5.0, 2.0, 8.0, 9.0, 0.0],
    }
)
TRUE = [0, 1, 0, 1, 1, 0]


BLOCK = """\
import sys
class Without:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.split(".")[0] in {without!r}:
            raise ModuleNotFoundError("No module named " + repr(name), name=name)
sys.meta_path.insert(0, Without)
"""


class Asked:
    def __init__(self, folder):
        self.folder = folder

    def ask(self, model, frame=FRAME, *, kind="csv", delimiter=",", id_column="id", without=(), file=None):
        """(answer, arrays); `without`: modules that this interpreter lacks."""
        self.folder.mkdir(exist_ok=True)
        if file is None:
            file = self.folder / "model.joblib"
            joblib.dump(model, file)
        features = self.folder / f"features.{kind}"
        if kind == "csv":
            frame.to_csv(features, index=False, sep=delimiter)
        else:
            frame.to_parquet(features)
        request = {
            "model": str(file),
            "features": str(features),
            "delimiter": delimiter if kind == "csv" else None,
            "columns": list(frame.columns),
            "id": id_column,
            "output": str(self.folder / "out.npz"),
            "answer": str(self.folder / "answer.json"),
        }
        (self.folder / "request.json").write_text(json.dumps(request))
        block = self.folder / "block"
        block.mkdir(exist_ok=True)
        (block / "sitecustomize.py").write_text(BLOCK.format(without=without))
        done = subprocess.run(
            [sys.executable, str(WORKERS / "score.py"), str(self.folder / "request.json")],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(block)},
            capture_output=True,
            text=True,
            check=False,
        )
        answer = json.loads((self.folder / "answer.json").read_text())
        if done.returncode:
            assert "what" in answer
            return answer, None
        with np.load(self.folder / "out.npz", allow_pickle=False) as arrays:
            return answer, dict(arrays)


@pytest.fixture
def worker(tmp_path):
    return Asked(tmp_path / "work")


def test_names_decide_and_their_order_is_the_models(worker):
    model = LogisticRegression().fit(FRAME[["debt", "age"]], TRUE)
    answer, arrays = worker.ask(model)

    assert answer["columns"] == ["debt", "age"]
    np.testing.assert_array_equal(arrays["predictions"], model.predict(FRAME[["debt", "age"]]))
    np.testing.assert_array_equal(arrays["scores"], model.predict_proba(FRAME[["debt", "age"]]))


@pytest.mark.parametrize(("kind", "delimiter"), [("csv", ";"), ("csv", "\t"), ("parquet", ",")])
def test_any_separator_and_parquet_say_the_same(worker, kind, delimiter):
    model = LogisticRegression().fit(FRAME[["age", "debt"]], TRUE)
    _, arrays = worker.ask(model, kind=kind, delimiter=delimiter)

    np.testing.assert_array_equal(arrays["predictions"], model.predict(FRAME[["age", "debt"]]))


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_model_of_arrays_is_scored_without_pandas(worker, kind):
    model = LogisticRegression().fit(FRAME[["age", "debt"]].to_numpy(), TRUE)
    answer, arrays = worker.ask(model, kind=kind, without=("pandas",))

    assert answer["columns"] == ["age", "debt"]
    np.testing.assert_array_equal(arrays["predictions"], model.predict(FRAME[["age", "debt"]].to_numpy()))


def test_a_model_of_names_without_pandas_says_what_to_install(worker):
    answer, _ = worker.ask(LogisticRegression().fit(FRAME[["age"]], TRUE), without=("pandas",))

    assert "pandas is not installed" in answer["what"]


def test_a_plain_pickle_is_loaded_without_joblib(worker, tmp_path):
    file = tmp_path / "model.pkl"
    file.write_bytes(pickle.dumps(np.poly1d([1.0, 0.0])))
    answer, _ = worker.ask(None, file=file, without=("joblib",))

    assert "`predict` of poly1d failed" in answer["what"]


def test_a_model_that_was_fitted_on_the_id_too_is_given_it(worker):
    frame = FRAME.assign(id=range(6))
    model = LinearRegression().fit(frame.to_numpy(dtype=float), TRUE)
    answer, _ = worker.ask(model, frame)

    assert answer["columns"] == ["id", "age", "debt"]


def test_a_nameless_index_of_pandas_is_no_feature(worker):
    frame = (
        FRAME.set_index(pd.Index([5, 6, 7, 8, 9, 10]))
        .reset_index()
        .rename(columns={"index": "__index_level_0__"})
    )
    model = LogisticRegression().fit(FRAME[["age", "debt"]].to_numpy(), TRUE)
    answer, arrays = worker.ask(model, frame)

    assert answer["columns"] == ["age", "debt"]
    assert arrays is not None


def test_a_text_model_reads_its_one_column(worker):
    texts = [
        "free money now",
        "see you at lunch",
        "free prize",
        "the report is done",
        "win money",
        "lunch at noon",
    ]
    frame = pd.DataFrame({"id": range(6), "text": texts})
    model = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(texts, [1, 0, 1, 0, 1, 0])
    _, arrays = worker.ask(model, frame)

    np.testing.assert_array_equal(arrays["predictions"], model.predict(texts))


def test_a_text_model_in_a_table_of_several_columns_is_told(worker):
    model = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(["good day", "bad day"], [1, 0])
    answer, _ = worker.ask(model)

    assert answer["kind"] == "data"
    assert "1 columns without names, and the rows have 2" in answer["what"]


def test_words_are_brought_back_without_a_pickle(worker):
    frame = FRAME.assign(town=["x", "y", "x", "y", "x", "y"])
    model = make_pipeline(make_column_transformer((OneHotEncoder(), ["town"])), LogisticRegression())
    model.fit(frame[["town"]], np.array(["no", "yes"] * 3, dtype=object))
    answer, arrays = worker.ask(model, frame)

    assert arrays["predictions"].tolist() == ["no", "yes"] * 3
    assert answer["classes"] == ["no", "yes"]


def test_a_renamed_column_is_guessed(worker):
    answer, _ = worker.ask(
        LogisticRegression().fit(FRAME[["age", "debt"]].rename(columns={"debt": "depts"}), TRUE)
    )

    assert "depts" in answer["what"]
    assert "The rows have `debt`" in answer["mend"]


def test_a_refusal_is_no_traceback(worker, tmp_path):
    file = tmp_path / "model.joblib"
    file.write_bytes(b"\x80\x04broken")
    answer, _ = worker.ask(None, file=file)

    assert set(answer) == {"kind", "what", "mend"}
    assert "\n" not in answer["what"]


def test_an_unknown_kind_of_file_is_told_with_the_known_ones(worker, tmp_path):
    file = tmp_path / "model.h5"
    file.touch()
    answer, _ = worker.ask(None, file=file)

    assert "*.joblib, *.pkl, *.pickle, *.skops" in answer["what"]


def test_a_module_that_is_missing_is_named(worker, tmp_path):
    file = tmp_path / "model.pkl"
    file.write_bytes(b"cno_such_module\nThing\n.")
    answer, _ = worker.ask(None, file=file)

    assert "`no_such_module`" in answer["what"]

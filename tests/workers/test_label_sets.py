"""Whatever shape a model's labels come in, the worker brings back a column for each."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.tree import DecisionTreeClassifier

from tests.workers.asking import FRAME, ask

ASSETS = Path(__file__).parent / "assets"
LABELS = ["bug", "feature", "question"]
ROWS = pd.concat([FRAME] * 10, ignore_index=True)
TRUTH = np.column_stack([ROWS.age > 30, ROWS.debt > 4, ROWS.age + ROWS.debt > 40]).astype(int)


def saved(folder, model):
    joblib.dump(model, folder / "model.joblib")
    return folder / "model.joblib"


def asked(folder, model):
    return ask(folder, saved(folder, model), ROWS, classes=LABELS, multilabel=True)


@pytest.mark.parametrize(
    "model",
    [
        MultiOutputClassifier(LogisticRegression()),
        OneVsRestClassifier(LogisticRegression()),
    ],
    ids=lambda model: type(model).__name__,
)
def test_every_kind_of_model_brings_its_own_labels_and_their_probabilities(tmp_path, model):
    rows = ROWS[["age", "debt"]]
    model.fit(rows, TRUTH)
    answer, arrays = asked(tmp_path, model)
    own = model.predict_proba(rows)
    own = np.column_stack([one[:, 1] for one in own]) if isinstance(own, list) else own

    assert answer["classes"] == LABELS
    assert np.array_equal(arrays["predictions"], model.predict(rows))
    assert np.array_equal(arrays["scores"], own)


def test_an_onnx_file_gives_its_matrix_first(tmp_path):
    fitted = MultiOutputClassifier(LogisticRegression()).fit(FRAME[["age", "debt"]], TRUTH[: len(FRAME)])
    answer, arrays = ask(tmp_path, ASSETS / "matrix.onnx", ROWS, classes=LABELS, multilabel=True)

    assert np.array_equal(arrays["predictions"], fitted.predict(ROWS[["age", "debt"]]))
    assert answer["classes"] == LABELS


def test_a_label_that_the_fit_saw_on_no_row_or_on_all_has_the_probability_that_it_says(tmp_path):
    truth = np.column_stack([TRUTH[:, 0], np.zeros(len(ROWS)), np.ones(len(ROWS))]).astype(int)
    model = MultiOutputClassifier(DecisionTreeClassifier()).fit(ROWS[["age", "debt"]], truth)
    _, arrays = asked(tmp_path, model)

    assert arrays["scores"][:, 1].tolist() == [0.0] * len(ROWS)
    assert arrays["scores"][:, 2].tolist() == [1.0] * len(ROWS)


def test_a_model_with_another_number_of_labels_is_told_what_is_needed(tmp_path):
    model = MultiOutputClassifier(DecisionTreeClassifier()).fit(ROWS[["age", "debt"]], TRUTH[:, :2])
    answer, _ = asked(tmp_path, model)

    assert answer["what"].startswith(
        "The model gives an answer of shape (60, 2), and a column for each of 3 labels"
    )


def test_outputs_that_are_not_there_or_not_are_no_labels(tmp_path):
    truth = np.where(TRUTH == 1, "yes", "no")
    answer, _ = asked(
        tmp_path, MultiOutputClassifier(DecisionTreeClassifier()).fit(ROWS[["age", "debt"]], truth)
    )

    assert answer["what"] == "The model gives labels that are no numbers"
    assert "`predict:` command" in answer["mend"]

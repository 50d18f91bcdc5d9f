"""Which test rows of their own a model has seen: alike to it, and alike in all that the file says."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from tests.workers.proof.raws import worker

TRAIN = pd.DataFrame({"id": [1, 2, 3], "age": [30, 40, 50], "city": ["a", "b", "a"], "y": [0, 1, 0]})
TEST = pd.DataFrame({"id": [7, 8, 9], "age": [30, 40, 60], "city": ["a", "a", "b"]})


@pytest.fixture
def narrowed(tmp_path):
    """Marks of the test rows, for a model of the ages alone that was watched on `watched`."""
    ages = worker("row_keys").keys_of(TRAIN[["age"]])

    def asked(*, watched=(), own_rows=True, columns=("id", "age", "city")):
        seen_besides = worker("row_keys").keys_of(pd.DataFrame({"age": list(watched)}, dtype="int64"))
        known = np.union1d(ages, seen_besides)
        request = {"target": "y", "id": "id"}
        whole = worker("whole_rows").write(tmp_path, request, TRAIN, ages, known, seen_besides)
        TEST[list(columns)].to_csv(tmp_path / "features.csv", index=False)
        captured = SimpleNamespace(
            keys=known, folder=tmp_path, told={"whole": whole, "text": ["city"] if "city" in columns else []}
        )
        question = {
            "own_rows": own_rows,
            "columns": list(columns),
            "features": str(tmp_path / "features.csv"),
            "delimiter": ",",
        }
        keys = worker("row_keys").keys_of(TEST[["age"]])
        return worker("whole_rows").narrowed(captured, question, keys).tolist()

    return asked


def test_a_row_that_differs_elsewhere_is_another_row(narrowed):
    assert narrowed() == [True, False, False]


def test_in_a_file_that_both_split_what_looks_alike_is_seen(narrowed):
    assert narrowed(own_rows=False) == [True, True, False]


def test_rows_that_the_training_watched_are_seen_by_what_the_model_was_given(narrowed):
    assert narrowed(watched=[40, 60]) == [True, True, True]


def test_where_a_column_has_gone_what_looks_alike_is_seen(narrowed):
    assert narrowed(columns=("id", "age")) == [True, True, False]

"""What the script made of the labels is known where the rows are; where it is not one to one, nothing is answered."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from tests.workers.proof.raws import keys_of, run_match, run_score, write_raw

ROWS = 120


@pytest.fixture
def frame():
    dice = np.random.default_rng(0)
    return pd.DataFrame(
        {"a": dice.normal(size=ROWS).round(3), "b": dice.normal(size=ROWS).round(3), "y": np.arange(ROWS) % 2}
    )


def trained(folder, frame, labels, **told):
    """`labels`: 0 or 1, as the script makes them."""
    frame.to_csv(folder / "train.csv", index=False)
    rows = frame[["a", "b"]]
    model = DecisionTreeClassifier(random_state=0).fit(rows, labels)
    write_raw(folder / "raw", model, rows, labels=labels, **told)
    return run_match(folder)


def said(folder, frame, captured):
    frame[["a", "b"]].to_csv(folder / "features.csv", index=False)
    arrays, _ = run_score(folder, folder / "features.csv", ["a", "b"], captured, task="classification")
    return arrays["predictions"].astype(str).tolist()


def test_exchanged_labels_are_answered_in_the_files_own_words(tmp_path, frame):
    _, captured = trained(tmp_path, frame, 1 - frame["y"])

    assert said(tmp_path, frame, captured) == frame["y"].astype(str).tolist()


def test_exchanged_labels_of_few_rows_are_not_taken_for_the_files(tmp_path, frame):
    frame = frame.iloc[:30].reset_index(drop=True)
    _, captured = trained(tmp_path, frame, 1 - frame["y"])

    assert said(tmp_path, frame, captured) == frame["y"].astype(str).tolist()


def test_exchanged_labels_of_rows_that_are_often_the_same_are_not_taken_for_the_files(tmp_path, frame):
    frame = pd.concat([frame, frame], ignore_index=True)
    _, captured = trained(tmp_path, frame, 1 - frame["y"])

    assert said(tmp_path, frame, captured) == frame["y"].astype(str).tolist()


def test_exchanged_labels_of_too_few_rows_to_tell_are_refused(tmp_path, frame):
    frame = frame.iloc[:6].reset_index(drop=True)
    answer, _ = trained(tmp_path, frame, 1 - frame["y"])

    assert "are not those of `y`: 6 of 6 rows have another one" in answer["what"]


def test_three_labels_that_became_two_are_refused(tmp_path, frame):
    frame["y"] = np.arange(ROWS) % 3
    answer, _ = trained(tmp_path, frame, (frame["y"] > 0).astype(int))

    assert (
        "The labels that DecisionTreeClassifier (train.py:9) was fitted on are not those of `y`"
        in answer["what"]
    )
    assert "a column of its own" in answer["mend"]


def test_a_measure_that_became_a_label_is_refused(tmp_path, frame):
    frame["y"] = frame["a"] * 3 + 7
    answer, _ = trained(tmp_path, frame, (frame["y"] > 7).astype(int))

    assert "was fitted on are not those of `y`" in answer["what"]


def test_a_few_labels_that_the_script_mends_hide_no_coding(tmp_path, frame):
    labels = 1 - frame["y"]
    labels.iloc[:3] = frame["y"].iloc[:3]
    _, captured = trained(tmp_path, frame, labels)

    assert said(tmp_path, frame, captured)[3:] == frame["y"].astype(str).tolist()[3:]


@pytest.mark.parametrize("scaled", [True, False])
def test_rows_that_only_a_step_saw_are_known_where_they_are_the_files_own(tmp_path, frame, scaled):
    watched = frame[["a", "b"]].iloc[100:]
    rows = frame[["a", "b"]].iloc[:100]
    frame.to_csv(tmp_path / "train.csv", index=False)
    model = DecisionTreeClassifier(random_state=0).fit(rows, frame["y"].iloc[:100])
    one = {"what": "eval_set", "rows": 20, "columns": 2, "comparable": True, "inner": True}
    write_raw(tmp_path / "raw", model, rows, evaluated={"rows": 20, "sets": [one]})
    given = StandardScaler().fit_transform(watched) if scaled else watched
    np.save(tmp_path / "raw" / "evaluated.npy", np.unique(keys_of(given)))
    _, captured = run_match(tmp_path)
    frame[["a", "b"]].to_csv(tmp_path / "features.csv", index=False)
    arrays, _ = run_score(tmp_path, tmp_path / "features.csv", ["a", "b"], captured)

    assert ("seen" in arrays) is not scaled


def measured(folder, frame, labels, model, task):
    """(arrays, answer) of a model that was fitted on labels of many kinds."""
    frame.to_csv(folder / "train.csv", index=False)
    rows = frame[["a", "b"]]
    write_raw(folder / "raw", model.fit(rows, labels), rows)
    texts, codes = np.unique([str(label) for label in labels], return_inverse=True)
    np.save(folder / "raw" / "y.npy", codes.astype(np.int32))
    (folder / "raw" / "y.json").write_text(json.dumps(texts.tolist()))
    answer, captured = run_match(folder)
    assert "what" not in answer
    rows.to_csv(folder / "features.csv", index=False)
    return run_score(folder, folder / "features.csv", ["a", "b"], captured, task=task)


def test_a_measure_of_few_values_that_was_bent_is_not_answered_as_if_it_were_straight(tmp_path, frame):
    frame["y"] = np.arange(ROWS) % 20 + 1
    _, answer = measured(
        tmp_path, frame, np.cbrt(frame["y"]), DecisionTreeRegressor(random_state=0), "regression"
    )

    assert "in a way that can't be undone from outside" in answer["what"]
    assert "TransformedTargetRegressor" in answer["mend"]


@pytest.mark.parametrize("words", [True, False])
def test_codes_of_many_classes_are_answered_in_the_files_own_words(tmp_path, words):
    dice = np.random.default_rng(0)
    frame = pd.DataFrame(dice.normal(size=(600, 2)).round(4), columns=["a", "b"])
    labels = np.arange(600) % 60
    frame["y"] = [f"w{label:02d}" for label in labels] if words else labels + 1
    arrays, _ = measured(tmp_path, frame, labels, DecisionTreeClassifier(random_state=0), "classification")

    assert arrays["predictions"].astype(str).tolist() == frame["y"].astype(str).tolist()


def test_a_measure_of_few_values_whose_largest_are_cut_off_is_the_files(tmp_path, frame):
    frame["y"] = np.arange(ROWS) % 20 + 1
    cut = frame["y"].clip(upper=19)
    arrays, _ = measured(tmp_path, frame, cut, DecisionTreeRegressor(random_state=0), "regression")

    assert arrays["predictions"].tolist() == cut.tolist()


@pytest.mark.parametrize("made", [np.log1p, lambda values: values / 1000])
def test_a_changed_measure_whose_largest_are_cut_off_is_answered_as_the_file_has_it(tmp_path, frame, made):
    frame["y"] = np.exp(frame["a"]).round(3)
    changed = made(frame["y"])
    cut = changed.clip(upper=changed.quantile(0.97))
    arrays, _ = measured(tmp_path, frame, cut, DecisionTreeRegressor(random_state=0), "regression")

    assert np.isclose(arrays["predictions"], frame["y"]).mean() > 0.95

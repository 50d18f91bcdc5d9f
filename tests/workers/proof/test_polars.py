"""A model that was fitted on a frame of polars: its sample is one of that library's frames."""

import json
import pickle

import numpy as np
import pandas as pd
from sklearn.tree import DecisionTreeClassifier

from tests.workers.proof.raws import run_match, run_score, write_raw


class Column:
    def __init__(self, name, values):
        self.name, self.values = name, values

    def to_list(self):
        return self.values


class Polars:
    """As much of that interface as we ask of it."""

    def __init__(self, frame):
        self.columns = list(frame)
        self.values = [[None if pd.isna(one) else one for one in frame[name].tolist()] for name in frame]

    def get_columns(self):
        return [Column(name, values) for name, values in zip(self.columns, self.values, strict=True)]


def test_its_rows_are_found_and_it_is_scored_by_the_same_names(tmp_path):
    dice = np.random.default_rng(0)
    frame = pd.DataFrame({"a": dice.normal(size=200).round(3), "b": dice.integers(0, 9, 200)})
    frame.loc[5, "a"] = np.nan
    y = np.where(frame["b"] > 4, "yes", "no")
    frame.assign(y=y).to_csv(tmp_path / "train.csv", index=False)
    frame.to_csv(tmp_path / "features.csv", index=False)
    model = DecisionTreeClassifier(random_state=0).fit(frame[:150], y[:150])
    write_raw(tmp_path / "raw", model, frame[:150])
    sample = tmp_path / "raw" / "sample.pkl"
    told = pickle.loads(sample.read_bytes())
    sample.write_bytes(pickle.dumps({**told, "X": Polars(told["X"])}))
    told = json.loads((tmp_path / "raw" / "raw.json").read_text())
    told["chosen"]["dtypes"] = {"a": "Float64", "b": "Int64"}
    (tmp_path / "raw" / "raw.json").write_text(json.dumps(told))

    answer, captured = run_match(tmp_path)
    arrays, _ = run_score(tmp_path, tmp_path / "features.csv", ["a", "b"], captured, task="classification")

    assert answer["share"] == 1.0
    assert arrays["seen"].tolist() == [1] * 150 + [0] * 50
    assert arrays["predictions"].tolist() == model.predict(frame).tolist()

"""Rows that a model learned from before the fit that is seen, or beside it: none of them may look unseen."""

import pickle

import numpy as np
import pytest
from sklearn.linear_model import SGDClassifier

HEAD = """
from data import X, y
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import SGDClassifier, LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
"""
BOOST = """
class Boost(ClassifierMixin, BaseEstimator):
    def fit(self, X, y, eval_set=None, xgb_model=None):
        self.classes_ = [0, 1]
        return self
    def predict(self, X):
        return [0] * len(X)
    def save_model(self, path):
        open(path, "w").write("{}")
"""


def unknown(ran):
    return [one["what"] for one in ran.told["evaluated"]["sets"] if not one["comparable"]]


def test_a_pipeline_whose_last_step_goes_on_has_seen_the_rows_of_both_fits(team):
    ran = team.train(
        HEAD
        + """
model = make_pipeline(StandardScaler(), SGDClassifier(warm_start=True, random_state=0))
model.fit(X[:100], y[:100])
model.fit(X[100:200], y[100:200])
"""
    )

    assert len(ran.keys) == 200


def test_a_pipeline_that_is_fitted_anew_has_seen_the_rows_of_the_last_fit(team):
    ran = team.train(
        HEAD
        + """
model = make_pipeline(StandardScaler(), LogisticRegression())
model.fit(X[:200], y[:200])
model.fit(X[:100], y[:100])
"""
    )

    assert len(ran.keys) == 100
    assert unknown(ran) == []


@pytest.mark.parametrize(
    ("goes_on", "told"),
    [
        ("model.partial_fit(X[:100], y[:100])", ["continued"]),
        ("model.set_params(warm_start=True).fit(X[:100], y[:100])", ["continued"]),
        (
            "model = make_pipeline(StandardScaler(), model.set_params(warm_start=True)).fit(X[:100], y[:100])",
            ["continued"],
        ),
        ("model.fit(X[:100], y[:100])", []),
    ],
)
def test_what_a_loaded_model_learned_before_is_not_known(team, goes_on, told):
    dice = np.random.default_rng(0)
    model = SGDClassifier(random_state=0).fit(dice.normal(size=(20, 4)), ["no", "yes"] * 10)
    (team.folder / "old.pkl").write_bytes(pickle.dumps(model))
    ran = team.train(
        HEAD + f"import pickle\nmodel = pickle.load(open('old.pkl', 'rb').__enter__())\n{goes_on}\n"
    )

    assert unknown(ran) == told


@pytest.mark.parametrize(
    ("before", "given", "told"),
    [
        ("", "'old.json'", ["continued"]),
        ("first = Boost().fit(X[:50], y[:50]); first.save_model('old.json')", "'old.json'", []),
        ("first = Boost().fit(X[:50], y[:50])", "first", []),
        ("first = Boost().fit(X[:50], y[:50])", "'other.json'", ["continued"]),
    ],
)
def test_a_model_that_goes_on_from_a_file_that_the_script_did_not_write_has_unknown_rows(
    team, before, given, told
):
    ran = team.train(
        HEAD
        + BOOST
        + f"{before}\nmodel = Boost().fit(X[100:200], y[100:200], xgb_model={given})\nmodel.save_model('m.json')\n"
    )

    assert unknown(ran) == told


def test_rows_that_a_step_of_a_pipeline_watched_are_told_to_be_as_that_step_sees_them(team):
    ran = team.train(
        HEAD
        + BOOST
        + """
model = Pipeline([("scale", StandardScaler()), ("model", Boost())])
scaled = StandardScaler().fit(X[:200]).transform(X[200:])
model.fit(X[:200], y[:200], model__eval_set=[(scaled, y[200:])])
"""
    )

    assert [one["inner"] for one in ran.told["evaluated"]["sets"]] == [True]


def test_a_model_that_was_fitted_before_it_became_part_of_another_has_been_seen_with_it(team):
    ran = team.train(
        HEAD
        + """
class Threshold(ClassifierMixin, BaseEstimator):
    def __init__(self, inner):
        self.inner = inner
    def fit(self, X, y):
        self.classes_ = self.inner.classes_
        return self
    def predict(self, X):
        return self.inner.predict(X)
inner = LogisticRegression().fit(X[:200], y[:200])
model = Threshold(inner).fit(X[200:], y[200:])
import pickle; pickle.dump(model, open("m.pkl", "wb").__enter__())
"""
    )

    assert ran.chosen["class"].endswith("Threshold")
    assert ran.told["evaluated"]["rows"] == 200


def test_a_loaded_model_inside_a_calibration_has_seen_rows_that_nobody_knows(team):
    dice = np.random.default_rng(0)
    model = SGDClassifier(loss="log_loss", random_state=0).fit(dice.normal(size=(20, 4)), ["no", "yes"] * 10)
    (team.folder / "old.pkl").write_bytes(pickle.dumps(model))
    ran = team.train(
        HEAD
        + """
import pickle
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
old = pickle.load(open("old.pkl", "rb").__enter__())
model = CalibratedClassifierCV(FrozenEstimator(old), cv=2).fit(X[200:], y[200:])
"""
    )

    assert unknown(ran) == ["part"]


def test_a_step_that_is_fitted_anew_inside_its_pipeline_has_seen_rows_that_the_pipeline_has_not(team):
    ran = team.train("""
        from data import X, y
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
        pipe = make_pipeline(StandardScaler(), LogisticRegression())
        pipe[-1].fit(X[:10], y[:10])
        pipe.fit(X[:200], y[:200])
        pipe[-1].fit(pipe[:-1].transform(X[:260]), y[:260])
        """)

    assert ran.chosen["rows"] == 200
    sets = [(one["what"], one["rows"], one["inner"]) for one in ran.told["evaluated"]["sets"]]
    assert sets == [("part", 260, True)]

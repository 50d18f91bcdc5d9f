"""Interfaces of libraries that are too large for the tests, with as much behind them as the launcher meets."""

import numpy as np
import pandas as pd
import pytest

from tests.workers.launcher.test_choice import captured
from tests.workers.proof.raws import keys_of

CATBOOST = """
import numpy as np
class Pool:
    def __init__(self, data, label=None, cat_features=None):
        self.shape = np.shape(data)
class CatBoost:
    def fit(self, X, y=None, cat_features=None, eval_set=None):
        self.pool = X if isinstance(X, Pool) else Pool(X, y)
        return self
    def predict(self, data):
        return [0] * data.shape[0]
class CatBoostClassifier(CatBoost):
    pass
"""
SKL2ONNX = "def to_onnx(model, X=None, name=None):\n    return b''\n"
POOLS = "from data import X, y\nfrom catboost.core import CatBoostClassifier, Pool\n"
CONVERTED = """
from data import X, y
from skl2onnx.convert import to_onnx
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier
tree = DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, y)
plain = LogisticRegression().fit(X, y)
"""


@pytest.fixture
def rows(team):
    names = {}
    exec((team.folder / "data.py").read_text(), names)
    return names["X"], names["y"]


@pytest.fixture
def with_libraries(team):
    team.write("catboost/__init__.py", "")
    team.write("catboost/core.py", CATBOOST)
    team.write("skl2onnx/__init__.py", "")
    team.write("skl2onnx/convert.py", SKL2ONNX)
    return team


def test_a_pool_has_the_rows_and_labels_that_it_was_made_of(with_libraries, rows):
    script = (
        POOLS
        + """
train, watched = Pool(X[:200], label=y[:200]), Pool(data=X[200:250], label=y[200:250])
model = CatBoostClassifier().fit(train, eval_set=[watched, train])
model.predict(watched)
"""
    )
    ran = with_libraries.train(script)

    assert captured(ran) == ("CatBoostClassifier", "only")
    assert ran.chosen["names"] == list("abcd")
    assert np.array_equal(ran.keys, keys_of(rows[0][:200]))
    assert np.array_equal(np.load(ran.raw / "evaluated.npy"), np.unique(keys_of(rows[0][200:250])))
    assert pd.read_pickle(ran.raw / "sample.pkl")["y"].tolist() == rows[1][:200].tolist()
    assert ran.told["errors"] == []


def test_a_pool_whose_rows_were_changed_since_is_not_known_by_them(with_libraries):
    script = (
        POOLS
        + "values = X.to_numpy().copy()\ntrain = Pool(values, y)\nvalues *= 2\nCatBoostClassifier().fit(train)\n"
    )
    ran = with_libraries.train(script)

    assert ran.chosen["kind"] == "other"
    assert not (ran.raw / "keys.npy").exists()


def test_a_model_that_is_converted_ships(with_libraries):
    assert captured(with_libraries.train(CONVERTED + "to_onnx(tree)\n")) == (
        "DecisionTreeClassifier",
        "saved",
    )


def test_two_models_that_are_converted_under_one_name_are_two(with_libraries):
    script = CONVERTED + "to_onnx(tree, name='churn')\nto_onnx(plain, name='churn')\n"

    assert with_libraries.train(script).state == "ambiguous"

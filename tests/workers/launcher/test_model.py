"""The model that is kept: the one that plain python makes, the same bytes each time, without its code or our hooks."""

import pickle
import subprocess
import sys

import numpy as np

SAVING = """
from data import X, y
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
model = make_pipeline(StandardScaler(), RandomForestClassifier(20, random_state=3)).fit(X, y)
import pickle
with open("own.pkl", "wb") as file:
    pickle.dump(model, file)
"""
OWN_CLASSES = """
import numpy as np
from data import X, y
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from features import Ratio
LIMITS = {"north", "south", "east", "west", "elsewhere"}
class Clip(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        self.high_ = np.asarray(X).max(axis=0)
        self.words_ = set(LIMITS)
        return self
    def transform(self, X):
        return np.minimum(np.asarray(X), self.high_ * (len(LIMITS) - 4))
    def fit_transform(self, X, y=None):
        return self.fit(X, y).transform(X)
class Vote(ClassifierMixin, BaseEstimator):
    def __init__(self, inner):
        self.inner = inner
    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.inner.fit(X, y)
        return self
    def predict(self, X):
        return self.inner.predict(X)
model = make_pipeline(Ratio(), Clip(), Vote(LogisticRegression())).fit(X, y)
print(list(model.predict(X)))
"""
FEATURES = """
import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
def ratio(values):
    return values[:, :1] / (1 + np.abs(values[:, 1:2]))
class Ratio(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        self.seen_ = len(X)
        return self
    def transform(self, X):
        values = np.asarray(X)
        return np.hstack([values, ratio(values)])
"""


def test_a_seeded_model_is_the_one_that_plain_python_makes(team):
    team.write("train.py", SAVING)
    team.plain("python", "train.py")
    plain = (team.folder / "own.pkl").read_bytes()

    ran = team.hooked("python", "train.py")

    assert (team.folder / "own.pkl").read_bytes() == plain
    names = {}
    exec((team.folder / "data.py").read_text(), names)
    expected = pickle.loads(plain).predict_proba(names["X"])
    assert np.array_equal(ran.model.predict_proba(names["X"]), expected)


def test_the_same_model_is_the_same_bytes_also_with_classes_of_the_script(team):
    team.write("features.py", FEATURES)

    first, second = team.train(OWN_CLASSES), team.train(OWN_CLASSES)

    assert (first.raw / "model.pkl").read_bytes() == (second.raw / "model.pkl").read_bytes()


def test_a_model_loads_where_its_code_is_gone_and_carries_no_hook(team):
    team.write("features.py", FEATURES)
    ran = team.train(OWN_CLASSES)
    team.write(
        "load.py",
        f"""
        import pickle, sys
        from data import X
        model = pickle.load(open({str(ran.raw / "model.pkl")!r}, "rb").__enter__())
        print(list(model.predict(X)))
        assert "ci_mlops" not in repr(sorted(sys.modules)), sys.modules
        model.fit(X, X["a"] > 0)
        """,
    )
    (team.folder / "features.py").unlink()

    loaded = subprocess.run([sys.executable, "load.py"], cwd=team.folder, capture_output=True, check=False)

    assert loaded.returncode == 0, loaded.stderr.decode()
    assert loaded.stdout == ran.out
    assert b"ci_mlops" not in (ran.raw / "model.pkl").read_bytes()
    assert b"bootstrap" not in (ran.raw / "model.pkl").read_bytes()


def test_a_search_is_the_same_bytes_although_it_took_another_time(team):
    script = """
        from data import X, y
        from sklearn.model_selection import GridSearchCV
        from sklearn.tree import DecisionTreeClassifier
        search = GridSearchCV(DecisionTreeClassifier(random_state=0), {"max_depth": [1, 2]}, cv=2).fit(X, y)
        """

    first, second = team.train(script), team.train(script)

    assert (first.raw / "model.pkl").read_bytes() == (second.raw / "model.pkl").read_bytes()


def test_nothing_that_is_written_differs_between_two_runs(team):
    first, second = team.train(SAVING), team.train(SAVING)

    for path in sorted(first.raw.iterdir()):
        if path.is_file() and path.suffix in (".json", ".pkl", ".npy"):
            assert path.read_bytes() == (second.raw / path.name).read_bytes(), path.name


def test_a_model_keeps_what_cannot_go_by_value_by_name(team):
    team.write(
        "features.py",
        "import threading\nLOCK = threading.Lock()\n" + FEATURES.replace("values = ", "LOCK; values = "),
    )
    ran = team.train("""
        from data import X, y
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from features import Ratio
        make_pipeline(Ratio(), LogisticRegression()).fit(X, y)
        """)

    assert ran.state == "captured"
    assert any("by value" in error for error in ran.told["errors"])

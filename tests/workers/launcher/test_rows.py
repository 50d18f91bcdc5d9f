"""Which rows the model was fitted on, by content; how they were parted, and whether the next run parts them alike."""

import importlib.util
import pickle

import numpy as np
import pandas as pd
import pytest

from tests.workers.launcher.conftest import DATA, LAUNCHER

FITS = {
    "a frame that was split": (
        "X, X_test, y, y_test = train_test_split(X, y, random_state=1); model.fit(X, y)",
        "train_test_split(np.arange(300), random_state=1)[0]",
    ),
    "arrays that were split": (
        "X, X_test, y, y_test = train_test_split(X.values, y.to_numpy(str), random_state=1); model.fit(X, y)",
        "train_test_split(np.arange(300), random_state=1)[0]",
    ),
    "lists": (
        "X, X_test, y, y_test = train_test_split(X.values.tolist(), y.tolist(), random_state=1); model.fit(X, y)",
        "train_test_split(np.arange(300), random_state=1)[0]",
    ),
    "a loop of folds": (
        "for train, test in KFold(3).split(X):\n    model.fit(X.iloc[train], y.iloc[train])",
        "np.arange(200)",
    ),
    "slices": ("model.fit(X.iloc[20:120], y.iloc[20:120])", "np.arange(20, 120)"),
    "a mask and a new index": (
        "keep = X['a'] > 0; model.fit(X[keep].reset_index(drop=True), y[keep])",
        "np.flatnonzero(X['a'] > 0)",
    ),
    "values shuffled in place": (
        (
            "rows = np.arange(300); np.random.RandomState(4).shuffle(rows); X = X.to_numpy().copy()\n"
            "np.random.RandomState(4).shuffle(X); model.fit(X[:100], y.to_numpy()[rows][:100])"
        ),
        "np.random.RandomState(4).permutation(300)[:100]",
    ),
    "learning in parts": (
        (
            "model = SGDClassifier(random_state=0)\n"
            "for part in (slice(0, 100), slice(100, 250)):\n    model.partial_fit(X[part], y[part], classes=['no', 'yes'])"
        ),
        "np.arange(250)",
    ),
    "a sparse matrix": (
        "import scipy.sparse; model.fit(scipy.sparse.csr_matrix(X)[:80], y[:80])",
        "np.arange(80)",
    ),
    "named arguments": ("model.fit(y=y[:50], X=X[:50])", "np.arange(50)"),
}
HEAD = """
from data import X, y, np
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import KFold, train_test_split
from sklearn.tree import DecisionTreeClassifier
model = DecisionTreeClassifier(random_state=0)
"""


@pytest.fixture(scope="module")
def keys_of():
    spec = importlib.util.spec_from_file_location("row_keys", LAUNCHER.parent / "row_keys.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.keys_of


@pytest.fixture(scope="module")
def data():
    names = {}
    exec(DATA + "from sklearn.model_selection import train_test_split", names)
    return names


@pytest.mark.parametrize("told", FITS)
def test_the_keys_are_those_of_the_rows_that_were_fitted_in_their_order(team, keys_of, data, told):
    script, rows = FITS[told]
    rows = eval(rows, data)

    ran = team.train(HEAD + script)

    expected = keys_of(data["X"].iloc[rows])
    assert ran.state == "captured", ran.told
    assert ran.chosen["rows"] == len(rows)
    assert ran.keys.tolist() == expected.tolist()
    assert not ran.told["errors"]


def test_the_sample_is_spread_over_the_rows_and_says_where(team, keys_of):
    ran = team.train("""
        from data import np, pd
        from sklearn.tree import DecisionTreeRegressor
        X = pd.DataFrame({"a": np.arange(1000.0), "b": pd.Categorical(["u", "v"] * 500)})
        X["b"] = X["b"].cat.codes.astype("category")
        DecisionTreeRegressor(random_state=0).fit(X, X["a"] * 2 + 0.5)
        """)

    sample = pickle.loads((ran.raw / "sample.pkl").read_bytes())
    assert len(sample["X"]) == len(sample["positions"]) == 400
    assert sample["positions"][-1] > 990
    assert keys_of(sample["X"]).tolist() == ran.keys[sample["positions"]].tolist()
    assert sample["y"].tolist() == (sample["X"]["a"] * 2 + 0.5).tolist()
    assert ran.chosen["categories"] == {"b": [0, 1]}
    assert ran.chosen["dtypes"] == {"a": "float64", "b": "category"}


def test_labels_are_told_as_texts(team):
    ran = team.train(HEAD + "model.fit(X[:50], y[:50])")

    texts = __import__("json").loads((ran.raw / "y.json").read_text())
    names = {}
    exec(DATA, names)
    assert [texts[code] for code in np.load(ran.raw / "y.npy")] == names["y"][:50].tolist()


def test_the_split_of_a_part_is_told_in_rows_of_the_whole(team):
    ran = team.train(
        HEAD
        + "rest, X_test, y_rest, y_test = train_test_split(X, y, random_state=1, stratify=y)\n"
        + "X_fit, X_val, y_fit, y_val = train_test_split(rest, y_rest, random_state=2)\n"
        + "X_fit.index.to_series().to_csv('rows.csv', index=False)\n"
        + "model.fit(X_fit, y_fit)"
    )

    with np.load(ran.raw / "split.npz") as split:
        assert split["train"].tolist() == pd.read_csv(team.folder / "rows.csv")["0"].tolist()
        assert split["total"] == 300
    first, second = ran.told["splits"]
    assert (first["rows"], first["train"], first["stratified"], first["seeded"]) == (300, 225, True, True)
    assert (second["rows"], second["train"], second["stratified"]) == (300, 168, False)


@pytest.mark.parametrize(
    ("split", "seeded"),
    [
        ("train_test_split(X, y)", False),
        ("train_test_split(X, y, shuffle=False)", True),
        ("np.random.seed(1); train_test_split(X, y)", True),
        ("np.random.seed(None); train_test_split(X, y)", False),
        ("next(KFold(3).split(X))", True),
        ("next(KFold(3, shuffle=True).split(X))", False),
        ("next(KFold(3, shuffle=True, random_state=0).split(X))", True),
        ("from sklearn.model_selection import ShuffleSplit; next(ShuffleSplit().split(X))", False),
    ],
)
def test_an_unseeded_split_is_told(team, split, seeded):
    ran = team.train(HEAD + split + "; model.fit(X, y)")

    assert [one["seeded"] for one in ran.told["splits"]] == [seeded]


def test_a_split_by_groups_is_told(team):
    ran = team.train(
        HEAD
        + "from sklearn.model_selection import GroupKFold\n"
        + "for train, test in GroupKFold(3).split(X, y, np.arange(300) // 2):\n    model.fit(X.iloc[train], y.iloc[train])"
    )

    assert [(one["what"], one["grouped"], one["train"]) for one in ran.told["splits"]] == [
        ("GroupKFold", True, 200)
    ]


def test_the_columns_of_the_frame_that_an_array_came_from_are_told(team):
    ran = team.train(
        HEAD
        + "other = X.to_numpy()\n"
        + "A, _, b, _ = train_test_split(X[['b', 'c']].values, y.to_list(), random_state=0); model.fit(A, b)"
    )

    assert ran.chosen["kind"] == "array"
    assert ran.chosen["names"] is None
    assert ran.chosen["frame_names"] == ["b", "c"]


def test_transformers_are_kept_with_their_rows_and_the_labels_own_is_told_apart(team, keys_of, data):
    ran = team.train("""
        from data import X, y, frame
        from sklearn.model_selection import train_test_split
        from sklearn.preprocessing import LabelEncoder, StandardScaler
        from sklearn.tree import DecisionTreeClassifier
        frame["kind"] = ["u", "v", "w"] * 100
        codes = LabelEncoder().fit_transform(frame["kind"])
        scaled = StandardScaler().fit_transform(X)
        target = LabelEncoder().fit_transform(y)
        A, _, b, _ = train_test_split(scaled, target, random_state=0)
        DecisionTreeClassifier(random_state=0).fit(A, b)
        """)

    told = ran.told["transformers"]
    assert [(one["names"], one["kind"], one["is_target"]) for one in told] == [
        (["kind"], "text", False),
        (["a", "b", "c", "d"], "frame", False),
        (["y"], "text", True),
    ]
    with np.load(ran.raw / "transformer_keys.npz") as keys:
        assert keys["1"].tolist() == keys_of(data["X"]).tolist()
    kept = pickle.loads((ran.raw / "transformers.pkl").read_bytes())
    assert [type(one).__name__ for one in kept] == ["LabelEncoder", "StandardScaler", "LabelEncoder"]
    assert kept[1].mean_.shape == (4,)


def test_a_pipeline_of_transformers_is_one_transformer(team):
    ran = team.train("""
        from data import X, y
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import PolynomialFeatures, StandardScaler
        from sklearn.tree import DecisionTreeClassifier
        Z = make_pipeline(StandardScaler(), PolynomialFeatures(2)).fit_transform(X)
        DecisionTreeClassifier(random_state=0).fit(Z, y)
        """)

    assert [one["class"] for one in ran.told["transformers"]] == ["sklearn.pipeline.Pipeline"]


def test_texts_are_rows_too(team, keys_of):
    ran = team.train("""
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        texts = ["good day", "bad day", "good night", "bad night"]
        make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(texts, [1, 0, 1, 0])
        """)

    assert ran.chosen["kind"] == "text"
    assert ran.keys.tolist() == keys_of(["good day", "bad day", "good night", "bad night"]).tolist()


def test_rows_that_early_stopping_looked_at_are_told(team):
    ran = team.train("""
        from data import X, y
        from sklearn.base import BaseEstimator, ClassifierMixin
        class Boost(ClassifierMixin, BaseEstimator):
            def fit(self, X, y, eval_set=None):
                self.classes_ = [0, 1]
                return self
            def predict(self, X):
                return [0] * len(X)
        Boost().fit(X[:200], y[:200], eval_set=[(X[:200], y[:200]), (X[200:260], y[200:260])])
        """)

    assert ran.chosen["rows"] == 200
    assert len(set(np.load(ran.raw / "evaluated.npy")) - set(ran.keys)) == 60


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("DecisionTreeClassifier()", ["DecisionTreeClassifier"]),
        ("DecisionTreeClassifier(random_state=0)", []),
        ("LogisticRegression()", []),
        ("LogisticRegression(solver='saga', max_iter=5000)", ["LogisticRegression"]),
        ("SGDClassifier()", ["SGDClassifier"]),
    ],
)
def test_what_draws_without_a_seed_is_told(team, model, told):
    ran = team.train(
        HEAD + "from sklearn.linear_model import LogisticRegression\nmodel = " + model + ".fit(X, y)"
    )

    assert ran.chosen["unseeded"] == told


def test_a_seed_for_all_is_a_seed(team):
    ran = team.train(HEAD + "np.random.seed(0); DecisionTreeClassifier().fit(X, y)")

    assert ran.chosen["unseeded"] == []
    assert ran.told["seeded"] is True


@pytest.mark.parametrize("given", ["*(X[200:260], y[200:260])", "valid=(X[200:260], y[200:260])"])
def test_rows_that_a_class_of_the_script_watches_are_told_whatever_it_calls_them(team, given):
    ran = team.train(f"""
        from data import X, y
        from sklearn.base import BaseEstimator, ClassifierMixin
        class Boost(ClassifierMixin, BaseEstimator):
            def fit(self, X, y, *watched, valid=None, weights=None):
                self.classes_ = [0, 1]
                return self
            def predict(self, X):
                return [0] * len(X)
        Boost().fit(X[:200], y[:200], {given}, weights=X["a"][:200])
        """)

    assert len(set(np.load(ran.raw / "evaluated.npy")) - set(ran.keys)) == 60


def test_arrays_that_are_gone_are_not_remembered(team):
    team.train("""
        import sys
        from data import X, y
        from sklearn.linear_model import LogisticRegression
        for _ in range(2000):
            X.values
        assert len(sys.modules["_ci_mlops_capture.numbering"]._memories) < 1000
        LogisticRegression().fit(X, y)
        """)

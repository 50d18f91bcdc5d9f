"""Which model ships: named, saved, the only one, the only one that is held; else nobody knows."""

import pytest

TWO = """
from data import X, y
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier
plain = LogisticRegression().fit(X, y)
tree = DecisionTreeClassifier(random_state=0).fit(X, y)
"""
LOOP = """
from data import X, y
from sklearn.tree import DecisionTreeClassifier
best = (0, None)
for depth in (1, 5, 2):
    m = DecisionTreeClassifier(max_depth=depth, random_state=0).fit(X, y)
    {}
"""


def captured(ran):
    assert ran.state == "captured", ran.told
    return ran.chosen["class"].rsplit(".", 1)[1], ran.chosen["how"]


def test_the_only_model_is_kept_also_where_only_a_function_had_it(team):
    ran = team.train("""
        from data import X, y
        from sklearn.tree import DecisionTreeClassifier
        def main():
            DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, y)
        main()
        """)

    assert captured(ran) == ("DecisionTreeClassifier", "only")
    assert ran.chosen["where"] == "train.py:5"
    assert ran.model.max_depth == 2


def test_a_named_variable_comes_before_all_else(team):
    ran = team.train(TWO + "import joblib\njoblib.dump(tree, 'm.pkl')\n", variable="plain")

    assert captured(ran) == ("LogisticRegression", "variable")


def test_a_variable_that_is_not_there_is_no_choice(team):
    ran = team.train(TWO, variable="model")

    assert ran.state == "ambiguous"
    assert "variable: no global name model" in ran.told["errors"]


@pytest.mark.parametrize(
    "saving",
    [
        "import joblib; joblib.dump(tree, 'm.joblib')",
        "from joblib import dump; dump({'model': tree, 'columns': list(X)}, 'm.joblib')",
        "import pickle; pickle.dump((tree, 1), open('m.pkl', 'wb').__enter__())",
        "import pickle; open('m.pkl', 'wb').write(pickle.dumps(tree))",
        "import cloudpickle; cloudpickle.dump([tree], open('m.pkl', 'wb').__enter__())",
        "import skops.io; skops.io.dump(tree, 'm.skops')",
        "from sklearn.pipeline import make_pipeline; import joblib; joblib.dump(make_pipeline(tree), 'm.joblib')",
    ],
)
def test_of_two_models_the_saved_one_ships(team, saving):
    ran = team.train(TWO + saving)

    assert captured(ran) == ("DecisionTreeClassifier", "saved")


def test_a_model_inside_an_object_of_the_script_is_found_when_that_is_saved(team):
    ran = team.train(
        TWO
        + """
import pickle
class Bundle:
    def __init__(self, model):
        self.parts = {"model": model}
pickle.dump(Bundle(tree), open("m.pkl", "wb").__enter__())
"""
    )

    assert captured(ran) == ("DecisionTreeClassifier", "saved")
    assert ran.chosen["saved_to"] == "m.pkl"


def test_two_saved_models_are_ambiguous_and_both_are_told(team):
    ran = team.train(TWO + "import joblib\njoblib.dump(tree, 'a.pkl'), joblib.dump(plain, 'b.pkl')\n")

    assert ran.state == "ambiguous"
    assert ran.chosen is None
    assert [(one["where"], one["saved_to"]) for one in ran.told["fitted"]] == [
        ("train.py:5", "b.pkl"),
        ("train.py:6", "a.pkl"),
    ]
    assert not (ran.raw / "model.pkl").exists()


def test_the_last_save_to_a_file_is_what_the_file_holds(team):
    ran = team.train(LOOP.format("import joblib; joblib.dump(m, 'best.pkl') if depth > 1 else None"))

    assert captured(ran) == ("DecisionTreeClassifier", "saved")
    assert ran.model.max_depth == 2


def test_what_was_saved_stays_what_ships_when_the_object_is_fitted_again(team):
    ran = team.train("""
        import joblib
        from data import X, y
        from sklearn.tree import DecisionTreeClassifier
        model = DecisionTreeClassifier(random_state=0).fit(X[:200], y[:200])
        joblib.dump(model, "m.pkl")
        model.fit(X[:50], y[:50])
        """)

    assert captured(ran) == ("DecisionTreeClassifier", "saved")
    assert ran.chosen["rows"] == 200
    assert len(ran.keys) == 200
    assert ran.model.tree_.n_node_samples[0] == 200


def test_a_saved_copy_has_seen_the_rows_of_every_fit_that_it_may_be_of(team):
    ran = team.train("""
        import copy, joblib
        from data import X, y
        from sklearn.tree import DecisionTreeClassifier
        model = DecisionTreeClassifier(max_depth=1, random_state=0)
        for start in (0, 100, 200):
            model.fit(X[start:start + 100], y[start:start + 100])
            if start == 100:
                best = copy.deepcopy(model)
        joblib.dump(best, "m.pkl")
        """)

    assert captured(ran) == ("DecisionTreeClassifier", "saved")
    assert ran.told["evaluated"]["rows"] == 200
    assert {one["what"] for one in ran.told["evaluated"]["sets"]} == {"other fit"}


def test_the_only_model_that_is_still_held_ships(team):
    ran = team.train("""
        from data import X, y
        from sklearn.tree import DecisionTreeClassifier
        def best():
            found = []
            for depth in (1, 5, 2):
                m = DecisionTreeClassifier(max_depth=depth, random_state=0).fit(X, y)
                found.append((m.score(X, y), depth, m))
            return {"model": max(found)[2]}
        result = [best()]
        """)

    assert captured(ran) == ("DecisionTreeClassifier", "reachable")
    assert ran.model.max_depth == 5
    assert len(ran.told["fitted"]) == 3


def test_a_loop_variable_beside_the_best_one_is_ambiguous(team):
    ran = team.train(LOOP.format("best = max(best, (m.score(X, y), m), key=lambda pair: pair[0])"))

    assert ran.state == "ambiguous"
    assert len(ran.told["fitted"]) == 3


def test_the_last_of_a_loop_is_not_a_choice(team):
    ran = team.train(LOOP.format("print(m.score(X, y))"))

    assert ran.state == "ambiguous"


def test_two_models_that_are_both_held_are_ambiguous(team):
    ran = team.train(TWO)

    assert ran.state == "ambiguous"


def test_a_search_is_one_model_and_its_best_one_is_kept(team):
    ran = team.train("""
        import joblib
        from data import X, y
        from sklearn.model_selection import GridSearchCV, cross_val_score
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
        from sklearn.tree import DecisionTreeClassifier
        pipe = make_pipeline(StandardScaler(), DecisionTreeClassifier(random_state=0))
        print(cross_val_score(pipe, X, y))
        search = GridSearchCV(pipe, {"decisiontreeclassifier__max_depth": [1, 3]}, cv=3).fit(X, y)
        joblib.dump(search.best_estimator_, "m.pkl")
        """)

    assert captured(ran) == ("Pipeline", "saved")
    assert ran.told["search"] is None
    assert ran.told["transformers"] == []
    assert [one["class"] for one in ran.told["fitted"]] == ["sklearn.model_selection._search.GridSearchCV"]


def test_a_search_that_was_not_saved_ships_its_best_one(team):
    ran = team.train("""
        from data import X, y
        from sklearn.model_selection import RandomizedSearchCV
        from sklearn.tree import DecisionTreeClassifier
        search = RandomizedSearchCV(DecisionTreeClassifier(), {"max_depth": [1, 3]}, n_iter=2).fit(X, y)
        """)

    assert captured(ran) == ("DecisionTreeClassifier", "only")
    assert ran.told["search"].endswith("RandomizedSearchCV")
    assert ran.chosen["unseeded"] == ["DecisionTreeClassifier", "RandomizedSearchCV"]


def test_baselines_clusterings_and_selectors_are_not_the_model(team):
    ran = team.train("""
        from data import X, y
        from sklearn.cluster import KMeans
        from sklearn.dummy import DummyClassifier
        from sklearn.ensemble import IsolationForest
        from sklearn.feature_selection import RFE
        from sklearn.linear_model import LogisticRegression
        baseline = DummyClassifier().fit(X, y)
        groups = KMeans(3, n_init=1, random_state=0).fit(X)
        odd = IsolationForest(n_estimators=5, random_state=0).fit(X)
        chosen = RFE(LogisticRegression(), n_features_to_select=2).fit(X, y)
        model = LogisticRegression().fit(X[list("ab")], y)
        """)

    assert captured(ran) == ("LogisticRegression", "only")
    assert ran.chosen["names"] == ["a", "b"]
    assert [one["class"].rsplit(".")[-1] for one in ran.told["transformers"]] == ["KMeans", "RFE"]


def test_a_calibration_holds_its_model_and_has_seen_its_rows(team):
    ran = team.train("""
        from data import X, y
        from sklearn.calibration import CalibratedClassifierCV
        from sklearn.frozen import FrozenEstimator
        from sklearn.tree import DecisionTreeClassifier
        tree = DecisionTreeClassifier(max_depth=2, random_state=0).fit(X[:200], y[:200])
        model = CalibratedClassifierCV(FrozenEstimator(tree), cv=2).fit(X[200:], y[200:])
        """)

    assert captured(ran) == ("CalibratedClassifierCV", "only")
    assert len(ran.keys) == 100
    assert ran.told["evaluated"]["rows"] == 200


def test_nothing_that_predicts_is_said_with_what_there_was(team):
    ran = team.train("""
        from data import X
        from sklearn.preprocessing import StandardScaler
        StandardScaler().fit(X)
        """)

    assert ran.state == "nothing"
    assert [one["where"] for one in ran.told["transformers"]] == ["train.py:4"]


def test_a_model_that_can_not_be_pickled_is_not_called_absent(team):
    ran = team.train("""
        import threading
        from data import X, y
        from sklearn.tree import DecisionTreeClassifier
        model = DecisionTreeClassifier().fit(X, y)
        model.lock = threading.Lock()
        """)

    assert ran.state == "unsaved"
    assert any("lock" in error for error in ran.told["errors"])


THREADS = """
import threading
from concurrent.futures import ThreadPoolExecutor
from data import X, y
from joblib import Parallel, delayed
from sklearn.base import BaseEstimator, ClassifierMixin
both = threading.Barrier(2, timeout=20)
class Slow(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        both.wait()
        self.classes_ = [0, 1]
        return self
    def predict(self, X):
        return X
"""


@pytest.mark.parametrize(
    "fits",
    [
        "models = list(ThreadPoolExecutor(2).map(lambda _: Slow().fit(X, y), range(2)))",
        'models = Parallel(n_jobs=2, prefer="threads")(delayed(lambda: Slow().fit(X, y))() for _ in range(2))',
    ],
    ids=["the script's own", "joblib's"],
)
def test_fits_in_threads_are_the_scripts_own(team, fits):
    ran = team.train(THREADS + fits)

    assert ran.state == "ambiguous"
    assert len(ran.told["fitted"]) == 2


ROUNDS = """
from copy import deepcopy
from data import X, y
from sklearn.linear_model import SGDClassifier
def main():
    model = SGDClassifier(random_state=0, learning_rate="constant", eta0=5.0)
    for round in range(4):
        model.{}
        if round == 2:
            {}
    return {}
kept = main()
"""
PARTLY = "partial_fit(X[:200], y[:200], classes=['no', 'yes'])"


@pytest.mark.parametrize("learns", [PARTLY, "set_params(eta0=5.0 + round).fit(X, y)"])
def test_a_model_that_was_copied_and_then_fitted_again_is_ambiguous(team, learns):
    ran = team.train(ROUNDS.format(learns, "best = deepcopy(model)", "best"))

    assert (ran.state, ran.told["why"]) == ("ambiguous", "copies")


def test_the_named_copy_of_a_round_ships(team):
    ran = team.train(ROUNDS.format(PARTLY, "best = deepcopy(model)", "best"), variable="kept")

    assert captured(ran) == ("SGDClassifier", "variable")
    assert ran.model.t_ == 3 * 200 + 1


def test_of_rounds_that_are_saved_the_last_that_was_saved_ships(team):
    saving = "None\n        import joblib; joblib.dump(model, 'm.joblib') if round in (0, 2) else None"
    ran = team.train(ROUNDS.format(PARTLY, saving, "1"))

    assert captured(ran) == ("SGDClassifier", "saved")
    assert ran.model.t_ == 3 * 200 + 1


@pytest.mark.parametrize(
    "best",
    [
        "cross_validate(DecisionTreeClassifier(), X, y, cv=3, return_estimator=True)['estimator'][0]",
        "Parallel(n_jobs=2)(delayed(DecisionTreeClassifier(max_depth=d).fit)(X, y) for d in (2, 3))[0]",
    ],
)
def test_a_saved_model_whose_fit_was_not_seen_is_not_taken_for_another(team, best):
    ran = team.train(f"""
        import joblib
        from data import X, y
        from joblib import Parallel, delayed
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import cross_validate
        from sklearn.tree import DecisionTreeClassifier
        plain = LogisticRegression().fit(X, y)
        joblib.dump({best}, "m.joblib")
        """)

    assert (ran.state, ran.told["why"]) == ("ambiguous", "unseen")


def test_a_saved_part_of_the_model_leaves_the_choice_as_it_is(team):
    ran = team.train("""
        import joblib
        from data import X, y
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
        model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
        joblib.dump(model[-1], "m.joblib")
        """)

    assert captured(ran) == ("Pipeline", "only")


WRAPPED = """
import joblib
from data import X, y
from sklearn.tree import DecisionTreeClassifier
class Service:
    def __init__(self, model):
        self.model = model
    def predict(self, X):
        return self.model.predict_proba(X)[:, 1] > 0.3
model = Service(DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, y))
joblib.dump({"model": model}, "m.joblib")
"""


def test_a_saved_object_that_answers_by_itself_is_not_taken_for_the_model_inside(team):
    ran = team.train(WRAPPED)

    assert (ran.state, ran.told["why"]) == ("ambiguous", "wrapped")


def test_the_model_inside_of_an_object_that_answers_by_itself_can_be_named(team):
    ran = team.train(WRAPPED, variable="model")

    assert captured(ran) == ("DecisionTreeClassifier", "variable")

"""A script under the launcher prints, ends and fails to the byte as it does without."""

import json

import pytest

from tests.workers.launcher.conftest import LAUNCHER

SCRIPTS = {
    "an error inside fit": """
        from data import X, y
        from sklearn.linear_model import LogisticRegression
        def train():
            LogisticRegression().fit(X, y[:10])
        train()
        """,
    "an error that came of another": """
        from data import X, y
        from sklearn.svm import SVC
        try:
            SVC(C=-1).fit(X, y)
        except ValueError as error:
            raise RuntimeError("no luck") from error
        """,
    "a traceback that the script prints": """
        import logging, traceback
        from data import X, y
        from sklearn.svm import SVC
        from sklearn.model_selection import train_test_split
        for call in (lambda: SVC(C=-1).fit(X, y), lambda: train_test_split(X, y[:3])):
            try:
                call()
            except ValueError:
                traceback.print_exc()
                logging.exception("seen")
        """,
    "an error in a split": """
        from data import X, y
        from sklearn.model_selection import KFold, train_test_split
        try:
            list(KFold(500).split(X))
        except ValueError as error:
            print(error)
        train_test_split(X, y[:3], test_size=7.5)
        """,
    "warnings that name their caller": """
        import warnings
        import numpy as np
        from data import X, y
        from sklearn.base import BaseEstimator, ClassifierMixin
        from sklearn.linear_model import LogisticRegression
        class Mine(ClassifierMixin, BaseEstimator):
            def fit(self, X, y):
                warnings.warn("look here", UserWarning, stacklevel=2)
                self.classes_ = np.unique(y)
                return self
            def predict(self, X):
                return np.repeat(self.classes_[0], len(X))
        for _ in range(3):
            Mine().fit(X, y)
        LogisticRegression(max_iter=1).fit(X, y)
        """,
    "sys.exit with a text": """
        import sys
        from data import X, y
        from sklearn.tree import DecisionTreeClassifier
        DecisionTreeClassifier().fit(X, y)
        sys.exit("the metric is too low")
        """,
    "sys.exit with a code": """
        import atexit, sys
        from data import X, y
        from sklearn.tree import DecisionTreeClassifier
        atexit.register(print, "good bye")
        DecisionTreeClassifier(random_state=0).fit(X, y)
        sys.exit(3)
        """,
    "os._exit": """
        import os
        from data import X, y
        from sklearn.tree import DecisionTreeClassifier
        model = DecisionTreeClassifier(random_state=0).fit(X, y)
        print(model.score(X, y), flush=True)
        os._exit(7)
        """,
    "what a script sees of its surroundings": """
        import os, sys, inspect
        from data import X, y
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import KFold, train_test_split
        print(sys.argv, os.getcwd(), sys.path, __name__, __file__, sys.flags, "sitecustomize" in sys.modules)
        print(inspect.signature(LogisticRegression.fit), inspect.signature(train_test_split))
        print(LogisticRegression.fit.__doc__[:40], LogisticRegression.fit.__qualname__, type(KFold().split(X)))
        try:
            import sitecustomize
        except ImportError as error:
            print(error)
        """,
    "a seeded draw": """
        import numpy as np
        from data import X, y
        from sklearn.model_selection import KFold, ShuffleSplit, train_test_split
        np.random.seed(3)
        print([part.index.tolist() for part in train_test_split(X, y)])
        print([test.tolist() for _, test in KFold(3, shuffle=True).split(X)], np.random.rand())
        for train, test in ShuffleSplit(2).split(X):
            print(test)
        """,
    "processes that are spawned": """
        import multiprocessing
        from data import X, y
        from sklearn.tree import DecisionTreeClassifier
        def score(depth):
            return DecisionTreeClassifier(max_depth=depth, random_state=0).fit(X, y).score(X, y)
        if __name__ == "__main__":
            for method in ("spawn", "fork", "forkserver"):
                with multiprocessing.get_context(method).Pool(1) as pool:
                    print(pool.map(score, [1, 2]))
            model = DecisionTreeClassifier(random_state=0).fit(X, y)
        """,
    "joblib's workers, with a class of the script": """
        import numpy as np
        from data import X, y
        from sklearn.base import BaseEstimator, ClassifierMixin
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import GridSearchCV
        class Mine(ClassifierMixin, BaseEstimator):
            def __init__(self, C=1.0):
                self.C = C
            def fit(self, X, y):
                self.inner_ = LogisticRegression(C=self.C).fit(X, y)
                self.classes_ = self.inner_.classes_
                return self
            def predict(self, X):
                return self.inner_.predict(X)
        search = GridSearchCV(Mine(), {"C": [0.1, 1]}, cv=2, n_jobs=2).fit(X, y)
        print(search.best_params_, search.score(X, y))
        """,
    "joblib's threads": """
        import joblib
        from data import X, y
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.model_selection import cross_val_score
        model = RandomForestClassifier(5, random_state=0, n_jobs=2)
        with joblib.parallel_backend("threading", n_jobs=2):
            print(cross_val_score(model, X, y, cv=3))
            model.fit(X, y)
        print(model.score(X, y))
        """,
}


@pytest.mark.parametrize("told", SCRIPTS)
def test_a_script_does_not_show_that_it_was_watched(team, told):
    team.write("train.py", SCRIPTS[told])

    hooked = team.hooked("python", "train.py", "--depth", "3")

    assert hooked.printed == team.plain("python", "train.py", "--depth", "3").printed
    assert not [error for error in hooked.told["errors"] if "hooking" in error or "watching" in error]


def test_a_module_that_is_run_by_name_is_as_without(team):
    team.write("pkg/__init__.py", "")
    team.write(
        "pkg/train.py",
        """
        import sys
        from data import X, y
        from sklearn.tree import DecisionTreeClassifier
        print(__name__, __spec__.name, sys.argv[1:], sys.path[0] == "")
        model = DecisionTreeClassifier(random_state=0).fit(X, y)
        model.fit(X, y[:3])
        """,
    )

    hooked = team.hooked("python", "-m", "pkg.train", "x")

    assert hooked.printed == team.plain("python", "-m", "pkg.train", "x").printed
    assert hooked.code == 1
    assert hooked.chosen["where"] == "pkg/train.py:6"


def test_a_sitecustomize_of_the_team_still_runs(team):
    team.write("site/sitecustomize.py", "import sys\nprint('ours', __name__, __file__)\n")
    team.write("train.py", "import sitecustomize\nprint(sitecustomize.__file__)\n")

    hooked = team.hooked("python", "train.py", path=[str(team.folder / "site")])

    assert hooked.out.count(b"site/sitecustomize.py") == 2
    assert hooked.err == b""
    assert hooked.state == "nothing"


def test_what_fails_in_us_is_noted_and_the_script_goes_on(team):
    team.write(
        "train.py",
        """
        from data import X, y
        from sklearn.dummy import DummyClassifier
        class Odd(list):
            @property
            def shape(self):
                raise RuntimeError("nobody asks me that")
        model = DummyClassifier().fit(Odd(X.to_numpy().tolist()), y)
        print(model.predict([[0]]))
        """,
    )

    hooked = team.hooked("python", "train.py")

    assert hooked.printed == team.plain("python", "train.py").printed
    assert any("nobody asks me that" in error for error in hooked.told["errors"])


def test_without_site_nothing_is_captured_and_no_file_says_otherwise(team):
    team.write("train.py", "print(1)")

    hooked = team.hooked("python", "-I", "train.py")

    assert hooked.code == 0
    assert not hooked.raw.exists()


def test_an_error_of_our_own_at_the_end_leaves_no_answer_and_no_word(team):
    team.write("train.py", "print(1)")
    hooked = team.hooked("python", "train.py")
    request = hooked.raw.parent / "request.json"
    blocked = hooked.raw.parent / "file"
    blocked.write_text("")
    request.write_text(json.dumps({"into": str(blocked), "variable": None, "root": str(team.folder)}))

    again = team._run(("python", "train.py"), {"PYTHONPATH": str(LAUNCHER), "CI_MLOPS_CAPTURE": str(request)})

    assert again.printed == (0, b"1\n", b"")

"""XGBoost and LightGBM: the right model, the rows it learned and those it watched; a native booster is no estimator."""

import ctypes

import numpy as np
import pandas as pd
import pytest

from tests.workers.launcher.test_choice import captured
from tests.workers.proof.raws import keys_of


def holds_openmp():
    """LightGBM brings none of its own."""
    for name in ("libgomp.so.1", "libomp.dylib"):
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False


NEEDS_OPENMP = pytest.mark.skipif(not holds_openmp(), reason="LightGBM needs OpenMP (Debian: libgomp1)")
HEAD = """
from data import X, y, np
from sklearn.model_selection import train_test_split
number = (y == "yes").astype(int)
"""
XGBOOST = """
from xgboost import XGBClassifier
X_fit, X_val, y_fit, y_val = train_test_split(X, number, test_size=0.25, random_state=1)
other = XGBClassifier(n_estimators=2, n_jobs=1).fit(X_fit, y_fit)
model = XGBClassifier(n_estimators=30, max_depth=3, n_jobs=1, early_stopping_rounds=2)
model.fit(X_fit, y_fit, eval_set=[(X_fit, y_fit), (X_val, y_val)], verbose=5)
model.get_booster().save_model("model.json")
"""
LIGHTGBM = """
from lightgbm import LGBMClassifier, early_stopping, log_evaluation
X = X.assign(a=(X["a"] > 0).map({True: "high", False: "low"}).astype("category"))
X_fit, X_val, y_fit, y_val = train_test_split(X, y, test_size=0.25, random_state=1)
other = LGBMClassifier(n_estimators=2, n_jobs=1, verbose=-1).fit(X_fit, y_fit)
model = LGBMClassifier(n_estimators=30, n_jobs=1)
model.fit(X_fit, y_fit, eval_set=[(X_val, y_val)], callbacks=[early_stopping(2), log_evaluation(5)])
model.booster_.save_model("model.txt")
"""
NOTED = """
np.save("shares.npy", model.predict_proba(X))
for name, rows in (("all", X), ("fit", X_fit), ("watched", X_val)):
    rows.to_pickle(name + ".frame")
"""
INSIDE = """
import joblib
from lightgbm import LGBMClassifier
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier
model = make_pipeline(StandardScaler(), XGBClassifier(n_estimators=3, n_jobs=1))
search = GridSearchCV(model, {}, cv=2).fit(X[:200], number[:200])
model = LGBMClassifier(n_estimators=3, n_jobs=1, verbose=-1)
calibrated = CalibratedClassifierCV(model, cv=2).fit(X[100:250], number[100:250])
joblib.dump({"model": calibrated}, "model.joblib")
"""
NATIVE = {
    "xgboost.train": "import xgboost\nbooster = xgboost.train({'nthread': 1}, xgboost.DMatrix(X, number), 3)\n",
    "lightgbm.train": "from lightgbm import Dataset, train\n"
    "booster = train({'num_threads': 1, 'verbose': -1}, Dataset(X, number), 3)\n",
}
BASELINE = "from sklearn.linear_model import LogisticRegression\nbase = LogisticRegression().fit(X, number)\n"
SAVED = "import joblib\njoblib.dump({}, 'model.joblib')\n"


@pytest.mark.parametrize(
    ("name", "script"),
    [("XGBClassifier", XGBOOST), pytest.param("LGBMClassifier", LIGHTGBM, marks=NEEDS_OPENMP)],
)
def test_the_saved_estimator_is_kept_with_the_rows_that_it_learned_and_watched(team, name, script):
    team.write("train.py", HEAD + script + NOTED)
    plain = team.plain("python", "train.py")
    ran = team.hooked("python", "train.py")

    assert ran.printed == plain.printed
    assert captured(ran) == (name, "saved")
    rows, fit, watched = (pd.read_pickle(team.folder / f"{part}.frame") for part in ("all", "fit", "watched"))
    assert np.array_equal(ran.keys, keys_of(fit))
    assert np.array_equal(np.load(ran.raw / "evaluated.npy"), np.unique(keys_of(watched)))
    assert np.array_equal(ran.model.predict_proba(rows), np.load(team.folder / "shares.npy"))


@NEEDS_OPENMP
def test_estimators_inside_of_others_train_no_booster_of_the_scripts_own(team):
    ran = team.train(HEAD + INSIDE)

    assert captured(ran) == ("CalibratedClassifierCV", "saved")
    assert len(ran.keys) == 150
    assert ran.told["native"] == []
    assert ran.told["errors"] == []


@pytest.mark.parametrize(
    ("what", "after"),
    [
        ("xgboost.train", SAVED.format("booster") + BASELINE),
        ("xgboost.train", ""),
        ("xgboost.train", BASELINE),
        pytest.param("lightgbm.train", BASELINE + SAVED.format("booster"), marks=NEEDS_OPENMP),
    ],
)
def test_a_native_booster_is_told_and_no_other_model_is_taken_for_it(team, what, after):
    ran = team.train(HEAD + NATIVE[what] + after)

    assert (ran.state, ran.told["why"]) == ("ambiguous", "native")
    assert [one["what"] for one in ran.told["native"]] == [what]
    assert ran.told["native"][0]["where"].startswith("train.py:")


def test_a_booster_that_is_named_is_told(team):
    ran = team.train(HEAD + BASELINE + NATIVE["xgboost.train"], variable="booster")

    assert ran.told["why"] == "native"


def test_an_estimator_that_is_saved_beside_a_booster_is_kept(team):
    ran = team.train(HEAD + NATIVE["xgboost.train"] + BASELINE + SAVED.format("base"))

    assert captured(ran) == ("LogisticRegression", "saved")

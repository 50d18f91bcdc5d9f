"""Where a script prepares what no recipe repeats, the rows are known by their labels; what can't be proven is refused."""

import json

import numpy as np
import pandas as pd
import pytest

from tests.workers.lineage.conftest import ROWS, customers
from tests.workers.proof.raws import worker

# no recipe makes these of the file: a ratio, parsed text, words as numbers
PREPARE = """
df["rate"] = df["rate"].str.rstrip("%").astype(float) / 3
df["ratio"] = df["rate"] * 7 / df["income"]
df["member"] = df["member"].map({"Yes": 1, "No": 0})
"""
SPLIT = """
df = df.dropna()
X = pd.get_dummies(df.drop(columns=["customer", "y"]), columns=["region"])
y = df["y"].map({"late": 1, "paid": 0})
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=3)
"""
FIT = """
model = RandomForestClassifier(n_estimators=5, random_state=0).fit(X_train, y_train)
said = model.predict(X_test)
"""
NOTE = """
np.save("fitted.npy", np.asarray(X_train.index))
np.save("held.npy", np.asarray(X_test.index))
np.save("said.npy", said)
"""


WORDS = {1: "late", 0: "paid"}


def holds(trained, words=WORDS, back=None):
    """
    The rows of both sides are marked as the script parted them, and the held-out ones get its own answers.

    `words`: what the script's codes are in the file; `back`: from its numbers to those of the file.
    """
    captured = trained.kept()
    marks, predictions = trained.marks(captured, task="regression" if back else "classification")
    expected = np.full(len(marks), 2)
    expected[trained.wrote("held.npy")] = 0
    expected[trained.wrote("fitted.npy")] = 1
    assert (marks == expected).all()
    said, answers = trained.wrote("said.npy"), predictions[trained.wrote("held.npy")]
    if back:
        assert answers == pytest.approx(back(said))
    else:
        assert answers.tolist() == [words[code] for code in said.tolist()]
    return captured


def test_dummies_maps_and_dropped_rows_keep_their_index(train):
    trained = train(PREPARE + SPLIT + FIT + NOTE)
    captured = holds(trained)

    card = json.loads((captured / "capture.json").read_text())
    assert card["recipe"] is None
    assert card["lineage"] == {
        "by": "row numbers",
        "columns": ["customer", "income", "rate", "region", "member"],
    }


def test_the_answer_says_that_the_rows_are_as_the_script_prepared_them(train):
    answer, _ = train(PREPARE + SPLIT + FIT).match()

    told = {one["code"]: one for one in answer["findings"]}["prepared_outside"]
    assert (told["detail"], told["count"]) == ("kept", 144)


def test_without_the_setting_nothing_is_kept_and_the_ways_out_are_named_in_order(train):
    answer = train(PREPARE + SPLIT + FIT, prepared=False).refused(prepared=False)

    assert "`ratio` is in no column of the training data" in answer["what"]
    ways = ["Pipeline", "`predict:` command", "prepared: true", "callable"]
    places = [answer["mend"].index(way) for way in ways]
    assert places == sorted(places)


def test_a_new_index_after_dropped_rows_is_refused(train):
    answer = train(PREPARE + SPLIT.replace("dropna()", "dropna().reset_index(drop=True)") + FIT).refused()

    assert "its index" in answer["what"] or "index of its rows was made anew" in answer["what"]


def test_a_new_index_in_a_file_that_is_sorted_by_its_target_is_refused(train):
    script = PREPARE + SPLIT.replace("dropna()", "dropna().reset_index(drop=True)") + FIT
    answer = train(script, customers().sort_values("y")).refused()

    assert "can't be told" in answer["what"] or "told which rows" in answer["what"]


@pytest.mark.parametrize("later", ["df = df[df['member'] == 1]", "df = df.sample(frac=0.9, random_state=1)"])
def test_a_new_index_that_is_thinned_later_is_refused_in_a_sorted_file(train, later):
    """The labels all agree, and would prove nothing: neighbours have the same."""
    frame = customers().sort_values("y")
    # all dropped rows are at the end, where each label is the same
    frame["income"] = frame["income"].fillna(1000)
    frame.iloc[-60:-20, frame.columns.get_loc("income")] = np.nan
    script = (
        PREPARE + SPLIT.replace("df = df.dropna()", f"df = df.dropna().reset_index(drop=True)\n{later}") + FIT
    )
    answer = train(script, frame).refused()

    assert "labels of neighbouring rows are too much alike" in answer["what"]


def test_a_kept_index_in_a_sorted_file_is_proven_by_a_column_that_was_left_alone(train):
    frame = customers().sort_values("y").assign(age=np.random.default_rng(5).integers(18, 90, ROWS))
    holds(train(PREPARE + SPLIT + FIT + NOTE, frame))


def test_a_shuffled_frame_keeps_its_index(train):
    holds(train("df = df.sample(frac=1, random_state=8)\n" + PREPARE + SPLIT + FIT + NOTE))


def test_a_shuffled_frame_with_a_new_index_is_refused(train):
    script = "df = df.sample(frac=1, random_state=8).reset_index(drop=True)\n" + PREPARE
    answer = train(script + SPLIT.replace("df.dropna()", "df.fillna(0)") + FIT).refused()

    assert "the labels that it was given are not the file's at those rows" in answer["what"]


def test_a_frame_with_a_new_index_and_all_its_rows_is_known(train):
    script = PREPARE + SPLIT.replace("df.dropna()", "df.fillna(0).reset_index(drop=True)") + FIT + NOTE
    holds(train(script))


def test_arrays_are_followed_to_their_frame(train):
    fit = """
    values = X.values.astype(float)
    tr, te, y_train, y_test = train_test_split(values, y.values, test_size=0.25, random_state=3)
    np.save("fitted.npy", np.asarray(X_train.index)); np.save("held.npy", np.asarray(X_test.index))
    scaler = StandardScaler()
    tr = scaler.fit_transform(tr)
    te = scaler.transform(te)
    model = LogisticRegression().fit(tr, y_train)
    np.save("said.npy", model.predict(te))
    """
    trained = train(
        PREPARE
        + SPLIT
        + fit.replace("\n    ", "\n").replace("X.values.astype(float)", "X.astype(float).values")
    )
    holds(trained)


@pytest.mark.parametrize(
    "array", ["X.astype(float).values", "np.asarray(X.astype(float))", "X.to_numpy(dtype=float)"]
)
def test_a_fold_that_is_picked_out_of_an_array_is_followed_to_its_frame(train, array):
    fit = f"""
import joblib
from sklearn.model_selection import StratifiedKFold
X, labels = {array}, y.values
for tr, te in StratifiedKFold(3, shuffle=True, random_state=0).split(X, labels):
    model = RandomForestClassifier(n_estimators=5, random_state=0).fit(X[tr], labels[tr])
    said = model.predict(X[te])
np.save("fitted.npy", np.asarray(y.index[tr])); np.save("held.npy", np.asarray(y.index[te])); np.save("said.npy", said)
joblib.dump(model, "model.joblib")
"""
    holds(train(PREPARE + SPLIT + fit))


def test_an_array_that_nobody_knows_has_the_rows_of_the_labels_that_it_is_split_with(train):
    fit = """
    values = np.asarray(X, dtype=float)
    values = (values - values.mean(axis=0)) / values.std(axis=0)
    tr, te, y_train, y_test = train_test_split(values, y, test_size=0.25, random_state=3)
    np.save("fitted.npy", np.asarray(y_train.index)); np.save("held.npy", np.asarray(y_test.index))
    model = LogisticRegression().fit(tr, y_train)
    np.save("said.npy", model.predict(te))
    """
    holds(train(PREPARE + SPLIT + fit.replace("\n    ", "\n")))


def test_a_search_is_asked_in_place_of_its_best_estimator(train):
    fit = """
    import joblib
    search = GridSearchCV(RandomForestClassifier(n_estimators=5, random_state=0), {"max_depth": [2, 3]}, cv=2)
    search.fit(X_train, y_train)
    said = search.predict(X_test)
    joblib.dump(search.best_estimator_, "model.joblib")
    """
    holds(train(PREPARE + SPLIT + fit.replace("\n    ", "\n") + NOTE))


def hourly(rows=900):
    dice = np.random.default_rng(2)
    when = pd.date_range("2024-01-01", periods=rows, freq="h")
    level = 100 + 20 * np.sin(np.arange(rows) / 24 * 6.28) + dice.normal(0, 5, rows)
    return pd.DataFrame(
        {"when": when.astype(str), "heat": dice.normal(10, 3, rows).round(1), "y": level.round(1)}
    )


LAGS = """
df = pd.read_csv("train.csv", parse_dates=["when"], index_col="when").sort_index().asfreq("h")
df["lag"] = df["y"].shift(24)
df["mean"] = df["y"].shift(24).rolling(24).mean()
df["hour"] = df.index.hour
df = df.dropna()
X_train, X_test = df[df.index < "2024-01-25"], df[df.index >= "2024-01-25"]
names = ["lag", "mean", "hour"]
model = RandomForestRegressor(n_estimators=5, random_state=0).fit(X_train[names], X_train["y"])
said = model.predict(X_test[names])
"""
BY_DATE = """
places = {text: place for place, text in enumerate(pd.read_csv("train.csv")["when"])}
for name, part in (("fitted.npy", X_train), ("held.npy", X_test)):
    np.save(name, [places[str(when)] for when in part.index])
np.save("said.npy", said)
"""


def test_rows_are_known_by_dates_where_lags_were_made(train):
    captured = holds(train(LAGS + BY_DATE, hourly()), back=np.array)

    assert json.loads((captured / "capture.json").read_text())["lineage"]["by"] == "when"


def test_a_target_that_was_moved_in_time_is_refused(train):
    script = LAGS.replace("df = df.dropna()", "df['y'] = df['y'].shift(-1)\ndf = df.dropna()")
    answer = train(script, hourly()).refused()

    assert "the labels that it was given are not the file's at those rows" in answer["what"]


def test_a_logarithm_of_the_target_is_known(train):
    frame = customers().assign(y=np.random.default_rng(4).lognormal(3, 1, ROWS).round(3))
    script = SPLIT.replace('df["y"].map({"late": 1, "paid": 0})', 'np.log1p(df["y"])')
    holds(train(PREPARE + script + FIT.replace("Classifier", "Regressor") + NOTE, frame), back=np.expm1)


def test_labels_as_a_label_encoder_codes_them_are_known(train):
    script = SPLIT.replace('df["y"].map({"late": 1, "paid": 0})', 'LabelEncoder().fit_transform(df["y"])')
    holds(train(PREPARE + script + FIT + NOTE), {0: "late", 1: "paid"})


def test_a_row_that_the_model_was_fitted_on_and_asked_about_counts_as_seen(train):
    holds(train(PREPARE + SPLIT + FIT + "model.predict(X_train); model.predict_proba(X)\n" + NOTE))


def test_a_test_part_with_a_new_index_is_refused(train):
    script = PREPARE + SPLIT + "X_test = X_test.reset_index(drop=True)\n" + FIT
    answer = train(script).refused()

    assert "have an index that is not the file's" in answer["what"]


def test_other_rows_than_those_that_it_claims_to_ask_about_are_refused(train):
    cheat = """
    good = X_test[y_test == 1].sample(len(X_test), replace=True, random_state=0)
    good.index = X_test.index
    X_test = good
    """
    answer = train(PREPARE + SPLIT + cheat.replace("\n    ", "\n") + FIT).refused()

    assert "have an index that is not the file's" in answer["what"]


def test_training_rows_under_other_labels_count_as_seen(train):
    cheat = """
    X_test = X_train.iloc[: len(X_test)].set_axis(X_test.index)
    """
    answer = train(PREPARE + SPLIT + cheat.replace("\n    ", "\n") + FIT).refused()

    assert "no row" in answer["what"] or "not the file's" in answer["what"]


def test_rows_that_were_asked_about_twice_and_differed_are_left_out(train):
    script = (
        PREPARE
        + SPLIT
        + FIT
        + "model.predict(X_test.assign(ratio=X_test['ratio'] + (X_test.index < 100)))\n"
        + NOTE
    )
    trained = train(script)
    marks, _ = trained.marks(trained.kept())

    held = trained.wrote("held.npy")
    assert (marks[held] == np.where(held < 100, 2, 0)).all()


def test_equal_rows_of_the_file_are_seen_together(train):
    frame = customers()
    frame["customer"] = "same"
    frame = pd.concat([frame, frame.iloc[:200]], ignore_index=True)
    trained = train(PREPARE + SPLIT + FIT + NOTE, frame)
    marks, _ = trained.marks(trained.kept())

    fitted, held = trained.wrote("fitted.npy"), trained.wrote("held.npy")
    twin = np.arange(len(frame)) % ROWS
    twins_of_fitted = np.isin(twin, twin[fitted])
    assert (marks[held] == twins_of_fitted[held]).all()
    assert twins_of_fitted[held].any()


WATCHING = """
class Stopping(RandomForestClassifier):
    def fit(self, X, y, eval_set=None):
        return super().fit(X, y)
"""


def test_rows_of_an_early_stopping_are_seen(train):
    script = WATCHING + PREPARE + SPLIT
    fit = FIT.replace("RandomForestClassifier(", "Stopping(").replace(
        "y_train)", "y_train, eval_set=[(X_test, y_test)])"
    )
    answer = train(script + fit).refused()

    assert answer["what"].startswith(
        "All 144 rows that the script holds out were watched while the model was fitted"
    )


def test_of_the_held_out_rows_those_of_an_early_stopping_are_seen(train):
    script = WATCHING + PREPARE + SPLIT + "half, rest = X_test.iloc[:70], X_test.iloc[70:]\n"
    fit = FIT.replace("RandomForestClassifier(", "Stopping(").replace(
        "y_train)", "y_train, eval_set=[(half, y_test.iloc[:70])])"
    )
    trained = train(script + fit + NOTE)
    marks, _ = trained.marks(trained.kept())

    assert marks[trained.wrote("held.npy")].tolist() == [1] * 70 + [0] * 74


def test_new_columns_of_the_file_make_no_row_new_and_a_missing_one_is_said(train):
    trained = train(PREPARE + SPLIT + FIT + NOTE)
    captured = trained.kept()
    frame = pd.read_csv(trained.folder / "train.csv")
    marks, _ = trained.marks(captured, frame.assign(new=1.5))

    assert (marks[trained.wrote("fitted.npy")] == 1).all()
    with pytest.raises(AssertionError, match="known by columns that the test rows lack: region"):
        trained.marks(captured, frame.drop(columns="region"))


def test_equal_trainings_leave_equal_bytes(train):
    files = []
    for _ in range(2):
        trained = train(PREPARE + SPLIT + FIT)
        captured = trained.kept()
        files.append({file.name: file.read_bytes() for file in captured.iterdir()})
        captured.rename(captured.with_name(f"captured-{len(files)}"))
        trained.raw.rename(trained.raw.with_name(f"raw-{len(files)}"))

    assert files[0] == files[1]
    assert {"prepared.npy", "raw_rows.npy"} <= set(files[0])


@pytest.mark.parametrize("leak", ['df["y"] == "late"', 'df["y"].map({"late": 7, "paid": 3})'])
def test_the_target_among_what_was_prepared_is_refused(train, leak):
    answer = train(PREPARE + f"df['hint'] = {leak}\n" + SPLIT + FIT).refused()

    assert answer["what"].startswith("`hint` is the target itself")


def test_a_model_of_prepared_rows_tells_who_serves_it_that_it_can_not_score_raw_rows(train):
    trained = train(PREPARE + SPLIT + FIT)
    captured = worker("captured").Captured(trained.kept())

    with pytest.raises(ValueError, match="it can't score raw rows"):
        captured.predict(pd.read_csv(trained.folder / "train.csv"))


def test_a_script_that_asks_about_no_row_is_told_so(train):
    fit = FIT.replace("said = model.predict(X_test)", "")
    answer = train(PREPARE + SPLIT + fit).refused()

    assert answer["what"].startswith("The script asks the model about no row that it was not fitted on")


def test_a_fold_of_a_part_whose_labels_are_objects_is_followed_to_its_frame(train):
    fit = """
from sklearn.model_selection import KFold
values, labels = X.astype(float).values, y.map({1: "bad", 0: "good"}).to_numpy(dtype=object)
values, _, labels, _, rows, _ = train_test_split(values, labels, y.index, test_size=50, random_state=1)
tr, te = next(KFold(4).split(values))
model = RandomForestClassifier(n_estimators=5, random_state=0).fit(values[tr], labels[tr])
np.save("fitted.npy", np.asarray(rows[tr])); np.save("held.npy", np.asarray(rows[te]))
np.save("said.npy", (model.predict(values[te]) == "bad").astype(int))
"""
    # rows of the other part are neither fitted on nor asked about
    holds(train(PREPARE + SPLIT + fit))


def test_a_few_rows_that_the_script_changes_count_as_seen(train):
    dice = np.random.default_rng(0)
    frame = pd.DataFrame(dice.normal(size=(4000, 2)).round(4), columns=["a", "b"])
    frame["y"] = np.where(frame["a"] > dice.normal(size=4000), "yes", "no")
    trained = train(
        """
        df["a"] = df["a"].clip(upper=df["a"].sort_values().iloc[-4])
        part, rest = train_test_split(df, random_state=0)
        model = LogisticRegression().fit(part[["a", "b"]], part["y"])
        np.save("fitted.npy", np.asarray(part.index))
        """,
        frame,
        prepared=False,
    )
    seen, _ = trained.marks(trained.kept())

    assert seen[trained.wrote("fitted.npy")].all()
    assert (seen == 0).sum() >= 990

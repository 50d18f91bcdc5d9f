"""The rows that a model was fitted on are found in the file, or it is said what was done to them."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import LabelEncoder, OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from tests.workers.proof.raws import run_match, run_score, write_raw

ROWS = 200


@pytest.fixture
def frame():
    dice = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "customer": dice.integers(1, 60, ROWS),
            "age": dice.integers(18, 90, ROWS),
            "income": dice.uniform(900, 5000, ROWS).round(2),
            "region": dice.choice(["north", "south", "west"], ROWS),
            "member": dice.choice(["yes", "no"], ROWS),
            "when": pd.date_range("2024-01-01", periods=ROWS, freq="7h").astype(str),
            "y": dice.integers(0, 2, ROWS),
        }
    )


class Case:
    """A script that has read train.csv, and fits on some of its rows."""

    def __init__(self, folder, frame):
        self.folder = folder
        self.fitted = np.random.default_rng(1).permutation(ROWS)[:150]
        frame.to_csv(folder / "train.csv", index=False)
        # as the script read it
        self.frame = pd.read_csv(folder / "train.csv")

    def told(self, model, rows, **given):
        write_raw(self.folder / "raw", model, rows, **given)
        return run_match(self.folder)

    def scored(self, model):
        features = self.frame.drop(columns="y")
        features.to_csv(self.folder / "features.csv", index=False)
        return run_score(self.folder, self.folder / "features.csv", list(features), model)


@pytest.fixture
def case(tmp_path, frame):
    return lambda given=frame: Case(tmp_path, given)


def held(case, model, rows, **given):
    """The model is found, predicts every row as the script would, and knows the rows that it was fitted on."""
    answer, captured = case.told(
        model, rows[case.fitted] if not hasattr(rows, "iloc") else rows.iloc[case.fitted], **given
    )
    assert "what" not in answer, answer
    arrays, said = case.scored(captured)
    assert "what" not in said, said
    whole = (
        ~pd.isna(pd.DataFrame(rows.toarray() if hasattr(rows, "toarray") else rows)).any(axis=1).to_numpy()
    )
    usable = rows if whole.all() else rows[whole]
    assert (arrays["predictions"][whole] == model.predict(usable)).all()
    seen = np.zeros(ROWS, dtype=bool)
    seen[case.fitted] = True
    # columns of few values make equal rows
    assert (arrays["seen"][seen & whole] == 1).all()
    return answer, captured, arrays


def fitted_on(case, rows, model=None):
    labels = case.frame["y"]
    return (model or DecisionTreeClassifier(random_state=0)).fit(
        rows.iloc[case.fitted] if hasattr(rows, "iloc") else rows[case.fitted], labels.iloc[case.fitted]
    )


def test_a_frame_is_found_by_its_names(case):
    case = case()
    rows = case.frame[["income", "age"]]
    answer, captured, arrays = held(case, fitted_on(case, rows), rows)

    card = json.loads((captured / "capture.json").read_text())
    assert card["recipe"]["columns"] == ["age", "income"]
    assert answer["share"] == 1.0
    assert (arrays["seen"] == 1).sum() == 150


def test_an_array_is_found_by_the_values_of_its_columns(case):
    case = case()
    rows = case.frame[["income", "customer"]].to_numpy()
    held(case, fitted_on(case, rows), rows)


def test_an_array_of_single_precision_is_found(case):
    case = case()
    rows = case.frame[["age", "income"]].to_numpy().astype("float32")
    held(case, fitted_on(case, rows), rows)


def test_categories_are_restored(case):
    case = case()
    rows = case.frame[["region", "age"]].astype({"region": "category"})
    held(case, fitted_on(case, rows, HistGradientBoostingClassifier(categorical_features=[0])), rows)


def test_a_scaler_outside_is_replayed(case):
    case = case()
    plain = case.frame[["age", "income"]]
    scaler = StandardScaler().fit(plain.iloc[case.fitted])
    rows = scaler.transform(plain)
    answer, _, _ = held(case, fitted_on(case, rows), rows, transformers=[(scaler, plain.iloc[case.fitted])])

    codes = {finding["code"]: finding for finding in answer["findings"]}
    assert codes["prepared_outside"]["names"] == ["StandardScaler"]
    assert codes["prepared_outside"]["where"] == "train.py:9"
    assert "fitted_on_more_rows" not in codes


def test_scaled_values_under_the_names_of_the_file_are_not_taken_for_the_file(case):
    case = case()
    plain = case.frame[["age", "income"]]
    scaler = StandardScaler().fit(plain)
    rows = pd.DataFrame(scaler.transform(plain), columns=plain.columns)
    answer, _, _ = held(case, fitted_on(case, rows), rows, transformers=[(scaler, plain)])

    codes = {finding["code"]: finding for finding in answer["findings"]}
    assert codes["fitted_on_more_rows"]["names"] == ["StandardScaler"]
    assert (codes["fitted_on_more_rows"]["count"], codes["fitted_on_more_rows"]["of"]) == (200, 150)


def test_scaled_values_that_nobody_can_repeat_are_refused_and_named(case):
    case = case()
    rows = case.frame[["age", "income"]].assign(
        income=lambda f: f["income"] / 7.3, ratio=lambda f: f["income"] / f["age"]
    )
    answer, captured = case.told(fitted_on(case, rows), rows.iloc[case.fitted])

    assert not captured.exists()
    assert "`income` has other values: 0 % of the fitted ones are in the file" in answer["what"]
    assert "`ratio` is in no column of the training data" in answer["what"]
    assert "Pipeline" in answer["mend"]


def test_columns_scaled_in_place_are_replayed(case):
    case = case()
    plain = case.frame[["age", "income", "customer"]]
    scaler = StandardScaler().fit(plain[["age", "income"]])
    rows = plain.astype(float)
    rows[["age", "income"]] = scaler.transform(plain[["age", "income"]])
    held(case, fitted_on(case, rows), rows, transformers=[(scaler, plain[["age", "income"]])])


def test_a_chain_of_transformers_is_replayed(case):
    case = case()
    plain = case.frame[["customer", "age", "income"]].to_numpy()
    scaler = StandardScaler().fit(plain)
    reduced = PCA(2).fit(scaler.transform(plain))
    rows = reduced.transform(scaler.transform(plain))
    held(
        case,
        fitted_on(case, rows),
        rows,
        transformers=[(scaler, plain), (reduced, scaler.transform(plain))],
    )


def test_a_column_transformer_outside_is_replayed(case):
    case = case()
    plain = case.frame.drop(columns="y")
    made = ColumnTransformer([("one", OneHotEncoder(), ["region"]), ("two", StandardScaler(), ["age"])]).fit(
        plain
    )
    rows = made.transform(plain)
    held(case, fitted_on(case, rows), rows, transformers=[(made, plain)])


def test_words_as_codes_are_replayed_though_one_encoder_was_fitted_again_and_again(case):
    case = case()
    rows = case.frame.drop(columns=["y", "when"])
    encoder = LabelEncoder()
    for name in ("region", "member"):
        rows[name] = encoder.fit_transform(rows[name])
    held(
        case,
        fitted_on(case, rows),
        rows,
        transformers=[(encoder, case.frame["region"]), (encoder, case.frame["member"])],
    )


def test_words_as_codes_and_then_a_scaler_are_replayed(case):
    case = case()
    plain = case.frame.drop(columns=["y", "when"])
    for name in ("region", "member"):
        plain[name] = plain[name].astype("category").cat.codes
    scaler = StandardScaler().fit(plain.iloc[case.fitted])
    rows = scaler.transform(plain)
    held(case, fitted_on(case, rows), rows, transformers=[(scaler, plain.iloc[case.fitted])])


def test_dummies_are_replayed_by_the_names_at_fit(case):
    case = case()
    rows = pd.get_dummies(case.frame.drop(columns=["y", "when"]), drop_first=True)
    held(case, fitted_on(case, rows), rows)


def test_a_mapping_of_words_and_a_part_of_a_date_and_a_logarithm_are_replayed(case):
    case = case()
    rows = case.frame[["income", "age"]].assign(
        member=case.frame["member"].map({"yes": 1, "no": 0}),
        hour=pd.to_datetime(case.frame["when"]).dt.hour,
        logged=np.log1p(case.frame["income"]),
    )
    answer, _, _ = held(case, fitted_on(case, rows), rows)

    assert answer["findings"][-1]["names"] == ["map", "log1p", "date"]


def test_dates_are_read_as_in_the_training_file_whatever_rows_come_first(case, frame):
    days = pd.date_range("2024-01-25", periods=ROWS, freq="3D")
    case = case(frame.assign(when=days.strftime("%d/%m/%Y")))
    dates = pd.to_datetime(case.frame["when"], format="%d/%m/%Y")
    rows = case.frame[["age", "income"]].assign(month=dates.dt.month)
    _, captured = case.told(fitted_on(case, rows), rows.iloc[case.fitted])
    # first those that alone would be read with month and day exchanged
    order = np.argsort(days.day > 12, kind="stable")
    fitted = np.isin(order, case.fitted)
    case.frame = case.frame.iloc[order]
    arrays, _ = case.scored(captured)

    assert (arrays["seen"] == fitted).all()


@pytest.mark.parametrize("how", ["median", "mean"])
def test_gaps_that_the_script_fills_are_filled(case, frame, how):
    frame.loc[::9, "income"] = np.nan
    case = case(frame)
    rows = case.frame[["age", "income"]]
    rows = rows.fillna(getattr(rows, how)())
    held(case, fitted_on(case, rows), rows)


def test_an_imputer_outside_is_replayed(case, frame):
    frame.loc[::9, "income"] = np.nan
    case = case(frame)
    plain = case.frame[["age", "income"]]
    imputer = SimpleImputer().fit(plain.iloc[case.fitted])
    rows = imputer.transform(plain)
    held(case, fitted_on(case, rows), rows, transformers=[(imputer, plain.iloc[case.fitted])])


def test_rows_that_the_script_drops_are_marked_and_not_scored(case, frame):
    frame.loc[::9, "income"] = np.nan
    case = case(frame)
    rows = case.frame[["age", "income"]]
    case.fitted = np.array([place for place in case.fitted if not np.isnan(rows["income"].iloc[place])])
    model = fitted_on(case, rows, LogisticRegression())
    _, _, arrays = held(case, model, rows)

    assert (arrays["seen"] == 2).tolist() == rows["income"].isna().tolist()


def test_a_model_that_takes_gaps_is_asked_about_rows_that_have_them(case, frame):
    frame.loc[::9, "income"] = np.nan
    case = case(frame)
    rows = case.frame[["age", "income"]]
    answer, captured = case.told(
        fitted_on(case, rows, HistGradientBoostingClassifier()), rows.iloc[case.fitted]
    )
    arrays, _ = case.scored(captured)

    assert "what" not in answer
    assert not (arrays["seen"] == 2).any()


def test_a_column_of_texts_goes_into_a_pipeline(case):
    case = case()
    rows = case.frame["when"]
    model = fitted_on(case, rows, make_pipeline(TfidfVectorizer(analyzer="char"), LogisticRegression()))
    answer, captured = case.told(model, rows.iloc[case.fitted])
    arrays, _ = case.scored(captured)

    assert "what" not in answer
    assert (arrays["predictions"] == model.predict(rows)).all()
    assert np.flatnonzero(arrays["seen"]).tolist() == sorted(case.fitted.tolist())


def test_a_vectorizer_outside_is_replayed_into_a_sparse_matrix(case):
    case = case()
    texts = case.frame["when"]
    vectorizer = TfidfVectorizer(analyzer="char").fit(texts.iloc[case.fitted])
    rows = vectorizer.transform(texts)
    held(
        case,
        fitted_on(case, rows, LogisticRegression()),
        rows,
        transformers=[(vectorizer, texts.iloc[case.fitted])],
    )


def test_an_encoder_of_some_columns_beside_plain_ones_is_replayed(case):
    case = case()
    words = case.frame[["region", "member"]]
    encoder = OrdinalEncoder().fit(words)
    rows = np.hstack([case.frame[["age", "income"]].to_numpy(), encoder.transform(words)])
    answer, _, _ = held(case, fitted_on(case, rows), rows, transformers=[(encoder, words)])

    # a list of words tells nothing of the held-out rows
    assert "fitted_on_more_rows" not in {finding["code"] for finding in answer["findings"]}


def test_a_code_that_was_exchanged_is_not_taken_for_the_file_though_all_its_rows_are_there(case, frame):
    frame["flag"] = (frame["y"] ^ (np.arange(ROWS) % 10 == 0)).astype(int)
    frame["half"] = np.arange(ROWS) % 2
    case = case(frame)
    rows = case.frame[["flag", "half"]].assign(flag=lambda f: 1 - f["flag"])
    labels = case.frame["y"].iloc[case.fitted]
    answer, _ = case.told(fitted_on(case, rows), rows.iloc[case.fitted], labels=labels)

    assert "what" in answer


def test_few_different_rows_are_found_where_they_are_as_often(case, frame):
    frame["flag"] = (frame["y"] ^ (np.arange(ROWS) % 10 == 0)).astype(int)
    case = case(frame)
    rows = case.frame[["flag"]]
    labels = case.frame["y"].iloc[case.fitted]
    answer, _ = case.told(fitted_on(case, rows), rows.iloc[case.fitted], labels=labels)

    assert answer["share"] == 1.0


def test_rows_that_are_learned_in_many_rounds_are_found(case):
    case = case()
    rows = case.frame[["age", "income"]]
    case.fitted = np.tile(case.fitted, 4)
    labels = case.frame["y"].iloc[case.fitted]
    answer, _ = case.told(fitted_on(case, rows), rows.iloc[case.fitted], labels=labels)

    assert answer["share"] == 1.0


def test_a_file_without_names_is_found_by_its_places(case):
    case = case()
    numbers = case.frame[["age", "income"]].to_numpy()
    np.savetxt(case.folder / "train.csv", numbers)
    rows = np.genfromtxt(case.folder / "train.csv")
    answer, captured = case.told(fitted_on(case, rows), rows[case.fitted])
    case.frame = pd.DataFrame(rows, columns=["first", "second"]).assign(y=0)
    arrays, _ = case.scored(captured)

    assert answer["share"] == 1.0
    assert np.flatnonzero(arrays["seen"]).tolist() == sorted(case.fitted.tolist())


def test_a_model_that_is_given_its_target_is_refused(case):
    case = case()
    rows = case.frame[["age", "y"]]
    answer, _ = case.told(fitted_on(case, rows), rows.iloc[case.fitted])

    assert "`y` is the target itself" in answer["what"]


def test_rows_that_are_in_no_file_are_refused(case):
    case = case()
    rows = case.frame[["age", "income"]].sample(150, replace=True, random_state=1)
    rows["income"] = rows["income"] + np.random.default_rng(5).normal(0, 1, 150)
    answer, _ = case.told(DecisionTreeClassifier().fit(rows, np.arange(150) % 2), rows)

    assert "are not those of the pinned training data" in answer["what"]


def test_two_equal_runs_give_the_same_bytes(case, tmp_path):
    case = case()
    rows = case.frame[["income", "age"]]
    _, first = case.told(fitted_on(case, rows), rows.iloc[case.fitted])
    (tmp_path / "again").mkdir()
    again = Case(tmp_path / "again", case.frame)
    _, second = again.told(fitted_on(again, rows), rows.iloc[case.fitted])

    names = sorted(file.name for file in first.iterdir())
    assert names == ["capture.json", "loose.npy", "model.pkl", "rows.npy", "whole.npy"]
    assert [(first / name).read_bytes() for name in names] == [(second / name).read_bytes() for name in names]


def test_few_different_rows_that_tell_nothing_of_the_label_are_found_too(case):
    case = case()
    rows = case.frame[["region"]]
    labels = (case.frame["y"] | (case.frame["age"] > 30)).iloc[case.fitted]
    frame = case.frame.assign(y=(case.frame["y"] | (case.frame["age"] > 30)).astype(int))
    frame.to_csv(case.folder / "train.csv", index=False)
    model = make_pipeline(OneHotEncoder(), LogisticRegression())
    answer, _ = case.told(fitted_on(case, rows, model), rows.iloc[case.fitted], labels=labels)

    assert answer.get("share") == 1.0


def test_a_chain_over_a_sparse_matrix_is_replayed(case):
    case = case()
    texts = case.frame["when"]
    words = CountVectorizer(analyzer="char").fit(texts.iloc[case.fitted])
    weights = TfidfTransformer().fit(words.transform(texts.iloc[case.fitted]))
    rows = weights.transform(words.transform(texts))
    steps = [(words, texts.iloc[case.fitted]), (weights, words.transform(texts.iloc[case.fitted]))]
    held(case, fitted_on(case, rows, LogisticRegression()), rows, transformers=steps)


def test_texts_that_miss_are_marked_where_a_vectorizer_outside_does_not_take_them(case, frame):
    frame.loc[::9, "when"] = None
    case = case(frame)
    texts = case.frame["when"]
    case.fitted = np.array([place for place in case.fitted if isinstance(texts.iloc[place], str)])
    vectorizer = TfidfVectorizer(analyzer="char").fit(texts.iloc[case.fitted])
    rows = vectorizer.transform(texts.iloc[case.fitted])
    model = LogisticRegression().fit(rows, case.frame["y"].iloc[case.fitted])
    answer, captured = case.told(model, rows, transformers=[(vectorizer, texts.iloc[case.fitted])])
    arrays, _ = case.scored(captured)

    assert answer["share"] == 1.0
    assert (arrays["seen"] == 2).tolist() == texts.isna().tolist()
    assert (arrays["seen"][case.fitted] == 1).all()

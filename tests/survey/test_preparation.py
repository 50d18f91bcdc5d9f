"""Rows that a script prepares outside of its model: what is proposed, and what is said of the rows that this keeps."""

import pytest

from ci_mlops.config import parse_config
from ci_mlops.survey.config_text import config_text
from ci_mlops.survey.guess import Survey
from tests.survey.teams import churn, look_around, write, write_table

SCRIPT = """
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.pipeline import make_pipeline

df = pd.read_csv("churn.csv")
PREPARED
X = df.drop(columns=["churn"])
X_train, X_test, y_train, y_test = train_test_split(X, df["churn"], random_state=0)
model = make_pipeline(StandardScaler(), RandomForestClassifier())
model.fit(X_train, y_train)
results = {"accuracy": model.score(X_test, y_test)}
results["rows"] = len(df["age"])
df["answer"] = model.predict(df[["age", "spend"]])
"""


def found_of(tmp_path, prepared: str, script: str = SCRIPT) -> Survey:
    write(tmp_path, {"train.py": script.replace("PREPARED", prepared)})
    write_table(tmp_path, "churn.csv", churn())
    return look_around(tmp_path)


@pytest.mark.parametrize(
    "prepared",
    [
        'df["old"] = df["age"] > 60',
        'df["region"] = df["region"].map({"north": 0, "south": 1, "west": 2})',
        'df = pd.get_dummies(df, columns=["region"])',
        'df["before"] = df["churn"].shift(1)',
        'scaled = StandardScaler().fit_transform(df[["age", "spend"]])',
    ],
)
def test_rows_that_are_prepared_outside_of_the_model_are_kept_and_that_is_said(tmp_path, prepared):
    found = found_of(tmp_path, prepared)
    text = config_text(found)

    assert found.value("model-source") == {"capture": {"prepared": True}}
    assert parse_config(text).train.model.capture.prepared is True
    assert "inside the model's folder" in text
    assert any("`prepared: true`" in notice.text for notice in found.notices)
    assert "(train.py:9)" in found.guesses["model-source"].why


@pytest.mark.parametrize(
    "prepared",
    [
        "",
        'df["churn"] = df["churn"].map({"no": 0, "yes": 1})',
        'coded = LabelEncoder().fit_transform(df["churn"])',
    ],
)
def test_no_row_is_kept_where_the_model_prepares_its_rows_itself(tmp_path, prepared):
    found = found_of(tmp_path, prepared)
    text = config_text(found)

    assert found.value("model-source") == "capture"
    assert "prepared" not in text


def test_a_saved_model_does_not_take_rows_as_they_are_where_the_script_makes_columns(tmp_path):
    script = (
        SCRIPT.replace('"churn.csv"', '"data/train.csv"')
        + '\nimport joblib\njoblib.dump(model, "model.joblib")\n'
    )
    write(tmp_path, {"train.py": script.replace("PREPARED", 'df["old"] = df["age"] > 60')})
    write_table(tmp_path, "data/train.csv", churn())
    write_table(tmp_path, "data/test.csv", churn(400))

    found = look_around(tmp_path)

    assert found.value("test") == "data/test.csv"
    assert found.value("model-source") == {"capture": {"prepared": True}}


def test_rows_that_a_step_before_prepares_and_writes_are_told_with_the_way_out(tmp_path):
    first = """
import pandas as pd
from sklearn.model_selection import train_test_split
df = pd.read_csv("raw.csv")
df["old"] = df["age"] > 60
train, test = train_test_split(df, random_state=0)
train.to_csv("made/train.csv", index=False)
test.to_csv("made/test.csv", index=False)
"""
    second = """
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
train, test = pd.read_csv("made/train.csv"), pd.read_csv("made/test.csv")
model = RandomForestClassifier().fit(train.drop(columns="churn"), train["churn"])
print(model.score(test.drop(columns="churn"), test["churn"]))
"""
    write(tmp_path, {"prepare.py": first, "train.py": second})
    write_table(tmp_path, "raw.csv", churn())

    found = look_around(tmp_path)
    told = next(notice for notice in found.notices if "prepare.py" in notice.text)

    assert found.value("run") == "python prepare.py && python train.py"
    assert found.value("model-source") == "capture"
    assert '--run "python train.py" --data made/train.csv --test made/test.csv' in told.text
    assert told.where == "prepare.py:5"

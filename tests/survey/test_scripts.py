"""Twelve ways to write a training script, and what is found of each."""

import random

import pytest

from ci_mlops.config import parse_config
from ci_mlops.survey.config_text import config_text
from ci_mlops.survey.guess import Survey, Told
from tests.survey.teams import churn, look_around, write, write_table


def values(found: Survey, *subjects: str) -> dict[str, object]:
    return {subject: found.value(subject) for subject in subjects}


def held(found: Survey) -> Survey:
    """Nothing is missing, and what would be written is a config."""
    assert found.missing == ()
    parse_config(config_text(found))
    return found


def test_a_script_with_arguments_that_splits_one_file(tmp_path):
    write(
        tmp_path,
        {
            "train.py": """
import argparse
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

def load(path):
    return pd.read_csv(path)

def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", default="data/churn.csv")
    parser.add_argument("--trees", type=int, default=100)
    args = parser.parse_args()
    df = load(args.data)
    X = df.drop(columns=["customer_id", "churn"])
    y = df["churn"].map({"yes": 1, "no": 0})
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=1)
    RandomForestClassifier(args.trees).fit(X_train, y_train)

if __name__ == "__main__":
    main()
""",
            "requirements.txt": "scikit-learn\n",
            ".python-version": "3.11.4\n",
        },
    )
    write_table(tmp_path, "data/churn.csv", churn())

    found = held(look_around(tmp_path))

    assert values(found, "script", "run", "data", "test", "target", "task", "positive", "id") == {
        "script": "train.py",
        "run": "python train.py",
        "data": ("data/churn.csv",),
        "test": "data/churn.csv",
        "target": "churn",
        "task": "classification",
        "positive": "yes",
        "id": "customer_id",
    }
    assert values(found, "model-source", "environment", "python", "slices") == {
        "model-source": "capture",
        "environment": "requirements.txt",
        "python": "3.11",
        "slices": ("region",),
    }
    assert found.guesses["target"].where == "train.py:17"
    assert [(rule.metric, rule.rows) for rule in found.value("gates")][:1] == [("roc_auc", 150)]


def test_a_notebook_export_with_the_last_column_as_target(tmp_path):
    write(
        tmp_path,
        {
            "analysis.py": """#!/usr/bin/env python
# coding: utf-8

# In[1]:
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
get_ipython().run_line_magic('matplotlib', 'inline')

# In[2]:
df = pd.read_csv('churn.csv')
df.head()
X = df.iloc[:, 1:-1]
y = df.iloc[:, -1]
X_train, X_test, y_train, y_test = train_test_split(pd.get_dummies(X), y)
model = LogisticRegression()
model.fit(X_train, y_train)
""",
            "analysis.ipynb": "{}",
        },
    )
    write_table(tmp_path, "churn.csv", churn(labels=("1", "0", "0", "0")))

    found = held(look_around(tmp_path))

    assert values(found, "run", "target", "positive", "model-source", "environment") == {
        "run": "python analysis.py",
        "target": "churn",
        "positive": None,
        "model-source": {"capture": {"prepared": True}},
        "environment": "current",
    }
    told = " ".join(notice.text for notice in found.notices)
    assert "get_ipython" in told
    assert "no seed" in told
    # a quarter of 600 is held out each time; without a seed a sixteenth is unseen by both
    assert found.value("gates")[-1].rows <= 37


def test_a_config_module_holds_path_target_and_seed(tmp_path):
    write(
        tmp_path,
        {
            "config.py": """
from pathlib import Path
ROOT = Path(__file__).resolve().parent
DATA_DIR = ROOT / "data"
RAW = DATA_DIR / "customers.csv"
TARGET = "churn"
DROP = ["customer_id", TARGET]
SEED = 3
""",
            "train.py": """
import pandas as pd
import config
from config import TARGET
from xgboost import XGBClassifier
from sklearn.model_selection import train_test_split

df = pd.read_csv(config.RAW)
X, y = df.drop(config.DROP, axis=1), (df[TARGET] == "yes").astype(int)
a, b, c, d = train_test_split(X, y, test_size=0.2, random_state=config.SEED, stratify=y)
XGBClassifier().fit(a, c)
""",
        },
    )
    write_table(tmp_path, "data/customers.csv", churn())

    found = held(look_around(tmp_path))

    assert values(found, "data", "target", "positive", "model-source") == {
        "data": ("data/customers.csv",),
        "target": "churn",
        "positive": "yes",
        "model-source": "capture",
    }
    assert "no seed" not in " ".join(notice.text for notice in found.notices)


def test_settings_in_yaml_are_followed(tmp_path):
    write(
        tmp_path,
        {
            "conf/settings.yaml": "data:\n  path: data/churn.csv\n  target: churn\nmodel:\n  out: models/model.joblib\n",
            "src/train.py": """
import joblib, yaml
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import train_test_split

with open("conf/settings.yaml") as f:
    cfg = yaml.safe_load(f)

def run(cfg):
    df = pd.read_csv(cfg["data"]["path"])
    target = cfg["data"]["target"]
    X_train, X_test, y_train, y_test = train_test_split(df.drop(columns=target), df[target], random_state=0)
    clf = GradientBoostingClassifier().fit(X_train, y_train)
    joblib.dump(clf, cfg["model"]["out"])

run(cfg)
""",
        },
    )
    write_table(tmp_path, "data/churn.csv", churn())

    found = held(look_around(tmp_path))

    assert values(found, "run", "data", "target", "model-source") == {
        "run": "python src/train.py",
        "data": ("data/churn.csv",),
        "target": "churn",
        "model-source": "capture",
    }


KAGGLE = """
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split, cross_val_score

train = pd.read_csv("input/train.csv")
test = pd.read_csv("input/test.csv")
y = train["Survived"]
train["Sex"] = train["Sex"].map({"male": 0, "female": 1})
X_tr, X_va, y_tr, y_va = train_test_split(train[["Sex", "Age"]], y, test_size=0.3, random_state=0)
model = RandomForestClassifier()
model.fit(X_tr, y_tr)
pd.DataFrame({"PassengerId": test.PassengerId, "Survived": model.predict(test)}).to_csv("submission.csv", index=False)
"""


def test_a_kaggle_test_file_without_labels_is_not_compared_on(tmp_path):
    chance = random.Random(1)
    rows = {
        "PassengerId": range(1, 401),
        "Survived": [chance.randint(0, 1) for _ in range(400)],
        "Sex": [chance.choice(["male", "female"]) for _ in range(400)],
        "Age": [chance.randint(1, 80) for _ in range(400)],
    }
    write(tmp_path, {"main.py": KAGGLE})
    write_table(tmp_path, "input/train.csv", rows)
    write_table(tmp_path, "input/test.csv", {name: rows[name] for name in ("PassengerId", "Sex", "Age")})
    write_table(tmp_path, "submission.csv", {name: rows[name] for name in ("PassengerId", "Survived")})

    found = held(look_around(tmp_path))

    assert values(found, "data", "test", "target", "id", "positive", "slices", "model-source") == {
        "data": ("input/train.csv",),
        "test": "input/train.csv",
        "target": "Survived",
        "id": "PassengerId",
        "positive": None,
        "slices": ("Sex",),
        "model-source": {"capture": {"prepared": True}},
    }
    assert "input/test.csv holds no target `Survived`" in found.notices[0].text


def test_a_package_with_relative_imports_is_started_as_a_module(tmp_path):
    write(
        tmp_path,
        {
            "src/churner/__init__.py": "",
            "src/churner/data.py": """
import pandas as pd
def load(path="data/churn.csv"):
    df = pd.read_csv(path)
    return df.drop(columns=["churn"]), df["churn"]
""",
            "src/churner/train.py": """
import pickle
from sklearn.svm import SVC
from sklearn.model_selection import train_test_split
from .data import load

def main():
    X, y = load()
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    clf = SVC().fit(X_train, y_train)
    with open("clf.pkl", "wb") as f:
        pickle.dump(clf, f)

if __name__ == "__main__":
    main()
""",
            "pyproject.toml": '[project]\nname = "churner"\nrequires-python = ">=3.10"\n',
        },
    )
    write_table(tmp_path, "data/churn.csv", churn())

    found = held(look_around(tmp_path))

    assert values(found, "run", "target", "environment", "python") == {
        "run": "PYTHONPATH=src:$PYTHONPATH python -m churner.train",
        "target": "churn",
        "environment": "current",
        "python": "3.10",
    }


def test_an_absolute_import_of_the_own_package_asks_for_the_root(tmp_path):
    write(
        tmp_path,
        {
            "src/__init__.py": "",
            "src/data.py": "import pandas as pd\ndef load():\n    return pd.read_csv('data/churn.csv')\n",
            "src/train.py": "from sklearn.tree import DecisionTreeClassifier\nfrom src.data import load\n"
            "df = load()\nn = 500\ntest = df[n:]\n"
            "DecisionTreeClassifier().fit(df[['age']][:n], df['churn'][:n])\n",
        },
    )
    write_table(tmp_path, "data/churn.csv", churn())

    found = held(look_around(tmp_path))

    assert values(found, "run", "target") == {"run": "python -m src.train", "target": "churn"}


def test_two_stages_of_dvc_are_run_one_after_the_other_on_the_raw_file(tmp_path):
    write(
        tmp_path,
        {
            "dvc.yaml": """
stages:
  prepare:
    cmd: python src/prepare.py --test-size ${prepare.test_size}
    deps: [data/raw.csv, src/prepare.py]
    params: [prepare]
    outs: [data/prepared/train.csv, data/prepared/test.csv]
  train:
    cmd: python src/train.py
    deps: [data/prepared/train.csv, src/train.py]
    outs: [models/model.pkl]
  report:
    cmd: python src/report.py
    deps: [models/model.pkl]
""",
            "params.yaml": "prepare: {test_size: 0.3}\n",
            "src/prepare.py": """
import argparse
import pandas as pd
from sklearn.model_selection import train_test_split
p = argparse.ArgumentParser()
p.add_argument("--test-size", type=float)
args = p.parse_args()
df = pd.read_csv("data/raw.csv")
train, test = train_test_split(df, test_size=args.test_size, random_state=42)
train.to_csv("data/prepared/train.csv", index=False)
test.to_csv("data/prepared/test.csv", index=False)
""",
            "src/train.py": """
import pickle
import pandas as pd
from sklearn.linear_model import LogisticRegression
df = pd.read_csv("data/prepared/train.csv")
y = df.pop("churn")
model = LogisticRegression().fit(df[["age", "spend"]], y)
pickle.dump(model, open("models/model.pkl", "wb"))
""",
        },
    )
    write_table(tmp_path, "data/raw.csv", churn())

    found = held(look_around(tmp_path))

    assert values(found, "run", "data", "test", "target", "model-source") == {
        "run": "python src/prepare.py --test-size 0.3 && python src/train.py",
        "data": ("data/raw.csv",),
        "test": "data/raw.csv",
        "target": "churn",
        "model-source": "capture",
    }


def test_a_script_that_makes_the_data_is_found_without_dvc(tmp_path):
    write(
        tmp_path,
        {
            "prepare.py": "import pandas as pd\ndf = pd.read_csv('raw/churn.csv')\ndf.dropna().to_csv('clean.csv')\n",
            "train.py": "import pandas as pd\nfrom sklearn.svm import SVC\nfrom sklearn.model_selection import train_test_split\n"
            "df = pd.read_csv('clean.csv')\n"
            "a, b, c, d = train_test_split(df[['age']], df.churn, random_state=1)\nSVC().fit(a, c)\n",
        },
    )
    write_table(tmp_path, "raw/churn.csv", churn())

    found = held(look_around(tmp_path))

    assert values(found, "run", "data") == {
        "run": "python prepare.py && python train.py",
        "data": ("raw/churn.csv",),
    }


PIPELINE = """
import joblib
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

train = pd.read_csv("data/train.csv")
test = pd.read_csv("data/test.csv")
pipe = Pipeline([("prep", ColumnTransformer([("c", OneHotEncoder(), ["region"])])), ("rf", RandomForestClassifier())])
search = GridSearchCV(pipe, {"rf__max_depth": [2, 4]}, cv=5)
search.fit(train.drop("churn", axis=1), train["churn"])
print(search.score(test.drop("churn", axis=1), test["churn"]))
joblib.dump(search.best_estimator_, "artifacts/model.joblib")
"""


def test_a_saved_pipeline_beside_labelled_test_rows_is_taken_by_its_path(tmp_path):
    write(
        tmp_path,
        {"train.py": PIPELINE, "environment.yml": "dependencies:\n  - python=3.9\n  - scikit-learn\n"},
    )
    write_table(tmp_path, "data/train.csv", churn())
    write_table(tmp_path, "data/test.csv", churn(400))

    found = held(look_around(tmp_path))

    assert values(found, "data", "test", "model-source", "environment", "python") == {
        "data": ("data/train.csv",),
        "test": "data/test.csv",
        "model-source": {"path": "artifacts/model.joblib"},
        "environment": "environment.yml",
        "python": "3.9",
    }
    assert found.value("gates")[0].rows == 400


def test_rows_prepared_outside_of_the_model_are_captured_even_with_a_test_file(tmp_path):
    loose = PIPELINE.replace("search.fit(train.drop", "search.fit(pd.get_dummies(train).drop")
    write(tmp_path, {"train.py": loose})
    write_table(tmp_path, "data/train.csv", churn())
    write_table(tmp_path, "data/test.csv", churn(400))

    found = held(look_around(tmp_path))

    assert found.value("model-source") == {"capture": {"prepared": True}}
    assert "get_dummies" in found.guesses["model-source"].why


def test_texts_of_several_classes(tmp_path):
    write(
        tmp_path,
        {
            "train_classifier.py": """
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.model_selection import train_test_split

tickets = pd.read_csv("tickets.csv")
X_train, X_test, y_train, y_test = train_test_split(tickets["text"], tickets["category"], random_state=0)
model = make_pipeline(TfidfVectorizer(), MultinomialNB())
model.fit(X_train, y_train)
"""
        },
    )
    chance = random.Random(2)
    write_table(
        tmp_path,
        "tickets.csv",
        {
            "ticket_id": range(500),
            "text": [f"words, {chance.random()}" for _ in range(500)],
            "category": [chance.choice(["bug", "billing", "no", "1"]) for _ in range(500)],
        },
    )

    found = held(look_around(tmp_path))

    assert values(found, "target", "task", "classes", "positive", "id") == {
        "target": "category",
        "task": "classification",
        "classes": ("1", "billing", "bug", "no"),
        "positive": None,
        "id": "ticket_id",
    }
    assert [rule.metric for rule in found.value("gates")] == ["accuracy", "balanced_accuracy"]


def test_a_forecast_by_date_is_a_regression_with_margins_in_its_unit(tmp_path):
    write(
        tmp_path,
        {
            "forecast.py": """
import lightgbm as lgb
import pandas as pd
df = pd.read_csv("load.csv", parse_dates=["hour"])
target = "demand_mwh"
train = df[df["hour"] < "2024-06-01"]
test = df[df["hour"] >= "2024-06-01"]
model = lgb.LGBMRegressor()
model.fit(train.drop(columns=[target, "hour"]), train[target])
"""
        },
    )
    chance = random.Random(3)
    write_table(
        tmp_path,
        "load.csv",
        {
            "hour": [f"2024-{1 + number // 720:02}-01 {number % 24:02}:00" for number in range(2000)],
            "temperature": [round(chance.gauss(10, 5), 2) for _ in range(2000)],
            "demand_mwh": [round(chance.gauss(500, 100), 3) for _ in range(2000)],
        },
    )

    found = held(look_around(tmp_path))

    assert values(found, "target", "task", "unit", "positive", "model-source", "metrics") == {
        "target": "demand_mwh",
        "task": "regression",
        "unit": "MWh",
        "positive": None,
        "model-source": "capture",
        "metrics": ("mae", "rmse", "r2"),
    }
    # 2.8 * 0.2 * 100 / sqrt(400) = 2.8, and then the next friendly number
    assert [rule.margin for rule in found.value("gates")] == [3.0, 5.0]


LOGGED = """
import mlflow
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
df = pd.read_csv("data/train.csv")
with mlflow.start_run():
    model = RandomForestRegressor()
    model.fit(df[["alcohol", "acid"]], df["quality"])
    mlflow.sklearn.log_model(model, "model")
"""


def wine(rows: int) -> dict[str, list[object]]:
    chance = random.Random(4)
    return {
        "alcohol": [round(chance.gauss(10, 1), 4) for _ in range(rows)],
        "acid": [round(chance.gauss(3, 1), 4) for _ in range(rows)],
        "quality": [round(chance.gauss(6, 1), 4) for _ in range(rows)],
    }


def test_a_logged_model_beside_test_rows_is_taken_from_mlflow(tmp_path):
    write(
        tmp_path,
        {
            "train.py": LOGGED,
            "MLproject": "name: wine\nconda_env: conda.yaml\nentry_points:\n  main:\n    parameters:\n"
            "      alpha: {type: float, default: 0.5}\n    command: 'python train.py {alpha}'\n",
            "conda.yaml": "dependencies: [python=3.10]\n",
        },
    )
    write_table(tmp_path, "data/train.csv", wine(300))
    write_table(tmp_path, "data/test.csv", wine(300))

    found = held(look_around(tmp_path))

    assert values(found, "run", "test", "task", "model-source", "environment") == {
        "run": "python train.py 0.5",
        "test": "data/test.csv",
        "task": "regression",
        "model-source": "mlflow",
        "environment": "conda.yaml",
    }


def test_a_prebuilt_model_needs_rows_and_no_training(tmp_path):
    write(
        tmp_path,
        {"models/failure.onnx": "x", "README.md": "# Machines\n", "requirements.txt": "onnxruntime\n"},
    )
    write_table(tmp_path, "data/machines.csv", churn(target="failure", labels=("0", "0", "1")))

    found = held(look_around(tmp_path))

    assert values(found, "model-source", "run", "data", "test", "target", "task") == {
        "model-source": {"uri": "models/failure.onnx"},
        "run": None,
        "data": None,
        "test": "data/machines.csv",
        "target": "failure",
        "task": "classification",
    }


AZURE = """$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
code: ..
command: >-
  python train.py --data ${{inputs.rows}} --seed ${{ inputs.seed }}
inputs:
  rows: {type: uri_file, path: data/churn.csv}
  seed: 3
"""


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("Makefile", "DATA = data/churn.csv\ntrain:\n\tpython train.py --data $(DATA) --seed 3\n", 3),
        ("README.md", "Train:\n\n```sh\n$ python3 train.py --data data/churn.csv --seed 3\n```\n", 4),
        (".github/workflows/ci.yml", "jobs:\n  a:\n    steps:\n      - run: python train.py --data data/churn.csv --seed 3\n", 4),
        ("train.sh", "#!/bin/sh\nexec python train.py \\\n  --data data/churn.csv --seed 3\n", 2),
        ("azure/job.yml", AZURE, 3),
    ],
)  # fmt: skip
def test_the_exact_command_is_taken_from_whoever_writes_it(tmp_path, name, text, line):
    write(tmp_path, {name: text, "train.py": REQUIRED})
    write_table(tmp_path, "data/churn.csv", churn())
    write_table(tmp_path, "data/other.csv", wine(30))

    found = held(look_around(tmp_path))

    assert found.value("run").endswith("train.py --data data/churn.csv --seed 3")
    assert found.guesses["run"].where == f"{name}:{line}"
    assert found.value("data") == ("data/churn.csv",)


REQUIRED = """
import argparse
import pandas as pd
from sklearn.svm import LinearSVC
from sklearn.model_selection import train_test_split
parser = argparse.ArgumentParser()
parser.add_argument("--data", required=True)
parser.add_argument("--seed", type=int, required=True)
args = parser.parse_args()
df = pd.read_csv(args.data)
X, Xt, y, yt = train_test_split(df[["age"]], df["churn"], random_state=args.seed)
LinearSVC().fit(X, y)
"""


def test_what_nobody_says_is_asked_for_and_what_the_tree_says_is_filled_in(tmp_path):
    write(tmp_path, {"train.py": REQUIRED})
    write_table(tmp_path, "data/churn.csv", churn())

    found = look_around(tmp_path)

    assert [one.subject for one in found.missing] == ["run"]
    assert "`--seed`" in found.missing[0].what
    assert "python train.py --data data/churn.csv --seed ..." in found.missing[0].mend
    held(look_around(tmp_path, Told(run="python train.py --data data/churn.csv --seed 1")))


SPLIT = """
import pandas as pd
from sklearn.model_selection import KFold, train_test_split
from xgboost import XGBClassifier
df = pd.read_csv("churn.csv")
X, y = df[["age"]], df["churn"]
"""


def told(found: Survey) -> str:
    return " ".join(notice.text for notice in found.notices)


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        (
            "a, b, c, d = train_test_split(X, y, random_state=0)\nXGBClassifier().fit(a, c, eval_set=[(b, d)])",
            "eval_set",
        ),
        ("for a, b in KFold(5).split(X):\n    XGBClassifier().fit(X.iloc[a], y.iloc[a])", "for each fold"),
        ("XGBClassifier().fit(X, y)", "No split was found"),
        ("a, b, c, d = train_test_split(X, y)\nXGBClassifier().fit(a, c)", "no seed"),
    ],
)
def test_what_leaves_few_rows_to_compare_on_is_said(tmp_path, lines, word):
    write(tmp_path, {"train.py": SPLIT + lines})
    write_table(tmp_path, "churn.csv", churn())

    assert word in told(look_around(tmp_path))


def test_a_seed_set_for_everything_is_a_seed(tmp_path):
    lines = "import numpy as np\nnp.random.seed(4)\na, b, c, d = train_test_split(X, y)\nXGBClassifier().fit(a, c)"
    write(tmp_path, {"train.py": SPLIT + lines})
    write_table(tmp_path, "churn.csv", churn())

    assert "no seed" not in told(look_around(tmp_path))


def test_a_table_without_a_header_is_refused_with_that_reason(tmp_path):
    write(tmp_path, {"train.py": SPLIT + "XGBClassifier().fit(X, y)"})
    (tmp_path / "churn.csv").write_text("1.5 2.25 0\n3.5 1.25 1\n")

    found = look_around(tmp_path)

    assert [one.subject for one in found.missing] == ["data"]
    assert "has no header" in found.missing[0].what
    assert "skip_header=1" in found.missing[0].mend


@pytest.mark.parametrize(
    ("loaded", "words"),
    [
        ("pd.read_excel('data/churn.xlsx')", "only CSV and Parquet"),
        ("load_iris(as_frame=True).frame", "takes its data from scikit-learn (`load_iris`)"),
        ("pd.read_csv('data/gone.csv')", "data/gone.csv (train.py:4), which is not in the repository"),
    ],
)
def test_data_that_cannot_be_taken_is_named_with_its_reason(tmp_path, loaded, words):
    lines = f"import pandas as pd\nfrom sklearn.datasets import load_iris\nfrom sklearn.svm import SVC\ndf = {loaded}\nSVC().fit(df[['a']], df['b'])\n"
    write(tmp_path, {"train.py": lines})

    found = look_around(tmp_path)

    assert words in found.missing[0].what


def test_a_repository_of_notebooks_is_told_to_export_one(tmp_path):
    write(tmp_path, {"churn.ipynb": "{}"})
    write_table(tmp_path, "churn.csv", churn())

    found = look_around(tmp_path)

    assert "jupyter nbconvert --to script churn.ipynb" in found.missing[0].mend


def test_an_empty_folder_gets_one_clear_list(tmp_path):
    found = look_around(tmp_path)

    assert {one.subject for one in found.missing} == {"data", "script"}


@pytest.mark.parametrize(
    ("files", "environment"),
    [
        ({"requirements.txt": "a", "uv.lock": "b = 1"}, "uv.lock"),
        ({"requirements-dev.txt": "a", "requirements.txt": ""}, "current"),
        (
            {
                "conda_dependencies.yml": "dependencies: [python=3.9]",
                "ci_dependencies.yml": "dependencies: []",
            },
            "conda_dependencies.yml",
        ),
        ({"environment.yml": "name: production\nurl: x\n"}, "current"),
        ({"pyproject.toml": "[project]\nname = 'x'\n"}, "current"),
        ({"setup.py": "setup()", "requirements/base.txt": "a"}, "requirements/base.txt"),
    ],
)
def test_the_file_that_declares_the_environment_is_found(tmp_path, files, environment):
    write(tmp_path, files)

    assert look_around(tmp_path).value("environment") == environment


@pytest.mark.parametrize(
    ("name", "text", "python"),
    [
        (".python-version", "3.10.4\n", "3.10"),
        ("runtime.txt", "python-3.9.18\n", "3.9"),
        ("setup.py", "setup(\n    python_requires='>=3.10',\n)\n", "3.10"),
        ("Dockerfile", "FROM python:3.11-slim\n", "3.11"),
        (".github/workflows/ci.yml", "steps:\n  - with:\n      python-version: '3.12'\n", "3.12"),
        (".github/workflows/ci.yml", "steps:\n  - with:\n      python-version: '3.x'\n", None),
        ("python_env.yaml", 'python: "3.11"\n', "3.11"),
        (".python-version", "2.7.18\n", None),
        ("Pipfile", '[requires]\npython_version = "3.10"\n', "3.10"),
    ],
)
def test_the_python_is_found(tmp_path, name, text, python):
    write(tmp_path, {name: text})

    assert look_around(tmp_path).value("python") == python


CLASSES = {
    "src/__init__.py": "",
    "src/training/__init__.py": "",
    "src/training/fitting.py": """
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

class Preparation:
    def arrays(self, train_path):
        train = pd.read_csv(train_path)
        target_column_name = "churn"
        features = train.drop(columns=[target_column_name], axis=1)
        return np.c_[features[["age", "spend"]], np.array(train[target_column_name])]

class Fitting:
    def fit(self, train_array):
        X_train, y_train = train_array[:, :-1], train_array[:, -1]
        return RandomForestClassifier().fit(X_train, y_train)
""",
    "src/training/train.py": """
from src.training.fitting import Fitting, Preparation

if __name__ == "__main__":
    array = Preparation().arrays("data/train.csv")
    Fitting().fit(array)
""",
}


def test_the_last_column_of_an_array_that_the_script_made_is_not_the_last_of_the_file(tmp_path):
    write(tmp_path, CLASSES)
    columns = churn(labels=("0", "1"))
    write_table(tmp_path, "data/train.csv", {**columns, "zone": columns.pop("region")})
    write_table(tmp_path, "data/test.csv", {**churn(400, labels=("0", "1")), "zone": ["a"] * 400})

    found = held(look_around(tmp_path))

    assert found.value("target") == "churn"
    assert found.guesses["target"].where == "src/training/fitting.py:9"


def test_a_package_called_src_is_started_from_above_it(tmp_path):
    write(tmp_path, CLASSES)
    write_table(tmp_path, "data/train.csv", churn())

    found = look_around(tmp_path)

    assert found.value("run") == "python -m src.training.train"


def test_a_path_that_only_windows_finds_is_followed_and_told(tmp_path):
    script = PIPELINE.replace("data/train.csv", "data\\\\train.csv")
    write(tmp_path, {"train.py": script})
    write_table(tmp_path, "data/train.csv", churn())

    found = held(look_around(tmp_path))

    assert found.value("data") == ("data/train.csv",)
    assert any("Only Windows finds" in notice.text and notice.where for notice in found.notices)


def test_a_shuffle_without_a_seed_before_a_seeded_split_is_told_and_counted(tmp_path):
    script = """
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
df = pd.read_csv("churn.csv")
SHUFFLE
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="churn"), df["churn"], test_size=0.5, random_state=1)
model = RandomForestClassifier().fit(X_train, y_train)
"""
    rows, told = [], []
    for shuffle in ("df = df.sample(frac=1)", "df = df.sample(frac=1, random_state=3)"):
        write(tmp_path, {"train.py": script.replace("SHUFFLE", shuffle)})
        write_table(tmp_path, "churn.csv", churn())
        found = held(look_around(tmp_path))
        rows.append(found.value("gates")[0].rows)
        told.append([notice.where for notice in found.notices if "shuffled without a seed" in notice.text])

    assert rows == [150, 300]
    assert told == [["train.py:6"], []]

"""Which column is what, and which label is the event."""

import random

import pytest

from ci_mlops.survey.columns import group_of, id_of, slices_of, unit_of
from ci_mlops.survey.guess import Guess
from ci_mlops.survey.tables import Column, Table
from ci_mlops.survey.target import Target, labels, positive, target_of, task
from tests.survey.teams import churn, look_around, write, write_table


def table(**columns: list[object]) -> Table:
    made = tuple(Column(name, [str(cell) for cell in cells]) for name, cells in columns.items())
    return Table(path="data.csv", columns=made, rows=len(made[0].cells))


def event(cells: list[str], coded: object = None) -> Guess | None:
    target = Target(guess=Guess(subject="target", value="y", why=""), positive=coded)
    return positive(Column("y", cells), target, None)


@pytest.mark.parametrize(
    ("cells", "label"),
    [
        (["Yes", "No"], "Yes"),
        (["M", "B", "B"], "M"),
        (["benign", "malignant"], "malignant"),
        (["True", "False"], "true"),
        (["good", "bad"], "bad"),
        (["-1", "1"], "1"),
    ],
)
def test_an_event_is_known_by_its_name(cells, label):
    found = event(cells)

    assert found is not None
    assert found.sure
    assert found.value == label


@pytest.mark.parametrize("cells", [["0", "1"], ["1.0", "0.0"], ["0", "1", "NA"]])
def test_labels_of_0_and_1_need_no_word(cells):
    assert event(cells) is None


@pytest.mark.parametrize("cells", [["1", "2", "2"], ["blue", "red", "red"]])
def test_where_no_name_tells_the_rarer_label_is_proposed_and_not_sure(cells):
    found = event(cells)

    assert found is not None
    assert not found.sure
    assert found.value == cells[0]
    assert "1 of 3" in found.why


def test_what_the_script_codes_as_1_beats_the_name():
    found = event(["Yes", "No"], coded="No")

    assert found is not None
    assert found.value == "No"
    assert found.sure


def test_labels_are_one_however_they_are_written():
    assert labels(Column("y", ["1.0", "1", "10", "2", "2.0"])) == ["1", "2", "10"]


def test_a_unique_column_is_an_id_by_its_name_only():
    unique = list(range(50))

    assert id_of(table(price=unique, y=unique), "y") is None
    found = id_of(table(price=unique, customerID=unique, y=unique), "y")
    assert found is not None
    assert found.value == "customerID"


def test_an_id_that_is_there_twice_is_none_but_may_be_a_group():
    patients = [number // 3 for number in range(300)]
    visits = table(patient_id=patients, y=[0] * 300)

    assert id_of(visits, "y") is None
    found = group_of(visits, "y", None, None)
    assert found is not None
    assert found.value == "patient_id"
    assert "3.0 rows" in found.why


def test_slices_have_few_values_with_enough_rows_each_and_there_are_three_at_most():
    chance = random.Random(0)
    pick = {name: [chance.choice("abc") for _ in range(300)] for name in ("colour", "region", "plan", "sex")}
    lonely = ["a"] * 299 + ["b"]
    found = slices_of(table(**pick, lonely=lonely, y=[0] * 300), {"y"}, 300)

    assert found is not None
    assert set(found.value) == {"region", "plan", "sex"}


def test_rows_too_few_for_any_slice_make_none():
    assert slices_of(table(region=["a", "b"] * 15, y=[0] * 30), {"y"}, 30) is None


def test_a_number_with_many_values_and_no_script_is_a_regression_that_is_not_sure():
    found = task(Column("y", [str(number) for number in range(100)]), None)

    assert (found.value, found.sure) == ("regression", False)


@pytest.mark.parametrize(
    ("name", "unit"), [("demand_mwh", "MWh"), ("price_eur", "EUR"), ("price", None), ("hours", None)]
)
def test_a_unit_is_taken_from_the_end_of_the_name(name, unit):
    found = unit_of(name)

    assert (found.value if found else None) == unit


def test_without_a_script_a_target_is_known_by_its_name_or_not_at_all():
    found = target_of(table(a=[1], Churn=[1]), None)

    assert found is not None
    assert found.guess.value == "Churn"
    assert target_of(table(a=[1], b=[1]), None) is None


def scripted(tmp_path, lines: str, *, target: str = "Churn Flag", labels: tuple[str, ...] = ("no", "yes")):
    write(
        tmp_path,
        {
            "train.py": "import pandas as pd\nfrom sklearn.svm import SVC\n"
            "from sklearn.model_selection import train_test_split\n"
            f"df = pd.read_csv('churn.csv')\n{lines}\nSVC().fit(X, y)\n"
        },
    )
    write_table(tmp_path, "churn.csv", churn(target=target, labels=labels))
    return look_around(tmp_path)


@pytest.mark.parametrize(
    "lines",
    [
        "df.columns = [c.lower().replace(' ', '_') for c in df.columns]\ny = df['churn_flag']\nX = df[['age']]",
        "y = df.pop('Churn Flag')\nX = df",
        "X, y = df.loc[:, ['age']], df.loc[:, 'Churn Flag']",
        "y = df[['Churn Flag']].values.ravel()\nX = df[['age']]",
        "y = (df['Churn Flag'] == 'yes').astype(int)\nX = df[['age']]",
        "from sklearn.preprocessing import LabelEncoder\nle = LabelEncoder()\ny = le.fit_transform(df['Churn Flag'])\nX = df",
        "import numpy as np\ny = np.where(df['Churn Flag'] == 'yes', 1, 0)\nX = df",
        "df['Churn Flag'] = df['Churn Flag'].replace({'no': 0, 'yes': 1})\ny = df['Churn Flag']\nX = df",
        "df['left'] = (df['Churn Flag'] == 'yes').astype(int)\ny = df['left']\nX = df.drop(columns=['left'])",
        "LABEL = 'Churn Flag'\nX, Xt, y, yt = train_test_split(df.drop(LABEL, axis=1), df[LABEL], stratify=df[LABEL])",
        "def split(frame, label):\n    return frame.drop(columns=[label]), frame[label]\nX, y = split(df, 'Churn Flag')",
        "def load():\n    data = df.dropna()\n    y = data['Churn Flag']\n    return data[['age']], y\nX, y = load()",
    ],
)
def test_a_target_is_followed_through_what_scripts_do_to_it(tmp_path, lines):
    found = scripted(tmp_path, lines)

    assert found.value("target") == "Churn Flag"
    assert found.value("positive") == "yes"
    assert found.guesses["target"].sure


def test_a_target_that_is_not_there_is_not_taken(tmp_path):
    found = scripted(tmp_path, "y = df['nothing']\nX = df", target="abc")

    assert [one.subject for one in found.missing] == ["target"]
    assert "customer_id, region, age, spend, abc" in found.missing[0].mend


def test_a_group_and_weights_that_the_script_uses_are_kept(tmp_path):
    found = scripted(
        tmp_path,
        "from sklearn.model_selection import GroupShuffleSplit\ny = df['Churn Flag']\nX = df[['age']]\n"
        "cut = next(GroupShuffleSplit(test_size=0.2, random_state=0).split(X, y, groups=df['region']))\n"
        "SVC().fit(X, y, sample_weight=df['spend'])",
    )

    assert found.value("group") == "region"
    assert found.value("weight") == "spend"
    assert found.value("slices") is None

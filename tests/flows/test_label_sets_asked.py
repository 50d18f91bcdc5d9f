"""Models that answer with a matrix of rows x labels, asked by our worker, from the fit to the verdict."""

import pytest
from pyarrow import parquet

from tests.flows.loans import found_team
from tests.flows.test_label_sets import CONFIG, told, write_tickets

ASKED = CONFIG.replace("predict:\n  run: python score.py {model} {features} {output}\n", "").replace(
    "model.bin", "model.joblib"
)
TRAIN = """\
import joblib, pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.preprocessing import MultiLabelBinarizer
frame = pd.read_csv("data/train.csv", keep_default_na=False)
truth = MultiLabelBinarizer().fit_transform([set(filter(None, tags.split("|"))) for tags in frame["tags"]])
used = ["bug", "feature", "question"]
joblib.dump(MultiOutputClassifier(LogisticRegression()).fit(frame[used], truth), "model.joblib")
"""


@pytest.fixture
def team(tmp_path):
    team = found_team(
        tmp_path, config=ASKED.replace("tags", "default").replace("ticket,", "loan,"), train=TRAIN
    )
    team.git("checkout", "-q", "main")
    team.write("ci-mlops.yml", ASKED)
    for name, rows, seed in (("test", 500, 3), ("train", 300, 4)):
        write_tickets(team.folder / "data" / f"{name}.csv", rows, seed=seed)
    team.pin()
    team.commit("Tag tickets")
    team.git("checkout", "-q", "-B", "change")
    team.commit("Begin a change")
    return team


def test_lists_of_probabilities_and_a_matrix_of_them_meet_in_the_court_and_the_worse_is_blocked(team):
    team.replace("train.py", "MultiOutputClassifier(Log", "OneVsRestClassifier(Log")
    team.replace("train.py", 'used = ["bug", "feature", "question"]', 'used = ["bug", "feature"]')
    team.commit("Forget what asks")
    verdict = told(team)
    tables = [
        parquet.read_table(team.output / f"predictions/{role}.parquet") for role in ("champion", "candidate")
    ]

    assert verdict.verdict == "blocked"
    assert {gate.metric: gate.status for gate in verdict.gates} == {
        "f1_micro": "broken",
        "recall of bug": "held",
    }
    [f1] = [one for one in verdict.measurements if one.metric == "f1_micro" and one.slice is None]
    assert f1.champion > 0.8 > f1.candidate
    for table in tables:
        assert table.column_names == ["id", "prediction", "score_bug", "score_feature", "score_question"]
        scores = table["score_bug"].to_pylist()
        assert [("bug" in said.split("|")) for said in table["prediction"].to_pylist()] == [
            score > 0.5 for score in scores
        ]
        assert len({round(score, 6) for score in scores}) > 50

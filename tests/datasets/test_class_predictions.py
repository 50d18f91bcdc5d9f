"""Prediction files of three or more classes, and weights: read in the order of `classes`, or refused in words."""

import numpy as np
import pytest

from ci_mlops.datasets.prediction_file import Truth, open_predictions
from ci_mlops.datasets.predictions import paired_rows
from ci_mlops.errors import BadData
from ci_mlops.records import Policy

CLASSES = Policy(task="classification", metrics=("accuracy",), classes=("bug", "feature", "question"))
WEIGHTED = Policy(task="regression", metrics=("mae",), weight="w")
NUMBERED = Policy(task="classification", metrics=("accuracy",), classes=("1", "2", "3"))


@pytest.fixture
def pair(tmp_path):
    """Read two CSV texts as champion and candidate; labels are the candidate's."""

    def read(champion, candidate, policy=CLASSES):
        paths = []
        for name, text in (("champion", champion), ("candidate", candidate)):
            path = tmp_path / f"{name}.csv"
            path.write_text(text.replace(" ", "\n").strip() + "\n")
            paths.append(open_predictions(path, name, policy))
        truth = Truth(title="candidate", files=(paths[1].path,), label="label", id="id")
        return list(paired_rows(truth, paths[1], paths[0], policy))

    return read


PLAIN = "id,prediction a,bug b,question c,feature"
TOLD = "id,prediction,label a,bug,bug b,bug,question c,feature,feature"


def test_labels_are_their_places_in_classes_whatever_order_they_come_in(pair):
    (rows,) = pair(PLAIN, TOLD)

    assert rows.labels.tolist() == [0, 2, 1]
    assert rows.champion.decisions.tolist() == [0, 2, 1]
    assert rows.candidate.decisions.tolist() == [0, 0, 1]


def test_numbers_are_labels_however_they_are_written(pair):
    (rows,) = pair("id,prediction a,1.0 b,3", "id,prediction,label a,1,01 b,2,3.0", NUMBERED)

    assert rows.labels.tolist() == [0, 2]


def test_a_row_without_a_label_is_left_out_and_a_class_may_be_called_none(pair):
    policy = Policy(task="classification", metrics=("accuracy",), classes=("None", "a", "b"))
    (rows,) = pair("id,prediction x,None y,a", "id,prediction,label x,None,None y,b,", policy)

    assert (rows.labels.tolist(), rows.missing_label) == ([0], 1)


@pytest.mark.parametrize(
    ("champion", "candidate", "what", "mend"),
    [
        (
            PLAIN,
            TOLD.replace("feature,feature", "feature,featur"),
            "label 'featur' is none of the 3",
            "`feature`",
        ),
        (
            PLAIN.replace("c,feature", "c,Bug"),
            TOLD,
            "label 'Bug' is none of the 3 classes",
            "Did you mean `bug`?",
        ),
        (
            "id,prediction,score_bug,score_bugs a,bug,1,0 b,bug,1,0 c,bug,1,0",
            TOLD,
            "column `score_bugs` of champion: label 'bugs' is none of the 3 classes",
            "`bug`",
        ),
        (
            "id,prediction,score a,bug,1 b,bug,1 c,bug,1",
            TOLD,
            "one column `score`, and there are 3 classes",
            "each",
        ),
        ("id a b c", TOLD, "champion has no column `prediction`", "score_<class>"),
        (
            "id,prediction,score_bug a,bug,1 b,bug, c,bug,1",
            TOLD,
            "scores of champion: 1 rows have none",
            "missing values",
        ),
        (
            "id,score_bug a,1 b,-2 c,1",
            TOLD,
            "no probabilities, and one of a class is missing",
            "`prediction`",
        ),
    ],
)
def test_what_does_not_fit_the_classes_is_refused(pair, champion, candidate, what, mend):
    with pytest.raises(BadData) as refused:
        pair(champion, candidate)

    assert what in refused.value.what
    assert mend in refused.value.mend


def test_scores_come_in_the_order_of_classes_and_an_unknown_class_is_never_expected(pair):
    (rows,) = pair(
        "id,score_question,score_bug a,0.4,0.6 b,0.9,0.1 c,0.5,0.5",
        "id,prediction,label,score_feature,score_question,score_bug a,bug,bug,0.1,0.2,0.7 "
        "b,bug,question,0.2,0.3,0.5 c,feature,feature,0.8,0.1,0.1",
    )

    assert rows.champion.scores.tolist() == [[0.6, 0, 0.4], [0.1, 0, 0.9], [0.5, 0, 0.5]]
    assert rows.champion.decisions.tolist() == [0, 2, 0]
    assert rows.candidate.scores[0].tolist() == [0.7, 0.1, 0.2]


def test_columns_of_scores_that_were_exchanged_are_refused(pair):
    rng = np.random.default_rng(0)
    names = ("bug", "feature", "question")
    champion = ["id,prediction,score_feature,score_bug,score_question"]
    candidate = ["id,prediction,label"]
    for row in range(60):
        scores = rng.dirichlet([1, 1, 1])
        said = names[int(scores.argmax())]
        champion.append(f"{row},{said},{scores[0]},{scores[1]},{scores[2]}")
        candidate.append(f"{row},bug,bug")

    with pytest.raises(BadData, match="rows that it calls 'bug' score lower in `score_bug` than the others"):
        pair(" ".join(champion), " ".join(candidate))


def test_weights_are_read_with_the_truth(pair):
    (rows,) = pair("id,prediction a,1 b,2", "id,prediction,label,w a,1,1,0.5 b,2,3,2", WEIGHTED)

    assert rows.weights.tolist() == [0.5, 2]


@pytest.mark.parametrize("weight", ["-1", "", "inf", "NaN"])
def test_a_weight_that_is_none_is_refused(pair, weight):
    with pytest.raises(BadData, match="weights in `w`: 1 rows have none, or one that is infinite or below 0"):
        pair("id,prediction a,1 b,2", f"id,prediction,label,w a,1,1,{weight} b,2,3,2", WEIGHTED)


@pytest.mark.parametrize(("weight", "word"), [("1e200", "large"), ("1e-200", "small")])
def test_a_weight_whose_square_no_float_can_hold_is_refused(pair, weight, word):
    with pytest.raises(BadData, match=f"is too {word}"):
        pair("id,prediction a,1 b,2", f"id,prediction,label,w a,1,1,{weight} b,2,3,2", WEIGHTED)


def test_of_a_row_that_is_left_out_no_weight_is_asked(pair):
    (rows,) = pair("id,prediction a,1 b,2", "id,prediction,label,w a,1,, b,2,3,2", WEIGHTED)

    assert (rows.weights.tolist(), rows.missing_label) == ([2], 1)


def test_a_weight_that_is_no_column_is_named(pair):
    with pytest.raises(BadData, match="`w`"):
        pair("id,prediction a,1 b,2", "id,prediction,label a,1,1 b,2,3", WEIGHTED)

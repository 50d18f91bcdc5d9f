"""A model's answers on three or more classes: a column for each class of the policy, and no class beside them."""

import numpy as np
import pyarrow as pa
import pytest
from sklearn.linear_model import LogisticRegression

from ci_mlops.errors import BadData
from ci_mlops.flows.predicted import Asked, table_of_answers, table_of_file
from ci_mlops.flows.scoring import Answers

CLASSES = ("bug", "feature", "question")


def asked(rows):
    ids = pa.array([f"r{number}" for number in range(rows)])
    return Asked(
        role="candidate", task="classification", positive=None, ids=ids, where="x.log", classes=CLASSES
    )


def table(predictions, scores=None, classes=None, kind="probability"):
    answers = Answers(
        predictions=np.asarray(predictions),
        scores=None if scores is None else np.asarray(scores, dtype=float),
        score_kind=kind,
        classes=classes,
        columns=(),
        libraries={},
    )
    return table_of_answers(answers, asked(len(predictions)))


def fitted(labels):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(len(labels), 2)) + np.unique(labels, return_inverse=True)[1][:, None]
    return LogisticRegression().fit(rows, labels), rows


def test_text_labels_of_a_real_model_get_a_column_of_probabilities_each():
    model, rows = fitted(np.array(["question", "bug", "feature"] * 20))
    read = table(model.predict(rows), model.predict_proba(rows), tuple(model.classes_))

    assert read.column_names == ["id", "prediction", "score_bug", "score_feature", "score_question"]
    assert read["score_question"].to_numpy().tolist() == model.predict_proba(rows)[:, 2].tolist()


def test_a_model_that_knows_fewer_classes_never_expects_the_others():
    model, rows = fitted(np.array(["question", "bug"] * 20))
    read = table(model.predict(rows), model.predict_proba(rows), tuple(model.classes_))

    assert read["score_feature"].to_numpy().tolist() == [0.0] * 40
    assert read["score_bug"].to_numpy().tolist() == model.predict_proba(rows)[:, 0].tolist()


@pytest.mark.parametrize("scored", [False, True])
def test_a_model_that_knows_more_classes_is_refused_even_where_it_names_none_of_them(scored):
    model, rows = fitted(np.array(["question", "bug", "feature", "praise"] * 20))
    scores = model.predict_proba(rows) if scored else None

    with pytest.raises(BadData, match=r"knows classes that are not in `data.test.classes`: 'praise'"):
        table(["bug"] * 80, scores, tuple(model.classes_))


def test_a_label_that_is_no_class_is_refused():
    with pytest.raises(BadData, match=r"says classes that are not in `data.test.classes`: 'praise'"):
        table(["bug", "praise"])


def test_votes_that_are_no_column_for_each_class_are_left_out():
    assert table(["bug"] * 2, [0.5, -0.5], ("bug", "feature"), kind="decision").column_names == [
        "id",
        "prediction",
    ]


def test_a_predict_command_may_not_score_another_class(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("id,prediction,score_bug,score_praise\nr0,bug,0.5,0.5\n")

    with pytest.raises(BadData, match="'praise'"):
        table_of_file(path, asked(1), tmp_path)

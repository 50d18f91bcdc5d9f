"""A model's answers become the same columns, whatever they were made of; what does not fit is refused with counts."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, strategies as st

from ci_mlops.errors import BadData
from ci_mlops.flows.predicted import Asked, table_of_answers
from ci_mlops.flows.scoring import Answers, fill_in
from ci_mlops.records.labels import canonical_label


def table(predictions, scores=None, classes=None, *, task="classification", positive=None, rows=None):
    predictions = np.asarray(predictions)
    ids = pa.array([f"r{number}" for number in range(rows or len(predictions))])
    answers = Answers(
        predictions=predictions,
        scores=None if scores is None else np.asarray(scores, dtype=float),
        score_kind=None,
        classes=classes,
        columns=(),
        libraries={},
    )
    return table_of_answers(
        answers, Asked(role="candidate", task=task, positive=positive, ids=ids, where="x.log")
    )


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([0, 1], ["0", "1"]),
        ([0.0, 1.0], ["0", "1"]),
        ([False, True], ["false", "true"]),
        (["no", "yes"], ["no", "yes"]),
        (["1.0", "True"], ["1", "true"]),
    ],
)
def test_labels_have_one_spelling(values, labels):
    assert table(values).column("prediction").to_pylist() == labels


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=30))
def test_every_row_keeps_its_own_label(values):
    assert table(values).column("prediction").to_pylist() == [canonical_label(value) for value in values]


def test_a_share_per_class_is_named_by_the_class():
    found = table(["a", "c"], [[0.7, 0.2, 0.1], [0.1, 0.2, 0.7]], ("a", "b", "c"))

    assert found.column_names == ["id", "prediction", "score_a", "score_b", "score_c"]
    assert found.column("score_c").to_pylist() == [0.1, 0.7]


def test_false_and_true_are_scored_as_0_and_1_where_no_event_is_named():
    assert table([False, True], [[0.9, 0.1], [0.1, 0.9]], ("False", "True")).column_names[2:] == [
        "score_0",
        "score_1",
    ]
    named = table([False, True], [[0.9, 0.1], [0.1, 0.9]], ("False", "True"), positive="true")
    assert named.column_names[2:] == ["score_false", "score_true"]


@pytest.mark.parametrize(
    ("classes", "positive", "sign"),
    [(("0", "1"), None, 1), (("no", "yes"), "yes", 1), (("no", "yes"), "no", -1), (("0", "1"), "0", -1)],
)
def test_a_decision_speaks_for_the_event(classes, positive, sign):
    found = table([0, 1], [-2.0, 3.0], classes, positive=positive)

    assert found.column("score").to_pylist() == [sign * -2.0, sign * 3.0]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"predictions": [0, 1], "rows": 3}, r"shape \(2,\) for 3 rows"),
        ({"predictions": [[0, 1], [1, 0]]}, r"shape \(2, 2\) for 2 rows"),
        ({"predictions": [0.0, np.nan, np.nan]}, "NaN. for 2 of 3 rows"),
        ({"predictions": np.array(["yes", "nan", "None"])}, "NaN. for 2 of 3 rows"),
        ({"predictions": [0.2, 0.9]}, "numbers, not classes"),
        ({"predictions": [0.2, np.inf], "task": "regression"}, "infinite for 1 of 2 rows"),
        ({"predictions": np.array(["a", "b"]), "task": "regression"}, "are no numbers"),
        (
            {"predictions": [0, 1], "scores": [[0.5, np.nan], [0.5, 0.5]], "classes": ("0", "1")},
            "1 of 2 rows",
        ),
        ({"predictions": [0, 1], "scores": [[1.0], [1.0]], "classes": ("0", "1")}, "2 rows and 2 classes"),
    ],
)
def test_what_does_not_fit_is_refused_with_counts(options, told):
    with pytest.raises(BadData, match=told) as caught:
        table(**options)
    assert caught.value.mend


def test_placeholders_are_quoted_for_a_shell_and_left_alone_in_a_list(tmp_path):
    odd = tmp_path / "a b; touch PWN"

    assert fill_in("score {model} --json '{x}'", model=odd) == f"score '{odd}' --json '{{x}}'"
    assert fill_in(("score", "--model={model}"), model=odd) == ["score", f"--model={odd}"]

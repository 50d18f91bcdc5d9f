"""Files whose rows carry several labels at once."""

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from ci_mlops.datasets.label_order import LabelOrder
from ci_mlops.datasets.prediction_file import Truth, open_predictions
from ci_mlops.datasets.predictions import paired_rows
from ci_mlops.errors import BadData
from ci_mlops.evaluation.rows import Predictions
from ci_mlops.records import Policy

LABELS = ("bug", "feature", "1")
RULES = Policy(task="classification", metrics=("accuracy",), classes=LABELS, multilabel=True)
TRUE = [0.0, 1.0, 3.0, 6.0]


def read(folder, truth, said, *, kind="csv"):
    for name, table in (("truth", truth), ("said", said)):
        if kind == "csv":
            lines = [",".join(table), *(",".join(map(str, row)) for row in zip(*table.values(), strict=True))]
            (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
        else:
            parquet.write_table(pa.table(table), folder / f"{name}.parquet")
    test = Truth(title="the test data", files=(folder / f"truth.{kind}",), label="tags", id="id")
    (rows,) = paired_rows(test, open_predictions(folder / f"said.{kind}", "candidate", RULES), None, RULES)
    return rows


def test_text_and_lists_are_the_same_sets(tmp_path):
    ids = [1, 2, 3, 4]
    text = read(
        tmp_path,
        {"id": ids, "tags": ["", "bug", "bug|feature", "feature| 1.0"]},
        {"id": ids, "prediction": ["bug|1", "", "1|bug", "feature"]},
    )
    lists = read(
        tmp_path,
        {"id": ids, "tags": [[], ["bug"], ["feature", "bug"], ["1", "feature"]]},
        {"id": ids, "prediction": [["bug", "1"], [], ["bug", "1"], ["feature"]]},
        kind="parquet",
    )

    for rows in (text, lists):
        assert rows.labels.tolist() == TRUE
        assert rows.candidate.decisions.tolist() == [5, 0, 5, 2]


def test_a_score_of_half_or_more_is_a_label_where_nothing_is_predicted(tmp_path):
    ids = [1, 2, 3, 4]
    said = {"id": ids, "score_bug": [0.5, 0.1, 1, 0], "score_1": [0.9, 0.4, 0, 0.6]}
    rows = read(tmp_path, {"id": ids, "tags": ["", "bug", "bug|feature", "feature|1"]}, said)

    assert rows.candidate.decisions.tolist() == [5, 0, 1, 4]
    assert rows.candidate.scores.shape == (4, 3)


def test_what_nobody_knows_is_left_out_and_an_empty_cell_is_no_label(tmp_path):
    ids = [1, 2, 3]
    text = read(
        tmp_path, {"id": ids, "tags": ["", "NA", "bug"]}, {"id": ids, "prediction": ["bug", "bug", ""]}
    )
    lists = read(
        tmp_path,
        {"id": ids, "tags": pa.array([[], None, ["bug"]], pa.list_(pa.string()))},
        {"id": ids, "prediction": ["bug", "bug", ""]},
        kind="parquet",
    )

    for rows in (text, lists):
        assert (rows.labels.tolist(), rows.missing_label) == ([0, 1], 1)


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"prediction": ["bug", "bog", "bug"]}, "label 'bog' is none of the 3 classes"),
        ({"prediction": ["bug", "bug,feature", "bug"]}, "label 'bug,feature' is none of the 3 classes"),
        ({"prediction": ["bug", "NA", "bug"]}, "predictions of candidate: 1 rows have none"),
        ({"score_bug": [-3, 2, 1]}, "scores of candidate are no probabilities, so 0.5 is no threshold"),
    ],
)
def test_what_is_no_set_of_the_labels_is_refused(tmp_path, said, problem):
    with pytest.raises(BadData, match=problem):
        read(
            tmp_path, {"id": [1, 2, 3], "tags": ["bug", "", "bug"]}, {"id": [1, 2, 3], **said}, kind="parquet"
        )


def test_a_list_of_what_is_no_label_is_refused(tmp_path):
    with pytest.raises(BadData, match="which can't be written as text"):
        read(
            tmp_path,
            {"id": [1], "tags": [[{"name": "bug"}]]},
            {"id": [1], "prediction": ["bug"]},
            kind="parquet",
        )


def test_many_labels_keep_every_bit(tmp_path):
    names = tuple(f"tag{number}" for number in range(50))
    rules = Policy(task="classification", metrics=("accuracy",), classes=names, multilabel=True)
    parquet.write_table(
        pa.table({"id": [1], "label": [list(names)], "prediction": [names[49]]}), tmp_path / "said.parquet"
    )
    said = open_predictions(tmp_path / "said.parquet", "candidate", rules)
    truth = Truth(title="the truth", files=(said.path,), label="label", id="id")
    (rows,) = paired_rows(truth, said, None, rules)

    assert rows.labels.tolist() == [2.0**50 - 1]
    assert rows.candidate.decisions.tolist() == [2.0**49]


def looked(said, true, parts=1):
    """`said`, `true`: rows x labels of 0 and 1."""
    weights = 2.0 ** np.arange(said.shape[1])
    order = None
    for one, own in zip(np.array_split(said, parts), np.array_split(true, parts), strict=True):
        part = LabelOrder("the candidate", "said.csv", LABELS)
        part.look(Predictions(decisions=one @ weights), own @ weights)
        order = part if order is None else order + part
    return order


def tagged(share_right, rows=1000):
    dice = np.random.default_rng(0)
    true = dice.random((rows, 3)) < (0.5, 0.2, 0.1)
    chance = dice.random((rows, 3)) < (0.5, 0.2, 0.1)
    return np.where(dice.random((rows, 3)) < share_right, true, chance), true


@pytest.mark.parametrize("parts", [1, 3])
@pytest.mark.parametrize("places", [[1, 0, 2], [2, 0, 1]])
def test_labels_in_another_order_are_refused_with_their_names(parts, places):
    said, true = tagged(0.6)

    with pytest.raises(
        BadData,
        match=f"labels of the candidate are exchanged: `bug` is said of rows of `{LABELS[places[0]]}`",
    ):
        looked(said[:, places], true, parts).refuse_reversed()


@pytest.mark.parametrize("share_right", [0.0, 0.1, 0.9])
def test_a_poor_model_is_no_exchange(share_right):
    said, true = tagged(share_right)

    looked(said, true).refuse_reversed()
    looked(1 - said, true).refuse_reversed()
    looked(np.repeat(said[:, :1], 3, axis=1), true).refuse_reversed()
    looked(said[:15], true[:15]).refuse_reversed()

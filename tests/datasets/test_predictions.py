"""Prediction files as the court gets to see them: joined by id, or refused in words."""

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from ci_mlops.datasets.prediction_file import Truth, open_predictions
from ci_mlops.datasets.predictions import paired_rows
from ci_mlops.errors import BadData
from ci_mlops.records import Policy

CLASSES = Policy(task="classification", metrics=("accuracy",))
NUMBERS = Policy(task="regression", metrics=("mae",))


@pytest.fixture
def pair(tmp_path):
    """Read two CSV texts as champion and candidate; labels are the candidate's."""

    def read(champion, candidate, policy=CLASSES, slices=()):
        paths = []
        for name, text in (("champion", champion), ("candidate", candidate)):
            path = tmp_path / f"{name}.csv"
            path.write_text(text.replace(" ", "\n").strip() + "\n")
            paths.append(open_predictions(path, name, policy))
        truth = Truth(title="candidate", files=(paths[1].path,), label="label", id="id", slices=slices)
        return list(paired_rows(truth, paths[1], paths[0], policy))

    return read


def test_rows_in_another_order_are_joined_by_id(pair):
    (rows,) = pair(
        "id,prediction a,0 b,1 c,1",
        "id,prediction,label c,0,1 a,1,0 b,1,1",
    )

    assert rows.labels.tolist() == [1, 0, 1]
    assert rows.candidate.decisions.tolist() == [0, 1, 1]
    assert rows.champion.decisions.tolist() == [1, 0, 1]


def test_ids_join_whether_they_are_numbers_or_text(tmp_path):
    parquet.write_table(pa.table({"id": [1, 2], "prediction": [1, 0]}), tmp_path / "champion.parquet")
    (tmp_path / "candidate.csv").write_text("id,prediction,label\n2,1,1\n1,1,0\n")
    champion = open_predictions(tmp_path / "champion.parquet", "champion", CLASSES)
    candidate = open_predictions(tmp_path / "candidate.csv", "candidate", CLASSES)
    truth = Truth(title="candidate", files=(candidate.path,), label="label", id="id")
    (rows,) = paired_rows(truth, candidate, champion, CLASSES)

    assert rows.champion.decisions.tolist() == [0, 1]


def test_rows_without_a_label_are_left_out_for_both_and_counted(pair):
    (rows,) = pair("id,prediction a,0 b,1 c,1", "id,prediction,label a,1,0 b,1, c,1,NaN")

    assert (len(rows), rows.missing_label) == (1, 2)


def test_rows_that_either_model_was_trained_on_are_left_out_for_both_and_counted(pair):
    (rows,) = pair(
        "id,prediction,seen a,0,1 b,1,0 c,1,0 d,1,0",
        "id,prediction,label,seen a,1,0,0 b,0,1,0 c,1,1,1 d,0,,1",
    )

    assert (rows.labels.tolist(), rows.seen, rows.missing_label) == ([1], 2, 1)
    assert (rows.champion.decisions.tolist(), rows.candidate.decisions.tolist()) == ([1], [0])


def test_a_row_that_nobody_says_is_unseen_counts_as_seen(pair):
    (rows,) = pair("id,prediction,seen a,0, b,1,0", "id,prediction,label a,1,0 b,0,1")

    assert (rows.labels.tolist(), rows.seen) == ([1], 1)


def test_a_score_alone_decides_at_one_half(pair):
    (rows,) = pair("id,score a,0.2 b,0.5", "id,score,label a,0.7,1 b,0.1,0")

    assert rows.champion.decisions.tolist() == [0, 1]
    assert rows.candidate.scores.tolist() == [0.7, 0.1]


def test_the_score_of_the_positive_class_is_taken(pair):
    policy = Policy(task="classification", metrics=(), positive="ill")
    (rows,) = pair(
        "id,prediction,score_ill,score_well a,ill,0.9,0.1",
        "id,prediction,score_well,score_ill,label a,well,0.8,0.2,ill",
        policy,
    )

    assert (rows.champion.scores.tolist(), rows.candidate.scores.tolist()) == ([0.9], [0.2])
    assert (rows.labels.tolist(), rows.candidate.decisions.tolist()) == ([1], [0])


def test_the_event_may_be_coded_zero_and_spelt_as_another_number(pair):
    policy = Policy(task="classification", metrics=(), positive="0")
    (rows,) = pair("id,prediction a,0.0 b,1.0", "id,prediction,label a,1,0 b,0,1", policy)

    assert rows.labels.tolist() == [1, 0]
    assert rows.champion.decisions.tolist() == [1, 0]
    assert rows.candidate.decisions.tolist() == [0, 1]


def test_slices_are_columns_and_an_empty_cell_is_a_slice_of_its_own(pair):
    (rows,) = pair(
        "id,prediction a,0 b,1 c,1",
        "id,prediction,label,region a,1,0,north b,1,1, c,0,1,north",
        slices=("region",),
    )
    column = rows.slices["region"]

    assert [column.names[code] for code in column.codes] == [
        "region=north",
        "region=(missing)",
        "region=north",
    ]


def test_numbers_are_read_for_a_regression(pair):
    (rows,) = pair("id,prediction a,1.5 b,2", "id,prediction,label a,1,1e3 b,2.25,-4", NUMBERS)

    assert rows.labels.tolist() == [1000.0, -4.0]
    assert rows.champion.decisions.tolist() == [1.5, 2.0]


GOOD = "id,prediction,label a,1,0 b,1,1"


@pytest.mark.parametrize(
    ("champion", "candidate", "policy", "says"),
    [
        ("id,prediction a,1 a,0", GOOD, CLASSES, "champion: 1 ids stand more than once, first 'a'"),
        ("id,prediction a,1 ,0", GOOD, CLASSES, "champion: 1 rows have no `id`"),
        (
            "id,prediction a,1 x,0",
            GOOD,
            CLASSES,
            "1 of candidate are not in champion, first 'b'; 1 of champion",
        ),
        ("id,prediction a,1", GOOD, CLASSES, "1 of candidate are not in champion, first 'b'"),
        ("id,prediction a,1 b,", GOOD, CLASSES, "predictions of champion: 1 rows have none"),
        ("id,prediction a,1 b,yes", GOOD, CLASSES, "label 'yes' is neither 0 nor 1"),
        ("id,score a,0.1 b,NaN", GOOD, CLASSES, "scores of champion: 1 rows have none, or NaN"),
        ("id,score a,0.1 b,inf", GOOD, CLASSES, "scores of champion: 1 rows have none, or NaN, or infinity"),
        ("id,score a,0.1 b,high", GOOD, CLASSES, "scores of champion are not numbers"),
        ("id,prediction,label a,1,1 b,1,1", GOOD, CLASSES, "champion: 1 rows have another label"),
        ("id,other a,1 b,1", GOOD, CLASSES, "champion has no column `prediction`; it has `id`, `other`"),
        ("key,prediction a,1 b,1", GOOD, CLASSES, "champion has no column `id`"),
        ("id,prediction a,1 b,1", GOOD, NUMBERS, None),
        ("id,prediction a,1 b,one", GOOD, NUMBERS, "predictions of champion are not numbers"),
        ("id,prediction a,1 b,inf", GOOD, NUMBERS, "predictions of champion: 1 rows have none"),
        (
            "id,prediction a,ill b,well",
            "id,prediction,label a,ill,well b,well,dead",
            Policy(task="classification", metrics=(), positive="ill"),
            "more than two labels: 'dead', 'well' beside 'ill'",
        ),
        (
            "id,score_a,score_b a,0.5,0.5 b,0.1,0.9",
            GOOD,
            CLASSES,
            "no score column for the positive label '1': there are score_a, score_b",
        ),
    ],
)
def test_what_can_not_be_compared_is_refused_in_words(pair, champion, candidate, policy, says):
    if says is None:
        pair(champion, candidate, policy)
        return
    with pytest.raises(BadData) as refusal:
        pair(champion, candidate, policy)

    assert says in str(refusal.value)
    assert "where:" in str(refusal.value)
    assert "mend:" in str(refusal.value)


def test_a_column_of_many_values_is_no_slice(pair):
    ids = [f"r{i}" for i in range(300)]
    with pytest.raises(BadData, match="more than 200 values"):
        pair(
            "id,prediction " + " ".join(f"{i},1" for i in ids),
            "id,prediction,label " + " ".join(f"{i},1,1" for i in ids),
            slices=("id",),
        )


@pytest.mark.parametrize("shuffled", [False, True])
def test_batches_of_different_sizes_stay_in_step(tmp_path, shuffled):
    size = 150_000
    rng = np.random.default_rng(0)
    ids = np.arange(size)
    labels = rng.integers(0, 2, size)
    order = rng.permutation(size) if shuffled else ids
    parquet.write_table(
        pa.table({"id": ids[order], "prediction": labels[order]}),
        tmp_path / "champion.parquet",
        row_group_size=7777,
    )
    parquet.write_table(
        pa.table({"id": ids, "prediction": labels, "label": labels}),
        tmp_path / "candidate.parquet",
        row_group_size=50_000,
    )
    champion = open_predictions(tmp_path / "champion.parquet", "champion", CLASSES)
    candidate = open_predictions(tmp_path / "candidate.parquet", "candidate", CLASSES)
    truth = Truth(title="candidate", files=(candidate.path,), label="label", id="id")
    parts = list(paired_rows(truth, candidate, champion, CLASSES))

    assert sum(len(part) for part in parts) == size
    assert all((part.champion.decisions == part.labels).all() for part in parts)


def test_scores_of_the_other_class_are_found_by_the_predictions_they_stand_beside(pair):
    with pytest.raises(BadData, match="scores of candidate run against its predictions"):
        pair(
            "id,prediction,score a,1,0.9 b,0,0.2 c,1,0.7",
            "id,prediction,score,label a,1,0.1,1 b,0,0.8,0 c,1,0.3,1",
        )


def test_margins_without_predictions_are_not_cut_at_one_half(pair):
    with pytest.raises(BadData, match="are no probabilities, so"):
        pair("id,score a,-2.5 b,3.1 c,0.2", "id,score,label a,0.1,1 b,0.8,0 c,0.3,1")


def test_values_of_a_slice_are_counted_over_all_batches(tmp_path):
    size = 200_000
    table = {"id": np.arange(size), "prediction": np.zeros(size, int), "label": np.zeros(size, int)}
    table["part"] = np.repeat(np.arange(400), size // 400).astype(str)
    parquet.write_table(pa.table(table), tmp_path / "candidate.parquet")
    candidate = open_predictions(tmp_path / "candidate.parquet", "candidate", CLASSES)
    truth = Truth(title="candidate", files=(candidate.path,), label="label", id="id", slices=("part",))

    with pytest.raises(BadData, match="more than 200 values"):
        list(paired_rows(truth, candidate, None, CLASSES))

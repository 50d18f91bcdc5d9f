"""Which rows are left out, and whom a row is lost to."""

import numpy as np

from ci_mlops.datasets.marks import count_seen, count_unscored, marks_of, with_policy
from ci_mlops.datasets.noted import noted_as_seen
from ci_mlops.datasets.prediction_file import PredictionFile, Truth

ALL = np.ones(6, dtype=bool)
CANDIDATE = np.array([0.0, 1, 2, 2, 2, np.nan])
CHAMPION = np.array([0.0, 0, 0, 1, 2, 0])


def test_seen_rows_come_before_rows_that_can_not_be_scored():
    marks = marks_of([CANDIDATE, CHAMPION], ALL)

    # what nobody tells of counts as seen
    assert np.flatnonzero(marks.seen).tolist() == [1, 3, 5]
    assert np.flatnonzero(marks.unscored).tolist() == [2, 4]
    assert np.flatnonzero(marks.left_out).tolist() == [1, 2, 3, 4, 5]


def test_a_row_is_lost_where_the_candidate_alone_says_nothing():
    assert np.flatnonzero(marks_of([CANDIDATE, CHAMPION], ALL).lost).tolist() == [2]
    assert np.flatnonzero(marks_of([CANDIDATE, None], ALL).lost).tolist() == [2, 3, 4]


def test_without_a_champion_every_row_is_lost_that_the_candidate_says_nothing_of():
    alone = marks_of([CANDIDATE], ALL)

    assert np.flatnonzero(alone.lost).tolist() == [2, 3, 4]
    assert not alone.taken.any()


def test_rows_without_a_label_are_none_of_these():
    marks = marks_of([CANDIDATE, CHAMPION], ~ALL)

    assert not (marks.left_out | marks.lost).any()


def test_counts_keep_apart_what_is_not_known():
    assert (count_seen(None), count_unscored(None)) == (None, 0)
    assert (count_seen(np.array([0, 1, 2, 2])), count_unscored(np.array([0, 1, 2, 2]))) == (1, 2)


def test_what_pinned_training_data_holds_counts_as_seen_beside_what_a_launcher_noted():
    held = np.array([True, False, False, True, False, False])

    both = with_policy(CANDIDATE, held, keeps_seen=False)
    assert np.flatnonzero(marks_of([both], ALL).seen).tolist() == [0, 1, 3, 5]
    alone = with_policy(None, held, keeps_seen=False)
    assert np.flatnonzero(marks_of([alone], ALL).seen).tolist() == [0, 3]
    assert with_policy(None, None, keeps_seen=False) is None


def test_where_the_policy_only_tells_seen_rows_are_measured_and_unscored_ones_can_not_be():
    kept = marks_of([with_policy(CANDIDATE, ALL, keeps_seen=True)], ALL)

    assert not kept.seen.any()
    assert np.flatnonzero(kept.left_out).tolist() == [2, 3, 4]
    assert with_policy(None, ALL, keeps_seen=True) is None


def test_what_a_launcher_noted_is_read_in_the_order_of_the_test_rows(tmp_path):
    (tmp_path / "test.csv").write_text("id,label\na,1\nb,0\nc,1\nd,0\n")
    (tmp_path / "said.csv").write_text("id,prediction,seen\nd,1,0\nc,1,2\nb,0,1\na,1,1\n")
    truth = Truth(title="the test data", files=(tmp_path / "test.csv",), label="label", id="id")
    said = PredictionFile(
        title="candidate", path=tmp_path / "said.csv", prediction="prediction", score=None, seen="seen"
    )

    assert noted_as_seen(truth, said).tolist() == [True, True, False, False]

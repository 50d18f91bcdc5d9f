"""Which rows are left out, and whom a row is lost to."""

import numpy as np

from ci_mlops.datasets.marks import count_seen, count_unscored, marks_of

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
    assert not marks_of([CANDIDATE], ALL).lost.any()


def test_rows_without_a_label_are_none_of_these():
    marks = marks_of([CANDIDATE, CHAMPION], ~ALL)

    assert not (marks.left_out | marks.lost).any()


def test_counts_keep_apart_what_is_not_known():
    assert (count_seen(None), count_unscored(None)) == (None, 0)
    assert (count_seen(np.array([0, 1, 2, 2])), count_unscored(np.array([0, 1, 2, 2]))) == (1, 2)

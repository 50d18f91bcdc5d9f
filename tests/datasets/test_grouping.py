"""Which rows are drawn together, read from a column of text."""

import numpy as np
import pyarrow as pa
import pytest

from ci_mlops.datasets.grouping import grouped_by, groups_of
from ci_mlops.datasets.times import seconds_of
from ci_mlops.errors import BadData
from ci_mlops.evaluation.influence import BUCKETS
from ci_mlops.records import Policy

PATIENT = Policy(task="classification", metrics=(), group="patient")
WEEKS = Policy(task="classification", metrics=(), time="seen_at", block=7 * 86400.0)


def bucket_of(column, policy, where):
    return groups_of(column, policy, where)[0]


def test_a_name_is_in_one_bucket_wherever_it_is_met():
    one = bucket_of(pa.array(["p1", "p2", "p1"]), PATIENT, "test.csv")
    other = bucket_of(pa.array(["p2", "p1"]), PATIENT, "test.csv")

    assert one[0] == one[2] == other[1]
    assert one[1] == other[0]


def test_names_that_differ_little_are_spread_over_the_buckets():
    buckets = bucket_of(pa.array([f"patient-{n}" for n in range(20_000)]), PATIENT, "test.csv")
    sizes = np.bincount(buckets, minlength=BUCKETS)

    assert sizes.min() > 0
    assert sizes.max() < 60


def test_a_row_that_belongs_to_nobody_is_refused():
    with pytest.raises(BadData, match="2 rows have no `patient`"):
        bucket_of(pa.array(["p1", None, None]), PATIENT, "test.csv")


def test_rows_of_one_stretch_of_time_are_together():
    days = pa.array(["2026-01-01", "2026-01-05T10:00:00", "2026-01-07 23:59:59", "2026-01-08"])
    first, second, third, fourth = bucket_of(days, WEEKS, "test.csv").tolist()

    # weeks are counted from a Thursday, the first day of 1970
    assert first == second == third
    assert fourth != first


@pytest.mark.parametrize(
    "written", ["2026-11-23T10:41:00Z", "2026-11-23 10:41:00", "2026-11-23T12:41:00+02:00", "1795430460"]
)
def test_times_are_read_however_they_are_written(written):
    assert seconds_of(pa.array([written]), "seen_at", "test.csv").tolist() == [1795430460.0]


def test_what_is_no_time_is_refused_with_the_column():
    with pytest.raises(BadData, match="neither a date, a time nor a number") as told:
        seconds_of(pa.array(["soon"]), "seen_at", "test.csv")
    assert told.value.where == "test.csv column seen_at"


def test_the_entity_comes_before_the_time_and_a_time_without_blocks_groups_nothing():
    assert grouped_by(PATIENT) == "patient"
    assert grouped_by(WEEKS) == "seen_at"
    assert grouped_by(Policy(task="classification", metrics=(), time="seen_at")) is None

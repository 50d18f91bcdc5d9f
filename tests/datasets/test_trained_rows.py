"""Which test rows a training's files hold, whatever they are written in."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from ci_mlops.datasets.moments import moments_of, written
from ci_mlops.datasets.row_codes import codes_of, name_codes
from ci_mlops.datasets.trained_rows import TestTable, equal_rows, meet
from ci_mlops.errors import BadData

HEAD = "id,patient,age,income,seen_at,label\n"
TEST = "a1,p1,41,1.5,2026-03-01,yes\na2,p2,42,2.5,2026-03-02,no\na3,p3,43,,2026-03-03,no\n"


def found(tmp_path, training, test=HEAD + TEST, **columns):
    for name, text in (("test.csv", test), ("train.csv", training)):
        (tmp_path / name).write_text(text)
    return meet(table(tmp_path, **columns), [tmp_path / "train.csv"])


def table(tmp_path, **columns):
    named = {"id": "id", "group": "patient", "time": "seen_at", **columns}
    return TestTable(files=(tmp_path / "test.csv",), target="label", **named)


def test_a_row_that_was_copied_under_another_id_is_found(tmp_path):
    met = found(tmp_path, HEAD + "b7,p1,41,1.50,2026-03-01,yes\nb8,p9,43,9,2026-01-01,no\n")

    assert met.content.tolist() == met.whole.tolist() == [True, False, False]
    assert not met.same_id.any()
    assert (met.rows, met.columns) == (2, 4)


def test_a_copy_with_another_label_is_a_copy_all_the_same(tmp_path):
    met = found(tmp_path, HEAD + "b7,p1,41,1.5,2026-03-01,no\n")

    assert met.content.tolist() == [True, False, False]
    assert not met.whole.any()


def test_csv_and_parquet_agree(tmp_path):
    (tmp_path / "test.csv").write_text(HEAD + TEST)
    rows = pa.table(
        {
            "income": pa.array([1.5, None], pa.float32()),
            "age": pa.array([41.0, 43.0]),
            "id": ["x", "A3 "],
            "patient": pa.array(["p1", "p3"]).dictionary_encode(),
            "seen_at": pa.array([dt.datetime(2026, 3, 1), dt.datetime(2026, 3, 3)], pa.timestamp("ns")),
            "label": ["yes", "no"],
        }
    )
    parquet.write_table(rows, tmp_path / "train.parquet")

    met = meet(table(tmp_path), [tmp_path / "train.parquet"])

    assert met.content.tolist() == met.whole.tolist() == [True, False, True]
    assert met.same_id.tolist() == [False, False, True]
    assert not met.spelt_alike.any()
    assert (met.groups, met.groups_of, written(met.newest)) == (2, 3, "2026-03-03")


def test_only_columns_that_both_have_are_compared(tmp_path):
    met = found(tmp_path, "age,label,extra\n42,no,1\n")

    assert (met.columns, met.content.tolist()) == (1, [False, True, False])
    assert met.newest is None
    assert not met.older.any()


@pytest.mark.parametrize("spelling", ["a1", " A1 ", "A1", "00a1"])
def test_an_id_is_the_same_in_any_spelling(tmp_path, spelling):
    met = found(tmp_path, f"{HEAD}{spelling},p7,1,1,2026-01-01,no\n")

    assert met.same_id.tolist() == [True, False, False]
    assert bool(met.spelt_alike.any()) == (spelling == "a1")


def test_rows_of_a_patient_who_was_trained_on_are_found(tmp_path):
    met = found(tmp_path, HEAD + "b1,p2,1,1,2026-01-01,no\nb2,p2,2,2,2026-01-01,no\n")

    assert met.same_group.tolist() == [False, True, False]
    assert (met.groups, met.groups_of) == (1, 3)


def test_test_rows_older_than_the_newest_training_row_are_found(tmp_path):
    met = found(tmp_path, HEAD + "b1,p8,1,1,2026-03-02T12:00:00,no\nb2,p9,2,2,2020-01-01,no\n")

    assert met.older.tolist() == [True, True, False]


def test_a_time_column_without_times_is_refused(tmp_path):
    with pytest.raises(BadData, match="`patient` of the test data holds no dates"):
        found(tmp_path, "patient,age,label\n2020-01-01,1,no\n", time="patient", group=None)


@pytest.mark.parametrize(
    "column",
    [
        pa.array(["2026-01-31", "2026-01-31T00:00:00", "2026-01-31 01:00:00+01:00", "1769817600"]),
        pa.array([dt.date(2026, 1, 31)]),
        pa.array([dt.datetime(2026, 1, 31)], pa.timestamp("ms")),
        pa.array([dt.datetime(2026, 1, 31, tzinfo=dt.UTC)], pa.timestamp("ns", "Europe/Berlin")),
        pa.array([1769817600, 1769817600_000, 1769817600_000_000, 1769817600_000_000_000]),
        pa.array([1769817600.0]),
    ],
)
def test_one_moment_in_all_spellings(column):
    assert set(moments_of(column).tolist()) == {1769817600.0}


def test_years_and_steps_keep_their_order_and_nothing_is_no_moment():
    assert moments_of(pa.array([2019, 2020])).tolist() == [2019, 2020]
    assert np.isnan(moments_of(pa.array(["", "soon", None, "2026-02-31"]))).all()
    assert written(2019.0) == "2019"


def test_codes_tell_values_apart_and_not_spellings():
    one = codes_of(pa.array(["1", "1.0", " 1 ", "1e0", "+1"]))
    nothing = codes_of(pa.array(["", "NA", None, "nan"]))

    assert len(set(one.tolist())) == len(set(nothing.tolist())) == 1
    assert codes_of(pa.array([1], pa.int8()))[0] == one[0] != nothing[0]
    assert codes_of(pa.array(["x", "1"]))[1] == one[0]
    assert codes_of(pa.array(["True", "x"]))[0] == codes_of(pa.array([True]))[0]
    assert len(set(codes_of(pa.array(["a", "b", "1", "2", "2026-01-01", ""])).tolist())) == 6
    assert len(set(name_codes(pa.array(["007", "7", None]), loose=False).tolist())) == 3


def test_equal_test_rows_are_counted_without_their_id(tmp_path):
    (tmp_path / "test.csv").write_text(HEAD + TEST + "a9,p1,41,1.5,2026-03-01,yes\n")

    assert sorted(equal_rows(table(tmp_path)).tolist()) == [1, 1, 2]


def test_partitions_of_the_training_data_change_nothing(tmp_path):
    dice = np.random.default_rng(0)
    lines = [
        f"b{n},p{dice.integers(9)},{dice.integers(40, 45)},{dice.integers(3) + 0.5},2026-03-0{n % 9 + 1},no\n"
        for n in range(300)
    ]
    whole = found(tmp_path, HEAD + "".join(lines))
    for number, part in enumerate((lines[200:], lines[:17], lines[17:200])):
        (tmp_path / f"part-{number}.csv").write_text(HEAD + "".join(part))

    parted = meet(table(tmp_path), sorted(tmp_path.glob("part-*.csv")))

    for name in ("content", "whole", "same_id", "same_group", "older"):
        assert (getattr(whole, name) == getattr(parted, name)).all()
    assert (whole.rows, whole.groups, whole.newest) == (parted.rows, parted.groups, parted.newest)

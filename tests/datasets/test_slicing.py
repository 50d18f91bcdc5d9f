"""Rows cut by values, by bins of numbers and by crossed columns."""

import pyarrow as pa
import pytest
from pyarrow import parquet

from ci_mlops.datasets.slicing import Slicer
from ci_mlops.datasets.tables import read_columns
from ci_mlops.errors import BadData
from ci_mlops.records.slices import Bins, is_of

AGE = Bins("age", (25, 40))


def slices(cuts, **columns):
    slicer = Slicer(cuts=cuts, bins=(AGE,), where="test.csv")
    found = slicer.slices(pa.RecordBatch.from_pydict(columns))
    return {cut: [column.names[code] for code in column.codes] for cut, column in found.items()}


def test_an_edge_belongs_to_the_bin_above_it_and_no_number_is_a_slice_of_its_own():
    assert slices(("age",), age=[24.9, 25.0, 39.9, 40.0, float("inf"), None])["age"] == [
        "age=under 25",
        "age=25 to 40",
        "age=25 to 40",
        "age=40 or more",
        "age=40 or more",
        "age=(missing)",
    ]


def test_crossed_columns_make_a_slice_of_every_combination_that_occurs():
    found = slices(
        ("age", "sex", "age & sex"),
        age=[20.0, 20.0, None, 50.0],
        sex=["f", "m", "f", None],
        other=[1, 2, 3, 4],
    )

    assert found["age & sex"] == [
        "age=under 25 & sex=f",
        "age=under 25 & sex=m",
        "age=(missing) & sex=f",
        "age=40 or more & sex=(missing)",
    ]


def test_a_column_to_be_cut_that_holds_text_is_refused():
    with pytest.raises(BadData, match="`age` is to be cut in bins, and not all of its cells are numbers"):
        slices(("age",), age=["young", "old"])


def test_too_many_combinations_are_refused_over_all_batches():
    slicer = Slicer(cuts=("a", "b", "a & b"))
    batches = [
        pa.RecordBatch.from_pydict({"a": [str(number)] * 10, "b": [str(other) for other in range(10)]})
        for number in range(21)
    ]
    for batch in batches[:20]:
        slicer.slices(batch)

    with pytest.raises(BadData, match="`a & b` has more than 200 combinations") as refused:
        slicer.slices(batches[20])
    assert refused.value.mend == "Cross columns of fewer values; put numbers into bins."


@pytest.mark.parametrize(
    ("slice_", "cut", "belongs"),
    [
        ("dept=R & D", "dept", True),
        ("dept=R & D", "dept & sex", False),
        ("dept=R & D & sex=f", "dept & sex", True),
        ("dept=R & D & sex=f", "dept", False),
        ("department=x", "dept", False),
    ],
)
def test_a_slice_is_of_the_cut_with_the_most_columns_that_fits(slice_, cut, belongs):
    assert is_of(slice_, cut, ("dept", "sex", "dept & sex")) is belongs


@pytest.mark.parametrize(
    "cells",
    [
        ["a", None, "b", "(missing)", "a"],
        [1, 2, None, 1],
        [0.5, float("nan"), 2.0, None],
        [True, False, None],
        [["x", "y"], None, [], ["x"]],
        pa.array(["a", None, "b", "a"]).dictionary_encode(),
    ],
    ids=["text", "whole", "numbers", "flags", "lists", "a dictionary"],
)
def test_values_read_as_codes_are_the_slices_of_their_text(tmp_path, cells):
    path = tmp_path / "test.parquet"
    parquet.write_table(pa.table({"cut": cells}), path)
    slicer = Slicer(cuts=("cut",))
    found = []
    for codes in ((), ("cut",)):
        (batch,) = read_columns([path], ["cut"], as_text=["cut"], codes=codes)
        column = slicer.slices(batch)["cut"]
        found.append([column.names[code] for code in column.codes])

    assert found[0] == found[1]
    assert len(found[0]) == len(cells)

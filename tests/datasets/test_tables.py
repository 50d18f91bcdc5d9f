"""Columns of pinned tables come out the same, whatever they were written as."""

import csv
import gzip
import io

import pyarrow as pa
import pytest
from hypothesis import given, settings, strategies as st
from pyarrow import parquet

from ci_mlops.datasets.tables import read_columns, table_columns
from ci_mlops.errors import BadData


def columns_of(files, columns, **options):
    table = pa.Table.from_batches(read_columns(files, columns, **options))
    return table.to_pydict()


@pytest.fixture
def write(tmp_path):
    def write(content, name="data.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def test_numbers_become_floats_and_nothing_becomes_null(write):
    path = write("a,b,c\n1,x,NA\n,y,2.5\nNaN,,n/a\n1e3,z, 7 \n")

    assert columns_of([path], ["a", "b", "c"]) == {
        "a": [1.0, None, None, 1000.0],
        "b": ["x", "y", None, "z"],
        "c": [None, 2.5, None, 7.0],
    }


def test_a_text_column_stays_text_whatever_it_looks_like(write):
    path = write("id,label\n007,1\n08,NA\n,1.0\n")

    assert columns_of([path], ["id", "label"], as_text=["id", "label"]) == {
        "id": ["007", "08", None],
        "label": ["1", "NA", "1.0"],
    }


def test_one_word_in_the_last_row_makes_the_whole_column_text(write):
    rows = "".join(f"{number},{number}\n" for number in range(300_000))
    path = write("a,b\n" + rows + "1,many\n")

    batches = list(read_columns([path], ["a", "b"]))
    types = {(str(batch.schema.field("a").type), str(batch.schema.field("b").type)) for batch in batches}

    assert types == {("double", "string")}


def test_one_word_in_the_last_file_makes_the_column_text_in_all_files(write):
    first, second = write("a\n1\n2\n", "1.csv"), write("a\nx\n", "2.csv")

    assert columns_of([first, second], ["a"]) == {"a": ["1", "2", "x"]}


def test_columns_come_in_the_asked_order_and_only_once(write):
    path = write("a,b\n1,x\n")

    assert list(columns_of([path], ["b", "a", "b"])) == ["b", "a"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff", "\n\n"])
def test_separator_line_end_and_byte_order_mark_make_no_difference(write, delimiter, line_end, start):
    lines = ['"a,;\tx"|b', '1|"y|""z"', "", "2|w"]
    content = start + line_end.join(lines).replace("|", delimiter).replace(f"y{delimiter}", "y|") + line_end

    assert columns_of([write(content)], ["a,;\tx", "b"]) == {"a,;\tx": [1.0, 2.0], "b": ['y|"z', "w"]}


def test_a_line_end_inside_quotation_marks_belongs_to_the_cell(write):
    assert columns_of([write('a,b\n"x\ny",1\n')], ["a"]) == {"a": ["x\ny"]}


def test_gzip_is_read_through(write):
    path = write(gzip.compress(b"a\tb\n1\tx\n"), "data.tsv.gz")

    assert columns_of([path], ["a", "b"]) == {"a": [1.0], "b": ["x"]}


def test_parquet_gives_the_same_as_csv(tmp_path):
    path = tmp_path / "data.parquet"
    parquet.write_table(
        pa.table(
            {
                "int": [1, None],
                "float": [0.5, float("nan")],
                "text": ["007", ""],
                "flag": [True, False],
                "word": pa.array(["a", "b"]).dictionary_encode(),
                "a.b": [1, 2],
            }
        ),
        path,
    )

    assert columns_of([path], ["int", "float", "text", "flag", "word", "a.b"]) == {
        "int": [1.0, None],
        "float": [0.5, None],
        "text": ["007", None],
        "flag": ["true", "false"],
        "word": ["a", "b"],
        "a.b": [1.0, 2.0],
    }
    assert columns_of([path], ["int", "float"], as_text=["int", "float"]) == {
        "int": ["1", None],
        "float": ["0.5", None],
    }


def test_a_missing_column_is_named_with_what_may_have_been_meant(write, tmp_path):
    path = write("customer_id, default\n1,2\n")
    other = tmp_path / "data.parquet"
    parquet.write_table(pa.table({"default_": [1]}), other)

    for file in (path, other):
        with pytest.raises(BadData, match="no column `default`") as caught:
            list(read_columns([file], ["default"]))

        assert (
            "Did you mean ` default`?" in caught.value.mend or "Did you mean `default_`?" in caught.value.mend
        )


@pytest.mark.parametrize("options", [{}, {"as_text": ["a"]}])
@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b'a,b\n"x\ny",2\n\n3\n', 5, "a row of 1 cells under a header of 2"),
        (b"a,b\n1,2\n3,4,5\n", 3, "a row of 3 cells under a header of 2"),
        (b"a,b\n1,2\n\xe9,4\n", 3, "not UTF-8"),
        (b"\xff\xfea\x00,\x00b\x00\n\x00", 1, "not UTF-8"),
        (b'"a,b\n1,2\n', 1, "no end of its first line"),
        (b"", 1, "no header"),
        (b"\n\n", 1, "no header"),
        (b"a,a\n1,2\n", 1, "2 columns named `a`"),
    ],
)
def test_a_broken_csv_names_its_line(write, content, line, words, options):
    path = write(content)

    with pytest.raises(BadData) as caught:
        list(read_columns([path], ["a"], **options))

    assert words in caught.value.what
    assert caught.value.where == f"{path}:{line}"
    assert caught.value.mend


def test_a_quotation_mark_that_nobody_closes_names_where_it_opens(write):
    path = write('a,b\n1,2\n"3,4\n' + "5,6\n" * 3_000_000)

    with pytest.raises(BadData) as caught:
        list(read_columns([path], ["b"], as_text=["b"]))

    assert caught.value.where == f"{path}:3"


@pytest.mark.parametrize("content", ["a,b\n", "a,b\r\n\r\n", "a,b"])
def test_a_header_alone_is_no_data(write, content):
    with pytest.raises(BadData, match=r"No rows in data\.csv"):
        list(read_columns([write(content)], ["a"]))


def test_one_empty_part_among_others_is_fine(write):
    assert columns_of([write("a\n", "1.csv"), write("a\n5\n", "2.csv")], ["a"]) == {"a": [5.0]}


def test_a_broken_parquet_or_gzip_and_an_unknown_ending_are_bad_data(write):
    good = io.BytesIO()
    parquet.write_table(pa.table({"a": list(range(10_000))}), good)
    torn = good.getvalue()[:200] + b"x" * 500 + good.getvalue()[700:]
    cut = gzip.compress(b"a,b\n" + b"1,2\n" * 1000)[:-10]

    for path, words in [
        (write(b"PAR1 no", "x.parquet"), "not a readable Parquet"),
        (write(torn, "y.parquet"), "not a readable Parquet"),
        (write(cut, "z.csv.gz"), "can't be read"),
        (write(b"no gzip", "w.csv.gz"), "can't be read"),
        (write(b"a", "data.xlsx"), "no table that can be read"),
    ]:
        with pytest.raises(BadData, match=words):
            list(read_columns([path], ["a"]))


def test_names_of_columns_come_from_header_or_footer(write, tmp_path):
    other = tmp_path / "data.parquet"
    parquet.write_table(pa.table({"x": [1], "y": [2]}), other)

    assert table_columns(write("\ufeffa;b\n1;2\n")) == ("a", "b")
    assert table_columns(other) == ("x", "y")


cells = st.text(alphabet='ab1,;\t"\n\r é', max_size=6)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.tuples(cells, cells), min_size=1, max_size=8),
    delimiter=st.sampled_from([",", ";", "\t"]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_cells_are_those_of_the_csv_module(tmp_path_factory, rows, delimiter, line_end):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(
        [("x", "y"), *rows]
    )
    path = tmp_path_factory.getbasetemp() / "cells.csv"
    path.write_bytes(text.getvalue().encode())

    read = columns_of([path], ["x", "y"], as_text=["x", "y"])

    assert read == {"x": [x or None for x, _ in rows], "y": [y or None for _, y in rows]}


def test_codes_are_the_text_of_the_column_whatever_its_type(tmp_path):
    columns = {
        "whole": pa.array([1, None, 2, 1]),
        "number": pa.array([1.0, float("nan"), 2.5, 1.0]),
        "word": pa.array(["a", "", None, "a"]),
        "flag": pa.array([True, False, None, True]),
        "known": pa.array(["x", "y", None, "x"])
        .dictionary_encode()
        .cast(pa.dictionary(pa.int8(), pa.string())),
        "none": pa.nulls(4),
    }
    parquet.write_table(pa.table(columns), tmp_path / "t.parquet")
    plain, coded = (
        pa.Table.from_batches(
            read_columns([tmp_path / "t.parquet"], list(columns), as_text=list(columns), codes=codes)
        )
        for codes in ((), list(columns))
    )

    assert coded.to_pylist() == plain.to_pylist()

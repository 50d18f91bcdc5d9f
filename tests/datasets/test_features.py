"""A model sees the test rows without the target, cell by cell as they were written."""

import csv
import gzip
import io
import subprocess
import sys

import pyarrow as pa
import pytest
from hypothesis import given, settings, strategies as st
from pyarrow import parquet

from ci_mlops.datasets.features import write_features
from ci_mlops.datasets.tables import read_columns
from ci_mlops.errors import BadData


@pytest.fixture
def write(tmp_path):
    def write(content, name="test.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def features(tmp_path):
    def features(*files, target="y", id_column=None):
        return write_features(files, target=target, id=id_column, into=tmp_path / "into")

    return features


def test_the_target_is_gone_and_every_other_byte_stays(write, features):
    made = features(
        write('id,"amount",y,note\n007,1.50,1,"a, ""b"""\r\n08, 2e3 ,0,\n"9","x\ny",1,plain "quote"\n'),
        id_column="id",
    )

    assert (
        made.path.read_bytes()
        == b'id,"amount",note\n007,1.50,"a, ""b"""\r\n08, 2e3 ,\n"9","x\ny",plain "quote"\n'
    )
    assert (made.format, made.columns, made.rows, made.delimiter) == ("csv", ("id", "amount", "note"), 3, ",")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("target", ["a", "y", "z"])
def test_separators_line_ends_and_places_of_the_target(write, features, delimiter, line_end, target):
    rows = [["a", "y", "z"], ["1", "2", "3"], ["4", '"5"', "6"]]
    lines = [delimiter.join(row) for row in rows]
    made = features(write("\ufeff" + line_end.join([lines[0], "", *lines[1:]])), target=target)

    at = rows[0].index(target)
    expected = [delimiter.join(row[:at] + row[at + 1 :]) + line_end for row in rows]
    assert made.path.read_bytes() == "".join(expected).encode()
    assert made.rows == 2


def test_one_empty_cell_alone_is_still_a_row(write, features):
    made = features(write("x,y\n1,0\n,1\n3,0\n"))

    assert made.path.read_bytes() == b'x\n1\n""\n3\n'
    assert made.rows == 3
    assert pa.Table.from_batches(read_columns([made.path], ["x"])).to_pydict() == {"x": [1.0, None, 3.0]}


def test_several_files_become_one_with_one_header(write, features):
    made = features(
        write("x,y\n1,0", "1.csv"),
        write("x,y\r\n2,1\r\n", "2.csv"),
        write(gzip.compress(b"x,y\n3,1\n"), "3.csv.gz"),
    )

    assert made.path.read_bytes() == b"x\n1\n2\r\n3\n"
    assert made.rows == 3


def test_tabs_keep_their_ending(write, features):
    assert features(write("x\ty\n1\t2\n", "test.tsv")).path.name == "features.tsv"


@pytest.mark.parametrize(
    ("content", "words", "line"),
    [
        ("x,Y\n1,2\n", "has no column `y`", None),
        ("x,y,y\n1,2,3\n", "2 columns named `y`", 1),
        ("x,x,y\n1,2,3\n", "columns of the same name: x", None),
        ("y\n1\n", "no column besides the target", None),
        ("x,y\n", "No rows", None),
        ("x,y\n1,2\n\n3\n", "a row of 1 cells under a header of 2", 4),
        ('x,y\n"a\nb",2\n3,4,5\n', "a row of 3 cells", 4),
        ('x,y\n1,2\n"3,4\n5,6\n', "a quotation mark that nobody closes", 3),
        (b"x,y\n1,2\n" + b"z" * 20_000_000, "more than 8 MiB", 3),
        (gzip.compress(b"x,y\n" + b"1,2\n" * 1_000_000)[:-20], "can't be read", None),
    ],
)
def test_broken_test_data_is_named(write, features, content, words, line):
    path = write(content, "test.csv.gz" if content[:2] == b"\x1f\x8b" else "test.csv")
    with pytest.raises(BadData) as caught:
        features(path)

    assert words in caught.value.what
    assert caught.value.where == (f"{path}:{line}" if line else caught.value.where)
    assert not [entry for entry in path.parent.glob("into/*") if not entry.name.startswith(".")]


def test_a_missing_target_or_id_is_told_with_what_may_have_been_meant(write, features):
    path = write("customer_id,default\n1,2\n")

    with pytest.raises(BadData, match="no column `defualt`") as caught:
        features(path, target="defualt")
    assert "Did you mean `default`?" in caught.value.mend
    with pytest.raises(BadData, match="no column `customer`") as caught:
        features(path, target="default", id_column="customer")
    assert "Did you mean `customer_id`?" in caught.value.mend
    with pytest.raises(BadData, match="both target and id"):
        features(path, target="default", id_column="default")


@pytest.mark.parametrize(
    ("second", "words"),
    [
        ("x,z,y\n", "2.csv has z besides, compared with 1.csv"),
        ("y\n", "2.csv lacks x"),
        ("y,x\n", "in another order"),
        ("x;y\n", "separates cells by ';', 1.csv by ','"),
    ],
)
def test_files_that_differ_are_named_with_their_columns(write, features, second, words):
    with pytest.raises(BadData) as caught:
        features(write("x,y\n1,2\n", "1.csv"), write(second, "2.csv"))

    assert words in caught.value.what
    assert "2.csv:1" in caught.value.where


def test_parquet_stays_parquet_with_its_types(tmp_path, features):
    table = pa.table(
        {
            "day": pa.array([1, 2], pa.date32()),
            "y": [0, 1],
            "y.z": [[1.5], None],
            "word": pa.array(["a", "b"]).dictionary_encode(),
        }
    ).replace_schema_metadata({"labels": "0 1"})
    for name in ("1.parquet", "2.parquet"):
        parquet.write_table(table, tmp_path / name)
    made = features(tmp_path / "1.parquet", tmp_path / "2.parquet", id_column="day")
    read = parquet.read_table(made.path)

    assert (made.format, made.columns, made.rows) == ("parquet", ("day", "y.z", "word"), 4)
    assert read.equals(pa.concat_tables([table, table]).drop_columns(["y"]))
    assert b"labels" not in (read.schema.metadata or {})
    assert b"0 1" not in made.path.read_bytes()


def test_parquet_files_of_other_types_and_mixtures_are_refused(tmp_path, write, features):
    for name, table in {
        "1": {"x": [1], "y": [1]},
        "2": {"x": ["1"], "y": [1]},
        "3": {"x": [1]},
        "4": {"x": [], "y": []},
    }.items():
        parquet.write_table(pa.table(table), tmp_path / f"{name}.parquet")

    with pytest.raises(BadData, match="x: string besides"):
        features(tmp_path / "1.parquet", tmp_path / "2.parquet")
    with pytest.raises(BadData, match="no column `y`"):
        features(tmp_path / "3.parquet")
    with pytest.raises(BadData, match="No rows"):
        features(tmp_path / "4.parquet")
    with pytest.raises(BadData, match="mixes CSV and Parquet"):
        features(tmp_path / "1.parquet", write("x,y\n1,2\n"))


cells = st.text(alphabet='ab1 ,;\t"\n\r é', max_size=6)
loose = st.text(alphabet='ab1 ;\té"', max_size=4).filter(lambda cell: not cell.startswith('"'))


def rows_of(text, delimiter):
    return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]


@settings(max_examples=300, deadline=None)
@given(
    rows=st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=8),
    delimiter=st.sampled_from([",", ";", "\t"]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    drop=st.integers(0, 2),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_cells_equal_those_of_the_csv_module_without_the_target(
    tmp_path_factory, rows, delimiter, line_end, drop, quoting
):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows(
        [("x", "y", "z"), *rows]
    )
    check_against_csv(tmp_path_factory, text.getvalue(), delimiter, drop)


@settings(max_examples=200, deadline=None)
@given(
    rows=st.lists(st.tuples(loose, loose, loose), min_size=1, max_size=8),
    drop=st.integers(0, 2),
    tail=st.sampled_from(["", "\n"]),
)
def test_quotation_marks_inside_a_plain_cell_are_text(tmp_path_factory, rows, drop, tail):
    check_against_csv(
        tmp_path_factory, "\n".join(",".join(row) for row in [("x", "y", "z"), *rows]) + tail, ",", drop
    )


def check_against_csv(tmp_path_factory, text, delimiter, drop):
    path = tmp_path_factory.getbasetemp() / "cells.csv"
    path.write_bytes(text.encode())
    expected = rows_of(text, delimiter)
    if any(len(row) != 3 for row in expected):
        with pytest.raises(BadData):
            write_features([path], target="xyz"[drop], id=None, into=path.with_name("made"))
        return
    made = write_features([path], target="xyz"[drop], id=None, into=path.with_name("made"))
    with made.path.open(newline="", encoding="utf-8") as file:
        written = rows_of(file.read(), delimiter)
    for row in expected:
        del row[drop]

    assert written == expected
    assert made.rows == len(expected) - 1


PEAK = """
import re, sys
from pathlib import Path
from ci_mlops.datasets.features import write_features
write_features([Path(sys.argv[1])], target="y", id="id", into=Path(sys.argv[2]))
print(re.search(r"VmHWM:\\s+([0-9]+) kB", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of memory from /proc")
def test_a_large_file_takes_little_memory(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("w") as file:
        file.write("id,x,y\n")
        for start in range(0, 4_000_000, 100_000):
            file.writelines(f"{number},0.123456789012345,1\n" for number in range(start, start + 100_000))
    done = subprocess.run(
        [sys.executable, "-c", PEAK, path, tmp_path / "into"], capture_output=True, check=True
    )

    assert path.stat().st_size > 100_000_000
    assert int(done.stdout) < 60_000

"""Rows counted as bytes pass by are the rows that the CSV readers see."""

import csv
import io
from itertools import pairwise

from hypothesis import example, given, settings, strategies as st

from ci_mlops.datasets.rows import LineCount, shape_of

pieces = st.lists(st.sampled_from(["a", "b,c", "\n", "\r\n", "\r", " "]), max_size=12).map("".join)


@settings(max_examples=500, deadline=None)
@given(text=pieces, cuts=st.lists(st.integers(0, 20), max_size=4))
@example(text="a\r\nb\r\n", cuts=[2])
@example(text="a\n\nb\n", cuts=[2])
@example(text="\n\r\n\ra", cuts=[1, 3])
def test_lines_are_counted_whatever_their_ends_and_wherever_the_chunks_are_cut(text, cuts):
    count = LineCount()
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    for start, end in pairwise(edges):
        if end > start:
            count.feed(text[start:end].encode())

    assert count.lines == sum(1 for row in csv.reader(io.StringIO(text, newline="")) if row)


cells = st.text(alphabet='a,"\n\r;\t', max_size=4)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.tuples(cells, cells), max_size=8),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_quoted_line_ends_are_no_rows(tmp_path_factory, rows, quoting):
    path = tmp_path_factory.getbasetemp() / "rows.csv"
    with path.open("w", newline="") as file:
        csv.writer(file, quoting=quoting).writerows([("x", "y"), *rows])

    assert shape_of(path) == (len(rows), ("x", "y"))

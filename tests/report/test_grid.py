from textwrap import dedent

import pytest
from hypothesis import given, strategies as st

from ci_mlops.report.grid import grid, shown_width

HEAD = ("", "Metric", "Change")
ALIGN = ("left", "left", "right")


def test_a_table_is_drawn_as_expected():
    rows = [("✓ held", "Recall, defaults caught", "+5.5 pp"), ("! warns", "Precision", "−2.2 pp")]
    drawn = "\n".join(grid(HEAD, rows, ALIGN, width=40))

    assert drawn == dedent("""\
                 Metric             Change
        -------  ----------------  -------
        ✓ held   Recall, defaults  +5.5 pp
                 caught
        ! warns  Precision         −2.2 pp""")


def test_the_widest_column_wraps_until_the_table_fits():
    lines = grid(HEAD, [("x", "one two three four five six seven", "1")], ALIGN, width=30)

    assert max(map(len, lines)) <= 30
    assert [line[3:21].strip() for line in lines[2:]] == ["one two three four", "five six seven"]


def test_a_number_is_never_torn():
    number = "123\u00a0456\u00a0789\u00a0123"

    assert number in grid(("a", "b"), [("x", number)], ("left", "right"), width=10)[2]


@pytest.mark.parametrize(("text", "cells"), [("abc", 3), ("模型", 4), ("e\u0301", 1), ("", 0)])
def test_width_is_counted_in_the_cells_of_a_terminal(text, cells):
    assert shown_width(text) == cells


def test_columns_stand_in_line_beside_wide_characters():
    lines = grid(("a", "b"), [("模型", "1"), ("abcd", "2")], ("left", "left"), width=40)

    assert [shown_width(line[: line.rindex(digit)]) for line, digit in zip(lines[2:], "12", strict=True)] == [
        6,
        6,
    ]


@given(st.lists(st.tuples(*[st.text("ab c\u00a0模", max_size=60)] * 3), max_size=4), st.integers(1, 120))
def test_no_word_of_a_table_is_lost(rows, width):
    drawn = "\n".join(grid(HEAD, rows, ALIGN, width=width))

    for row in rows:
        for cell in row:
            assert all(word.strip() in drawn for word in cell.split(" "))


def test_a_table_without_rows_is_its_head():
    assert grid(("a", "b"), [], ("left", "left"), width=40) == ["a  b", "-  -"]

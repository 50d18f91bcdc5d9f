import re

import pytest

from ci_mlops.report import render
from tests.report import verdicts


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_words_stay_inside_the_terminal(width):
    lines = render(verdicts.blocked(), "terminal", width=width).splitlines()
    prose = [line for line in lines[:-2] if not re.search(r"\d.*  +|---|https:|  ", line)]

    assert max(map(len, prose)) <= width


def test_the_first_table_stays_inside_eighty_columns_but_for_its_numbers():
    lines = render(verdicts.passed(), "terminal", width=100).splitlines()
    at = next(at for at, line in enumerate(lines) if line.startswith("------"))

    assert max(len(line) for line in lines[at - 1 : at + 8]) <= 100


def test_colour_comes_only_when_asked_for():
    assert "\x1b" not in render(verdicts.blocked(), "terminal")
    assert "\x1b[31m✗ broken" in render(verdicts.blocked(), "terminal", colour=True)


def test_a_terminal_says_what_the_comment_says_apart_from_the_marks():
    plain = re.sub(r"\x1b\[\d+m", "", render(verdicts.blocked(), "terminal", colour=True))

    assert plain == render(verdicts.blocked(), "terminal")


def test_the_last_two_lines_are_the_verdict_and_the_next_command():
    *_, verdict, command = render(verdicts.blocked(), "terminal").splitlines()

    assert verdict == "❌ Model gate blocked: recall on defaults is worse than the champion (exit code 1)"
    assert command == "next: ci-mlops validate, after the mend"

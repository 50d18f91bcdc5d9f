"""What a person sees: in a real pseudo-terminal, wide and narrow, with colour and without."""

import re

import pytest

from ci_mlops.report import write_verdict
from ci_mlops.report.grid import shown_width
from tests.cli.terminals import in_a_terminal
from tests.report import slice_verdicts, verdicts

COLOUR = "\x1b["
ADDRESS = "https://"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "verdict.json"
    write_verdict(path, verdicts.blocked())
    return path


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize("verdict", [verdicts.blocked, verdicts.regression, slice_verdicts.sliced])
def test_a_report_fits_its_terminal(tmp_path, columns, verdict):
    write_verdict(tmp_path / "verdict.json", verdict())
    code, seen = in_a_terminal("report", str(tmp_path / "verdict.json"), columns=columns, NO_COLOR="1")
    *body, _, _ = seen.splitlines()
    # an emoji is two cells wide in one terminal and one in another; an address is not torn
    wide = [line for line in body if shown_width(line) > columns + 1 and ADDRESS not in line]

    assert code == 0
    assert wide == []


def test_the_last_two_lines_are_the_verdict_and_the_next_command(file):
    _, seen = in_a_terminal("report", str(file), columns=80, NO_COLOR="1")

    assert seen.splitlines()[-2:] == [
        "❌ Model gate blocked: recall on defaults is worse than the champion (exit code 1)",
        "next: ci-mlops validate, after the mend",
    ]


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [
        ({}, True),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
        ({"TERM": "dumb", "CLICOLOR_FORCE": "1"}, True),
        ({"CLICOLOR": "0"}, False),
    ],
)
def test_colour_is_asked_for_in_the_usual_ways(file, variables, coloured):
    _, seen = in_a_terminal("report", str(file), columns=80, **variables)

    assert (COLOUR in seen) is coloured


def test_colour_changes_no_word(file):
    _, plain = in_a_terminal("report", str(file), columns=80, NO_COLOR="1")
    _, coloured = in_a_terminal("report", str(file), columns=80)

    assert re.sub(r"\x1b\[\d+m", "", coloured) == plain


@pytest.mark.parametrize("dialect", ["markdown", "github", "azure", "json"])
def test_what_is_to_be_read_by_a_program_is_the_same_in_a_terminal(file, dialect):
    _, seen = in_a_terminal("report", str(file), "--format", dialect, columns=40, FORCE_COLOR="1")

    assert COLOUR not in seen
    assert len(max(seen.splitlines(), key=len)) > 40


STEP = """
import sys, time
from ci_mlops.cli import progress
progress.WORTH_TELLING = 0.05
with progress.group("Train the candidate"):
    progress.say("candidate: training")
    with progress.step("Hold the data against its pins"):
        time.sleep(0.1)
"""


def test_a_step_is_seen_while_it_lasts_and_painted_over_by_its_seconds():
    code, seen = in_a_terminal(columns=80, program=STEP)

    assert code == 0
    assert "Hold the data against its pins ...\r\x1b[KHold the data against its pins: 0." in seen
    assert re.search(r"Train the candidate: 0\.\d s", seen)
    assert "group" not in seen


def test_a_dumb_terminal_is_not_painted_over():
    _, seen = in_a_terminal(columns=80, program=STEP, TERM="dumb")

    assert "\x1b" not in seen
    assert "..." not in seen

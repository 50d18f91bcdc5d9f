"""The log of a CI obeys us and nobody else: what goes out, byte for byte, and what a runner makes of it."""

import io
import re
import subprocess
import sys
from contextlib import suppress

import pytest
from hypothesis import given, strategies as st

from ci_mlops.platforms.log import FOLDS, Log, around, command, inert, logged

HOSTILE = (
    "::error::forged",
    "  \t::set-output name=verdict::passed",
    "x\r::error::forged",
    "##[error]forged",
    "a ##vso[task.setvariable variable=verdict]passed",
    "###VSO[task.complete]",
    "##[group]x##[endgroup]",
)
OBEYED = re.compile(r"(?:^|[\r\n])\s*::\w|##(?:vso)?\[", re.IGNORECASE)


class Runner:
    """As GitHub's runner reads a log: deaf from `::stop-commands::word` to `::word::`."""

    def __init__(self):
        self.obeyed, self._word = [], None

    def read(self, text):
        for line in re.split(r"\r\n|\r|\n", text):
            found = re.match(r"\s*::([^:\s]+)[^:]*::(.*)", line)
            if self._word is not None:
                if line.strip() == f"::{self._word}::":
                    self._word = None
            elif found and found[1] == "stop-commands":
                self._word = found[2]
            elif found:
                self.obeyed.append((found[1], found[2]))
            elif old := re.search(r"##\[(\S+?)\](.*)", line):
                self.obeyed.append((old[1], old[2]))
        return self


@pytest.mark.parametrize("line", HOSTILE)
def test_no_line_is_a_command_however_it_is_written(line):
    stream = io.StringIO()
    log = Log(stream)
    for character in line:
        log.write(character)
        log.flush()
    log.finish()

    assert not OBEYED.search(stream.getvalue())
    assert "forged" not in line or "forged" in stream.getvalue()


@given(st.text(alphabet=st.sampled_from("#:[]vso \r\n\tab")))
def test_no_text_is_a_command_in_whatever_pieces_it_comes(text):
    stream = io.StringIO()
    log = Log(stream)
    for at in range(0, len(text), 3):
        log.write(text[at : at + 3])
    log.finish()

    assert not OBEYED.search(stream.getvalue())


@pytest.mark.parametrize("line", ["a::b", "module::function", "C# #1", "x ## y", "### heading", "12:30", ""])
def test_ordinary_text_is_left_as_it_is(line):
    assert inert(line) == line


def test_a_deaf_runner_hears_only_what_is_said_in_one_breath():
    stream = io.StringIO()
    log = Log(stream, fold=FOLDS["github"])
    log.deafen()
    with log.folded("Train the candidate"):
        log.write("0.1s | training\n")
        # past us, into the same pipe
        stream.write("::error::forged\n##[error]forged\n::stop-commands::mine\n::mine::\n::endgroup::\n")
    log.obeyed("::warning::ours")
    stream.write("::error::forged\n")
    log.finish()
    log.write("after\n")

    runner = Runner().read(stream.getvalue())
    assert runner.obeyed == [("group", "Train the candidate"), ("endgroup", ""), ("warning", "ours")]
    assert Runner().read(stream.getvalue() + "::error::later").obeyed[-1] == ("error", "later")


def test_no_word_that_ends_the_deafness_is_used_twice():
    stream = io.StringIO()
    log = Log(stream)
    log.deafen()
    log.obeyed("::a::")
    log.obeyed("::b::")
    log.finish()
    words = re.findall(r"(?m)^::stop-commands::(\S+)$", stream.getvalue())

    assert len(set(words)) == len(words) == 3
    assert all(stream.getvalue().count(f"::{word}::") == 1 for word in words)
    assert min(map(len, words)) > 32


def test_what_is_obeyed_goes_out_in_one_write():
    class Counting(io.StringIO):
        writes = 0

        def write(self, text):
            self.writes += 1
            return super().write(text)

    stream = Counting()
    log = Log(stream)
    log.deafen()
    before = stream.writes
    log.obeyed("::group::x")

    assert stream.writes == before + 1


def test_a_group_ends_though_its_work_fails_and_half_a_line_is_ended_first():
    stream = io.StringIO()
    log = Log(stream, fold=FOLDS["azure"])
    with suppress(ZeroDivisionError), log.folded("Train the champion"):
        log.write("half")
        raise ZeroDivisionError

    assert stream.getvalue() == "##[group]Train the champion\nhalf\n##[endgroup]\n"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [({}, ""), ({"GITHUB_ACTIONS": "true"}, "github"), ({"TF_BUILD": "True"}, "azure"), ({"CI": "true"}, "")],
)
def test_whose_log_it_is(environ, expected):
    assert around(environ) == expected


def test_on_a_laptop_nothing_is_put_in_between(capsys):
    with logged({}):
        sys.stdout.write("::error::plain\n")
        command("::warning::x")

    assert capsys.readouterr() == ("::error::plain\n::warning::x\n", "")


def test_a_commands_whole_output_is_inert_in_ci_even_its_own_usage_error():
    done = subprocess.run(
        [sys.executable, "-m", "ci_mlops.cli", "report", "##vso[task.complete result=Succeeded]"],
        env={"TF_BUILD": "True"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 4
    assert "# #vso[task.complete" in done.stderr
    assert not OBEYED.search(done.stdout + done.stderr)


def test_a_command_that_fails_makes_the_runner_hear_again():
    done = subprocess.run(
        [sys.executable, "-m", "ci_mlops.cli", "report", "::error::x"],
        env={"GITHUB_ACTIONS": "true"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )

    assert done.returncode == 4
    assert Runner().read(done.stdout + "::error::later").obeyed == [("error", "later")]

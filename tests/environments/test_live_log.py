"""What a training prints is shown, kept, and never obeyed."""

import re
from io import BufferedReader, BytesIO

from hypothesis import given, strategies as st

from ci_mlops.environments import live_log
from ci_mlops.environments.live_log import LONGEST_LINE, LiveLog, harmless

GITHUB_V2 = re.compile(r"^\s*::")
AZURE = re.compile(r"##(vso)?\[")


def written(tmp_path, content):
    said = []
    log = LiveLog(tmp_path / "x.log", said.append)
    log.copy(BufferedReader(BytesIO(content)))
    return (tmp_path / "x.log").read_text(), said, list(log.tail)


def test_ci_commands_are_shown_and_not_obeyed(tmp_path):
    text, said, tail = written(
        tmp_path, b"::set-output name=verdict::passed\n  ::error::x\nx ##vso[task.complete]\n##[group]\n"
    )

    assert not any(GITHUB_V2.match(line) or AZURE.search(line) for line in [*text.splitlines(), *said, *tail])
    assert "set-output name=verdict::passed" in text
    assert "vso[task.complete]" in text


def test_a_command_hidden_by_a_carriage_return_or_terminal_codes_is_broken_too(tmp_path):
    text, said, tail = written(
        tmp_path, b"x\r::set-output::y\n\x1b[31m::error::z\x1b[0m\n#\x1b[0m#vso[a]b\n#\x00#vso[c]d\n"
    )

    assert not any(GITHUB_V2.match(line) or AZURE.search(line) for line in [*text.splitlines(), *said, *tail])
    assert "\x1b" not in text


@given(st.text(alphabet=st.sampled_from("#:[]v so\r\x1b\t\x00\u2028\u202eab;m0")))
def test_no_text_becomes_a_command(text):
    line = harmless(text)

    assert not GITHUB_V2.match(line)
    assert not AZURE.search(line)
    assert "\n" not in line
    assert line.isprintable() or "\ufffd" in line


def test_every_line_carries_the_seconds_since_the_start(tmp_path):
    text, said, _ = written(tmp_path, b"one\ntwo")

    assert [re.sub(r"\d", "0", line) for line in text.splitlines()] == ["    0.0s | one", "    0.0s | two"]
    assert said == text.splitlines()


def test_a_progress_bar_leaves_its_last_state(tmp_path):
    _, _, tail = written(tmp_path, b" 10%\r 50%\r100%\r\ndone\n")

    assert tail == ["100%", "done"]


def test_bytes_that_are_no_text_are_shown_as_such(tmp_path):
    _, _, tail = written(tmp_path, b"\xff\xfe ok\n")

    assert tail == ["\ufffd\ufffd ok"]


def test_a_very_long_line_is_cut_and_says_so():
    line = harmless("x" * 100_000)

    assert len(line) < LONGEST_LINE + 50
    assert "100000 characters" in line


def test_a_line_without_end_does_not_fill_the_memory(tmp_path):
    text, _, tail = written(tmp_path, b"x" * 5_000_000)

    assert len(text) < 500_000
    assert tail


def test_a_log_is_cut_at_its_limit_and_its_last_lines_are_still_known(tmp_path, monkeypatch):
    monkeypatch.setattr(live_log, "LARGEST_LOG", 10_000)
    text, said, tail = written(tmp_path, b"".join(b"line %d\n" % number for number in range(10_000)))

    assert len(text) < 10_200
    assert "cut here" in said[-1]
    assert tail[-1] == "line 9999"
    assert (tmp_path / "x.log").stat().st_size == len(text)

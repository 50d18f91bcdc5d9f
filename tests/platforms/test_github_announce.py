"""Summary, outputs and annotations as the runner reads them."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from ci_mlops.errors import PlatformFailed
from ci_mlops.platforms.cut_page import CUT, cut_page
from ci_mlops.platforms.github.commands import annotation_command, output_lines
from ci_mlops.platforms.github.summary import LIMIT, append_summary
from ci_mlops.records import Annotation


def read_outputs(text):
    """As the runner does: `name<<delimiter`, the value, the delimiter."""
    found, lines = {}, iter(text.split("\n"))
    for line in lines:
        if not line:
            continue
        name, _, delimiter = line.partition("<<")
        value = []
        while (part := next(lines)) != delimiter:
            value.append(part)
        found[name] = "\n".join(value)
    return found


def read_command(line):
    """As the runner does: level, properties, message, each unescaped."""
    found = re.fullmatch(r"::(\w+)(?: ([^\n\r]*?))?::([^\n\r]*)", line)
    level, properties, message = found.groups()
    pairs = dict(pair.split("=", 1) for pair in (properties or "").split(",") if pair)

    def plain(text):
        for code, letter in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
            text = text.replace(code, letter)
        return text

    return level, {name: plain(value) for name, value in pairs.items()}, plain(message)


def test_an_annotation_points_at_the_line_of_the_rule():
    annotation = Annotation(
        level="error", title="Recall is worse", message="0.81 -> 0.73", file="ci-mlops.yml", line=21
    )

    assert annotation_command(annotation) == (
        "::error file=ci-mlops.yml,line=21,title=Recall is worse::0.81 -> 0.73"
    )


def test_an_annotation_without_a_place_has_only_its_message():
    assert annotation_command(Annotation(level="notice", title="", message="fine")) == "::notice::fine"


@given(st.text(), st.text(), st.text())
def test_no_text_can_start_a_command_of_its_own(title, message, file):
    line = annotation_command(Annotation(level="warning", title=title, message=message, file=file))

    assert len(re.split("[\r\n]", line)) == 1
    level, properties, said = read_command(line)
    assert level == "warning"
    assert said == message
    assert properties == {name: text for name, text in (("file", file), ("title", title)) if text}


def test_a_value_with_lines_in_it_is_one_output():
    outputs = {"reason": "a\nverdict=passed\nverdict<<x\npassed\nx", "verdict": "blocked"}

    assert read_outputs(output_lines(outputs)) == outputs


def test_no_two_outputs_share_a_delimiter():
    delimiters = re.findall("<<(.+)", output_lines({"a": "1", "b": "2"}))

    assert len(set(delimiters)) == 2


@pytest.mark.parametrize("value", ["a\rverdict=passed", "\x00", "\x1b[31m", "\x85"])
def test_control_characters_are_refused(value):
    with pytest.raises(PlatformFailed, match="control characters"):
        output_lines({"reason": value})


@pytest.mark.parametrize("name", ["", "a b", "a=b", "a\nb", "A", "x" * 80])
def test_a_name_that_is_no_name_is_refused(name):
    with pytest.raises(PlatformFailed, match="name of an output"):
        output_lines({name: "x"})


def test_a_refused_output_leaves_nothing_written(github, publication, tmp_path):
    with pytest.raises(PlatformFailed):
        github().announce(replace(publication, outputs={"verdict": "\x00"}))

    assert not (tmp_path / "summary.md").exists()
    assert not (tmp_path / "output").exists()


def test_announcing_writes_summary_and_outputs_and_prints_annotations(github, publication, tmp_path, capsys):
    (tmp_path / "output").write_text("earlier=1\n")
    github().announce(publication)

    assert (tmp_path / "summary.md").read_text() == publication.summary + "\n\n"
    assert (tmp_path / "output").read_text().startswith("earlier=1\nverdict<<")
    assert capsys.readouterr().out == "::warning file=ci-mlops.yml,line=9,title=Precision::is lower\n"


def test_announcing_writes_no_variable_and_no_path(github, publication, tmp_path):
    env, path = tmp_path / "env", tmp_path / "path"
    github(GITHUB_ENV=str(env), GITHUB_PATH=str(path)).announce(publication)

    assert not env.exists()
    assert not path.exists()


def test_announcing_needs_no_server(github, publication, fake):
    github().announce(publication)

    assert fake.seen == []


def test_a_summary_beyond_a_mebibyte_is_cut_between_lines_and_says_so(tmp_path):
    path = tmp_path / "summary.md"
    append_summary(path, "| a row – with a dash |\n" * 60_000)

    written = path.read_text()
    assert path.stat().st_size <= LIMIT
    assert written.endswith(CUT)
    assert written.removesuffix(CUT).endswith("| a row – with a dash |")


def test_what_an_earlier_command_wrote_counts(tmp_path):
    path = tmp_path / "summary.md"
    append_summary(path, "x\n" * 400_000)
    append_summary(path, "y\n" * 400_000)
    append_summary(path, "z\n" * 400_000)

    assert path.stat().st_size <= LIMIT
    assert "\ny\n" in path.read_text()
    assert "\nz\n" not in path.read_text()


def test_a_cut_inside_a_block_of_code_closes_it():
    text = "before\n```\n" + "code\n" * 200 + "```\n"
    cut = cut_page(text, 400)

    assert cut.count("\n```") == 2
    assert len(cut.encode()) <= 400

"""Summary, outputs, tags and annotations as the agent reads them."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from ci_mlops.errors import PlatformFailed
from ci_mlops.platforms.azure.commands import annotation_command, output_commands, tag_commands
from ci_mlops.platforms.azure.summary import LIMIT
from ci_mlops.records import Annotation

UNESCAPED = (("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%AZP25", "%"))


def plain(text):
    for code, letter in UNESCAPED:
        text = text.replace(code, letter)
    return text


def read_command(line):
    """As the agent does: the first `##vso[` of a line, up to the first `]`; properties, data."""
    start = line.index("##vso[")
    head, _, data = line[start + len("##vso[") :].partition("]")
    action, _, properties = head.partition(" ")
    pairs = dict(pair.split("=", 1) for pair in properties.split(";") if "=" in pair)
    return action, {name: plain(value) for name, value in pairs.items()}, plain(data)


def said(azure, publication, capsys, **variables):
    azure(**variables).announce(publication)
    return [read_command(line) for line in capsys.readouterr().out.splitlines()]


def test_an_annotation_points_at_the_line_of_the_rule():
    annotation = Annotation(
        level="error", title="Recall is worse", message="0.81 -> 0.73", file="ci-mlops.yml", line=21
    )

    assert annotation_command(annotation) == (
        "##vso[task.logissue type=error;sourcepath=ci-mlops.yml;linenumber=21;]Recall is worse: 0.81 -> 0.73"
    )


def test_a_notice_is_a_plain_line_that_is_no_command():
    notice = Annotation(level="notice", title="", message="fine\n##vso[task.complete result=Failed;]")

    assert annotation_command(notice) == "fine # #vso[task.complete result=Failed;]"


@given(st.text(), st.text(min_size=1), st.text())
def test_no_text_can_start_a_command_of_its_own(title, message, file):
    line = annotation_command(Annotation(level="warning", title=title, message=message, file=file))

    assert len(re.split("[\r\n]", line)) == 1
    action, properties, data = read_command(line)
    assert action == "task.logissue"
    assert data == (f"{title}: {message}" if title else message)
    assert properties == {"type": "warning", **({"sourcepath": file} if file else {})}


@given(st.text())
def test_no_notice_holds_a_command(message):
    line = annotation_command(Annotation(level="notice", title="", message=message))

    assert "##" not in line
    assert len(line.splitlines()) <= 1 or not re.search("[\r\n]", line)


@given(st.text(st.characters(exclude_categories=["Cc"])))
def test_any_value_is_one_output(value):
    [line] = output_commands({"model-digest": value})
    action, properties, data = read_command(line)

    assert action == "task.setvariable"
    assert properties == {"variable": "model_digest", "isOutput": "true"}
    assert data == value


def test_a_value_with_lines_in_it_is_one_output():
    value = "a\n##vso[task.setvariable variable=verdict;isOutput=true]passed"
    [line] = output_commands({"reason": value})

    assert "\n" not in line
    assert read_command(line)[2] == value


@pytest.mark.parametrize("value", ["a\rverdict=passed", "\x00", "\x1b[31m", "\x85"])
def test_control_characters_are_refused(value):
    with pytest.raises(PlatformFailed, match="control characters"):
        output_commands({"reason": value})


@pytest.mark.parametrize("name", ["", "a b", "a=b", "a\nb", "A", "a;b", "a]b", "x" * 80])
def test_a_name_that_is_no_name_is_refused(name):
    with pytest.raises(PlatformFailed, match="name of an output"):
        output_commands({name: "x"})


def test_a_tag_holds_what_a_tag_may_hold():
    assert tag_commands(("ci-mlops-passed", "a;b]\nc")) == [
        "##vso[build.addbuildtag]ci-mlops-passed",
        "##vso[build.addbuildtag]a-b-c",
    ]


def test_a_refused_output_leaves_nothing_said(azure, publication, tmp_path, capsys):
    with pytest.raises(PlatformFailed):
        azure().announce(replace(publication, outputs={"verdict": "\x00"}))

    assert capsys.readouterr().out == ""
    assert list(tmp_path.iterdir()) == []


def test_announcing_says_summary_outputs_tags_and_annotations(azure, publication, capsys):
    told = replace(publication, outputs={"exit-code": "1"}, tags=("ci-mlops-blocked",))
    summary, output, tag, issue = said(azure, told, capsys)

    assert summary[0] == "task.uploadsummary"
    assert Path(summary[2]).name == "ci-mlops-credit-default.md"
    assert Path(summary[2]).read_text() == publication.summary + "\n"
    assert output == ("task.setvariable", {"variable": "exit_code", "isOutput": "true"}, "1")
    assert tag == ("build.addbuildtag", {}, "ci-mlops-blocked")
    assert issue[1] == {"type": "warning", "sourcepath": "ci-mlops.yml", "linenumber": "9"}


def test_every_model_has_a_page_of_its_own_and_a_second_word_is_a_second_page(azure, publication, capsys):
    pages = [
        Path(said(azure, replace(publication, model=model), capsys)[0][2])
        for model in ("fraud", "fraud", "../../x;y]\n")
    ]

    assert len(set(pages)) == 3
    assert [page.name for page in pages] == [
        "ci-mlops-fraud.md",
        "ci-mlops-fraud.md",
        "ci-mlops-..-..-x-y-.md",
    ]


def test_without_a_folder_of_the_agent_there_is_no_page(azure, publication, capsys):
    told = said(azure, publication, capsys, AGENT_TEMPDIRECTORY="")

    assert [action for action, _, _ in told] == ["task.setvariable", "task.logissue"]


def test_a_summary_that_is_too_large_is_cut_and_kept_whole_as_a_file(azure, publication, capsys):
    whole = "| a row – with a dash |\n" * 60_000
    page, file, *_ = said(azure, replace(publication, summary=whole), capsys)

    assert (page[0], file[0]) == ("task.uploadsummary", "task.uploadfile")
    assert Path(page[2]).stat().st_size <= LIMIT
    assert "was cut" in Path(page[2]).read_text()
    assert Path(file[2]).read_text() == whole


def test_announcing_needs_no_server(azure, publication, devops):
    azure().announce(publication)

    assert devops.seen == []

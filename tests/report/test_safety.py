"""Nothing that anybody else wrote comes alive: checked with GitHub's own Markdown parser."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import HealthCheck, given, settings, strategies as st

from ci_mlops.records import PolicySource
from ci_mlops.report import render
from ci_mlops.report.inline import name, prose, to_html, to_markdown
from ci_mlops.report.renderings import LARGEST_COMMENT, LARGEST_SUMMARY
from tests.report import verdicts
from tests.report.anything import HOSTILE, text, verdicts as any_verdict

OURS = {
    *("h3", "p", "strong", "b", "code", "ul", "ol", "li", "details", "summary"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
# what a platform looks for in the rendered text, outside code
ALIVE = re.compile(
    r"@\w|#\d|https?:|www\.|\bgh-\d|:[a-z_]+:|\$\S+\$|[\u202a-\u202e\u2066-\u2069\ue000-\uf8ff]",
    re.IGNORECASE,
)


class Seen(HTMLParser):
    def __init__(self, markdown):
        super().__init__()
        self.tags, self.outside, self.comments, self.cells, self._code = [], [], [], [], 0
        html = cmarkgfm.github_flavored_markdown_to_html(markdown, options=Options.CMARK_OPT_UNSAFE)
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._code += tag == "code"
        if tag == "tr":
            self.cells.append(0)
        if tag in ("td", "th"):
            self.cells[-1] += 1

    def handle_endtag(self, tag):
        self._code -= tag == "code"

    def handle_data(self, data):
        if not self._code:
            self.outside.append(data)

    def handle_comment(self, data):
        self.comments.append(data)


@settings(max_examples=400, deadline=None)
@given(text)
def test_a_name_in_a_cell_is_one_piece_of_code_and_nothing_else(anything):
    seen = Seen(f"| a | b |\n|--|--|\n| {to_markdown(name(anything), cell=True)} | end |")

    assert [tag for tag, _ in seen.tags if tag not in ("table", "thead", "tbody", "tr", "th", "td")] == [
        "code"
    ]
    assert seen.cells == [2, 2]
    assert "".join(seen.outside).split() == ["a", "b", "end"]


@settings(max_examples=400, deadline=None)
@given(text)
def test_a_name_in_a_summary_is_one_piece_of_code_and_nothing_else(anything):
    seen = Seen(f"<details><summary>{to_html(name(anything))}</summary>\n\nx\n\n</details>")

    assert [tag for tag, _ in seen.tags] == ["details", "summary", "code", "p"]
    assert "".join(seen.outside).split() == ["x"]


@settings(max_examples=400, deadline=None)
@given(st.lists(text, max_size=4).map(" ".join))
def test_a_quoted_sentence_never_comes_alive(anything):
    seen = Seen(f"Because {to_markdown(prose(anything))}.")

    assert {tag for tag, _ in seen.tags} <= {"p", "code"}
    assert not ALIVE.search("".join(seen.outside))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(any_verdict)
def test_no_verdict_makes_a_link_a_mention_or_a_tag(verdict):
    markdown = render(verdict, "github")
    seen = Seen(markdown)

    assert {tag for tag, _ in seen.tags} <= OURS
    assert not ALIVE.search("".join(seen.outside))
    assert len(seen.comments) == 1
    assert markdown.rstrip().endswith("-->")
    assert len(markdown.encode()) <= LARGEST_COMMENT


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(any_verdict)
def test_every_verdict_can_be_shown_in_every_dialect(verdict):
    assert render(verdict, "markdown")
    assert "\x1b" not in render(verdict, "terminal", width=60)
    assert render(verdict, "terminal", colour=True)


@pytest.mark.parametrize("payload", HOSTILE)
def test_the_table_keeps_seven_columns_whatever_the_names(payload):
    v = verdicts.passed()
    hostile = replace(
        v,
        model=payload,
        change=replace(v.change, run_url=payload, base_ref=payload, workflow=payload),
        champion=replace(v.champion, label=payload),
        confusion=replace(v.confusion, positive=payload, negative=payload),
        cost=replace(v.cost, unit=payload),
        gates=tuple(replace(gate, slice=payload, metric=f"{payload}{at}") for at, gate in enumerate(v.gates)),
        measurements=tuple(replace(m, slice=payload) for m in v.measurements),
    )
    seen = Seen(render(hostile, "github"))

    assert seen.cells[:2] == [7, 7]
    assert set(seen.cells) <= {7, 3, 6}
    assert not ALIVE.search("".join(seen.outside))


def test_a_comment_is_cut_in_whole_blocks_and_says_so():
    verdict = verdicts.crowded()
    comment = render(verdict, "github")
    seen = Seen(comment)

    assert len(comment.encode()) <= LARGEST_COMMENT
    assert comment.count("<details>") == comment.count("</details>")
    assert "Some details were left out to fit into a comment" in comment
    assert set(seen.cells) <= {7, 6, 3, 2}


def test_a_summary_of_ten_thousand_slices_fits_and_says_what_is_missing():
    summary = render(verdicts.many_slices(10_000), "markdown")

    assert len(summary.encode()) <= LARGEST_SUMMARY
    assert "9\u00a0500 more rows are in `verdict.json`." in summary


def test_a_comment_shows_eight_rules_and_folds_the_rest():
    v = verdicts.passed()
    many = replace(v, gates=tuple(replace(v.gates[1], number=at) for at in range(11)))
    comment = render(many, "github")
    open_part, _, folded = comment.partition("<details>")

    assert sum(line.startswith("| ✅") for line in open_part.splitlines()) == 8
    assert "<summary><b>More rules</b>: 3</summary>" in folded


def test_a_link_is_made_of_an_address_that_is_plain_and_of_no_other():
    v = verdicts.passed()
    evil = replace(v, change=replace(v.change, run_url="https://x.example/a](javascript:alert(1)) @octocat"))

    assert "https://github.example/bank/credit/actions/runs/8817" in render(v, "github")
    assert "javascript" not in render(evil, "github")


def test_an_empty_word_opens_no_code_span_that_swallows_ours():
    v = verdicts.passed()
    empty = replace(
        v, change=None, policy=PolicySource(source="**bold** @x", path="", edited=True, edits=("",))
    )
    seen = Seen(render(empty, "github"))

    assert {tag for tag, _ in seen.tags} <= OURS
    assert not ALIVE.search("".join(seen.outside))

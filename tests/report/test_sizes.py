"""No rendering is larger than its platform takes, in bytes, and what was cut was cut in whole blocks and is told."""

from dataclasses import replace

import pytest

from ci_mlops.report import render
from ci_mlops.report.azure import LARGEST_THREAD, RUN_PAGE, THREAD
from ci_mlops.report.blocks import Details, Heading, Paragraph, Table
from ci_mlops.report.inline import name
from ci_mlops.report.markdown import GITHUB, to_dialect
from ci_mlops.report.publication import publication
from ci_mlops.report.renderings import LARGEST_COMMENT, LARGEST_SUMMARY
from tests.report import azure, verdicts

WIDE = "\U0001f9ea" * 80
"""Four bytes a letter, and two characters where they are counted as UTF-16."""
END = "<!-- the end -->"
BLOCKS = (
    Heading("The verdict"),
    Paragraph("What it means"),
    Table(("a", "b"), ("left", "left"), ((name(WIDE), name(WIDE)),) * 8),
    Paragraph(" ".join([name(WIDE)] * 30)),
    Details("Short", (Paragraph(name(WIDE)),)),
    Details("Long", (Table(("a", "b"), ("left", "left"), ((name(WIDE), name(WIDE)),) * 500),)),
    Paragraph("The last word"),
)


def cut(largest, dialect=GITHUB):
    return to_dialect(BLOCKS, dialect, largest=largest, left_out="Some of it is missing.", end=END)


@pytest.mark.parametrize("dialect", [GITHUB, THREAD, RUN_PAGE], ids=["github", "thread", "run page"])
@pytest.mark.parametrize("largest", [120, 400, 4_000, 17_000, 30_000, 10**6])
def test_a_budget_is_one_of_bytes_and_holds_however_small(dialect, largest):
    text = cut(largest, dialect)

    assert len(text.encode()) <= largest
    assert text.startswith("### The verdict\n")
    assert text.endswith(f"{END}\n")
    assert text.count("<details>") == text.count("</details>")
    assert ("Some of it is missing." in text) == (largest < 10**6)


def test_what_is_folded_away_goes_first_and_the_longest_of_it():
    assert "Long" not in cut(30_000)
    assert "Short" in cut(30_000)
    assert "The last word" in cut(30_000)


def test_then_the_last_blocks_go_and_the_head_stays():
    small = cut(4_000)

    assert "What it means" in small
    assert "Short" not in small
    assert "The last word" not in small


@pytest.mark.parametrize("verdict", [verdicts.crowded, lambda: verdicts.many_slices(10_000)])
def test_every_rendering_of_a_verdict_that_is_too_large_keeps_its_budget(verdict):
    hostile = replace(verdict(), notices=(WIDE * 20,) * 1000, model=WIDE, reason=WIDE * 100)
    on_azure = publication(azure.seen_from_azure(hostile))

    assert len(render(hostile, "github").encode()) <= LARGEST_COMMENT
    assert len(render(hostile, "markdown").encode()) <= LARGEST_SUMMARY
    assert len(on_azure.comment.encode()) <= LARGEST_THREAD
    assert len(on_azure.summary.encode()) <= LARGEST_SUMMARY
    assert len(on_azure.description) <= 140

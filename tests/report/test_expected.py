import re
from pathlib import Path

import pytest

from ci_mlops.report import render, seal
from ci_mlops.report.publication import publication
from tests.report import azure, class_verdicts, cost_verdicts, proved_verdicts, slice_verdicts, verdicts
from tests.report.conftest import EXPECTED

ALL = verdicts.ALL | class_verdicts.ALL | cost_verdicts.ALL | slice_verdicts.ALL | proved_verdicts.ALL
SUFFIX = {"github": ".md", "markdown": ".full.md", "terminal": ".txt"}
ON_AZURE = ("passed", "blocked", "not_evaluated", "sliced", "many_classes")
"""Azure DevOps' Markdown differs from GitHub's in a few places, not from verdict to verdict."""


@pytest.mark.parametrize("dialect", SUFFIX)
@pytest.mark.parametrize("name", ALL)
def test_a_verdict_is_rendered_as_expected(name, dialect, matches_expected):
    file = Path(".ci-mlops/verdict.json")
    matches_expected(name + SUFFIX[dialect], render(seal(ALL[name]()), dialect, file=file))


@pytest.mark.parametrize("name", ON_AZURE)
def test_a_verdict_is_told_on_azure_as_expected(name, matches_expected):
    told = publication(azure.seen_from_azure(seal(ALL[name]())))

    matches_expected(f"{name}.azure.md", told.comment)
    matches_expected(f"{name}.azure.full.md", told.summary)


def test_there_is_no_expectation_that_nothing_renders():
    wanted = {name + suffix for name in ALL for suffix in SUFFIX.values()}
    wanted |= {f"{name}.azure{kind}.md" for name in ON_AZURE for kind in ("", ".full")}
    wanted |= {"reproduction.md", "reproduction.txt"}

    assert {file.name for file in EXPECTED.iterdir()} == wanted


def test_the_passed_comment_answers_in_the_order_of_the_design():
    comment = (EXPECTED / "passed.md").read_text(encoding="utf-8")

    assert comment.startswith("### ✅ Model gate passed: `credit-default` may be merged\n")
    assert columns(comment) == [
        "",
        "Metric",
        "Champion\u00a0v7",
        "This\u00a0PR",
        "Change",
        "95\u00a0% CI",
        "Rule",
    ]
    assert [row[1] for row in rows(comment)] == [
        "**Expected cost** per decision\u00a0↓",
        "Recall, `defaults` caught\u00a0↑",
        "Precision\u00a0↑",
        "Worst slice recall, `age < 25`\u00a0↑",
    ]
    assert in_order(
        comment,
        "**Expected cost falls by 25\u00a0%**: €10.63 → €8.00 per decision "
        "(95\u00a0% CI of the change −\u2060€4.93 to −\u2060€0.43).",
        "All 4 rules hold; no slice is shown to be worse.",
        "≈ means the change is not distinguishable from chance.",
        "same 2\u00a0140 held-out rows, none of which either was trained on.",
        "a loss of recall of 5.3\u00a0pp or more would be found at least 4 times in 5.",
        "**If you merge:**",
        "<b>Errors and what they cost</b>: 12 fewer missed <code>defaults</code> (−\u2060€6\u00a0000), "
        "19 more false alarms (+\u2060€380)",
        "<b>Slices</b>: 3 checked, 1 better, 0 worse, 1 too small to judge",
        "<b>What this PR changes</b>",
        "Reproduce, files, audit trail",
        "Evaluated commit 3f2c7d0 at 2026-11-23\u00a010:41\u00a0UTC with ci-mlops 1.4.0.",
        "<!-- ci-mlops:report:v1 model=credit-default ",
    )


def test_the_blocked_comment_answers_in_the_order_of_the_design():
    comment = (EXPECTED / "blocked.md").read_text(encoding="utf-8")

    assert comment.startswith("### ❌ Model gate blocked: recall on `defaults` is worse than the champion\n")
    assert [row[0] for row in rows(comment)] == ["❌", "⚠️", "✅"]
    assert rows(comment)[0][2:] == [
        "0.811",
        "**0.733**",
        "−7.8\u00a0pp worse",
        "−12.7\u00a0… −3.1",
        "**at most 2\u00a0pp below champion: worse by at least 3.1\u00a0pp**",
    ]
    assert in_order(
        comment,
        "**1 of 3 rules is broken.** The candidate misses 17 more `defaults`: recall 0.811 → 0.733 "
        "(95\u00a0% CI of the change −12.7 to −3.1\u00a0pp), which costs €3.71 more per decision.",
        "⚠️ **This change also edits the gate policy** "
        "(`ci-mlops.yml`: `gates.recall.max_regression: 0.02 -> 0.15`). The gate used the policy of `main` at `a41c9e2`",
        "**Where it comes from:** slice `region = north` holds 14 of the 17 extra misses",
        "**What you can do**",
        "<b>Errors and what they cost</b>",
    )


WIDEST = 70
"""Letters of a comment's width, without the room around its seven cells: more, and GitHub cuts the last column."""


@pytest.mark.parametrize("name", ALL)
def test_a_table_is_no_wider_than_a_comment_where_its_cells_may_break(name):
    comment = (EXPECTED / f"{name}.md").read_text(encoding="utf-8")
    if "\n|" not in comment:
        assert name in ("not_evaluated", "no_change", "identical")
        return
    table = [
        [re.sub(r"[*`\u2060]", "", cell) for cell in line] for line in (columns(comment), *rows(comment))
    ]
    narrowest = [
        max(len(run) for cell in column for run in cell.split(" ")) for column in zip(*table, strict=True)
    ]

    assert sum(narrowest) <= WIDEST


def columns(comment):
    return cells(next(line for line in comment.splitlines() if line.startswith("|")))


def rows(comment):
    """The first table's."""
    lines = comment.splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("|"))
    end = next(at for at in range(start, len(lines)) if not lines[at].startswith("|"))
    return [cells(line) for line in lines[start + 2 : end]]


def cells(line):
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def in_order(text, *parts):
    places = [text.index(part) for part in parts]
    return places == sorted(places)

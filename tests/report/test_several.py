"""One comment for several models."""

import re
from dataclasses import replace

import pytest

from ci_mlops.records import Change
from ci_mlops.report.azure import LARGEST_THREAD
from ci_mlops.report.renderings import LARGEST_COMMENT
from ci_mlops.report.several import shares, together
from ci_mlops.report.waived import waived_publication
from tests.report import verdicts

CHANGE = Change(platform="github", event="pull_request", number=7, workflow="ci.yml")


def named(*names):
    return [replace(verdicts.ALL[name](), model=f"m-{name}") for name in names]


def models_of(comment):
    return re.findall(r"(?m)^\| \S+ \| `(m-[\w-]+)` \|", comment)


def test_the_worst_comes_first_in_the_table_and_below_it():
    said = together(named("passed", "no_change", "undecided", "blocked", "not_evaluated"), CHANGE)
    order = ["m-not_evaluated", "m-blocked", "m-undecided", "m-passed", "m-no_change"]

    assert models_of(said.comment) == order
    assert re.findall(r"<summary>\S+ <code>(m-[\w-]+)</code>", said.comment) == order
    assert said.comment.startswith(
        "### 🔥 Model gate could not evaluate 1 of 5 models, and 2 more do not pass\n"
    )
    assert (said.model, said.state) == ("", "error")


@pytest.mark.parametrize(
    ("names", "heading", "state"),
    [
        (("passed", "undecided_allowed"), "✅ Model gate passed: all 2 models may be merged", "success"),
        (("passed", "blocked"), "❌ Model gate blocked: 1 of 2 models", "failure"),
        (("no_change", "no_change"), "⚪ Model gate not applicable to 2 models", "success"),
        (("passed",), "✅ Model gate passed: m-passed may be merged", "success"),
    ],
)
def test_the_heading_counts(names, heading, state):
    said = together(named(*names), CHANGE)

    assert (said.description, said.state) == (heading, state)


@pytest.mark.parametrize(
    ("names", "heading"),
    [
        (("passed", "undecided_allowed"), "model gate passed: no rule stops any of 2 models"),
        (("passed", "blocked"), "model gate blocked: 1 of 2 models"),
    ],
)
def test_what_is_for_information_shows_no_green_sign_and_says_once_that_it_decides_nothing(names, heading):
    told = [replace(one, for_information="a stranger may have written it") for one in named(*names)]
    said = together(told, CHANGE)

    assert (said.description, said.state) == (f"🔵 For information: {heading}", "pending")
    assert said.comment.count("This decides nothing") == 1
    assert "may be merged" not in said.comment
    assert set(re.findall(r"(?m)^\| (\S+) \| `m-", said.comment)) == {"🔵"}


@pytest.mark.parametrize("count", [2, 40, 400])
def test_any_number_of_models_fits_and_the_last_to_be_left_out_are_the_worst(count):
    kinds = ("blocked", "passed", "undecided")
    many = [replace(verdicts.ALL[kinds[at % 3]](), model=f"m{at}") for at in range(count)]
    comment = together(many, CHANGE).comment

    assert len(comment.encode()) <= LARGEST_COMMENT - 1024
    assert comment.count("<details>") == comment.count("</details>")
    folded = re.findall(r"<summary>(\S+) <code>m\d+</code>", comment)
    assert folded == sorted(folded, key="❌🟡✅".index)
    assert folded
    if count == 400:
        assert "300 more models" in comment
        assert "left out" in comment


def test_azure_takes_more_and_is_told_of_no_work_item_by_chance():
    many = [replace(verdicts.blocked(), model=f"m#{at}") for at in range(40)]
    there = together(many, replace(CHANGE, platform="azure")).comment
    here = together(many, CHANGE).comment
    on_github = together(many, replace(CHANGE, platform="azure", forge="github")).comment

    assert on_github == here
    assert LARGEST_COMMENT < len(there.encode()) <= LARGEST_THREAD - 1024
    assert re.search(r"#\d", here)
    assert not re.search(r"#\d", there)


def test_what_a_short_report_leaves_goes_to_the_long_ones():
    assert shares([100, 10, 50], 120) == [60, 10, 50]
    assert shares([], 5) == []


def test_a_waiver_is_told_on_top_and_the_verdict_below_it_stands():
    [blocked] = named("blocked")
    said = waived_publication(together([blocked], CHANGE), "@ada in the environment model-waiver")

    assert said.state == "success"
    assert said.comment.startswith(
        "### 🟠 Waived: this change may be merged all the same\n\nLet through by `@ada` in"
    )
    assert "### ❌ Model gate blocked" in said.comment
    assert said.description.startswith(
        "🟠 Waived (@ada in the environment model-waiver). ❌ Model gate blocked"
    )

"""The comment while a change is judged: what was said of an earlier commit stays readable below."""

import cmarkgfm
import pytest

from ci_mlops.records import Change
from ci_mlops.report.begun import begins, begun, ended, is_begun, waits

OLD, NEW, NEWER = "91ab0c4" + "0" * 33, "3f2c7d0" + "0" * 33, "c0ffee1" + "0" * 33
REPORT = (
    "### ❌ Model gate blocked\n\n| a |\n|:--|\n| b |\n\n<details><summary>x</summary>\n\ny\n\n</details>"
)
ADDRESS = "https://github.example/acme/credit/actions/runs/8"
LARGEST = 65_000


def change(head=NEW, **more):
    return Change(
        platform="github", event="pull_request", number=7, **{"head": head, "run_url": ADDRESS, **more}
    )


def test_the_first_comment_says_what_is_judged_and_where_to_look():
    said = begins("credit", change())

    assert said.comment == (
        "### ⏳ Evaluating `3f2c7d0` …\n\nThe model gate of `credit` is judging it; this comment says the verdict as soon as "
        f"there is one. [The run]({ADDRESS})."
    )
    assert (said.state, said.begins, said.summary) == ("pending", True, "")
    assert not begun(said.comment, "", sha="", largest=LARGEST).count("below")


def test_the_old_report_is_kept_below_and_told_of_its_own_commit():
    body = begun(begins("credit", change()).comment, REPORT, sha=OLD, largest=LARGEST)

    assert body.startswith("### ⏳ Evaluating `3f2c7d0` …")
    assert body.endswith(f"**The report below is of `91ab0c4`.**\n\n{REPORT}")


def test_runs_that_are_cancelled_one_after_the_other_keep_one_old_report_under_the_last_beginning():
    first = begun(begins("credit", change()).comment, REPORT, sha=OLD, largest=LARGEST)
    second = begun(begins("credit", change(NEWER)).comment, first, sha=NEW, largest=LARGEST)
    third = begun(
        ended("credit", change(NEWER), "It was cancelled.").comment, second, sha=NEWER, largest=LARGEST
    )

    assert "3f2c7d0" not in second
    assert second.count("The report below is of `91ab0c4`") == 1
    assert third.startswith("### 🔥 `c0ffee1` was not evaluated")
    assert third.endswith(REPORT)
    assert third.count("<!--") == 1


def test_a_beginning_without_a_report_below_it_leaves_none_behind():
    first = begun(begins("credit", change()).comment, "", sha="", largest=LARGEST)
    second = begun(waits("credit", change(NEWER)).comment, first, sha=NEW, largest=LARGEST)

    assert "below" not in second
    assert "3f2c7d0" not in second


def test_a_run_that_is_repeated_says_that_the_report_is_of_the_same_commit():
    body = begun("### x", REPORT, sha=OLD, same=True, largest=LARGEST)

    assert "The report below is of an earlier run on the same commit." in body


@pytest.mark.parametrize("letters", ["x", "😀"])
def test_an_old_report_that_does_not_fit_is_left_out_and_that_is_told(letters):
    long = f"{REPORT}\n\n{letters * (LARGEST // len(letters.encode()))}"
    body = begun("### x", long, sha=OLD, largest=LARGEST)

    assert len(body.encode()) <= LARGEST
    assert body.endswith("### ❌ Model gate blocked")
    assert "summary of its run" in body


def test_windows_line_ends_of_a_stored_comment_change_nothing():
    stored = begun("### x", REPORT, sha=OLD, largest=LARGEST).replace("\n", "\r\n")

    assert is_begun(stored)
    assert begun("### y", stored, sha=NEW, largest=LARGEST).endswith(REPORT)


@pytest.mark.parametrize("address", ["", "https://x) [y](https://evil", "javascript:alert(1)", "https://a b"])
def test_an_address_that_is_none_is_no_link(address):
    assert "](" not in begins("credit", change(run_url=address)).comment


@pytest.mark.parametrize(
    "model", ["@everyone", "<img src=x>", "[a](b)", "`` `", "<!-- ci-mlops:begun sha= -->"]
)
def test_a_models_name_stays_text(model):
    comment = begun(
        begins(model, change()).comment, begins(model, change()).comment, sha=OLD, largest=LARGEST
    )
    html = cmarkgfm.github_flavored_markdown_to_html(comment)

    assert "<img" not in html
    assert html.count("<a ") == 2
    assert "<code>" in html

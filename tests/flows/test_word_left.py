"""Word of an approval goes from `register` to `publish`, and to no other run, verdict or event."""

import pytest

from ci_mlops.flows.publish import publish
from ci_mlops.flows.word_left import drop_word, leave_word, word_left
from ci_mlops.records import Change, Tool, Verdict
from ci_mlops.report.codec import seal
from tests.flows.test_on_pull_request import Heard

PUSH = Change(platform="github", event="push")
BY = "ada in the environment model-waiver"


@pytest.fixture
def blocked() -> Verdict:
    told = {"model": "loans", "task": "classification", "reason": "why", "tool": Tool(version="0")}
    return seal(Verdict(verdict="blocked", exit_code=1, **told))


def test_a_merge_that_took_the_stage_by_an_approval_says_so(tmp_path, blocked):
    leave_word(tmp_path, blocked, BY)
    platform = Heard(PUSH)

    publish(
        platform,
        blocked,
        tmp_path / "verdict.json",
        waived=word_left(tmp_path / "verdict.json", blocked, PUSH),
    )

    assert platform.said[0].state == "success"
    assert platform.said[0].summary.startswith(
        "### 🟠 Waived: this model was registered all the same\n\n"
        "Let through by ada in the environment model-waiver. The verdict below stands as it was reached.\n\n"
    )


def test_nobody_lets_a_verdict_through_by_a_file_of_a_pull_request_or_of_another_run(tmp_path, blocked):
    file = tmp_path / "verdict.json"
    other = seal(
        Verdict(
            verdict="blocked", exit_code=1, model="b", task="regression", reason="", tool=Tool(version="0")
        )
    )

    leave_word(tmp_path, blocked, "")
    assert word_left(file, blocked, PUSH) == ""
    leave_word(tmp_path, blocked, BY)
    assert word_left(file, blocked, PUSH) == BY
    assert word_left(file, other, PUSH) == ""
    for event in ("pull_request", "merge_group", "branch", "other"):
        assert word_left(file, blocked, Change(platform="github", event=event)) == ""
    drop_word(tmp_path)
    assert word_left(file, blocked, PUSH) == ""


@pytest.mark.parametrize("text", ["", "[]", "{", '{"verdict_digest": null}', '"x"', "{}"])
def test_a_file_that_is_none_of_ours_says_nothing(tmp_path, blocked, text):
    (tmp_path / "waived.json").write_text(text)

    assert word_left(tmp_path / "verdict.json", blocked, PUSH) == ""

"""What a stage asks of a version: each condition, held and not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ci_mlops.ladder.entry import (
    WAIVED_IN,
    approved,
    climbed,
    held_since,
    judged,
    smoked,
    span,
    unasked,
    waited,
    waived_by,
)
from ci_mlops.records import Approval, AuditEvent, Contender, Tool, Verdict, Version, Waiver, WaiverUse

BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)
VERSION = Version(
    name="loans", number="3", digest="sha256:3", tags={"ci_mlops.verdict_digest": "sha256:verdict"}
)
PASSED = Verdict(
    model="loans",
    task="classification",
    verdict="passed",
    reason="It is better.",
    exit_code=0,
    candidate=Contender(origin="trained", digest="sha256:3", label="candidate"),
    tool=Tool(version="0.1.0"),
    verdict_digest="sha256:verdict",
)
BLOCKED = replace(PASSED, verdict="blocked", exit_code=1)
ADA = Approval(by="ada", environment=WAIVED_IN)


def event(hour, version="3", stage="staging", **changes):
    at = (BEGAN + timedelta(hours=hour)).isoformat(timespec="milliseconds")
    told = {"id": f"e{hour}", "kind": "registered", "previous": "", "digest": f"sha256:{version}"}
    return AuditEvent(at=at, version=version, stage=stage, **{**told, **changes})


def registered(**changes):
    return event(0, verdict_digest="sha256:verdict", approvals=(ADA,), **changes)


@pytest.mark.parametrize(
    ("verdict", "waived", "held", "told"),
    [
        (PASSED, (), True, "its verdict is passed"),
        (BLOCKED, (), False, "its verdict is blocked"),
        (
            BLOCKED,
            (ADA,),
            True,
            "its verdict is blocked, and was waived: ada approved in the environment model-waiver",
        ),
        (replace(BLOCKED, verdict="undecided", exit_code=10), (), False, "its verdict is undecided"),
        (
            replace(BLOCKED, verdict="not_evaluated", exit_code=6),
            (ADA,),
            False,
            "its verdict is not_evaluated",
        ),
        (None, (ADA,), False, "no verdict.json that can be read lies beside it"),
        (
            replace(PASSED, verdict_digest="sha256:other"),
            (ADA,),
            False,
            "the verdict that lies beside it is not the one that it was registered by",
        ),
        (
            replace(PASSED, candidate=None),
            (ADA,),
            False,
            "the verdict that was registered with it is about another model",
        ),
        (
            replace(PASSED, environment="sha256:another"),
            (ADA,),
            False,
            "its tag names another environment than it was judged in",
        ),
    ],
)
def test_a_verdict_holds_where_it_passed_or_its_waiver_is_recorded(verdict, waived, held, told):
    condition = judged(VERSION, verdict, waived)

    assert (condition.name, condition.held, condition.told) == ("verdict", held, told)


def test_a_waiver_of_the_config_that_was_used_is_told_with_who_answers_for_it():
    waiver = Waiver(metric="recall", reason="a sensor", until="2026-12-31", by="Ada", where="c:1")
    uses = (WaiverUse(waiver=waiver, status="used", gates=1), WaiverUse(waiver=waiver, status="idle"))

    assert judged(VERSION, replace(PASSED, waivers=uses)).told == (
        "its verdict is passed, with a waiver: recall: a sensor (by Ada)"
    )


def test_only_the_registration_of_this_very_verdict_records_its_waiver():
    other = Approval(by="bob", environment="production")

    again = replace(registered(), id="again", approvals=())

    assert waived_by([registered(), event(1, "4")], VERSION) == (ADA,)
    assert waived_by([registered(), again], VERSION) == (ADA,)
    assert waived_by([replace(registered(), approvals=(other,))], VERSION) == ()
    assert waived_by([replace(registered(), verdict_digest="sha256:older")], VERSION) == ()
    assert waived_by([replace(registered(), digest="sha256:4")], VERSION) == ()
    assert waived_by([replace(registered(), kind="acknowledged")], VERSION) == ()
    assert waived_by([], VERSION) == ()


def test_an_approval_is_told_with_who_gave_it_and_where_none_was_asked_for_nothing_holds():
    asked = (
        Approval(by="ada", environment="production"),
        Approval(by="bob", environment="production"),
    )

    assert approved("production", asked).held
    assert approved("production", asked).told == "ada, bob approved in the environment production"
    assert not approved("production", ()).held
    assert "it asks for no reviewers" in approved("production", ()).told
    assert not unasked("production", "no CI").held
    assert unasked("production", "no CI").told.endswith("is not known: no CI")


@pytest.mark.parametrize(
    ("hours", "held", "told"),
    [
        (23, False, "it has held staging for 23 h, and 24 h are asked for: from 2026-03-02 12:00 UTC on"),
        (24, True, "it has held staging for 24 h, and 24 h are asked for"),
        (50, True, "it has held staging for 2 d 2 h, and 24 h are asked for"),
        (-1, False, "it has held staging for 0 s, and 24 h are asked for: from 2026-03-02 12:00 UTC on"),
    ],
)
def test_a_stage_is_held_for_as_long_as_the_trail_says(hours, held, told):
    condition = waited(
        [event(-9, "2"), event(0)], "staging", timedelta(hours=24), BEGAN + timedelta(hours=hours)
    )

    assert (condition.held, condition.told) == (held, told)


def test_telling_of_the_same_holder_once_more_begins_nothing_anew():
    again = event(20, merged="another merge")

    assert held_since([event(0), again], "staging") == BEGAN
    assert held_since([event(0), event(20, "4"), event(30)], "staging") == BEGAN + timedelta(hours=30)


def test_what_was_found_at_a_stage_has_been_there_since_it_was_found_at_least():
    found = event(5, "1", "production", found={"staging": "3"})
    gone = event(6, "1", "production", found={"staging": ""})

    assert held_since([event(0, "2"), found], "staging") == BEGAN + timedelta(hours=5)
    assert held_since([event(0), gone], "staging") is None
    untold = waited([], "staging", timedelta(hours=1), BEGAN)
    assert (untold.held, "is not known" in untold.told) == (False, True)


def test_a_version_that_another_hand_put_to_the_stage_before_goes_no_further():
    first = event(0, "1", "production", found={"staging": "3"})
    later = event(2, "1", "production", found={"staging": "3"})

    assert climbed([event(0)], "staging").held
    assert climbed([first], "staging").told == "it held staging before the audit trail began"
    assert not climbed([event(0, "2"), later], "staging").held
    assert climbed([event(0, "2"), later, event(3)], "staging").held


def test_a_smoke_test_holds_by_its_exit_code_and_is_told_with_its_last_lines():
    failed = smoked(3, "loading\n\n  no answer in 2 s \n")

    assert smoked(0, "all good").told == "the smoke test ended with 0"
    assert (failed.held, failed.told) == (
        False,
        "the smoke test ended with 3: loading; no answer in 2 s",
    )
    assert len(smoked(1, "x" * 5000).told) < 600


@pytest.mark.parametrize(
    ("time", "told"),
    [
        (timedelta(seconds=45), "45 s"),
        (timedelta(minutes=90), "1 h 30 min"),
        (timedelta(days=3), "3 d"),
        (timedelta(days=1, seconds=5), "1 d 5 s"),
    ],
)
def test_a_span_is_told_in_its_two_largest_units(time, told):
    assert span(time) == told

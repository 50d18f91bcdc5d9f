"""When a verdict of the pull request still stands on the day of the merge."""

from dataclasses import replace

import pytest

from ci_mlops.flows.standing import Today, why_judge_again
from ci_mlops.records import Contender, FilePin, PolicySource, Tool, Verdict, Version
from ci_mlops.records.verdict import Outcome

MARK = "f" * 64
TEST = (FilePin(path="data/test.csv", sha256="0" * 64, size=9),)
POLICY = "sha256:p"
VERDICT = Verdict(
    model="loans",
    task="classification",
    verdict="passed",
    reason="The rule holds.",
    exit_code=0,
    candidate=Contender(origin="trained", digest="sha256:a"),
    champion=Contender(origin="registry", digest="sha256:b", version="3"),
    fingerprint=MARK,
    policy=PolicySource(source="c0ffee", digest=POLICY),
    pins={"test": TEST},
    tool=Tool(version="1"),
    verdict_digest="sha256:v",
)
THREE = Version(name="loans", number="3", digest="sha256:b")
TODAY = Today(fingerprint=MARK, champion=THREE, test=TEST, policy=POLICY)


def test_a_verdict_stands_while_all_that_it_was_made_of_is_here() -> None:
    assert why_judge_again(VERDICT, TODAY) == ""


def test_another_fingerprint_is_judged_again() -> None:
    assert "differ from what was judged" in why_judge_again(VERDICT, replace(TODAY, fingerprint="0" * 64))


def test_other_test_rows_are_judged_again() -> None:
    moved = (replace(TEST[0], sha256="1" * 64),)

    assert "test data" in why_judge_again(VERDICT, replace(TODAY, test=moved))


@pytest.mark.parametrize("outcome", ["passed", "not_applicable"])
@pytest.mark.parametrize(
    "judged_by", [None, PolicySource(source="c0ffee"), PolicySource(source="c0ffee", digest="sha256:q")]
)
def test_another_policy_is_judged_by(outcome: Outcome, judged_by: PolicySource | None) -> None:
    verdict = replace(VERDICT, verdict=outcome, policy=judged_by)

    assert "policy" in why_judge_again(verdict, TODAY)


def test_a_champion_that_moved_is_judged_against() -> None:
    four = Version(name="loans", number="4", digest="sha256:c")

    reason = why_judge_again(VERDICT, replace(TODAY, champion=four))

    assert reason == "the champion was version 3, and is version 4 today"


def test_the_same_champion_under_another_number_is_the_same() -> None:
    assert why_judge_again(VERDICT, replace(TODAY, champion=replace(THREE, number="9"))) == ""


def test_a_version_without_a_digest_is_known_by_its_number() -> None:
    foreign = replace(VERDICT, champion=Contender(origin="registry", version="3"))

    assert why_judge_again(foreign, TODAY) == ""
    assert why_judge_again(foreign, replace(TODAY, champion=replace(THREE, number="4"))) != ""


def test_a_champion_that_is_gone_is_judged_again() -> None:
    assert "champion no more" in why_judge_again(VERDICT, replace(TODAY, champion=None))


@pytest.mark.parametrize("champion", [None, Contender(origin="trained", digest="sha256:base")])
def test_a_first_version_that_came_meanwhile_is_judged_against(champion: Contender | None) -> None:
    first = replace(VERDICT, champion=champion)

    assert why_judge_again(first, replace(TODAY, champion=None)) == ""
    assert "has become champion" in why_judge_again(first, TODAY)


def test_a_push_that_is_run_again_finds_its_own_registration() -> None:
    ours = Version(name="loans", number="4", digest="sha256:a", tags={"ci_mlops.verdict_digest": "sha256:v"})

    assert why_judge_again(VERDICT, replace(TODAY, champion=ours)) == ""


def test_the_first_report_was_held_to_no_gate() -> None:
    first = replace(VERDICT, verdict="not_applicable", champion=None)

    assert why_judge_again(first, replace(TODAY, champion=None)) == ""


def test_what_was_not_judged_is_judged_now() -> None:
    verdict = replace(VERDICT, verdict="not_evaluated")

    assert why_judge_again(verdict, TODAY) == "nothing was judged"


def test_what_a_later_merge_registered_is_nothing_that_an_older_one_is_held_against() -> None:
    later = Version(name="loans", number="4", digest="sha256:c")

    assert why_judge_again(VERDICT, replace(TODAY, champion=later, is_outrun=True)) == ""
    # all else is
    assert why_judge_again(VERDICT, replace(TODAY, fingerprint="0" * 64, is_outrun=True)) != ""

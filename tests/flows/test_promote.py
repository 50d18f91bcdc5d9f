"""Story `promote`: a version goes up one rung, and only by what it was registered with."""

from dataclasses import replace
from pathlib import Path

import pytest

from ci_mlops.errors import BadConfig, RegistryFailed
from ci_mlops.flows.promote import promote
from ci_mlops.flows.promotion import next_step
from ci_mlops.flows.register import register
from ci_mlops.ladder.chain import link
from ci_mlops.records import Change, Promotion, Stay, Version
from ci_mlops.report.codec import encode, seal
from tests.flows.lenders import judged, lenders

LADDER = ("staging", "canary", "production")


def holders(**numbers):
    return {
        stage: Version(name="loans", number=number, digest=f"sha256:{number}")
        for stage, number in numbers.items()
    }


@pytest.fixture
def team(tmp_path):
    return lenders(tmp_path)


@pytest.fixture
def store(team):
    return next(iter(team.registries.values()))


@pytest.fixture
def staged(team):
    verdict = judged(team)
    register(team.tools, team.project(), team.output)
    return verdict


def test_what_staging_holds_takes_production_and_it_is_said(team, store, staged):
    dry = promote(team.tools, team.project(), dry_run=True)
    before = store.pointer("loans", "production")
    done = promote(team.tools, team.project())

    assert before is None
    assert dry.said == (
        f"would move production to loans version 1, {staged.candidate.digest}",
        "  held: ladder: it has taken staging by the ladder",
        "  held: verdict: its verdict is passed",
        "  would be tried: files: the stored files are fetched and held against what was judged",
    )
    assert done.said == (f"moved production to loans version 1, {staged.candidate.digest}",)
    assert store.pointer("loans", "production").number == "1"


def test_promoting_again_moves_nothing(team, staged):
    promote(team.tools, team.project())
    again = promote(team.tools, team.project(), "production")

    assert again.said == (
        "nothing to promote: production holds version 1 already, which is what staging holds",
    )
    assert again.exit_code == 0


def test_files_that_are_not_what_was_judged_stop_it_before_a_pointer_moves(team, store, staged):
    stored = store.stored["loans"][0]
    Path(stored.uri).write_text("7")

    with pytest.raises(RegistryFailed, match="not what was judged"):
        promote(team.tools, team.project())
    assert store.pointer("loans", "production") is None


@pytest.mark.parametrize(
    ("evidence", "why"),
    [
        (None, "no verdict.json that can be read lies beside it"),
        (b"{}", "no verdict.json that can be read lies beside it"),
    ],
)
def test_a_version_without_a_whole_verdict_stays(team, store, staged, evidence, why):
    kept = store.beside["loans", "1"]
    kept.pop("verdict.json")
    if evidence is not None:
        kept["verdict.json"] = evidence
    done = promote(team.tools, team.project())

    assert done.said == (f"loans version 1 stays at staging: {why}",)
    assert done.exit_code == 1


def test_a_pointer_that_was_moved_by_hand_stops_the_way_up_until_somebody_has_looked(team, store):
    judged(team, "blocked", 1)
    register(team.tools, team.project(), team.output)
    store.move("loans", "staging", "1")

    with pytest.raises(RegistryFailed, match="staging points to version 1, but the trail has nothing there"):
        promote(team.tools, team.project())
    assert store.pointer("loans", "production") is None


def test_the_event_tells_who_did_it_by_which_verdict_and_what_was_replaced(team, store, staged):
    tools = replace(team.tools, actor=lambda: "anna")

    promote(tools, team.project(), reason="for the spring campaign")

    *_, event = link(store.entries("loans")).events
    assert (event.kind, event.stage, event.source, event.version) == (
        "promoted",
        "production",
        "staging",
        "1",
    )
    assert (event.actor, event.reason, event.replaces) == ("anna", "for the spring campaign", "")
    assert (event.digest, event.verdict_digest) == (staged.candidate.digest, staged.verdict_digest)
    assert [one.settled for one in store.entries("loans")] == [True, True]


def test_a_verdict_of_another_registration_is_not_taken(team, store, staged):
    store.stored["loans"][0] = replace(
        store.stored["loans"][0],
        tags={**store.stored["loans"][0].tags, "ci_mlops.verdict_digest": "sha256:0"},
    )
    done = promote(team.tools, team.project())

    assert done.said[0].endswith("its tags name another verdict than was registered, by the audit trail")


def test_a_model_that_was_exchanged_with_its_verdict_and_its_tags_is_told_by_the_trail(team, store, staged):
    other = staged.candidate.digest[:-4] + "0000"
    verdict = seal(replace(staged, candidate=replace(staged.candidate, digest=other)))
    store.beside["loans", "1"]["verdict.json"] = encode(verdict)
    told = {"ci_mlops.digest": other, "ci_mlops.verdict_digest": verdict.verdict_digest}
    one = store.stored["loans"][0]
    store.stored["loans"][0] = replace(one, digest=other, tags={**one.tags, **told})
    done = promote(team.tools, team.project(), dry_run=True)

    assert done.exit_code == 1
    assert done.said[0].endswith("its tags name another model than was registered, by the audit trail")


def test_a_change_that_is_not_merged_promotes_nothing(team, staged):
    project = team.project()
    proposed = replace(project, change=Change(platform="github", event="pull_request"))

    with pytest.raises(BadConfig, match="not merged"):
        promote(team.tools, proposed)


def test_a_branch_of_somebodys_own_does_not_say_what_a_stage_asks_for(team, store, staged):
    elsewhere = Change(platform="github", event="branch", base_ref="main")

    with pytest.raises(BadConfig, match="is not its word") as refused:
        promote(team.tools, replace(team.project(), change=elsewhere))
    assert refused.value.mend == "Run it on main."
    assert store.pointer("loans", "production") is None


def test_no_stage_is_left_out():
    step = next_step(LADDER, holders(staging="8", canary="7"), "production")

    assert (step.version.number, step.source) == ("7", "canary")


def test_several_steps_are_asked_about():
    held = holders(staging="8", canary="7", production="6")

    with pytest.raises(BadConfig, match="staging -> canary, canary -> production"):
        next_step(LADDER, held, None)
    assert isinstance(next_step(LADDER, held, "canary"), Promotion)


def test_the_same_model_under_another_number_is_no_step():
    held = holders(staging="8", canary="7")
    held["canary"] = replace(held["canary"], digest=held["staging"].digest)

    assert next_step(LADDER[:2], held, None) == Stay(
        reason="canary holds version 7 already, which is what staging holds"
    )


@pytest.mark.parametrize(
    ("wanted", "said"), [("staging", "is the first stage"), ("live", "is none of the stages")]
)
def test_a_stage_that_nothing_can_be_promoted_to_is_refused(wanted, said):
    with pytest.raises(BadConfig, match=said):
        next_step(LADDER, holders(staging="1"), wanted)

"""Story `rollback`: back to a version that held the stage, once it has shown that it is what was judged."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ci_mlops.errors import BadConfig, RegistryFailed, TrainingFailed
from ci_mlops.files.digest import tree_digest
from ci_mlops.flows.history import history
from ci_mlops.flows.promote import promote
from ci_mlops.flows.register import register
from ci_mlops.flows.rollback import rollback
from ci_mlops.ladder.back import Target
from ci_mlops.ladder.chain import link
from tests.flows.lenders import judged, lenders
from tests.flows.loans import git

PRODUCTION = Target(stage="production")


@pytest.fixture
def team(tmp_path):
    return lenders(tmp_path)


@pytest.fixture
def store(team):
    return next(iter(team.registries.values()))


def released(team, factor: str) -> None:
    """One more model all the way up."""
    text = (team.folder / "train.py").read_text()
    (team.folder / "train.py").write_text(text.replace("* 1.0", f"* {factor}"))
    if factor != "1.0":
        team.commit()
        git(team.folder, "branch", "-f", "main")
    judged(team)
    register(team.tools, team.project(), team.output)
    promote(team.tools, team.project())


@pytest.fixture
def twice(team, store):
    """Production went from version 1 to version 2."""
    released(team, "1.0")
    released(team, "1.1")
    assert store.pointers("loans") == {"staging": "2", "production": "2"}
    return team


def test_production_goes_back_after_the_version_has_scored_as_it_did_when_it_was_judged(twice, store):
    dry = rollback(twice.tools, twice.project(), PRODUCTION, dry_run=True)
    still = store.pointers("loans")["production"]
    done = rollback(twice.tools, twice.project(), PRODUCTION, reason="complaints")

    *_, event = link(store.entries("loans")).events
    assert dry.said[0].startswith("would move production back to loans version 1, sha256:")
    assert still == "2"
    assert done.said[0].startswith("moved production back to loans version 1, sha256:")
    assert store.pointers("loans") == {"staging": "2", "production": "1"}
    assert (event.kind, event.version, event.replaces, event.reason) == (
        "rolled_back",
        "1",
        "2",
        "complaints",
    )
    (condition,) = event.conditions
    assert condition.held
    assert condition.told == "version 1 scored 40 rows, and 1 metric is what it was when it was judged"


def test_there_is_nothing_to_go_back_to_after_one_release(team):
    released(team, "1.0")

    done = rollback(team.tools, team.project(), PRODUCTION)

    assert (done.said, done.exit_code) == (
        ("nothing to roll back: production held no other before version 1",),
        1,
    )


def test_a_version_whose_files_were_damaged_is_refused_before_the_pointer_moves(twice, store):
    Path(store.stored["loans"][0].uri).write_text("7")

    for unscored in (False, True):
        with pytest.raises(RegistryFailed, match="not what was judged"):
            rollback(twice.tools, twice.project(), PRODUCTION, unscored=unscored)
    assert store.pointers("loans")["production"] == "2"
    assert len(store.entries("loans")) == 4


def test_a_version_that_can_not_be_scored_is_refused_with_the_way_out(twice, store):
    (twice.folder / "score.py").write_text("raise SystemExit(3)\n")

    with pytest.raises(TrainingFailed) as refused:
        rollback(twice.tools, twice.project(), PRODUCTION)
    done = rollback(twice.tools, twice.project(), PRODUCTION, unscored=True)

    assert "--unscored" in refused.value.mend
    assert done.exit_code == 0
    assert store.pointers("loans")["production"] == "1"
    *_, event = link(store.entries("loans")).events
    assert "not asked to score" in event.conditions[0].told


def test_a_version_that_scores_differently_than_it_did_stays_where_it_is(twice, store):
    text = (twice.folder / "score.py").read_text()
    (twice.folder / "score.py").write_text(text.replace("> limit", "< limit"))

    done = rollback(twice.tools, twice.project(), PRODUCTION)

    assert done.exit_code == 1
    assert "production stays where it is: version 1 scored" in done.said[0]
    assert "when it was judged" in done.said[0]
    assert store.pointers("loans")["production"] == "2"


def test_a_version_that_never_held_the_stage_is_for_promote(twice, store):
    with pytest.raises(BadConfig, match="Version 9 never held production") as refused:
        rollback(twice.tools, twice.project(), Target(stage="production", version="9"))
    assert "production held: 1, 2." in refused.value.mend


def test_back_to_what_a_day_had(team, store):
    day = datetime(2026, 3, 1, tzinfo=UTC)
    for number, factor in enumerate(("1.0", "1.1", "1.2")):
        team.today = day + timedelta(days=number)
        released(team, factor)

    asked = Target(stage="production", at=day + timedelta(hours=5))
    done = rollback(team.tools, team.project(), asked, unscored=True)
    before = rollback(team.tools, team.project(), replace(asked, at=day - timedelta(days=1)))

    assert "production back to loans version 1" in done.said[0]
    assert before.said == ("nothing to roll back: production held nothing at 2026-02-28 00:00 UTC",)


def test_a_moment_that_has_not_come_is_refused_and_a_day_may_be_today(twice, store):
    tomorrow, later = twice.today + timedelta(hours=20), twice.today + timedelta(days=2)

    with pytest.raises(BadConfig, match="has not come yet"):
        rollback(twice.tools, twice.project(), replace(PRODUCTION, at=later))
    with pytest.raises(BadConfig, match="has not come yet"):
        history(twice.tools, twice.project(), at=later)
    assert history(twice.tools, twice.project(), at=tomorrow).at.startswith(twice.today.isoformat()[:16])


def test_a_version_that_another_hand_put_back_is_not_told_as_taken_by_its_old_event(twice, store):
    rollback(twice.tools, twice.project(), PRODUCTION, unscored=True)
    store.move("loans", "production", "2")

    _, held = history(twice.tools, twice.project()).held
    assert (held.stage, held.version, held.event) == ("production", "2", None)


def test_whatever_is_wrong_with_the_trail_a_rollback_works_at_night(twice, store):
    store.trail["loans"][0] = replace(store.trail["loans"][0], text="{}")
    store.move("loans", "staging", "1")

    with pytest.raises(RegistryFailed, match="does not add up"):
        promote(twice.tools, twice.project())
    done = rollback(twice.tools, twice.project(), PRODUCTION, unscored=True)
    told = history(twice.tools, twice.project())

    assert "version 1" in done.said[0]
    assert told.events[-1].event.found == {"staging": "1"}
    assert {fault.code for fault in told.faults} >= {"unreadable"}


def test_a_damaged_model_is_refused_though_its_registration_was_taken_out_of_the_trail(twice, store):
    one = store.stored["loans"][0]
    Path(one.uri).write_text("7")
    other = tree_digest(Path(one.uri))
    store.stored["loans"][0] = replace(one, digest=other, tags={**one.tags, "ci_mlops.digest": other})
    store.trail["loans"] = store.trail["loans"][1:]

    done = rollback(twice.tools, twice.project(), PRODUCTION, unscored=True)

    assert done.exit_code == 1
    assert "its tags name another model than was registered" in done.said[0]
    assert store.pointers("loans")["production"] == "2"


def test_a_version_that_was_deleted_is_passed_over_where_nobody_named_it(twice, store):
    released(twice, "1.2")
    del store.stored["loans"][1]

    done = rollback(twice.tools, twice.project(), PRODUCTION, unscored=True)

    assert "production back to loans version 1" in done.said[0]


def test_no_reason_keeps_a_rollback_from_being_written_down(twice, store):
    done = rollback(twice.tools, twice.project(), PRODUCTION, unscored=True, reason="caf\udce9 " * 9999)

    *_, event = link(store.entries("loans")).events
    assert done.exit_code == 0
    assert event.reason.startswith("caf\N{REPLACEMENT CHARACTER} ")
    assert len(event.reason) < 1100

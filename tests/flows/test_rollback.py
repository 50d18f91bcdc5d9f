"""Story `rollback`: back to a version that held the stage, once it has shown that it is what was judged."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ci_mlops.errors import BadConfig, BadData, RegistryFailed, TrainingFailed
from ci_mlops.files.digest import tree_digest
from ci_mlops.flows.history import acknowledge, history
from ci_mlops.flows.promote import promote
from ci_mlops.flows.register import register
from ci_mlops.flows.rollback import rollback
from ci_mlops.ladder.back import Target
from ci_mlops.ladder.chain import link
from ci_mlops.records import Change
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


def changed(team, old: str, new: str) -> None:
    """Another model, on main."""
    team.replace("train.py", old, new)
    team.commit()
    git(team.folder, "branch", "-f", "main")


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
    soon, later = twice.today + timedelta(minutes=2), twice.today + timedelta(days=2)
    end_of_today = twice.today.replace(hour=23, minute=59, second=59, microsecond=999_999)
    end_of_minute = twice.today.replace(second=59, microsecond=999_999)

    for ahead in (soon, later, end_of_today + timedelta(days=1)):
        with pytest.raises(BadConfig, match="has not come yet"):
            rollback(twice.tools, twice.project(), replace(PRODUCTION, at=ahead))
        with pytest.raises(BadConfig, match="has not come yet"):
            history(twice.tools, twice.project(), at=ahead)
    for begun in (end_of_today, end_of_minute):
        told = history(twice.tools, twice.project(), at=begun)
        assert told.at.startswith(twice.today.isoformat()[:16])


def test_a_version_that_only_another_hand_put_there_is_passed_over_and_named_where_somebody_looked(
    team, store
):
    released(team, "1.0")
    changed(team, "* 1.0", "* 1.1")
    judged(team, "blocked", 1)
    register(team.tools, team.project(), team.output)
    store.move("loans", "production", "2")
    changed(team, "* 1.1", "* 1.0 * 1.2")
    judged(team)
    register(team.tools, team.project(), team.output)
    named = Target(stage="production", version="2")

    assert [fault.code for fault in history(team.tools, team.project()).faults] == ["moved_elsewhere"]
    with pytest.raises(RegistryFailed, match="does not add up"):
        promote(team.tools, team.project())
    back = rollback(team.tools, team.project(), Target(), unscored=True)
    assert "moved production back to loans version 1" in back.said[0]
    with pytest.raises(BadConfig, match="Version 2 came to production by another hand"):
        rollback(team.tools, team.project(), named, dry_run=True)

    store.move("loans", "production", "2")
    acknowledge(team.tools, team.project(), "an emergency, ticket 7")
    assert history(team.tools, team.project()).faults == ()
    promote(team.tools, team.project())
    plain, other = (rollback(team.tools, team.project(), one, dry_run=True) for one in (Target(), named))
    assert "would move production back to loans version 1" in plain.said[0]
    assert "would move production back to loans version 2" in other.said[0]


def test_a_merge_that_changes_nothing_is_no_word_about_a_blocked_version_that_another_hand_put_there(
    team, store
):
    released(team, "1.0")
    changed(team, "* 1.0", "* 1.1")
    judged(team, "blocked", 1)
    register(team.tools, team.project(), team.output)
    store.move("loans", "staging", "2")
    merged = team.commit("Words")
    pushed = replace(team.project(), change=Change(platform="github", event="push", head=merged))

    done = register(team.tools, pushed, team.output)

    assert "is this very model already" in done.said[0]
    assert [fault.code for fault in history(team.tools, team.project()).faults] == ["moved_elsewhere"]


def test_another_hand_that_goes_back_takes_down_like_a_rollback(twice, store):
    released(twice, "1.2")
    store.move("loans", "production", "2")
    acknowledge(twice.tools, twice.project(), "by hand, at night")

    done = rollback(twice.tools, twice.project(), PRODUCTION, dry_run=True)

    assert "would move production back to loans version 1" in done.said[0]


def test_without_a_stage_it_is_the_highest_that_has_held_a_version_and_never_one_below(team, store):
    released(team, "1.0")
    changed(team, "* 1.0", "* 1.1")
    judged(team)
    register(team.tools, team.project(), team.output)

    done = rollback(team.tools, team.project(), Target(), dry_run=True)

    assert store.pointers("loans") == {"staging": "2", "production": "1"}
    assert (done.said, done.exit_code) == (
        ("nothing to roll back: production held no other before version 1",),
        1,
    )


def test_files_that_are_gone_are_told_as_such_though_their_verdict_is_gone_too(twice, store):
    Path(store.stored["loans"][0].uri).unlink()
    store.beside["loans", "1"].clear()

    for unscored in (False, True):
        with pytest.raises((RegistryFailed, BadData)):
            rollback(twice.tools, twice.project(), PRODUCTION, unscored=unscored)


def test_a_version_that_mlflow_made_by_hand_is_refused_in_the_dry_run_too(twice, store):
    store.stored["loans"][0] = replace(store.stored["loans"][0], digest="", tags={})

    for dry_run in (True, False):
        done = rollback(twice.tools, twice.project(), PRODUCTION, dry_run=dry_run, unscored=True)
        assert done.exit_code == 1
        assert "was not registered by ci-mlops" in done.said[0]


def test_the_commit_that_names_the_registry_is_scored_with_it(twice, store):
    config = (twice.folder / "ci-mlops.yml").read_text()
    twice.write("ci-mlops.yml", config.replace("registry/mlflow.db", "elsewhere/mlflow.db"))
    twice.commit("The registry moved")
    twice.registries[f"sqlite:///{twice.folder}/elsewhere/mlflow.db"] = store
    del twice.registries[f"sqlite:///{twice.folder}/registry/mlflow.db"]

    done = rollback(twice.tools, twice.project(base="HEAD~1"), PRODUCTION)

    assert done.said[0].startswith("moved production back to loans version 1")


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

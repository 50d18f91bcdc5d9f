"""Jobs that were killed beside their pointer, and other hands that move it later: neither passes for the other."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest

from ci_mlops.flows.ladder import carry_out, finish, follows, read_ladder
from ci_mlops.ladder.pointers import LONGEST_MOVE, pointer_faults
from ci_mlops.records import AuditEvent, Version
from ci_mlops.records.tags import LAST_EVENT
from tests.fakes.registry import FakeRegistry

NAME, STAGES = "credit", ("staging", "production")
BEGAN = datetime(2026, 3, 1, tzinfo=UTC)
SOON, LATER = timedelta(minutes=5), LONGEST_MOVE + timedelta(minutes=5)


class KilledError(BaseException):
    pass


@pytest.fixture
def registry(tmp_path) -> FakeRegistry:
    made = FakeRegistry(tmp_path, STAGES)
    made.stored[NAME] = list(versions().values())
    return made


def versions() -> dict[str, Version]:
    return {str(n): Version(name=NAME, number=str(n), digest=f"sha256:{n}") for n in range(1, 5)}


def move(registry, version: str, after: timedelta, *, stage: str = "production", killed_at: str = "") -> None:
    """`killed_at`: the call of the registry in front of which the job ends."""
    about, now = versions()[version], BEGAN + after
    told = {"id": "", "at": "", "previous": "", "version": version, "digest": about.digest}
    event = AuditEvent(kind="promoted", stage=stage, **told)
    ladder = finish(registry, state(registry), known(registry), now)
    with pytest.MonkeyPatch.context() as patched:
        if killed_at:
            patched.setattr(registry, killed_at, killed)
        with contextlib.suppress(KilledError):
            carry_out(registry, follows(ladder, event, now), about)


def killed(*_: object) -> None:
    raise KilledError


def known(registry) -> dict[str, Version]:
    return {one.number: one for one in registry.versions(NAME)}


def state(registry):
    return read_ladder(registry, NAME, STAGES)


def codes(registry) -> list[str]:
    return [fault.code for fault in pointer_faults(state(registry).pointed)]


@pytest.mark.parametrize("killed_at", ["move", "settle"])
def test_what_a_killed_job_left_is_settled_by_whoever_comes_when_it_must_have_ended(registry, killed_at):
    move(registry, "1", SOON)
    move(registry, "2", SOON, killed_at=killed_at)
    assert not state(registry).trail.links[-1].settled

    said: list[str] = []
    done = finish(registry, state(registry), known(registry), BEGAN + SOON + LATER, said.append)

    assert registry.pointers(NAME) == {"production": "2"}
    assert done.trail.links[-1].settled
    assert len(said) == (killed_at == "move")
    registry.move(NAME, "production", "1")
    assert codes(registry) == ["moved_elsewhere"]


def test_a_job_that_may_still_live_is_not_settled_for(registry):
    move(registry, "1", SOON)
    move(registry, "2", SOON, killed_at="move")

    done = finish(registry, state(registry), known(registry), BEGAN + SOON + SOON)

    assert registry.pointers(NAME) == {"production": "2"}
    assert not done.trail.links[-1].settled


def test_a_hand_that_moves_to_where_a_job_of_long_ago_was_killed_is_found(registry):
    move(registry, "2", SOON, killed_at="settle")
    move(registry, "3", 2 * SOON)
    registry.move(NAME, "production", "2")
    assert codes(registry) == ["unfinished"], "the killed job may be about to be"
    registry.move(NAME, "production", "3")

    # whoever adds an event has looked at all pointers
    move(registry, "1", SOON + LATER, stage="staging")
    registry.move(NAME, "production", "2")

    assert codes(registry) == ["moved_elsewhere"]


def test_settling_late_leaves_the_newest_event_of_a_version_named(registry):
    move(registry, "2", SOON, killed_at="settle")
    move(registry, "2", 2 * SOON, stage="staging")
    newest = known(registry)["2"].tags[LAST_EVENT]

    finish(registry, state(registry), known(registry), BEGAN + SOON + LATER)

    assert all(link.settled for link in state(registry).trail.links)
    assert known(registry)["2"].tags[LAST_EVENT] == newest

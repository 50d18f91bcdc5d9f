"""
Jobs that promote, roll back and register at once, and are killed: every step of each in an order that a seed decides.

The registry is in memory, so that one step is one call and thousands of orders are tried; the races against real
ones are in tests/registries/race.py.
"""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from ci_mlops.flows.ladder import carry_out, finish, follows, read_ladder, until_it_counts
from ci_mlops.ladder.chain import link
from ci_mlops.ladder.holders import holders
from ci_mlops.ladder.pointers import pointer_faults
from ci_mlops.records import AuditEvent, Version
from tests.fakes.registry import FakeRegistry

STAGES = ("staging", "production")
NAME = "credit"


class KilledError(BaseException):
    """Nothing catches it, like a kill."""


@dataclass
class Orchestra:
    """One baton: whoever holds it takes one step; the seed says who is next, and who dies before or after a step."""

    seed: int
    deadly: float
    turn: threading.Condition = field(default_factory=threading.Condition)
    waiting: dict[int, bool] = field(default_factory=dict)
    """Player -> may go on."""
    players: int = 0

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)

    def step(self, player: int, act: Callable[[], object]) -> object:
        with self.turn:
            self.waiting[player] = False
            self._next()
            self.turn.wait_for(lambda: self.waiting[player])
            del self.waiting[player]
            fate = self.dice.random()
            if fate < self.deadly / 2:
                raise KilledError
            done = act()
            if fate < self.deadly:
                raise KilledError
            return done

    def leave(self) -> None:
        with self.turn:
            self.players -= 1
            self._next()

    def _next(self) -> None:
        """All that are left wait at their step: one of them may take it."""
        if self.waiting and len(self.waiting) == self.players:
            self.waiting[self.dice.choice(sorted(self.waiting))] = True
            self.turn.notify_all()


@dataclass
class Stepping:
    """A registry of which every call is one step."""

    orchestra: Orchestra
    player: int
    inner: FakeRegistry

    def __getattr__(self, name: str) -> Callable[..., object]:
        real = getattr(self.inner, name)
        return lambda *given: self.orchestra.step(self.player, lambda: real(*given))


@dataclass
class Diary:
    """The truth, written down by whoever saw an event take its place; knows nothing of chains."""

    held: dict[str, str] = field(default_factory=dict)
    moves: int = 0


def versions() -> dict[str, Version]:
    return {str(n): Version(name=NAME, number=str(n), digest=f"sha256:{n}") for n in range(1, 9)}


def play(registry: object, player: int, dice: random.Random, clock: Callable[[], datetime]) -> None:
    known = versions()
    version = known[str(player + 1)]
    kind, stage = dice.choice(
        [("promoted", "production"), ("rolled_back", "production"), ("registered", "staging")]
    )
    event = AuditEvent(
        id="",
        at="",
        previous="",
        version=version.number,
        digest=version.digest,
        kind=kind,
        stage=stage,
    )
    ladder = finish(registry, read_ladder(registry, NAME, STAGES), known, clock())
    if kind == "registered":
        until_it_counts(registry, NAME, STAGES, lambda now: (follows(now, event, clock()), version))
    else:
        carry_out(registry, follows(ladder, event, clock()), version)


def concert(inner: FakeRegistry, seed: int, deadly: float, players: int = 4) -> None:
    orchestra = Orchestra(seed, deadly, players=players)
    began = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=seed)

    def one(player: int) -> None:
        try:
            play(Stepping(orchestra, player, inner), player, random.Random(seed * 7 + player), lambda: began)
        except KilledError:
            pass
        finally:
            orchestra.leave()

    threads = [threading.Thread(target=one, args=(player,)) for player in range(players)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads)


@pytest.fixture
def inner(tmp_path) -> FakeRegistry:
    made = FakeRegistry(tmp_path, STAGES)
    made.stored[NAME] = list(versions().values())
    return made


def state(registry: FakeRegistry):
    return read_ladder(registry, NAME, STAGES)


@pytest.mark.parametrize("seed", range(60))
def test_whatever_the_order_pointers_end_where_the_trail_says(inner, seed):
    for again in range(3):
        concert(inner, seed + 1000 * again, deadly=0)

        ladder = state(inner)
        assert ladder.trail.faults == ()
        assert pointer_faults(ladder.pointed) == []
        assert inner.pointers(NAME) == dict(holders(ladder.trail.events))


@pytest.mark.parametrize("seed", range(120))
def test_whoever_is_killed_wherever_the_next_one_finishes_it(inner, seed):
    for again in range(3):
        concert(inner, seed + 1000 * again, deadly=0.12)

        ladder = state(inner)
        assert ladder.trail.faults == ()
        told = {fault.code for fault in pointer_faults(ladder.pointed)}
        assert told <= {"unfinished"}, (again, ladder.pointed)
        finished = finish(inner, ladder, versions(), datetime(2026, 3, 1, tzinfo=UTC))
        assert pointer_faults(finished.pointed) == []
        assert inner.pointers(NAME) == dict(holders(ladder.trail.events))


def test_the_orders_that_were_tried_do_hold_races_and_kills(tmp_path):
    late = unfinished = 0
    for seed in range(60):
        inner = FakeRegistry(tmp_path / str(seed), STAGES)
        inner.stored[NAME] = list(versions().values())
        concert(inner, seed, deadly=0.12)
        ladder = state(inner)
        late += sum(one.standing == "late" for one in ladder.trail.links)
        unfinished += any(one.unfinished for one in ladder.pointed)

    assert late > 20
    assert unfinished > 5


@pytest.mark.parametrize("seed", range(40))
def test_a_pointer_that_another_hand_moves_amid_all_that_is_found(inner, seed):
    concert(inner, seed, deadly=0)
    dice = random.Random(seed)
    stage = dice.choice(STAGES)
    inner.pointing[NAME, stage] = "8"

    (fault,) = pointer_faults(state(inner).pointed) if state(inner).trail.links else (None,)

    assert fault is not None
    assert (fault.code, fault.about) == ("moved_elsewhere", f"{stage}:8")


@pytest.mark.parametrize("seed", range(40))
def test_what_is_done_to_any_one_entry_is_found(inner, seed):
    for again in range(4):
        concert(inner, seed + 1000 * again, deadly=0.05)
    dice = random.Random(seed)
    kept = inner.trail[NAME]
    # a late attempt at the very end moves nothing, and nothing names it
    place = dice.randrange(len(kept) - 1)
    entry = kept[place]
    match dice.randrange(3):
        case 0:
            del kept[place]
        case 1:
            kept[place] = replace(entry, text=entry.text.replace('"version":"', '"version":"9'))
        case 2:
            kept[place] = replace(entry, text=entry.text.replace('"id":"', '"id":"f'), digest="sha256:f")
    from ci_mlops.ladder.versions import version_faults

    faults = [*link(kept).faults, *version_faults(link(kept), inner.versions(NAME))]

    assert faults


@dataclass
class Lagging(FakeRegistry):
    """Shows an entry some looks after it was written."""

    looks: int = 0

    def entries(self, name):
        self.looks += 1
        return super().entries(name)[: -1 if self.looks < 3 else None]


def test_a_server_whose_search_lags_behind_is_waited_for(tmp_path):
    lagging = Lagging(tmp_path, STAGES, stored={NAME: list(versions().values())})
    empty = read_ladder(FakeRegistry(tmp_path, STAGES), NAME, STAGES)
    event = AuditEvent(
        id="",
        at="",
        previous="",
        version="1",
        digest="sha256:1",
        kind="registered",
        stage="staging",
    )

    assert (
        carry_out(lagging, follows(empty, event, datetime(2026, 3, 1, tzinfo=UTC)), versions()["1"]) is None
    )
    assert lagging.pointers(NAME) == {"staging": "1"}

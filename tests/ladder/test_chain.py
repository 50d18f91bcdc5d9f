"""Events in the registry's order: which count, which came late, and what was done to them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from ci_mlops.ladder.chain import Trail, encode, link, text_digest
from ci_mlops.ladder.holders import founded, holders, lineage, until
from ci_mlops.records import AuditEvent, Entry

BEGAN = datetime(2026, 3, 1, tzinfo=UTC)


def event(number: int, previous: str, **changes) -> AuditEvent:
    at = (BEGAN + timedelta(hours=number)).isoformat(timespec="milliseconds")
    told = {"kind": "promoted", "version": str(number), "digest": f"sha256:{number}", "stage": "staging"}
    return AuditEvent(**{"id": f"e{number}", "at": at, "previous": previous, **told, **changes})


def entry(number: int, one: AuditEvent, **changes) -> Entry:
    text = encode(one)
    return replace(Entry(number=number, text=text, digest=text_digest(text), settled=True), **changes)


def chain(count: int) -> list[Entry]:
    entries, head = [], ""
    for number in range(1, count + 1):
        entries.append(entry(number, event(number, head)))
        head = entries[-1].digest
    return entries


def codes(trail: Trail) -> list[tuple[str, int]]:
    return [(fault.code, fault.number) for fault in trail.faults]


def test_a_whole_chain_has_no_fault_and_each_event_counts():
    trail = link(chain(5))

    assert codes(trail) == []
    assert [one.version for one in trail.events] == ["1", "2", "3", "4", "5"]
    assert holders(trail.events) == {"staging": "5"}


def test_of_two_that_decided_upon_the_same_state_the_first_counts():
    first, *_ = entries = chain(1)
    winner, loser = event(2, first.digest, version="8"), event(3, first.digest, version="9")
    after = event(4, text_digest(encode(winner)), version="10")

    trail = link([*entries, entry(2, winner), entry(3, loser), entry(4, after)])

    assert codes(trail) == []
    assert [one.version for one in trail.events] == ["1", "8", "10"]
    assert trail.standing(loser) == "late"


def test_two_that_begin_a_trail_at_once_make_one():
    one, other = event(1, ""), event(2, "", version="7")

    trail = link([entry(1, one), entry(2, other)])

    assert (codes(trail), trail.events) == ([], (one,))


def test_an_entry_that_was_written_twice_counts_once():
    first, second = chain(2)

    trail = link([first, second, replace(second, number=3)])

    assert codes(trail) == []
    assert len(trail.events) == 2


@pytest.mark.parametrize("place", [0, 1, 4])
def test_an_edited_text_is_found_wherever_it_is(place):
    entries = chain(5)
    edited = entries[place].text.replace("promoted", "registered")
    entries[place] = replace(entries[place], text=edited)

    assert codes(link(entries)) == [("edited", place + 1)]


def test_a_text_that_was_edited_with_its_digest_breaks_what_follows():
    entries = chain(5)
    text = entries[2].text.replace("promoted", "registered")
    entries[2] = replace(entries[2], text=text, digest=text_digest(text))

    assert codes(link(entries)) == [("unlinked", 4)]


def test_a_deleted_entry_is_missed_and_breaks_what_follows():
    entries = chain(5)
    del entries[2]

    trail = link(entries)

    assert codes(trail) == [("missing", 3), ("unlinked", 4)]
    # what is left still says who holds the stage
    assert holders(trail.events) == {"staging": "5"}


def test_what_is_no_event_can_be_read_by_nobody_and_is_told():
    entries = chain(3)
    entries[1] = replace(entries[1], text="{")

    assert codes(link(entries)) == [("unreadable", 2), ("unlinked", 3)]


def test_an_event_that_was_put_between_is_late_and_moves_nothing():
    entries = chain(3)
    forged = entry(4, event(4, entries[0].digest, version="666"))

    trail = link([*entries, forged])

    assert holders(trail.events) == {"staging": "3"}


def test_an_event_before_the_one_that_it_follows_is_told():
    entries = chain(2)
    back = event(3, entries[-1].digest, at=BEGAN.isoformat(timespec="milliseconds"))

    assert codes(link([*entries, entry(3, back)])) == [("backdated", 3)]


def test_keys_that_a_newer_version_writes_are_bound_too():
    first = entry(1, event(1, ""))
    text = first.text.replace("{", '{"a_new_key":1,', 1)
    newer = replace(first, text=text, digest=text_digest(text))
    after = entry(2, event(2, newer.digest))

    assert codes(link([newer, after])) == []


Steps = st.lists(st.tuples(st.sampled_from(["staging", "production"]), st.integers(1, 9)), max_size=30)


@given(Steps, st.integers(0, 30))
def test_holders_at_a_time_are_what_a_diary_says(steps, hour):
    entries, head, diary = [], "", {}
    for number, (stage, version) in enumerate(steps, 1):
        one = entry(number, event(number, head, stage=stage, version=str(version)))
        entries.append(one)
        head = one.digest
        if number <= hour:
            diary[stage] = str(version)

    trail = link(entries)

    assert codes(trail) == []
    assert holders(until(trail.events, BEGAN + timedelta(hours=hour))) == diary


def test_rolled_back_twice_leads_one_further_back():
    told = [("promoted", "1"), ("promoted", "2"), ("promoted", "3"), ("rolled_back", "2")]
    events = [event(at, "", kind=kind, version=version) for at, (kind, version) in enumerate(told)]

    assert lineage(events, "staging") == ("1", "2")
    assert lineage([*events, event(9, "", kind="rolled_back", version="1")], "staging") == ("1",)
    assert lineage([*events, event(9, "", version="4")], "staging") == ("1", "2", "4")


@pytest.mark.parametrize(
    ("told", "way"),
    [
        # what was there before the trail is where a first release goes back to
        ([("promoted", "2", {"staging": "1"})], ("1", "2")),
        # never let up by the ladder
        ([("promoted", "1", {}), ("promoted", "3", {"staging": "2"})], ("1", "3")),
        # back by hand
        ([("promoted", "1", {}), ("promoted", "2", {}), ("acknowledged", "2", {"staging": "1"})], ("1",)),
        ([("promoted", "1", {}), ("promoted", "2", {}), ("promoted", "3", {"staging": "1"})], ("1", "3")),
    ],
)
def test_what_another_hand_did_is_no_rung_unless_it_was_one(told, way):
    events = [
        event(
            at, "", kind=kind, version=version, found=found, stage="" if kind == "acknowledged" else "staging"
        )
        for at, (kind, version, found) in enumerate(told)
    ]

    assert lineage(events, "staging") == way


@pytest.mark.parametrize(
    ("told", "may"),
    [
        ([("promoted", "2", {"staging": "1"})], {"1"}),
        ([("promoted", "1", {}), ("registered", "3", {"staging": "2"})], set()),
        ([("promoted", "1", {}), ("acknowledged", "3", {"staging": "2"})], {"2"}),
        # a merge came between the hand and the word about it
        ([("promoted", "1", {}), ("registered", "3", {"staging": "2"}), ("acknowledged", "3", {})], {"2"}),
        (
            [
                ("promoted", "1", {}),
                ("registered", "3", {"staging": "2"}),
                ("promoted", "3", {}),
                ("acknowledged", "3", {}),
            ],
            set(),
        ),
    ],
)
def test_what_was_found_may_be_gone_back_to_where_somebody_looked_while_it_was_there(told, may):
    events = [
        event(at, "", kind=kind, version=version, found=found, stage="staging" if kind == "promoted" else "")
        for at, (kind, version, found) in enumerate(told)
    ]

    assert founded(events, "staging") == may

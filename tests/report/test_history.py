"""The history as people read it, and that nothing in it comes alive."""

from dataclasses import replace

import pytest

from ci_mlops.records import AuditEvent, Fault
from ci_mlops.records.history import Held, History, Told
from ci_mlops.report.history import HISTORY_FORMATS, render_history
from tests.report import inert
from tests.report.payloads import PAYLOADS, poisoned

RUNS = "https://github.com/acme/credit/actions/runs"


def event(number, **more):
    told = AuditEvent(
        id="e",
        kind="promoted",
        at=f"2026-03-01T10:0{number}:00.000+00:00",
        previous="",
        version=str(number),
        digest="sha256:0",
        stage="production",
        replaces="1",
        verdict="passed",
        reason="alarms since two o'clock",
        actor="mary",
        change="#12",
        run=f"{RUNS}/88{number}",
        **more,
    )
    return Told(number=number, event=told, digest="sha256:1", standing="valid", settled=True)


TOLD = History(
    name="credit",
    at="2026-03-01T12:00:00.000+00:00",
    head="sha256:" + "ab" * 32,
    events=(event(1), event(2)),
    held=(Held(stage="staging", version=""), Held(stage="production", version="2", event=event(2).event)),
)


def test_a_terminal_shows_numbers_of_runs_and_once_where_they_are():
    text = render_history(TOLD, "terminal", width=80)

    assert max(map(len, text.splitlines())) <= 80
    assert text.count(RUNS) == 1
    assert text.endswith(f"Runs: {RUNS}/...\n")
    assert [line.split()[-1] for line in text.splitlines() if "mary" in line][1:] == ["882", "881"]


def test_a_summary_links_each_run_and_tells_the_newest_event_before_what_may_be_too_long_for_it():
    text = render_history(TOLD, "markdown")
    long = render_history(replace(TOLD, events=tuple(event(1) for _ in range(9000))), "markdown")

    assert f"| {RUNS}/882 |" in text
    assert TOLD.head in long
    assert "Older events were left out" in long
    assert len(long.encode()) < 1024 * 1024


def test_the_newest_event_is_told_also_where_something_does_not_add_up():
    text = render_history(
        replace(TOLD, faults=(Fault(code="missing", number=3, told="event 3 is missing"),)),
        "markdown",
        now=True,
    )

    assert "- event 3 is missing" in text
    assert f"The newest event: `{TOLD.head}`" in text


def test_a_registry_of_before_the_trail_is_told_as_found():
    found = History(name="credit", at=TOLD.at, head="", held=(Held(stage="production", version="7"),))
    text = render_history(found, "terminal")

    assert "found there" in text
    assert "The trail holds no event yet: the first one will tell what it finds." in text


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda one: one.name)
def test_nothing_that_is_written_into_an_event_comes_alive(payload):
    def spoiled(told):
        return replace(told, event=replace(poisoned(told.event, payload.text), at=told.event.at))

    bad = replace(
        TOLD,
        name=payload.text,
        head=payload.text,
        events=tuple(map(spoiled, TOLD.events)),
        held=(Held(stage=payload.text, version=payload.text, event=spoiled(TOLD.events[0]).event),),
        faults=(Fault(code="missing", told=payload.text),),
    )

    inert.check_markdown(render_history(bad, "markdown"), comments=0)
    inert.check_terminal(render_history(bad, "terminal", width=80, colour=True), colour=True)
    for dialect in HISTORY_FORMATS:
        assert not inert.COMMAND.search(render_history(bad, dialect))

"""A waived rule does not block, and nothing else is let through with it."""

from dataclasses import replace

import pytest

from ci_mlops.evaluation.outcome import BLOCKED, PASSED, UNDECIDED, rule_on
from ci_mlops.evaluation.waive import waive
from ci_mlops.records import GateResult, GateRule, Limit, Policy, Waiver
from ci_mlops.records.search import SearchRule

TODAY = "2026-11-23"


def result(
    status,
    metric="recall",
    slice=None,  # noqa: A002
    *,
    number=0,
    severity="block",
    undecided="block",
    kind="max_regression",
):
    return GateResult(
        metric=metric,
        slice=slice,
        rule=Limit(kind=kind, value=0.05),
        severity=severity,
        undecided=undecided,
        status=status,
        champion=0.8,
        candidate=0.7,
        improvement=-0.1,
        low=-0.15,
        high=-0.06,
        reason=f"{metric} says so",
        number=number,
    )


def waiver(metric="recall", **given):
    return Waiver(metric=metric, reason="the sensor is replaced", until="2026-12-31", **given)


def of(*waivers, rules=2, slices=("region", "sex", "region & sex"), **more):
    gate = GateRule(metric="recall", limit=Limit(kind="min", value=0.5))
    given = {"task": "classification", "metrics": (), "gates": (gate,) * rules, "slices": slices}
    return Policy(**given, waivers=waivers, **more)


def ruled(gates, *waivers, today=TODAY, **more):
    results, uses = waive(gates, of(*waivers, **more), today)
    return rule_on(results), [use.status for use in uses], results


@pytest.mark.parametrize("status", ["broken", "undecided"])
def test_a_waived_rule_passes_and_says_so(status):
    ruling, uses, results = ruled([result(status), result("held", "accuracy", number=1)], waiver(by="Ada"))

    assert (ruling.outcome, ruling.exit_code, uses) == ("passed", PASSED, ["used"])
    assert ruling.reason == "1 of 2 rules hold; 1 waived."
    assert (results[0].status, results[0].waiver.by, results[0].blocks) == (status, "Ada", False)
    assert results[1].waiver is None


def test_another_broken_rule_blocks_all_the_same():
    ruling, uses, _ = ruled([result("broken"), result("broken", "accuracy", number=1)], waiver())

    assert (ruling.outcome, ruling.exit_code, uses) == ("blocked", BLOCKED, ["used"])
    assert "accuracy says so" in ruling.reason


@pytest.mark.parametrize(("status", "code"), [("broken", BLOCKED), ("undecided", UNDECIDED)])
def test_one_slice_waives_no_other_slice_of_the_same_rule(status, code):
    gates = [result("broken", slice="region=north"), result(status, slice="region=south")]

    assert ruled(gates, waiver(slice="region=north"))[0].exit_code == code
    assert ruled(gates, waiver(slice="region"))[0].exit_code == PASSED
    assert ruled(gates, waiver(slice="*"))[0].exit_code == PASSED
    assert ruled(gates, waiver())[0].exit_code == PASSED


def test_a_slice_waives_nothing_on_all_rows():
    ruling, uses, _ = ruled([result("broken")], waiver(slice="*"))

    assert (ruling.exit_code, uses) == (BLOCKED, ["unmatched"])


def test_a_limit_narrows_to_that_limit():
    gates = [result("broken"), result("broken", kind="min", number=1)]

    assert ruled(gates, waiver(limit="min"))[0].exit_code == BLOCKED
    assert ruled(gates, waiver(limit="min"), waiver(limit="max_regression"))[0].exit_code == PASSED


@pytest.mark.parametrize(
    ("today", "use", "code"), [("2026-12-31", "used", PASSED), ("2027-01-01", "expired", BLOCKED)]
)
def test_a_waiver_holds_to_the_end_of_its_last_day(today, use, code):
    ruling, uses, _ = ruled([result("broken")], waiver(), today=today)

    assert (ruling.exit_code, uses) == (code, [use])


def test_an_expired_waiver_stands_in_no_others_way():
    late = replace(waiver(), until="2026-01-01")

    assert ruled([result("broken")], late, waiver())[1] == ["expired", "used"]


@pytest.mark.parametrize(
    ("gate", "use"),
    [
        (result("held"), "idle"),
        (result("skipped"), "idle"),
        (result("broken", severity="warn"), "idle"),
        (result("undecided", slice="region=north", undecided="warn"), "idle"),
        (result("broken", "accuracy"), "unmatched"),
    ],
)
def test_a_waiver_that_is_of_no_use_is_named(gate, use):
    _, uses, results = ruled([gate], waiver())

    assert (uses, results[0]) == ([use], gate)


def test_without_waivers_nothing_changes():
    gates = (result("broken"), result("undecided", "accuracy", number=1))

    assert waive(gates, of(), "") == (gates, ())


CROSSED = [result("broken", slice="region=north & sex=f")]


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ("region", BLOCKED),
        ("sex", BLOCKED),
        ("region & sex", PASSED),
        ("region  &  sex", PASSED),
        ("*", PASSED),
    ],
)
def test_a_column_waives_no_crossing_and_a_crossing_does(named, code):
    assert ruled(CROSSED, waiver(slice=named))[0].exit_code == code


SEARCH = SearchRule(columns=("region", "sex"), severity="block")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, BLOCKED),
        ({"slice": "*"}, BLOCKED),
        ({"limit": "max_regression"}, BLOCKED),
        ({"limit": "search"}, PASSED),
        ({"limit": "search", "slice": "region & sex"}, PASSED),
        ({"limit": "search", "slice": "region"}, BLOCKED),
    ],
)
def test_only_a_waiver_that_names_the_search_waives_it(given, code):
    found = [result("broken", "accuracy", slice="region=north & sex=f", number=2)]

    assert ruled(found, waiver("accuracy", **given), slices=(), search=SEARCH)[0].exit_code == code


def test_a_waiver_of_the_search_waives_no_gate():
    assert ruled([result("broken")], waiver(limit="search"))[0].exit_code == BLOCKED

"""What a reader who was not there takes from a sentence: counts of what they name, and reasons where they look for them."""

from dataclasses import replace

import pytest

from ci_mlops.records import GateResult, Grouping, Limit
from ci_mlops.report import headline, render
from ci_mlops.report.effect import effect
from ci_mlops.report.inline import to_markdown
from ci_mlops.report.notes import footnote
from ci_mlops.report.thresholds import thresholds
from tests.report import cost_verdicts, verdicts
from tests.report.slice_verdicts import SEARCH
from tests.report.verdicts import COST, NORTH, RECALL, YOUNG, base, gated, measured


def found_by_search(one):
    return GateResult(
        metric="expected_cost",
        slice=one.slice,
        rule=Limit(kind="max_regression", value=0.0),
        severity="block",
        undecided="warn",
        status="broken",
        champion=one.champion,
        candidate=one.candidate,
        improvement=one.champion - one.candidate,
        low=-one.at_most,
        high=-one.at_least,
        reason="searched 64 slices",
        where="ci-mlops.yml:9",
        number=3,
    )


def searched(*more):
    return base(
        verdict="blocked",
        exit_code=1,
        measurements=(COST, RECALL),
        gates=(gated(COST, "improve"), *map(found_by_search, SEARCH.worse), *more),
        search=replace(SEARCH, correction="Holm"),
    )


def test_slices_that_a_search_found_are_counted_as_slices_and_the_cost_of_the_whole_is_told():
    v = searched()

    assert to_markdown(headline(v)) == (
        "Model gate blocked: expected cost on `region = north & age = 25 to 40` is worse than the champion, "
        "and on 1 more slice"
    )
    told = to_markdown(effect(v))
    assert told.startswith(
        "**1 of 2 rules is broken, on 2 slices.** **Expected cost falls by 25\u00a0%**: €10.63 → €8.00"
    )


def test_rules_are_counted_apart_from_slices():
    v = searched(gated(RECALL, "min", 0.9, status="broken"), gated(RECALL, "min", 0.95, status="broken"))

    assert to_markdown(headline(v)).endswith("the champion, and on 1 more slice; 2 more rules broken")
    assert to_markdown(effect(v)).startswith("**3 of 4 rules are broken.**")


@pytest.mark.parametrize(
    ("slice_", "told"),
    [
        ("region=nroth", "no row of the test data is in slice region=nroth; did you mean `region=north`?"),
        ("region=xyz", "no row of the test data is in slice region=xyz"),
    ],
)
def test_a_rule_on_a_slice_that_no_row_is_in_says_so(slice_, told):
    gate = replace(
        gated(measured("recall", None, None, slice=slice_), "max_regression", 0.05, status="undecided"),
        reason=f"no row of the test data is in slice {slice_}",
    )
    v = base(measurements=(RECALL, NORTH), gates=(gated(RECALL, "min", 0.5), gate))
    [row] = [line for line in render(v, "github").splitlines() if f"in slice {slice_}" in line]

    assert row.rstrip(" |").endswith(f"at most 5\u00a0pp below champion: {told}")


@pytest.mark.parametrize(
    ("units", "told"), [(671.0, "one draw."), (120.0, "one draw: they tell as much as 120 of one size.")]
)
def test_a_number_of_buckets_is_not_told_as_one_of_customers(units, told):
    v = replace(verdicts.passed(), grouping=Grouping(column="customer", units=units))

    assert f"Rows of one `customer` depend on each other and count as {told}" in to_markdown(footnote(v))


def test_a_threshold_that_capacity_bounds_is_no_minimum_of_the_cost():
    v = cost_verdicts.over_capacity()

    assert to_markdown(thresholds(v)).endswith("at least expected cost within 130 alarms a day.")
    unbounded = replace(v, cost=replace(v.cost, capacity=None))
    assert to_markdown(thresholds(unbounded)).endswith("at least expected cost.")


def test_slices_that_are_better_in_some_metric_say_so_and_the_selection_rate_is_neither():
    f1 = replace(NORTH, metric="f1")
    rate = replace(YOUNG, metric="selection_rate", improvement=-0.05, low=-0.1, high=-0.01)
    v = base(measurements=(RECALL, NORTH, YOUNG, f1, rate), gates=(gated(RECALL, "min", 0.5),))

    assert "</b>: 2 checked, 1 better in at least one of 2 metrics, 0 worse<" in render(v, "github")
    assert to_markdown(effect(v)).endswith("no slice is shown to be worse.")


def test_between_models_that_say_the_same_no_slice_is_the_worst():
    v = replace(verdicts.passed(), identical=True)

    assert "could be found 4 times in 5" not in render(v, "github")
    assert "Largest" not in render(v, "github")
    assert "Smallest" not in render(v, "github")


@pytest.mark.parametrize(
    ("m", "kind", "told"),
    [
        (replace(YOUNG, candidate=0.6, improvement=-0.103), "max_regression", "Largest drop of recall:"),
        (YOUNG, "max_regression", "Smallest rise of recall:"),
        (replace(YOUNG, metric="brier", higher_is_better=False), "max", "Highest Brier score:"),
        (YOUNG, "min", "Lowest recall:"),
    ],
)
def test_a_slice_is_named_for_what_is_extreme_of_it(m, kind, told):
    v = base(measurements=(RECALL, m), gates=(gated(RECALL, "min", 0.5), gated(m, kind, 0.3)))

    assert f"**{told}**" in render(v, "markdown")


def test_a_verdict_that_was_not_reached_says_nothing_of_what_was_run():
    failed = verdicts.ALL["not_evaluated"]()

    assert "Isolation" not in render(failed, "github")
    assert "Isolation" in render(verdicts.passed(), "github")


@pytest.mark.parametrize(
    ("block", "told"),
    [
        (None, "too few groups (by `customer`) that differ"),
        (86400.0, "too few stretches of time that differ"),
    ],
)
def test_slices_of_too_few_patients_are_not_told_as_slices_of_too_few_rows(block, told):
    v = replace(searched(), grouping=Grouping(column="customer", units=80.0, block=block))

    assert told in render(v, "markdown")

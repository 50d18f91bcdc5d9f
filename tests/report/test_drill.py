"""What a verdict says of the rules behind its mark, in one line."""

from dataclasses import replace

import pytest

from ci_mlops.records import DrillSummary
from ci_mlops.report import render
from tests.report.verdicts import passed

PLAIN = DrillSummary(sabotages=13, harmful=8, stopped=8)


def line(drill):
    text = render(replace(passed(), drill=drill), "markdown")
    return text.partition("Drill: ")[2].partition("\n")[0]


def test_a_verdict_that_was_not_drilled_says_nothing_of_it():
    assert line(None) == ""


@pytest.mark.parametrize(
    ("given", "ending"),
    [
        ({}, "."),
        (
            {"decoration": ("precision >= 0.55", "accuracy >= 0.1")},
            "; `precision >= 0.55`, `accuracy >= 0.1` stopped none.",
        ),
        (
            {"let_through": ("Every answer inverted",)},
            "; **NOT STOPPED**, though worse than a rule allows: `Every answer inverted`.",
        ),
        ({"undecided": ("A",)}, "; these rows can't show the harm of: `A`."),
        ({"allowed": ("A", "B")}, "; within what they allow: `A`, `B`."),
        ({"unwatched": ("A", "B", "C", "D", "E")}, "; no blocking rule looks at: `A`, `B`, `C` and 2 more."),
        (
            {"blocked": ("The champion itself",)},
            "; stopped, though no worse than the champion: `The champion itself`.",
        ),
    ],
)
def test_the_line_says_how_many_were_stopped_and_what_is_wrong_with_the_rules(given, ending):
    assert (
        line(replace(PLAIN, **given)) == f"these rules stop 8 of 8 harmful sabotages of the champion{ending}"
    )


def test_where_no_sabotage_does_harm_nothing_is_said_of_the_rules():
    told = line(replace(PLAIN, harmful=0, stopped=0, decoration=("a",)))

    assert (
        told
        == "no sabotage of the champion is shown to do harm on these rows, so it says nothing of the rules."
    )


def test_a_slice_can_write_no_link_into_the_line():
    told = line(replace(PLAIN, let_through=("Answers inverted on region=[x](https://evil.example) @all",)))

    assert "`Answers inverted on region=[x](https://evil.example) @all`" in told

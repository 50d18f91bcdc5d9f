"""What `cost` may say, and what is wrong with what it may not."""

import pytest

from ci_mlops.config import parse_config
from ci_mlops.config.edits import policy_digest, policy_edits, policy_keys

from .conftest import CLASSIFICATION

PRICES = "false_negative: 500, false_positive: 20"


def cost_of(inside, text=CLASSIFICATION):
    return parse_config(f"{text}cost: {{{inside}}}\n").policy().cost


@pytest.mark.parametrize(
    ("written", "a_year"),
    [
        ("200000", 200_000),
        ("0.5", 0.5),
        ("200000 per year", 200_000),
        ("200 000 per year", 200_000),
        ("3000 per month", 36_000),
        ("10 per week", 520),
        ("500 per day", 182_500),
        ("1_000/day", 365_000),
    ],
)
def test_a_volume_is_decisions_a_year(written, a_year):
    assert cost_of(f"{PRICES}, volume: {written}").volume == a_year


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("-5", "`volume` must be above 0 decisions"),
        ("0 per day", "`volume` must be above 0 decisions"),
        (".inf", "`volume` must be above 0 decisions"),
        ("true", "`True` is no number of decisions"),
        ("many", "`many` is no number of decisions"),
        ("500 per lifetime", "`500 per lifetime` is no number of decisions"),
    ],
)
def test_what_is_no_volume_is_refused(told, written, what):
    (problem,) = told(f"{CLASSIFICATION}cost: {{{PRICES}, volume: {written}}}\n")

    assert problem == (
        f"{what} | ci-mlops.yml:6 cost.volume | Write `200000 per year`, `3000 per month`, `500 per day`, "
        "or a number of decisions a year."
    )


def test_a_volume_is_policy_and_its_edit_is_told():
    before, after = (
        parse_config(f"{CLASSIFICATION}cost: {{{PRICES}{more}}}\n") for more in ("", ", volume: 500 per day")
    )

    assert policy_edits(before, after) == ("cost.volume: none -> 182500",)
    assert "cost.volume" not in policy_keys(before)
    assert policy_digest(before) != policy_digest(after)

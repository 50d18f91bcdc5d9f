"""Waivers as they are written, and what is told of those that are not."""

import datetime as dt

import pytest

from ci_mlops.config import parse_config, policy_digest, policy_edits
from ci_mlops.config.waiver_settings import WaiverSettings
from ci_mlops.errors import Problems
from ci_mlops.records import Waiver

CONFIG = """\
model: loans
task: classification
data:
  train: data/train.csv
  test: {path: data/test.csv, target: default, positive: "yes"}
train: {run: python train.py, model: {path: model}}
gates:
  - {metric: recall, max_regression: 0.05}
"""
ONE = 'waivers:\n  - {metric: recall_score, limit: must, reason: "a sensor", until: 2026-12-31, by: Ada}\n'


def problem(waiver):
    with pytest.raises(Problems) as error:
        parse_config(f"{CONFIG}waivers:\n  - {waiver}\n")
    (one,) = error.value.problems
    return one


def test_a_waiver_is_read_with_its_date_as_it_is_written():
    policy = parse_config(CONFIG + ONE).policy()

    assert policy.waivers == (
        Waiver(
            metric="recall",
            limit="improve",
            reason="a sensor",
            until="2026-12-31",
            by="Ada",
            where="ci-mlops.yml:10",
        ),
    )


def test_a_date_that_another_reader_made_is_the_same_date():
    read = WaiverSettings(metric="recall", reason="a sensor", until=dt.date(2026, 12, 31))

    assert read.until == "2026-12-31"


@pytest.mark.parametrize(
    ("until", "what"),
    [
        ("next year", "`until` must be a date; found `next year`"),
        ("31.12.2026", "`until` must be a date; found `31.12.2026`"),
        ("2026-02-30", "`until` must be a date; no calendar has `2026-02-30`"),
        ("20261231", "`until` must be a date; found `20261231`"),
        ("2026-12-31T10:00", "`until` must be a date; found `2026-12-31T10:00`"),
    ],
)
def test_what_is_no_date_is_told_with_how_to_write_one(until, what):
    told = problem(f"{{metric: recall, reason: a sensor, until: {until}}}")

    assert (told.what, told.where) == (what, "ci-mlops.yml:10 waivers[0].until")
    assert told.mend == "Write the last day that it holds, as `2026-12-31`."


@pytest.mark.parametrize(
    ("waiver", "what"),
    [
        ("{metric: recall, until: 2026-12-31}", "`waivers[0].reason` is missing"),
        ("{metric: recall, reason: a sensor}", "`waivers[0].until` is missing"),
        ("{reason: a sensor, until: 2026-12-31}", "`waivers[0].metric` is missing"),
        ("{metric: recal, reason: a sensor, until: 2026-12-31}", "unknown metric `recal`"),
        (
            "{metric: recall, limit: improve, reason: a sensor, until: 2026-12-31}",
            "`limit` must be `min`, `max`, `max_regression`, `must` or `search`; found the text `improve`",
        ),
    ],
)
def test_a_waiver_that_lacks_or_misspells_something_is_refused(waiver, what):
    assert problem(waiver).what == what


def test_a_rule_is_waived_once():
    one = "{metric: recall, reason: a sensor, until: 2026-12-31}"

    assert problem(f"{one}\n  - {one}").what == "`recall` is waived already, in waivers[0]"


def test_a_waiver_is_an_edit_of_the_policy():
    base, head = parse_config(CONFIG), parse_config(CONFIG + ONE)

    assert policy_edits(base, head) == ("waivers.recall.must: none -> until 2026-12-31 by Ada: a sensor",)
    assert policy_digest(base) != policy_digest(head)


@pytest.mark.parametrize(
    ("key", "what"),
    [
        ("overlap: forbid", "`overlap` must be `exclude`, `refuse` or `tell`; found the text `forbid`"),
        ("worn_out: 0", "`worn_out` must be a whole number of 1 or more; found `0`"),
        ("worn_out: many", "`worn_out` must be a whole number of 1 or more; found `many`"),
    ],
)
def test_what_proves_a_fair_comparison_is_checked(key, what):
    with pytest.raises(Problems) as error:
        parse_config(CONFIG.replace("target: default", f"target: default, {key}"))

    assert [one.what for one in error.value.problems] == [what]


def test_the_policy_on_overlap_and_wear_is_read_from_base():
    base = parse_config(CONFIG)
    head = parse_config(CONFIG.replace("target: default", "target: default, overlap: tell, worn_out: 9"))

    assert policy_edits(base, head) == ("data.test.overlap: exclude -> tell", "data.test.worn_out: 40 -> 9")


@pytest.mark.parametrize("named", ["regoin", "region & sex", "region=", "age=40"])
def test_the_slice_of_a_waiver_is_checked_as_that_of_a_gate(named):
    sliced = CONFIG.replace("target: default", "target: default, slices: [region, {age: [25, 40]}]")
    with pytest.raises(Problems) as error:
        parse_config(f"{sliced}{ONE.replace('limit: must', f'slice: {named}')}")

    assert [one.where for one in error.value.problems] == ["ci-mlops.yml:10 waivers[0].slice"]


def test_a_waiver_of_the_search_is_read_with_columns_that_are_only_searched():
    searched = CONFIG.replace(
        "target: default", "target: default, search: {columns: [channel], severity: block}"
    )
    (waiver,) = (
        parse_config(f"{searched}{ONE.replace('limit: must', 'limit: search, slice: channel')}")
        .policy()
        .waivers
    )

    assert (waiver.limit, waiver.slice) == ("search", "channel")

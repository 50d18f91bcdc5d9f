"""Rows that a model was trained on prove nothing: they are left out, or nothing is decided."""

import pytest

from ci_mlops.evaluation.outcome import Ruling
from ci_mlops.flows.overlap import held_back, overlap_of, why_undecided
from ci_mlops.flows.validate import validate
from tests.flows.rules import found_rules, with_share

PASSED = Ruling(outcome="passed", reason="All rules hold.", exit_code=0)
BLOCKED = Ruling(outcome="blocked", reason="One is broken.", exit_code=1)


def test_what_is_not_known_is_none_and_says_whose():
    overlap = overlap_of({"candidate": 12, "champion": None}, excluded=12)

    assert (overlap.candidate, overlap.champion, overlap.excluded) == (12, None, 12)
    assert overlap.reason == "champion: it kept no record of the rows that it was fitted on"


@pytest.mark.parametrize(
    ("seen", "has_champion", "whose"),
    [
        ({"candidate": None, "champion": 5}, True, "the candidate was"),
        ({"candidate": 5, "champion": None}, True, "the champion was"),
        ({"candidate": None, "champion": None}, True, "the candidate and the champion were"),
        ({"candidate": None}, False, "the candidate was"),
    ],
)
def test_unknown_rows_of_a_shared_file_decide_nothing(seen, has_champion, whose):
    why = why_undecided(overlap_of(seen, 0), trained_on=True, has_champion=has_champion)

    assert whose in why
    assert held_back(PASSED, why) == Ruling(outcome="undecided", reason=why, exit_code=10)
    assert held_back(BLOCKED, why).exit_code == 10


def test_rows_of_their_own_need_no_record():
    unknown = overlap_of({"candidate": None, "champion": None}, 0)

    assert held_back(PASSED, why_undecided(unknown, trained_on=False, has_champion=True)) == PASSED


def test_known_rows_of_a_shared_file_are_judged():
    known = overlap_of({"candidate": 3, "champion": 4}, 5)

    assert why_undecided(known, trained_on=True, has_champion=True) == ""


def test_a_test_file_that_is_training_data_passes_nobody(tmp_path):
    """The script saves its model by itself, so nobody noted what it was fitted on."""
    team = found_rules(tmp_path)
    team.git("checkout", "-q", "main")
    test = (team.folder / "data" / "test.csv").read_text()
    team.write("data/train.csv", test)
    team.pin()
    team.commit("Train on what is tested")
    team.git("checkout", "-q", "-B", "change")
    with_share(team, 0.595)

    verdict = validate(team.tools, team.project(), team.output)

    assert (verdict.verdict, verdict.exit_code) == ("undecided", 10)
    assert "The test file is training data too" in verdict.reason

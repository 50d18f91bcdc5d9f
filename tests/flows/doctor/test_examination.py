"""The story: all looks are taken, and none hides another."""

import pytest

from ci_mlops.errors import BadConfig, BadData, Problems
from ci_mlops.flows.doctor.check import exit_code_of, fine, problem, warning
from ci_mlops.flows.doctor.examination import TOPICS, examine
from tests.flows.doctor.patients import patient_of
from tests.flows.rules import found_rules


@pytest.fixture
def team(tmp_path):
    return found_rules(tmp_path)


def test_a_healthy_project_has_no_problem(team):
    checks = examine(patient_of(team))

    assert [check for check in checks if check.status == "problem"] == []
    assert exit_code_of(checks) == 0
    assert {check.name.partition(".")[0] for check in checks} >= {
        "config",
        "data",
        "training",
        "power",
        "git",
    }


def test_nothing_is_changed_by_looking(team):
    before = team.git("status", "--porcelain", "--ignored")
    examine(patient_of(team))

    assert team.git("status", "--porcelain", "--ignored") == before


def test_a_look_that_breaks_keeps_what_it_saw_and_hides_no_other(team):
    def broken(patient):
        yield fine("broken.first", "seen")
        raise ZeroDivisionError("of ours")

    checks = examine(
        patient_of(team), {"broken": broken, "sound": lambda patient: iter([fine("sound", "is")])}
    )

    assert [check.name for check in checks] == ["broken.first", "broken", "sound"]
    assert "ZeroDivisionError: of ours" in checks[1].what
    assert checks[1].where.startswith("/") or ":" in checks[1].where
    assert exit_code_of(checks) == 3


def test_several_problems_of_one_failure_are_told_one_by_one(team):
    def failing(patient):
        raise Problems([BadConfig("one", mend="do"), BadConfig("two")])
        yield

    assert [check.what for check in examine(patient_of(team), {"failing": failing})] == ["one", "two"]


def test_a_config_that_can_not_be_read_leaves_the_rest_untried_and_says_so(team):
    team.write("ci-mlops.yml", "model: loans\ntask: nothing\n")
    checks = examine(patient_of(team))
    status = {check.name: check.status for check in checks}

    assert status["config"] == "problem"
    assert status["data"] == status["registry"] == status["power"] == "not_tried"
    assert status["tools.git"] == "ok"
    assert exit_code_of(checks) == 2


def test_every_topic_is_a_file_with_a_look():
    from importlib import import_module

    assert all(callable(import_module(f"ci_mlops.flows.doctor.{topic}").look) for topic in TOPICS)


@pytest.mark.parametrize(("codes", "gravest"), [((), 0), ((6, 4), 4), ((5, 6), 5), ((2, 3), 2), ((3,), 3)])
def test_what_comes_first_in_a_run_is_the_gravest(codes, gravest):
    checks = [problem("a", "b", exit_code=code) for code in codes] + [warning("c", "d"), fine("e", "f")]

    assert exit_code_of(checks) == gravest


def test_an_expected_failure_of_a_look_is_told_with_its_mend(team):
    def failing(patient):
        raise BadData("gone", where="there", mend="fetch it")
        yield

    (check,) = examine(patient_of(team), {"data": failing})

    assert (check.what, check.where, check.mend, check.exit_code) == ("gone", "there", "fetch it", 4)

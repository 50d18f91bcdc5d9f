"""`ci-mlops doctor`, through the door."""

import json

import pytest

from ci_mlops.cli.doctor import as_lines
from ci_mlops.flows.doctor.check import fine, not_tried, problem
from tests.bad_inputs import project
from tests.flows.rules import found_rules


@pytest.fixture
def team(tmp_path, monkeypatch):
    team = found_rules(tmp_path)
    monkeypatch.chdir(team.folder)
    monkeypatch.setenv("CI_MLOPS_CACHE", str(team.cache))
    for name in ("GITHUB_TOKEN", "GH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return team


def run(capsys, monkeypatch, *options):
    code = project.door(["doctor", *options], monkeypatch)
    return code, capsys.readouterr().out


def test_a_healthy_project_ends_with_0(team, capsys, monkeypatch):
    code, said = run(capsys, monkeypatch)

    assert code == 0
    assert "ok       data.id" in said
    assert said.splitlines()[-1].startswith("No problem, ")


def test_json_has_the_same_looks_and_the_exit_code(team, capsys, monkeypatch):
    team.replace("ci-mlops.yml", "target: default", "target: gone")
    code, said = run(capsys, monkeypatch, "--format", "json")
    document = json.loads(said)

    assert code == document["exit_code"] == 4
    assert document["schema"] == "ci-mlops/doctor/v1"
    assert all(
        set(check) == {"name", "status", "what", "where", "mend", "exit_code"} for check in document["checks"]
    )
    (wrong,) = [check for check in document["checks"] if check["status"] == "problem"]
    assert (wrong["name"], wrong["where"]) == ("data.target", "ci-mlops.yml:5")


def test_a_config_that_is_not_there_is_told_and_the_rest_is_looked_at(team, capsys, monkeypatch):
    code, said = run(capsys, monkeypatch, "--config", "other/ci-mlops.yml")

    assert code == 2
    assert "there is no config" in said
    assert "tools.git" in said


def test_what_is_to_be_mended_has_its_place_and_mend_below_it():
    lines = as_lines(
        [
            fine("a", "Good.", "here"),
            problem("data.b", "Bad\x1b[31m.", exit_code=4, where="there:1", mend="Do."),
            not_tried("c", "Not."),
        ]
    )

    assert lines == [
        "ok       a       Good.",
        "PROBLEM  data.b  Bad [31m.",
        "                 where: there:1",
        "                 mend:  Do.",
        "-        c       Not.",
        "",
        "1 problem, 0 warnings, 1 in order, 1 not tried.",
    ]

"""`ci-mlops validate --all`, through the door."""

import json
from dataclasses import dataclass

import pytest

from ci_mlops.report.codec import read_verdict
from tests.bad_inputs import project
from tests.flows.two_models import found_two


@dataclass
class Done:
    code: int
    out: str

    @property
    def told(self):
        return self.out.strip()


@pytest.fixture
def door(monkeypatch, capsys):
    def run(*arguments):
        code = project.door(arguments, monkeypatch)
        return Done(code=code, out=capsys.readouterr().out)

    return run


@pytest.fixture
def team(tmp_path, monkeypatch):
    team = found_two(tmp_path)
    monkeypatch.chdir(team.folder)
    monkeypatch.setenv("CI_MLOPS_CACHE", str(team.cache))
    return team


def verdict(team, slug):
    return read_verdict(team.folder / ".ci-mlops" / slug / "verdict.json")


def test_only_what_is_touched_is_judged_and_the_gravest_code_is_told(team, door):
    team.replace("models/loans/train.py", "SHARE = 0.6", "SHARE = 0.9")
    team.commit()
    done = door("validate", "--all")

    assert done.code == 1, done.told
    assert verdict(team, "models-loans").verdict == "blocked"
    assert verdict(team, "models-cards").verdict == "not_applicable"
    assert "untouched" in done.told.splitlines()[-2]
    assert team.git("status", "--porcelain") == ""


def test_a_model_that_fails_does_not_stop_the_other(team, door):
    team.write("models/cards/train.py", "raise SystemExit(7)")
    team.replace("models/loans/train.py", "SHARE = 0.6", "SHARE = 0.595")
    team.commit()
    done = door("validate", "--all")

    assert done.code == 6, done.told
    assert verdict(team, "models-cards").verdict == "not_evaluated"
    assert verdict(team, "models-loans").verdict == "passed"


def test_a_removed_model_blocks_and_the_others_are_judged(team, door):
    team.git("rm", "-rq", "models/cards")
    team.replace("models/loans/train.py", "SHARE = 0.6", "SHARE = 0.595")
    team.commit()
    done = door("validate", "--all")

    assert done.code == 2, done.told
    assert verdict(team, "models-cards").model == "cards"
    assert "takes models/cards/ci-mlops.yml away" in verdict(team, "models-cards").reason
    assert verdict(team, "models-loans").verdict == "passed"


def test_a_dry_run_prints_a_matrix_and_writes_nothing(team, door):
    team.replace("models/loans/train.py", "SHARE = 0.6", "SHARE = 0.9")
    team.commit()
    told = door("validate", "--all", "--dry-run", "--format", "json")

    assert told.code == 0
    assert json.loads(told.out) == [
        {"config": "models/loans/ci-mlops.yml", "folder": "models/loans", "name": "loans", "key": "loans"}
    ]
    assert not (team.folder / ".ci-mlops").exists()
    assert "code (train.py)" in door("validate", "--all", "--dry-run").out


def test_every_model_is_told_as_json_after_it_was_judged(team, door):
    team.replace("models/loans/train.py", "SHARE = 0.6", "SHARE = 0.9")
    team.commit()
    told = json.loads(door("validate", "--all", "--format", "json").out)

    assert [(one["name"], one["verdict"], one["exit_code"]) for one in told] == [
        ("cards", "not_applicable", 0),
        ("loans", "blocked", 1),
    ]


@pytest.mark.parametrize("options", [["--all", "--config", "ci-mlops.yml"], ["--dry-run"]])
def test_flags_that_do_not_go_together_are_refused(team, door, options):
    assert door("validate", *options).code == 2

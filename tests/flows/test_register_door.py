"""`ci-mlops register` through its own door, as a process."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows.lenders import judged, lenders


@pytest.fixture
def team(tmp_path):
    return lenders(tmp_path)


@pytest.fixture
def door(team, migrated_database):
    """`ci-mlops register` as its user runs it, on a laptop with a database beside ci-mlops.yml."""
    place = team.folder / "registry" / "mlflow.db"
    place.parent.mkdir()
    shutil.copyfile(migrated_database, place)
    root = Path(__file__).parents[2]

    def run(*words, **environ):
        return subprocess.run(
            [sys.executable, "-c", "from ci_mlops.cli.main import main; main()", *words],
            cwd=root,  # elsewhere: the database must be found all the same
            env={**os.environ, **environ},
            capture_output=True,
            text=True,
            check=False,
        )

    def command(*options, **environ):
        where = ("--config", str(team.folder / "ci-mlops.yml"), "--output", str(team.output))
        return run("register", *where, *options, **environ)

    command.promote = lambda: run("promote", "--config", str(team.folder / "ci-mlops.yml"))
    return command


def test_the_door_says_what_it_would_do_then_does_it(team, door):
    verdict = judged(team)
    digest = verdict.candidate.digest

    dry, done = door("--dry-run"), door()

    assert dry.stdout == (
        f"would register loans, {digest}, with verdict.json, report.md, report.html, ci-mlops.lock, model.json, environment.txt, card.md\nwould move staging to it\n"
    )
    assert done.stdout == f"registered loans version 1, {digest}\nstaging points to it\n"
    assert (dry.returncode, done.returncode) == (0, 0)
    assert done.stderr == ""


def test_what_a_registration_writes_beside_the_code_is_no_other_code(team, door):
    judged(team)
    door()
    again = door()

    assert again.stdout == "nothing to register: version 1 at staging is this very model already\n"
    assert (again.returncode, again.stderr) == (0, "")


def test_the_door_ends_with_the_verdicts_exit_code(team, door):
    judged(team, "undecided", 10)

    done = door()

    assert done.returncode == 10
    assert done.stdout.endswith("no pointer moves: its verdict is undecided\n")


def test_the_door_refuses_a_hosted_runners_disk_with_exit_5(team, door):
    judged(team)

    refused = door(RUNNER_ENVIRONMENT="github-hosted")

    assert refused.returncode == 5
    assert "thrown away after the job" in refused.stderr
    assert "registry.uri: https://" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_version_is_promoted_in_a_real_registry(team, door):
    judged(team)
    door()
    promoted = door.promote()

    assert promoted.returncode == 0, promoted.stderr
    assert promoted.stdout.startswith("moved production to loans version 1, sha256:")

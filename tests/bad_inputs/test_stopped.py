"""A run that is stopped in its midst: nothing of it, or of the run before, is taken for its verdict."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from tests.bad_inputs.project import TRAIN, door, write
from tests.flows.loans import git

LONG = """\
import os, pathlib, time
place = pathlib.Path(os.environ["HOME"], "started")
place.write_text(str(os.getpid()))
time.sleep(60)
"""


@pytest.fixture
def judged(project, monkeypatch):
    """A model that passed, and a base whose training takes a minute, in a checkout of its own."""
    monkeypatch.setenv("TMPDIR", str(project.parent / "tmp"))
    monkeypatch.setenv("HOME", str(project.parent))
    (project.parent / "tmp").mkdir()
    assert door(["pin"], monkeypatch) == 0
    write(project, ".gitignore", "model/\n__pycache__/\n")
    git(project, "init", "-q", "-b", "main")
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", "Begin")
    assert door(["validate"], monkeypatch) == 0
    for train in (LONG, TRAIN):
        write(project, "train.py", train)
        git(project, "commit", "-q", "-a", "-m", "Train otherwise")
    return project


def stopped(folder, number):
    """The program's exit code, once it was stopped in the midst of the training."""
    running = subprocess.Popen(
        [sys.executable, "-m", "ci_mlops.cli", "validate"], cwd=folder, stderr=subprocess.DEVNULL
    )
    started = folder.parent / "started"
    until = time.monotonic() + 60
    while not started.exists() or not started.read_text():
        assert running.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    running.send_signal(number)
    code = running.wait(timeout=30)
    with suppress(ProcessLookupError):
        os.kill(int(started.read_text()), signal.SIGKILL)
    return code


def test_a_run_that_is_killed_leaves_no_verdict_of_the_run_before(judged):
    assert (judged / ".ci-mlops" / "verdict.json").exists()
    stopped(judged, signal.SIGKILL)

    assert not (judged / ".ci-mlops" / "verdict.json").exists()
    assert not (judged / ".ci-mlops" / "report.md").exists()


def test_a_bug_of_ours_leaves_no_verdict_of_the_run_before(judged, monkeypatch):
    def stumble(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr("ci_mlops.flows.validate.validate", stumble)

    assert door(["validate"], monkeypatch) == 3
    assert not (judged / ".ci-mlops" / "verdict.json").exists()


def test_a_file_that_is_no_verdict_of_ours_is_not_removed(project, monkeypatch):
    write(project, "out/verdict.json", '{"schema": "jury"}')
    write(project, "out/report.md", "the team's own")

    def stumble(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr("ci_mlops.flows.validate.validate", stumble)
    door(["pin"], monkeypatch)

    assert door(["validate", "--output", "out"], monkeypatch) == 3
    assert (project / "out" / "verdict.json").exists()
    assert (project / "out" / "report.md").exists()


def test_a_run_that_is_told_to_end_cleans_up_and_says_so(judged):
    code = stopped(judged, signal.SIGTERM)

    assert code == 143
    assert [left.name for left in (judged.parent / "tmp").iterdir()] == []
    assert git(judged, "worktree", "list").count("\n") == 0

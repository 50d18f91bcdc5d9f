"""A scripted history with races and kills, and one race behind a barrier; smaller than by hand, against real registries."""

import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

ROOT = Path(__file__).parents[2]
EVENTS = os.environ.get("TEST_EVENTS", "20")


@pytest.fixture(params=["sqlite_registry_uri", "mlflow_server"])
def uri(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue(request.param)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.timeout(900)
def test_history_at_any_time_is_what_a_diary_says_whoever_is_killed(uri: str) -> None:
    done = run("tests.registries.diary", uri, "--events", EVENTS, "--name", f"diary-{uuid4().hex[:8]}")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 disagreements in 100 looks back; faults at the end: []" in done.stdout


def test_of_warm_jobs_that_promote_at_once_one_wins_each_round(uri: str) -> None:
    done = run(
        "tests.registries.race", uri, "--processes", "5", "--rounds", "3", "--name", f"race-{uuid4().hex[:8]}"
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert '"rounds with one winner": 3' in done.stdout
    assert '"losers that are told as late": 12' in done.stdout

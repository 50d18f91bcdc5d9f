"""`validate` killed at any moment and run again: the same verdict, nothing half-written, nothing left behind."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from ci_mlops.flows import store
from ci_mlops.report.codec import read_verdict
from tests.flows.rules import found_rules, with_share

# 100 by `TEST_KILLS=100`; a run of the suite takes fewer
KILLS = int(os.environ.get("TEST_KILLS", "5"))


def start(team):
    return subprocess.Popen(
        [sys.executable, "-m", "ci_mlops.cli", "validate", "--format", "json"],
        cwd=team.folder,
        env={**os.environ, "CI_MLOPS_CACHE": str(team.cache), "CI_MLOPS_PYTHON": sys.executable},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


@pytest.mark.timeout(60 + 10 * KILLS)
def test_killed_at_any_moment_and_run_again_the_verdict_is_the_same(tmp_path):
    team = found_rules(tmp_path)
    with_share(team, 0.9)
    began = time.monotonic()
    expected = json.loads(start(team).communicate(timeout=60)[0])
    longest = time.monotonic() - began
    dice = random.Random(0)
    for _ in range(KILLS):
        forget(team, dice)
        victim = start(team)
        time.sleep(dice.uniform(0, longest))
        victim.send_signal(signal.SIGKILL)
        victim.communicate(timeout=60)
        nothing_is_half_written(team)
        again = start(team)
        printed = again.communicate(timeout=60)[0]

        assert again.returncode == expected["exit_code"] == 1
        assert told(json.loads(printed)) == told(expected)
        nothing_is_half_written(team)
        nothing_is_left_behind(team)


def told(verdict):
    """All but where a model came from this time."""
    kept = {
        key: verdict[key] for key in ("verdict", "reason", "gates", "measurements", "fingerprint", "cost")
    }
    return kept, verdict["candidate"]["digest"], verdict["champion"]["digest"]


def forget(team, dice):
    """Sometimes nothing is known, sometimes the models are, sometimes there is a finished run."""
    choice = dice.random()
    if choice < 0.6:
        subprocess.run(["rm", "-rf", str(team.cache)], check=True)
    if choice < 0.3:
        subprocess.run(["rm", "-rf", str(team.output)], check=True)


def nothing_is_half_written(team):
    if (team.output / "verdict.json").exists():
        read_verdict(team.output / "verdict.json")
    for place in [*(team.cache / "models").glob("[0-9a-f]*"), *(team.output / "models").glob("c*")]:
        store.get(place)


def nothing_is_left_behind(team):
    assert team.git("status", "--porcelain") == ""
    assert team.git("worktree", "list").count("\n") == 0
    left = [path for path in team.output.rglob("*") if ".tmp" in path.name]
    assert left == []

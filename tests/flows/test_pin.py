"""`ci-mlops pin`: what a person sees, and what a kill leaves behind."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from ci_mlops.datasets.lock import read_lock
from ci_mlops.errors import BadConfig, BadDataProblems
from ci_mlops.flows.pin import check_pins, pin

DOOR = (sys.executable, "-c", "from ci_mlops.cli.main import main; main()")
CONFIG = """\
model: demo
task: classification
data:
  train: data/train
  test: {path: data/test.csv, target: y}
train:
  run: python train.py
  model: {path: model}
"""


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    (folder / "data/train").mkdir(parents=True)
    (folder / "ci-mlops.yml").write_text(CONFIG)
    (folder / "data/test.csv").write_text("x,y\n1,0\n2,1\n")
    (folder / "data/train/a.csv").write_text("x,y\n3,0\n")
    (folder / "data/train/b.bin").write_bytes(b"\0" * 1_234_567)
    return folder


@pytest.fixture
def ci_mlops(project, tmp_path):
    def ci_mlops(*arguments):
        return subprocess.run(
            [*DOOR, *arguments],
            cwd=project,
            env={**os.environ, "CI_MLOPS_CACHE": str(tmp_path / "cache")},
            capture_output=True,
            text=True,
            check=False,
        )

    return ci_mlops


def test_what_was_pinned_is_shown_and_what_changed_against_the_lock_before(project, ci_mlops):
    first = ci_mlops("pin")
    (project / "data/test.csv").write_text("x,y\n1,0\n")
    (project / "data/train/b.bin").unlink()
    (project / "data/train/c.csv").write_text("x,y\n")
    second = ci_mlops("pin")

    assert (first.returncode, first.stderr) == (0, "")
    assert [line.split() for line in first.stdout.splitlines()] == [
        ["new", "test", "data/test.csv", "2", "rows", "12", "B", "f102f9ff"],
        ["new", "train", "data/train/a.csv", "1", "rows", "8", "B", "320553f7"],
        ["new", "train", "data/train/b.bin", "1.2", "MB", "bd00cfe8"],
        ["3", "files", "in", "ci-mlops.lock:", "3", "new;", "commit", "it"],
    ]
    assert [line.split()[:3] for line in second.stdout.splitlines()] == [
        ["changed", "test", "data/test.csv"],
        ["same", "train", "data/train/a.csv"],
        ["removed", "train", "data/train/b.bin"],
        ["new", "train", "data/train/c.csv"],
        ["3", "files", "in"],
    ]
    assert second.stdout.endswith("ci-mlops.lock: 1 new, 1 changed, 1 same, 1 removed; commit it\n")


def test_check_says_that_all_is_well_or_everything_that_is_not(project, ci_mlops):
    ci_mlops("pin")
    well = ci_mlops("pin", "--check")
    (project / "data/test.csv").write_bytes(b"x,y\r\n1,0\r\n2,1\r\n")
    (project / "data/train/a.csv").write_text("x,y\n4,0\n")
    (project / "data/train/c.csv").write_text("x,y\n")
    (project / "data/train/b.bin").unlink()
    lock = (project / "ci-mlops.lock").read_bytes()
    wrong = ci_mlops("pin", "--check")

    assert (well.returncode, well.stdout) == (0, "3 files match ci-mlops.lock\n")
    assert wrong.returncode == 4
    assert (project / "ci-mlops.lock").read_bytes() == lock
    for words in (
        "data/test.csv has Windows line endings (CRLF) where LF was pinned",
        "data/train/a.csv has changed",
        "data/train/b.bin is pinned and missing",
        "data/train/c.csv belongs to `train` and is not pinned",
        "where: ci-mlops.lock:4\n",
        "`ci-mlops pin`",
    ):
        assert words in wrong.stderr


def test_without_a_lock_check_fails_and_names_the_command(ci_mlops):
    done = ci_mlops("pin", "--check")

    assert done.returncode == 4
    assert "ci-mlops.lock is missing" in done.stderr
    assert "`ci-mlops pin`" in done.stderr


def test_data_that_can_not_be_pinned_leaves_the_lock_as_it_was(project, tmp_path):
    pin(project / "ci-mlops.yml", tmp_path / "cache")
    lock = (project / "ci-mlops.lock").read_bytes()
    (project / "data/train/a.csv").write_bytes(b"")
    (project / "data/test.csv").unlink()

    with pytest.raises(BadDataProblems) as caught:
        pin(project / "ci-mlops.yml", tmp_path / "cache")

    assert [(problem.what, problem.where) for problem in caught.value.problems] == [
        ("data/test.csv is missing", "ci-mlops.yml:5"),
        ("data/train/a.csv is empty", "data/train/a.csv"),
    ]
    assert (project / "ci-mlops.lock").read_bytes() == lock


def test_a_lock_with_conflict_markers_is_refused_by_check_and_mended_by_pin(project, ci_mlops):
    ci_mlops("pin")
    whole = (project / "ci-mlops.lock").read_text()
    (project / "ci-mlops.lock").write_text(
        whole.replace("size = 8", "<<<<<<< HEAD\nsize = 8\n=======\nsize = 9\n>>>>>>> x")
    )
    check, mend = ci_mlops("pin", "--check"), ci_mlops("pin")

    assert check.returncode == 4
    assert "unresolved merge conflict" in check.stderr
    assert mend.returncode == 0
    assert "written anew" in mend.stderr
    assert (project / "ci-mlops.lock").read_text() == whole


def test_a_folder_of_many_files_is_told_by_its_changes_and_its_number(project, ci_mlops):
    for number in range(120):
        (project / f"data/train/{number:03}.txt").write_text("x")
    first = ci_mlops("pin").stdout.splitlines()
    (project / "data/train/\x1b[31mred.txt").write_text("x")
    second = ci_mlops("pin").stdout.splitlines()

    assert len(first) == 52
    assert first[-2:] == ["  ... and 73 files more", "123 files in ci-mlops.lock: 123 new; commit it"]
    assert [line.split()[:3] for line in second[:-2]] == [["new", "train", "data/train/?[31mred.txt"]]
    assert second[-1] == "124 files in ci-mlops.lock: 1 new, 123 same; commit it"


def test_a_config_in_another_folder_pins_beside_itself(project, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pinned = pin((project / "ci-mlops.yml").relative_to(tmp_path), tmp_path / "cache")

    assert pinned.lock == project / "ci-mlops.lock"
    assert check_pins(project / "ci-mlops.yml", tmp_path / "cache") == 3


def test_a_missing_config_is_no_data_problem(tmp_path):
    with pytest.raises(BadConfig):
        pin(tmp_path / "ci-mlops.yml", tmp_path / "cache")


KILLS = int(os.environ.get("TEST_KILLS", "12"))


def test_a_kill_at_any_moment_leaves_the_old_lock_or_the_new_one(project, tmp_path):
    for number in range(40):
        (project / f"data/train/large-{number}.bin").write_bytes(bytes([number]) * 2_000_000)
    for number in range(3000):
        (project / f"data/train/small-{number}.csv").write_text(f"x,y\n{number},1\n")
    lock, config, cache = project / "ci-mlops.lock", project / "ci-mlops.yml", tmp_path / "cache"
    command = [*DOOR, "pin"]
    environ = {**os.environ, "CI_MLOPS_CACHE": str(cache)}
    pin(config, cache)
    old = lock.read_bytes()
    (project / "data/test.csv").write_text("x,y\n5,1\n")
    started = time.monotonic()
    subprocess.run(command, cwd=project, env=environ, check=True, capture_output=True)
    seconds = time.monotonic() - started
    new = lock.read_bytes()
    moments = random.Random(2)
    killed = 0
    # one that ended before its kill shows nothing, and is done again
    for _ in range(5 * KILLS):
        if killed == KILLS:
            break
        lock.write_bytes(old)
        process = subprocess.Popen(command, cwd=project, env=environ, stdout=subprocess.DEVNULL)
        time.sleep(moments.uniform(0.0, seconds))
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL

        assert lock.read_bytes() in (old, new)
        pin(config, cache)
        assert lock.read_bytes() == new
        assert sorted(path.name for path in project.iterdir()) == ["ci-mlops.lock", "ci-mlops.yml", "data"]
        assert len(read_lock(lock).data["train"]) == 3042
        for path in cache.rglob("*.json"):
            if moments.random() < 0.5:
                path.unlink()

    assert killed == KILLS

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ci_mlops.files.digest import tree_digest
from ci_mlops.records import Version
from ci_mlops.registries.mlflow import MlflowRegistry

KILLS = int(os.environ.get("TEST_KILLS", "25"))
FRESH = 3
"""Kills that fall into making the database itself; a second or more each."""


@pytest.fixture
def judged(tmp_path: Path) -> Path:
    folder = tmp_path / "judged"
    (folder / "model").mkdir(parents=True)
    for number in range(12):
        (folder / "model" / f"part-{number}.bin").write_bytes(bytes([number]) * 30_000)
    (folder / "verdict.json").write_text('{"verdict": "passed"}\n')
    (folder / "report.md").write_text("# passed\n" * 1000)
    return folder


@pytest.fixture
def nursery(tmp_path: Path, judged: Path, migrated_database: Path) -> Iterator[subprocess.Popen[str]]:
    script = Path(__file__).with_name("nursery.py")
    root = Path(__file__).parents[2]
    command = [
        sys.executable,
        str(script),
        str(tmp_path),
        str(judged),
        str(migrated_database),
        str(KILLS),
        str(FRESH),
    ]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.stdin.close()
    process.stdout.close()
    if process.poll() is None:
        process.kill()
    process.wait()


def registered(database: Path) -> list[Version]:
    return MlflowRegistry(f"sqlite:///{database}", ("staging",), environ={}).versions("credit")


def assert_whole(version: Version, database: Path, judged: Path, into: Path) -> None:
    registry = MlflowRegistry(f"sqlite:///{database}", ("staging",), environ={})
    assert tree_digest(registry.fetch(version, into)) == tree_digest(judged / "model")
    (stored,) = database.parent.glob("mlartifacts/*/artifacts/evidence")
    for name in ("verdict.json", "report.md"):
        assert (stored / name).read_bytes() == (judged / name).read_bytes()


@pytest.mark.timeout(900)
def test_register_killed_at_any_moment_and_run_again_leaves_one_whole_version(
    nursery: subprocess.Popen[str], judged: Path, tmp_path: Path
) -> None:
    killed, between = 0, 0
    for seed in range(KILLS):
        left = json.loads(nursery.stdout.readline())
        killed += left["killed"]
        database = tmp_path / str(seed) / "mlflow.db"
        before = registered(database)
        # a version that can be seen is whole, whenever the kill came
        assert len(before) <= 1, left
        for version in before:
            assert_whole(version, database, judged, tmp_path / f"before-{seed}")
        between += left["killed"] and not before
        nursery.stdin.write("\n")
        nursery.stdin.flush()
        assert nursery.stdout.readline() == "done\n", left
        (after,) = registered(database)
        assert (after.number, after.stages) == ("1", ("staging",)), left
        assert_whole(after, database, judged, tmp_path / f"after-{seed}")
        assert len(list((tmp_path / str(seed) / "mlartifacts").iterdir())) == 1, left
        assert sorted(path.name for path in database.parent.iterdir()) == ["mlartifacts", "mlflow.db"], left
        nursery.stdin.write("\n")
        nursery.stdin.flush()

    # the kills did fall into the work
    assert killed >= KILLS / 5
    assert between >= KILLS / 10

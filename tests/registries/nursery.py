"""
Registers in forked children, some of them killed (-9) at seeded random moments; a script of its own.

MLflow is imported once, before the forks, so that kills fall into our writing and not into its import.
"""

import json
import os
import random
import shutil
import signal
import sys
import time
from importlib import import_module
from pathlib import Path

from ci_mlops.files.digest import tree_digest
from ci_mlops.records import Registration
from ci_mlops.registries.mlflow import MlflowRegistry


def registration(judged: Path) -> Registration:
    told = {"ci_mlops.verdict": "passed", "ci_mlops.verdict_digest": "sha256:v"}
    return Registration(
        name="credit",
        model=judged / "model",
        digest=tree_digest(judged / "model"),
        stage="staging",
        tags=told,
        evidence=(judged / "verdict.json", judged / "report.md"),
        metrics={"recall": 0.5},
    )


def child(database: Path, judged: Path) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        registry = MlflowRegistry(f"sqlite:///{database}", ("staging",), environ={})
        version = registry.register(registration(judged))
        registry.move("credit", "staging", version.number)
        code = 0
    finally:
        os._exit(code)


def whole(database: Path, judged: Path) -> float:
    began = time.monotonic()
    _, status = os.waitpid(child(database, judged), 0)
    assert status == 0, f"registering into {database} failed"
    return time.monotonic() - began


def main() -> None:
    folder, judged, empty = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
    seeds, fresh = range(int(sys.argv[4])), int(sys.argv[5])
    import_module("mlflow.store.tracking.sqlalchemy_store")
    lasts = {}
    for kind in (True, False) if fresh else (False,):
        database = folder / f"calibration-{kind}" / "mlflow.db"
        database.parent.mkdir(parents=True)
        if not kind:
            shutil.copyfile(empty, database)
        lasts[kind] = whole(database, judged)
    for seed in seeds:
        new = seed < fresh
        database = folder / str(seed) / "mlflow.db"
        database.parent.mkdir()
        if not new:
            shutil.copyfile(empty, database)
        pid = child(database, judged)
        moment = random.Random(seed).uniform(0, lasts[new] * 1.05)
        time.sleep(moment)
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        told = {
            "seed": seed,
            "new": new,
            "moment": moment,
            "killed": os.WIFSIGNALED(status),
            "lasts": lasts[new],
        }
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        # the reader looks at what the kill left, then says go on
        sys.stdin.readline()
        whole(database, judged)
        sys.stdout.write("done\n")
        sys.stdout.flush()
        sys.stdin.readline()


if __name__ == "__main__":
    main()

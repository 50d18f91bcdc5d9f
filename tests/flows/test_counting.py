"""One verdict wherever it is counted: in this process, in several, on a Dask scheduler that loses a worker."""

import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from threading import Thread

import numpy as np
import pyarrow as pa
import pytest
from distributed import Client
from pyarrow import parquet

from ci_mlops.errors import BadConfig
from ci_mlops.flows.compare import compare_files
from ci_mlops.records import Policy
from ci_mlops.records.compute import Compute

POLICY = Policy(task="classification", metrics=("accuracy", "f1", "roc_auc", "log_loss"), slices=("region",))
ROWS = 64_000


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    folder = tmp_path_factory.mktemp("predictions")
    rng = np.random.default_rng(0)
    z = rng.normal(size=ROWS)
    shared = {
        "id": np.arange(ROWS),
        "label": (rng.random(ROWS) < 1 / (1 + np.exp(-z))).astype(int),
        "region": np.where(np.arange(ROWS) % 3 == 0, "north", "south"),
    }
    for name in ("champion", "candidate"):
        rows = pa.table({**shared, "score": 1 / (1 + np.exp(-(z + rng.normal(size=ROWS))))})
        parquet.write_table(rows, folder / f"{name}.parquet", row_group_size=1000)
    return folder / "champion.parquet", folder / "candidate.parquet"


def digest(pair, compute):
    now = datetime(2026, 1, 1, tzinfo=UTC)
    verdict = compare_files(*pair, POLICY, model="m", source=None, now=now, compute=compute)
    assert verdict.rows.compared == ROWS
    return verdict.verdict_digest


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """The address of a scheduler, and its two workers: processes of their own that speak over loopback."""
    place = tmp_path_factory.mktemp("dask") / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    scheduler = subprocess.Popen(
        [
            *dask,
            "scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--no-dashboard",
            "--scheduler-file",
            place,
        ],
        **quiet,
    )
    begun = [scheduler]
    try:
        for _ in range(2):
            options = ["--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--no-dashboard"]
            worker = [*dask, "worker", "--scheduler-file", place, *options]
            begun.append(subprocess.Popen(worker, cwd=place.parent, **quiet))
        while not place.exists():
            assert scheduler.poll() is None
            time.sleep(0.05)
        yield json.loads(place.read_text())["address"], begun[1:]
    finally:
        for started in begun:
            started.kill()
            started.wait()


def test_processes_come_to_the_verdict_of_one(pair):
    assert digest(pair, Compute(backend="processes", workers=2)) == digest(pair, Compute())


def test_a_dask_scheduler_that_loses_a_worker_in_mid_run_comes_to_the_same_verdict(pair, cluster):
    address, workers = cluster
    alone = digest(pair, Compute())
    dask = Compute(backend="dask", address=address, workers=16)
    with Client(address, timeout=60) as client:
        client.wait_for_workers(2, timeout=60)
        assert digest(pair, dask) == alone

        found = []
        counting = Thread(target=lambda: found.append(digest(pair, dask)))
        counting.start()
        pids = client.run(lambda: __import__("os").getpid())
        victim = next(place for place, pid in pids.items() if pid == workers[0].pid)
        while not client.processing()[victim]:
            assert counting.is_alive()
        workers[0].kill()
        counting.join(timeout=60)

        assert found == [alone]
        assert list(client.nthreads()) == [place for place in pids if place != victim]


@pytest.mark.parametrize(
    ("compute", "words"),
    [
        (
            Compute(backend="dask", address="tcp://127.0.0.1:9"),
            "no scheduler of Dask answers at tcp://127.0.0.1:9",
        ),
        (Compute(backend="ray"), "`compute: ray` needs the package ray"),
        (Compute(backend="spark"), "`compute: spark` needs the package joblibspark"),
    ],
)
def test_an_engine_that_is_not_there_is_told_in_words(pair, compute, words, monkeypatch):
    monkeypatch.setattr("ci_mlops.flows.counting._SECONDS", 1)

    with pytest.raises(BadConfig, match=words):
        digest(pair, compute)

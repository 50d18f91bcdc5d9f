"""
P9: a fresh process reads stage -> version -> metrics -> 4 MB model from an MLflow server on the loopback.

    python benchmarks/registry_read.py [--rounds 5] [--skinny VENV/bin/python]

Medians of rounds in which the sides take turns; ratios are of this run only. `mlflow-skinny` is compared where it
is named: `python -m venv VENV && VENV/bin/pip install mlflow-skinny`. What it read is compared with what was
registered, byte for byte, on every side and in every round.
"""

import argparse
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from ci_mlops.registries.files import tree_digest

NAME, STAGE = "credit-risk", "staging"
GOAL, GOAL_SKINNY, GOAL_SECONDS = 10, 7, 0.15
SIZE = 4 * 1024 * 1024
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}

OURS = """
import sys
from pathlib import Path
from ci_mlops.registries.mlflow import MlflowRegistry
uri, name, stage, into = sys.argv[1:]
registry = MlflowRegistry(uri, (stage,))
version = registry.pointer(name, stage)
run = registry.store.run(version.uri.removeprefix("runs:/").partition("/")[0])
print(run.metrics["recall"], registry.fetch(version, Path(into)))
"""
CLIENT = """
import sys
from mlflow import MlflowClient
uri, name, stage, into = sys.argv[1:]
client = MlflowClient(uri)
version = client.get_model_version_by_alias(name, stage)
run = client.get_run(version.run_id)
print(run.data.metrics["recall"], client.download_artifacts(version.run_id, "model/data/model.bin", into))
"""

REGISTER = """
import sys
from pathlib import Path
from ci_mlops.records import Registration
from ci_mlops.registries.files import tree_digest
from ci_mlops.registries.mlflow import MlflowRegistry
uri, name, stage, model = sys.argv[1:]
registry = MlflowRegistry(uri, (stage,))
version = registry.register(Registration(
    name=name, model=Path(model), digest=tree_digest(Path(model)), stage=stage, tags={}, evidence=(),
    metrics={"recall": 0.75}))
registry.move(name, stage, version.number)
"""


@dataclass(frozen=True)
class Cost:
    wall: float
    cpu: float
    megabytes: float


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--skinny", metavar="PYTHON", help="interpreter of an environment with mlflow-skinny")
    asked = parser.parse_args()
    sides = {
        "ci-mlops": (sys.executable, OURS),
        "MlflowClient of mlflow": (sys.executable, CLIENT),
        "an empty Python": (sys.executable, "pass"),
    }
    if asked.skinny:
        sides["MlflowClient of mlflow-skinny"] = (asked.skinny, CLIENT)
    with tempfile.TemporaryDirectory() as made, server(Path(made)) as uri:
        digest = register(uri, Path(made))
        measured: dict[str, list[Cost]] = {side: [] for side in sides}
        # the first round fills caches and is not counted
        for number in range(asked.rounds + 1):
            for side, (python, script) in sides.items():
                cost = run(python, script, uri, Path(made), digest)
                if number:
                    measured[side].append(cost)
    return told({side: median(costs) for side, costs in measured.items()}, asked.rounds)


def run(python: str, script: str, uri: str, folder: Path, digest: str) -> Cost:
    with tempfile.TemporaryDirectory(dir=folder) as into:
        began = time.perf_counter()
        child = subprocess.Popen(
            [python, "-c", script, uri, NAME, STAGE, into],
            stdout=subprocess.PIPE,
            env={**os.environ, **QUIET},
        )
        said = child.stdout.read()
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.stdout.close()
        child.returncode = os.waitstatus_to_exitcode(status)
        assert child.returncode == 0, f"{script}\nended with {child.returncode}"
        if said:
            (read,) = Path(into).rglob("model.bin")
            assert tree_digest(read) == digest
            assert said.split()[0] == b"0.75"
    # Linux counts kilobytes, macOS bytes
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return Cost(wall=wall, cpu=used.ru_utime + used.ru_stime, megabytes=used.ru_maxrss / unit)


def median(costs: list[Cost]) -> Cost:
    return Cost(
        *(statistics.median(getattr(cost, name) for cost in costs) for name in ("wall", "cpu", "megabytes"))
    )


def told(costs: dict[str, Cost], rounds: int) -> int:
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load}, median of {rounds} rounds\n"
    )
    ours = costs["ci-mlops"]
    print(f"{'side':32}{'wall s':>9}{'CPU s':>9}{'MB':>7}{'wall ratio':>12}{'CPU ratio':>11}")
    for side, cost in costs.items():
        ratios = f"{cost.wall / ours.wall:>11.1f}x{cost.cpu / ours.cpu:>10.1f}x"
        print(f"{side:32}{cost.wall:>9.3f}{cost.cpu:>9.3f}{cost.megabytes:>7.0f}{ratios}")
    full = costs["MlflowClient of mlflow"]
    goals = [
        (f"at least {GOAL}x faster than MlflowClient (wall)", full.wall / ours.wall >= GOAL),
        (f"at least {GOAL}x less CPU than MlflowClient", full.cpu / ours.cpu >= GOAL),
        (f"at most {GOAL_SECONDS} s (wall, idle machine)", ours.wall <= GOAL_SECONDS),
    ]
    if skinny := costs.get("MlflowClient of mlflow-skinny"):
        goals.append(
            (
                f"at least {GOAL_SKINNY}x faster than mlflow-skinny (wall)",
                skinny.wall / ours.wall >= GOAL_SKINNY,
            )
        )
    print()
    for goal, met in goals:
        print(f"{'met    ' if met else 'NOT met'}  {goal}")
    return 0 if goals[0][1] else 1


def register(uri: str, folder: Path) -> str:
    """In a process of its own: a child's peak memory is never told below its parent's."""
    model = folder / "model.bin"
    model.write_bytes(os.urandom(SIZE))
    subprocess.run([sys.executable, "-c", REGISTER, uri, NAME, STAGE, model], check=True)
    return tree_digest(model)


@contextmanager
def server(folder: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "mlflow",
        "server",
        "--workers",
        "1",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    command += [
        "--backend-store-uri",
        f"sqlite:///{folder}/mlflow.db",
        "--artifacts-destination",
        f"{folder}/artifacts",
    ]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, env={**os.environ, **QUIET}, start_new_session=True
        )
    try:
        wait_until_well(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def wait_until_well(process: "subprocess.Popen[bytes]", port: int) -> None:
    for _ in range(600):
        assert process.poll() is None, "mlflow server ended by itself"
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except (OSError, HTTPException):
            time.sleep(0.3)
        finally:
            connection.close()
    raise SystemExit("mlflow server did not start")


if __name__ == "__main__":
    sys.exit(main())

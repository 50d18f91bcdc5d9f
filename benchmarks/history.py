"""
How long `ci-mlops history` takes with two hundred versions and two thousand events, on a database and on a server.

    python benchmarks/history.py

Beside each of ours is what a user would run today for the present state alone: MLflow's own client.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from registry_read import server

from ci_mlops.ladder.chain import encode, text_digest
from ci_mlops.records import AuditEvent, Version
from ci_mlops.registries.mlflow import MlflowRegistry
from ci_mlops.registries.store import Stored

STAGES = ("staging", "production")
NAME = "credit"
GOAL_SECONDS = 1.0
CONFIG = """\
model: credit
task: classification
data: {{test: {{path: test.csv, target: default, id: id}}}}
registry: {{uri: "{uri}"}}
"""
MLFLOW = (
    "from mlflow import MlflowClient; c = MlflowClient({uri!r}, {uri!r});"
    "m = c.get_registered_model('credit'); [c.get_model_version('credit', v) for v in m.aliases.values()]"
)


def fill(database: Path, versions: int, events: int) -> None:
    registry = MlflowRegistry(f"sqlite:///{database}", STAGES, environ={})
    like = Stored(name=NAME, number="1", source="runs:/0/model", run="", created=0)
    for number in range(1, versions + 1):
        tags = {"ci_mlops.digest": f"sha256:{number:064d}", "ci_mlops.verdict": "passed"}
        registry.store.add(NAME, like, tags, "")
    dice, at = random.Random(7), datetime(2024, 1, 1, tzinfo=UTC)
    head, held = "", {}
    for number in range(events):
        at += timedelta(hours=dice.uniform(1, 9))
        version = str(dice.randrange(1, versions + 1))
        kind, stage = dice.choice(
            [("registered", "staging"), ("promoted", "production"), ("rolled_back", "production")]
        )
        event = AuditEvent(
            id=f"{number:032x}",
            at=at.isoformat(timespec="milliseconds"),
            previous=head,
            kind=kind,
            stage=stage,
            replaces=held.get(stage, ""),
            version=version,
            digest=f"sha256:{int(version):064d}",
            verdict="passed",
            actor="anna",
            change="#12",
            commit="c" * 40,
            run="https://ci.example/runs/8817",
            verdict_digest=f"sha256:{'a' * 64}",
        )
        text = encode(event)
        head = text_digest(text)
        about = Version(name=NAME, number=version, digest=event.digest)
        registry.settle(about, registry.add_entry(about, text, head), head)
        held[stage] = version
    for stage, version in held.items():
        registry.move(NAME, stage, version)


def seconds(command: list[str], folder: Path) -> float:
    began = time.perf_counter()
    subprocess.run(
        command, cwd=folder, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "GITHUB_ACTIONS": ""}
    )
    return time.perf_counter() - began


def timed(commands: dict[str, list[str]], folder: Path, rounds: int) -> dict[str, float]:
    """The best of each, taken in turn."""
    runs = [{name: seconds(command, folder) for name, command in commands.items()} for _ in range(rounds)]
    return {name: min(run[name] for run in runs) for name in commands}


def answered(uri: str, rounds: int) -> float:
    """The best seconds that the registry itself takes to hand out what `history` asks for; connection and parsing included."""
    took = []
    for _ in range(rounds):
        registry = MlflowRegistry(uri, STAGES, environ={})
        began = time.perf_counter()
        registry.pointers(NAME)
        registry.entries(NAME)
        registry.versions(NAME)
        took.append(time.perf_counter() - began)
    return min(took)


def table(where: str, best: dict[str, float], waited: float) -> bool:
    """Whether the goal is met: each of ours within a second beyond what the registry takes."""
    ours = {name: took for name, took in best.items() if name != MLFLOW_NAME}
    for name, took in ours.items():
        beside = f"{best[MLFLOW_NAME] / took:.1f}x as fast as MLflow's client"
        print(f"{where:8} {name:42} {took:6.2f} s  {beside}")
    print(f"{where:8} {MLFLOW_NAME:42} {best[MLFLOW_NAME]:6.2f} s")
    print(f"{where:8} {'of it the registry, for each of ours':42} {waited:6.2f} s")
    met = max(ours.values()) - waited < GOAL_SECONDS
    print(f"{'met    ' if met else 'NOT met'}  under {GOAL_SECONDS:g} s beyond that\n")
    return met


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--versions", type=int, default=200)
    asked.add_argument("--events", type=int, default=2000)
    asked.add_argument("--rounds", type=int, default=5)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room)
        began = time.perf_counter()
        fill(folder / "mlflow.db", given.versions, given.events)
        print(
            f"{given.versions} versions and {given.events} events were written in {time.perf_counter() - began:.0f} s"
        )
        local = f"sqlite:///{folder / 'mlflow.db'}"
        best = timed(commands(folder, local), folder, given.rounds)
        met = table("SQLite", best, answered(local, given.rounds))
        with server(folder) as uri:
            best = timed(commands(folder, uri), folder, given.rounds)
            met &= table("server", best, answered(uri, given.rounds))
    return 0 if met else 1


MLFLOW_NAME = "MLflow's client: what the aliases point to"


def commands(folder: Path, uri: str) -> dict[str, list[str]]:
    (folder / "ci-mlops.yml").write_text(CONFIG.format(uri=uri))
    ours = [sys.executable, "-m", "ci_mlops.cli", "history"]
    return {
        "history --now": [*ours, "--now"],
        "history": ours,
        "history --at 2024-06-01": [*ours, "--at", "2024-06-01"],
        MLFLOW_NAME: [sys.executable, "-c", MLFLOW.format(uri=uri)],
    }


if __name__ == "__main__":
    sys.exit(main())

"""
Warm processes that promote at once, round after round, against a real registry: `python -m tests.registries.race URI`.

Each wants another version at the same stage, decided upon the same state; a round is won by one of them. What they
were told is held against the trail and the pointer at the end of every round.
"""

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path

from ci_mlops.files.digest import tree_digest
from ci_mlops.flows.ladder import carry_out, follows, read_ladder
from ci_mlops.ladder.pointers import pointer_faults
from ci_mlops.records import AuditEvent, Registration, Version
from ci_mlops.registries.mlflow import MlflowRegistry

STAGES = ("staging", "production")


def open_registry(uri: str) -> MlflowRegistry:
    return MlflowRegistry(uri, STAGES, environ={})


def promoted(version: Version) -> AuditEvent:
    told = {"id": "", "at": "", "previous": "", "version": version.number, "digest": version.digest}
    return AuditEvent(kind="promoted", stage="production", source="staging", **told)


def registered(uri: str, name: str, count: int) -> list[Version]:
    registry = open_registry(uri)
    with tempfile.TemporaryDirectory() as room:
        made = []
        for number in range(count):
            model = Path(room) / "model.bin"
            model.write_text(f"{number}")
            digest = tree_digest(model)
            made.append(
                registry.register(
                    Registration(
                        name=name,
                        model=model,
                        digest=digest,
                        stage=None,
                        evidence=(),
                        tags={"ci_mlops.verdict": "passed", "ci_mlops.verdict_digest": f"sha256:{number}"},
                    )
                )
            )
        return made


def racer(uri: str, mine: Version, barrier: Barrier, rounds: int, told: "multiprocessing.Queue[str]") -> None:
    registry = open_registry(uri)
    read_ladder(registry, mine.name, STAGES)  # warm
    for number in range(rounds):
        barrier.wait()
        ladder = read_ladder(registry, mine.name, STAGES)
        barrier.wait()
        event = follows(ladder, promoted(mine), datetime.now(UTC))
        outcome = "failed"
        try:
            outcome = "lost" if carry_out(registry, event, mine) else "won"
        finally:
            told.put(json.dumps([number, mine.number, event.id, outcome]))
        barrier.wait()


def race(uri: str, name: str, processes: int, rounds: int) -> dict[str, object]:
    versions = registered(uri, name, processes)
    fork = multiprocessing.get_context("spawn")
    barrier, told = fork.Barrier(processes), fork.Queue()
    runners = [fork.Process(target=racer, args=(uri, one, barrier, rounds, told)) for one in versions]
    for runner in runners:
        runner.start()
    began = time.monotonic()
    said = [json.loads(told.get(timeout=300)) for _ in range(processes * rounds)]
    seconds = time.monotonic() - began
    for runner in runners:
        runner.join(60)
    ladder = read_ladder(open_registry(uri), name, STAGES)
    winners = Counter(number for number, _, _, outcome in said if outcome == "won")
    counted = {event.id for event in ladder.trail.events}
    late = {link.event.id for link in ladder.trail.links if link.event and link.standing == "late"}
    return {
        "rounds with one winner": sum(winners[number] == 1 for number in range(rounds)),
        "winners that count": sum(which in counted for _, _, which, outcome in said if outcome == "won"),
        "losers that are told as late": sum(
            which in late for _, _, which, outcome in said if outcome == "lost"
        ),
        "failed": sum(outcome == "failed" for *_, outcome in said),
        "lost events": len({which for _, _, which, _ in said} - counted - late),
        "faults": [fault.told for fault in (*ladder.trail.faults, *pointer_faults(ladder.pointed))],
        "unsettled": sum(not link.settled for link in ladder.trail.valid),
        "seconds": round(seconds, 1),
    }


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("uri")
    asked.add_argument("--processes", type=int, default=20)
    asked.add_argument("--rounds", type=int, default=50)
    asked.add_argument("--name", default="raced")
    given = asked.parse_args()
    found = race(given.uri, given.name, given.processes, given.rounds)
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    good = (
        found["rounds with one winner"] == given.rounds and not found["faults"] and not found["lost events"]
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

"""
P1: what a command costs before it does anything, beside an empty Python and beside `mlflow --version`.

    python benchmarks/start_up.py

Whole processes, median of the runs; the commands take turns, so a busy moment hits all of them alike.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ci_mlops.records import Contender, Counted, Measurement, Tool, Verdict
from ci_mlops.report import write_verdict

RUNS = 15
SLOW_RUNS = 3
BESIDE = Path(sys.executable).parent
# command -> at most so many times an empty Python
GOALS = {
    "--version": 8,
    "--help": 8,
    "report --format github": 12,
    "report --format terminal": 12,
    "publish": 30,
}
MLFLOW_GOAL = 25


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder, "verdict.json"))
        write_verdict(Path(file), small_verdict())
        commands = {
            "--version": ["--version"],
            "--help": ["--help"],
            "report --format github": ["report", file, "--format", "github"],
            "report --format terminal": ["report", file, "--format", "terminal"],
            "publish": ["publish", file],
        }
        found = measure(commands, Path(folder))
    return show(*found)


def measure(commands: dict[str, list[str]], folder: Path) -> tuple[float, dict[str, float], float]:
    empty: list[float] = []
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(RUNS):
        empty.append(seconds([sys.executable, "-c", "pass"], folder))
        for name, words in commands.items():
            times[name].append(seconds([str(BESIDE / "ci-mlops"), *words], folder))
    mlflow = [seconds([str(BESIDE / "mlflow"), "--version"], folder) for _ in range(SLOW_RUNS)]
    medians = {name: statistics.median(each) for name, each in times.items()}
    return statistics.median(empty), medians, statistics.median(mlflow)


def seconds(command: list[str], folder: Path) -> float:
    # no CI around us: `publish` ends where it would have spoken to a platform
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    started = time.perf_counter()
    subprocess.run(command, env=environ, cwd=folder, capture_output=True, check=False)
    return time.perf_counter() - started


def show(empty: float, medians: dict[str, float], mlflow: float) -> int:
    missed = 0
    print(f"{'python -c pass':26}{empty * 1000:8.0f} ms")
    for name, median in medians.items():
        ratio, goal = median / empty, GOALS[name]
        missed += ratio > goal
        print(f"{name:26}{median * 1000:8.0f} ms {ratio:6.1f} x, goal {goal:>2} x: {word(ratio <= goal)}")
    faster = mlflow / medians["--version"]
    missed += faster < MLFLOW_GOAL
    print(f"{'mlflow --version':26}{mlflow * 1000:8.0f} ms")
    print(
        f"--version is {faster:.0f} times faster than mlflow's, goal {MLFLOW_GOAL}: {word(faster >= MLFLOW_GOAL)}"
    )
    return min(missed, 1)


def word(met: bool) -> str:
    return "met" if met else "MISSED"


def small_verdict() -> Verdict:
    recall = Measurement(
        metric="recall",
        slice=None,
        rows=2140,
        events=217,
        higher_is_better=True,
        champion=0.811,
        candidate=0.866,
        improvement=0.055,
        low=0.011,
        high=0.1,
    )
    return Verdict(
        model="start-up",
        task="classification",
        verdict="not_applicable",
        reason="no gate is configured",
        exit_code=0,
        champion=Contender(origin="file", label="champion.csv"),
        candidate=Contender(origin="file", label="candidate.csv"),
        rows=Counted(compared=2140),
        measurements=(recall,),
        tool=Tool(version="0"),
    )


if __name__ == "__main__":
    sys.exit(main())

"""
The court beside what a user would otherwise run: champion against candidate, each difference with a paired 95 % interval,
on all rows and on 20 slices.

    python benchmarks/court.py [--most 100000000] [--rounds 5] [--peers-rows 100000]

Prints ratios first, then the goals and whether they are met. Ours is measured; peers run at reduced size, few resamples of
1000, and are scaled linearly: what is scaled is marked `~`. A peer that is not installed is named and left out
(`pip install fairlearn`). Metrics that are not installed yet are left out on both sides.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import pyarrow as pa
from compare import MLFLOW
from pyarrow import parquet

from ci_mlops import plugins
from ci_mlops.errors import BadConfig
from ci_mlops.evaluation.compare import compare
from ci_mlops.evaluation.rows import Predictions, Rows, SliceColumn
from ci_mlops.flows.court import load_metric
from ci_mlops.records import Cost, Policy

RESAMPLES = 1000
THRESHOLD = 0.35
CHUNK = 1_000_000
COST = Cost(unit="EUR", false_negative=500.0, false_positive=20.0)


def installed_metrics() -> tuple[str, ...]:
    found = []
    for name in ("accuracy", "f1", "roc_auc", "average_precision", "log_loss", "expected_cost"):
        try:
            plugins.load("metrics", name)
        except BadConfig:
            continue
        found.append(name)
    return tuple(found)


METRICS = installed_metrics()


def arrays(rows: int, seed: int = 0, slices: int = 20) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    z = rng.standard_normal(rows)
    labels = rng.random(rows) < 1 / (1 + np.exp(-(1.5 * z - 2)))
    scores = [1 / (1 + np.exp(-(1.4 * z - 2 + noise * rng.standard_normal(rows)))) for noise in (0.8, 0.7)]
    return {
        "label": labels.astype(np.float64),
        "champion": scores[0].astype(np.float32).astype(np.float64),
        "candidate": scores[1].astype(np.float32).astype(np.float64),
        "slice": rng.integers(0, slices, rows),
    }


def rows_of(data: dict[str, np.ndarray], slices: int = 20) -> Rows:
    sides = [
        Predictions(decisions=(data[side] > THRESHOLD).astype(np.float64), scores=data[side])
        for side in ("champion", "candidate")
    ]
    names = tuple(f"slice={place}" for place in range(slices))
    columns = {"slice": SliceColumn(codes=data["slice"], names=names)} if slices else {}
    return Rows(labels=data["label"], champion=sides[0], candidate=sides[1], slices=columns)


class Generated:
    """Rows that are made anew in chunks at every walk; how long that took is known, and none of ours."""

    def __init__(self, rows: int, slices: int) -> None:
        self.most_rows, self.slices = rows, slices
        self.wall = self.cpu = 0.0

    def __iter__(self) -> Iterator[Rows]:
        for chunk in range(max(1, self.most_rows // CHUNK)):
            wall, cpu = perf_counter(), process_time()
            rows = rows_of(arrays(min(CHUNK, self.most_rows), chunk, max(1, self.slices)), self.slices)
            self.wall += perf_counter() - wall
            self.cpu += process_time() - cpu
            yield rows


def policy(metrics: tuple[str, ...] = METRICS) -> Policy:
    return Policy(task="classification", metrics=metrics, cost=COST)


def judge(partitions: object, rules: Policy, **options: int) -> None:
    compare(partitions, rules, [load_metric(name, rules) for name in rules.metrics], **options)


def timed(run: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median wall and CPU seconds, after one run that is not counted."""
    run()
    found = []
    for _ in range(rounds):
        wall, cpu = perf_counter(), process_time()
        run()
        found.append((perf_counter() - wall, process_time() - cpu))
    return statistics.median(f[0] for f in found), statistics.median(f[1] for f in found)


def peak_mb() -> float:
    """Of this process alone, where the system tells it: `getrusage` also tells that of the one it was forked from."""
    status = Path("/proc/self/status")
    for line in status.read_text().splitlines() if status.exists() else ():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def streamed(rows: int, slices: int) -> tuple[float, float, float]:
    """Wall and CPU seconds without the making of rows, and MB beyond what two chunks of rows take."""
    # two chunks: one is made while the one before is still there
    for _ in Generated(2 * CHUNK, slices):
        pass
    judge([rows_of(arrays(1000, 0, max(1, slices)), slices)], policy())
    before = peak_mb()
    made = Generated(rows, slices)
    wall, cpu = perf_counter(), process_time()
    judge(made, policy())
    return perf_counter() - wall - made.wall, process_time() - cpu - made.cpu, peak_mb() - before


def alone(expression: str) -> list[float]:
    """In a process of its own, as memory's peak is a process's."""
    code = f"import court; print(*{expression})"
    here = Path(__file__).parent
    done = subprocess.run([sys.executable, "-c", code], cwd=here, check=True, capture_output=True, text=True)
    return [float(word) for word in done.stdout.split()]


def point_values(data: dict[str, np.ndarray], chosen: object = slice(None)) -> list[float]:
    from sklearn.metrics import accuracy_score, average_precision_score, f1_score, log_loss, roc_auc_score

    labels, found = data["label"][chosen], []
    for side in ("champion", "candidate"):
        scores = data[side][chosen]
        decisions = scores > THRESHOLD
        cost = COST.false_negative * (labels > decisions) + COST.false_positive * (labels < decisions)
        own = {
            "accuracy": lambda d=decisions: accuracy_score(labels, d),
            "f1": lambda d=decisions: f1_score(labels, d),
            "roc_auc": lambda s=scores: roc_auc_score(labels, s),
            "average_precision": lambda s=scores: average_precision_score(labels, s),
            "log_loss": lambda s=scores: log_loss(labels, s),
            "expected_cost": lambda c=cost: c.mean(),
        }
        found.append([own[metric]() for metric in METRICS])
    return [after - before for before, after in zip(*found, strict=True)]


def sklearn_loop(rows: int, resamples: int = 3) -> float:
    """Seconds for 1000 resamples of all rows and of each slice."""
    data, rng = arrays(rows), np.random.default_rng(0)
    point_values(data)
    began = perf_counter()
    for _ in range(resamples):
        chosen = rng.integers(0, rows, rows)
        point_values(data, chosen)
        for place in range(20):
            point_values(data, chosen[data["slice"][chosen] == place])
    return (perf_counter() - began) / resamples * RESAMPLES


def scipy_bootstrap(rows: int, resamples: int = 3) -> float:
    """Seconds for 1000 resamples of all rows, without slices."""
    from scipy.stats import bootstrap

    data = arrays(rows)
    began = perf_counter()
    bootstrap(
        (np.arange(rows),),
        lambda chosen: np.array(point_values(data, chosen)),
        n_resamples=resamples,
        method="percentile",
        vectorized=False,
        rng=np.random.default_rng(0),
    )
    return (perf_counter() - began) / resamples * RESAMPLES


def fairlearn_frame(rows: int, slices: int, resamples: int = 2) -> float:
    from fairlearn.metrics import MetricFrame
    from sklearn.metrics import accuracy_score, f1_score

    data = arrays(rows, slices=slices)
    began = perf_counter()
    for side in ("champion", "candidate"):
        MetricFrame(
            metrics={"accuracy": accuracy_score, "f1": f1_score},
            y_true=data["label"],
            y_pred=data[side] > THRESHOLD,
            sensitive_features=data["slice"],
            n_boot=resamples,
            ci_quantiles=[0.025, 0.975],
        )
    return (perf_counter() - began) / resamples * RESAMPLES


def write_files(folder: Path, rows: int, slices: int) -> list[str]:
    data = arrays(rows, slices=slices)
    paths = []
    for side in ("champion", "candidate"):
        table = {
            "id": np.arange(rows),
            "label": data["label"].astype(np.int64),
            "prediction": (data[side] > THRESHOLD).astype(np.int64),
            "score": data[side].astype(np.float32),
            "slice": data["slice"],
        }
        paths.append(str(folder / f"{side}.parquet"))
        parquet.write_table(pa.table(table), paths[-1])
    return paths


# of few MB itself: a process's peak is told with that of the one it was forked from
LAUNCHER = """
import resource, subprocess, sys
from time import perf_counter
began = perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
sys.exit(done.returncode)
"""


def run_alone(command: list[str], folder: Path) -> tuple[float, float, float]:
    """Wall and CPU seconds, and MB at its peak."""
    # as installed: with what is compiled kept
    environ = {**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true", "PYTHONDONTWRITEBYTECODE": ""}
    launched = [sys.executable, "-c", LAUNCHER, *command]
    done = subprocess.run(launched, check=False, cwd=folder, env=environ, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command[:3]} ended with {done.returncode}")
    wall, cpu, peak = map(float, done.stdout.split())
    return wall, cpu, peak


def whole_process(rows: int, rounds: int) -> tuple[tuple[float, float, float], float]:
    """`ci-mlops compare` with 10 slices, and `mlflow.models.evaluate` twice with a validation, in turn."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        pair = write_files(folder, rows, 10)
        metrics = ",".join(name for name in METRICS if name != "expected_cost")
        options = ["--metrics", metrics, "--slices", "slice", "--format", "markdown"]
        ours = [shutil.which("ci-mlops") or "ci-mlops", "compare", *pair, *options]
        theirs = [sys.executable, "-c", MLFLOW, *pair, str(folder / "mlflow.db")]
        run_alone(ours, folder), run_alone(theirs, folder)
        runs = [(run_alone(ours, folder), run_alone(theirs, folder)[0]) for _ in range(rounds)]
    own = [statistics.median(run[0][part] for run in runs) for part in range(3)]
    return (own[0], own[1], own[2]), statistics.median(run[1] for run in runs)


def goal(name: str, value: float, most: float, unit: str) -> None:
    print(
        f"| {name} | {value:.3g} {unit} | ≤ {most:g} {unit} | {'met' if value <= most else '**not met**'} |"
    )


def at_least(name: str, ratio: float, least: float) -> None:
    print(f"| {name} | {ratio:,.0f}x | ≥ {least:,.0f}x | {'met' if ratio >= least else '**not met**'} |")


def print_sizes(most: int, rounds: int, peers_rows: int) -> float:
    loop, scipy = sklearn_loop(peers_rows) / peers_rows, scipy_bootstrap(peers_rows) / peers_rows
    print(f"\n{', '.join(METRICS)}; all rows and 20 slices; peers measured at {peers_rows:,} rows.\n")
    print(
        "| rows | scikit-learn loop, 1000 resamples | scipy.stats.bootstrap, no slices | ours, wall | CPU |"
    )
    print("|--:|--:|--:|--:|--:|")
    rows = 100_000
    while rows <= most:
        if rows <= CHUNK:
            kept = [rows_of(arrays(rows))]
            wall, cpu = timed(lambda kept=kept: judge(kept, policy()), rounds)
        else:
            wall, cpu, _ = alone(f"court.streamed({rows}, 20)")
        print(
            f"| {rows:,} | ~{loop * rows / wall:,.0f}x | ~{scipy * rows / wall:,.0f}x | {wall:.3g} s | {cpu:.3g} s |",
            flush=True,
        )
        rows *= 10
    return loop


def print_goals(options: argparse.Namespace, loop: float) -> None:
    print("\n| goal | measured | | |\n|:--|--:|--:|:--|")
    rows = min(CHUNK, options.most)
    (wall, cpu, peak), mlflow = whole_process(rows, min(3, options.rounds))
    goal(f"P2: `compare` of {rows:,} rows, 10 slices, Markdown: the process, wall", wall, 0.6, "s")
    goal("P2: its CPU", cpu, 0.6, "s")
    goal("P2: its memory", peak, 210, "MB")
    at_least("P2: faster than `mlflow.models.evaluate` twice, without intervals", mlflow / wall, 11)
    kept = [rows_of(arrays(rows))]
    exact, exact_cpu = timed(lambda: judge(kept, policy()), options.rounds)
    binned, binned_cpu = timed(lambda: judge(kept, policy(), exact_rows=1), options.rounds)
    goal(f"P3: in process, {rows:,} rows, 20 slices, exact, wall", exact, 0.5, "s")
    goal("P3: its CPU", exact_cpu, 0.5, "s")
    goal("P3: the same on bins, wall", binned, 0.05, "s")
    goal("P3: its CPU", binned_cpu, 0.05, "s")
    at_least("P3: faster than a scikit-learn loop (~)", loop * rows / binned, 10_000)
    fifty = [rows_of(arrays(rows, slices=50), 50)]
    slices, _ = timed(lambda: judge(fifty, policy(("accuracy", "f1"))), options.rounds)
    goal("P5: 50 slices, accuracy and F1", slices, 0.1, "s")
    if find_spec("fairlearn"):
        theirs = fairlearn_frame(options.peers_rows, 50) / options.peers_rows * rows
        at_least("P5: faster than fairlearn's bootstrap (~)", theirs / slices, 10_000)
    else:
        print("| P5: beside fairlearn | not installed | | |")
    many = min(100 * CHUNK, options.most)
    wall, cpu, more = alone(f"court.streamed({many}, 0)")
    goal(f"P4: {many:,} rows in chunks, no slices, wall", wall, 3.0 * many / 1e8, "s")
    goal("P4: its CPU", cpu, 3.0 * many / 1e8, "s")
    goal("P4: memory beyond a chunk of rows", more, 50, "MB")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--most", type=int, default=100_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers-rows", type=int, default=100_000)
    options = parser.parse_args()
    print_goals(options, print_sizes(options.most, options.rounds, options.peers_rows))


if __name__ == "__main__":
    main()

"""
`compare` on 10^6 rows as a whole process, beside what a user would otherwise run.

    python benchmarks/compare.py [--rows 1000000] [--rounds 3]

Prints medians and ratios of runs taken in turn. The peers: `mlflow.models.evaluate` for both models plus
`validate_evaluation_results` (point values, no interval), and a bootstrap loop over scikit-learn's metrics
(1000 resamples, measured on a few and scaled).
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np
import pyarrow as pa
from pyarrow import parquet

RESAMPLES = 1000
MEASURED_RESAMPLES = 3

MLFLOW = """
import logging, sys, warnings
warnings.simplefilter("ignore")
import mlflow, pandas as pd
from mlflow.models import MetricThreshold
logging.disable(logging.CRITICAL)
mlflow.set_tracking_uri("sqlite:///" + sys.argv[3])
results = []
for path in sys.argv[1:3]:
    with mlflow.start_run():
        frame = pd.read_parquet(path, columns=["label", "prediction", "score"])
        results.append(mlflow.models.evaluate(
            data=frame, targets="label", predictions="prediction", model_type="classifier",
            evaluators=["default"], evaluator_config={"default": {"log_model_explainability": False, "log_explainer": False}}))
mlflow.validate_evaluation_results(
    validation_thresholds={"accuracy_score": MetricThreshold(
        threshold=0.1, greater_is_better=True)},
    candidate_result=results[1], baseline_result=results[0])
"""

BOOTSTRAP = """
import sys
import numpy as np, pandas as pd
from time import perf_counter
from sklearn.metrics import accuracy_score, brier_score_loss, f1_score, log_loss, precision_score, recall_score, roc_auc_score
a, b = (pd.read_parquet(path) for path in sys.argv[1:3])
y = a["label"].to_numpy()
sides = [(f["prediction"].to_numpy(), f["score"].to_numpy()) for f in (a, b)]
rng = np.random.default_rng(0)
began = perf_counter()
for _ in range(int(sys.argv[3])):
    rows = rng.integers(0, len(y), len(y))
    for decisions, scores in sides:
        for metric in (accuracy_score, precision_score, recall_score, f1_score):
            metric(y[rows], decisions[rows])
        for metric in (roc_auc_score, log_loss, brier_score_loss):
            metric(y[rows], scores[rows])
print(perf_counter() - began)
"""


def make(folder: Path, rows: int) -> tuple[Path, Path]:
    rng = np.random.default_rng(0)
    z = rng.normal(size=rows)
    labels = (rng.random(rows) < 1 / (1 + np.exp(-(1.5 * z - 2)))).astype(int)
    paths = []
    for name, noise in (("champion", 0.8), ("candidate", 0.7)):
        score = 1 / (1 + np.exp(-(1.4 * z - 2 + noise * rng.normal(size=rows))))
        table = {
            "id": np.arange(rows),
            "label": labels,
            "prediction": (score > 0.35).astype(int),
            "score": score,
        }
        paths.append(folder / f"{name}.parquet")
        parquet.write_table(pa.table(table), paths[-1])
    return paths[0], paths[1]


def seconds(command: list[str], folder: Path) -> float:
    began = perf_counter()
    environ = {**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true"}
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env=environ)
    return perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        pair = [str(path) for path in make(folder, options.rows)]
        ours = [shutil.which("ci-mlops") or "ci-mlops", "compare", *pair, "--format", "json"]
        theirs = [sys.executable, "-c", MLFLOW, *pair, str(folder / "mlflow.db")]
        for command in (
            ours,
            theirs,
        ):  # caches, byte code and the database's first tables are not what is compared
            seconds(command, folder)
        runs = [(seconds(ours, folder), seconds(theirs, folder)) for _ in range(options.rounds)]
        loop = subprocess.run(
            [sys.executable, "-c", BOOTSTRAP, *pair, str(MEASURED_RESAMPLES)],
            check=True,
            capture_output=True,
            text=True,
        )
    mine = statistics.median(own for own, _ in runs)
    peer = statistics.median(other for _, other in runs)
    ratio = statistics.median(other / own for own, other in runs)
    bootstrap = float(loop.stdout) / MEASURED_RESAMPLES * RESAMPLES
    print(f"{options.rows} rows, 7 metrics, medians of {options.rounds} runs in turn")
    print(f"ci-mlops compare, paired intervals      {mine:8.2f} s")
    print(f"mlflow evaluate x2 + validate, none     {peer:8.2f} s   {ratio:.1f} times ours")
    print(
        f"scikit-learn bootstrap, 1000 resamples  {bootstrap:8.0f} s   {bootstrap / mine:.0f} times ours (scaled)"
    )
    print(f"goal: faster than mlflow's point values: {'met' if ratio > 1 else 'not met'}")


if __name__ == "__main__":
    main()

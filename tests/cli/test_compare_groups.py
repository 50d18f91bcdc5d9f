"""`ci-mlops compare` where rows are of patients, or of days: fairness and the search heed them."""

import json
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

CONFIG = """
model: visits
task: classification
data:
  train: train.csv
  test: {path: test.csv, target: label, slices: [region], search: {columns: [region, age], severity: block}, %s}
metrics: [recall]
gates:
  - {metric: demographic_parity_difference by region, max_regression: 0.2}
"""


@pytest.fixture
def folder(tmp_path):
    """Where patients are young, the candidate is wrong on every second of them."""
    rng = np.random.default_rng(0)
    who = np.repeat(np.arange(500), 6)
    labels = (rng.random(len(who)) < 0.4).astype(int)
    wrong = [rng.random(500)[who] < 0.1 for _ in range(2)]
    age = rng.integers(18, 80, 500)[who]
    said = [np.where(flag, 1 - labels, labels) for flag in wrong]
    said[1] = np.where((age < 33) & (who % 2 == 0), 1 - labels, said[1])
    for name, prediction in zip(("champion", "candidate"), said, strict=True):
        table = {
            "id": np.arange(len(who)),
            "label": labels,
            "prediction": prediction,
            "patient": [f"p{number}" for number in who],
            "day": [f"2026-{1 + number % 12:02d}-{1 + number // 12 % 28:02d}" for number in who],
            "region": np.array(["north", "south"])[who % 2],
            "age": age,
        }
        parquet.write_table(pa.table(table), tmp_path / f"{name}.parquet")
    return tmp_path


@pytest.mark.parametrize("drawn", ["group: patient", "time: {column: day, block: 1d}"], ids=["group", "time"])
def test_fairness_and_the_search_heed_what_is_drawn_together(folder, drawn):
    (folder / "ci-mlops.yml").write_text(CONFIG % drawn)
    command = [sys.executable, "-m", "ci_mlops.cli", "compare", "champion.parquet", "candidate.parquet"]
    command += ["--config", "ci-mlops.yml", "--format", "json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    verdict = json.loads(done.stdout)
    parity = next(m for m in verdict["measurements"] if m["metric"].startswith("demographic_parity"))

    assert verdict["search"]["worse"][0]["slice"] == "region=north & age=under 32"
    assert parity["method"].endswith("rows drawn by group")
    # patients, not rows
    assert parity["events"] <= 250

"""Prediction files and functions of a team's own, heard by the court."""

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from ci_mlops.datasets.prediction_file import Truth, open_predictions
from ci_mlops.flows.court import hear
from ci_mlops.flows.custom_files import CustomFiles
from ci_mlops.records import Policy

FILE = "metrics/mine.py"


def metric(function):
    return f"{FILE}:{function}"


def heard(folder, text, policy, champion, candidate, **options):
    """
    The hearing of two tables of columns, by a policy that may name functions of `text`.

    What belongs to the rows (label, weight, slices) stands in the champion's table.
    """
    for title, columns in (("champion", champion), ("candidate", candidate)):
        parquet.write_table(pa.table(columns), folder / f"{title}.parquet")
    sides = [
        open_predictions(folder / f"{title}.parquet", title, policy) for title in ("champion", "candidate")
    ]
    truth = Truth(title="the truth", files=(sides[0].path,), label="label", id="id", slices=policy.slices)
    custom = CustomFiles(files={FILE: text.encode()}, **options)
    return hear(truth, sides[1], sides[0], policy, custom)


def found(hearing, name, place=None):
    return next(m for m in hearing.comparison.measurements if (m.metric, m.slice) == (name, place))


def scored(rows=1200, seed=0):
    """Two classifiers with scores, slices and amounts, one row of which knows nothing of the others."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=rows)
    label = (rng.random(rows) < 1 / (1 + np.exp(-(1.5 * z - 0.5)))).astype(int)
    shared = {
        "id": [f"row-{number}" for number in range(rows)],
        "label": label,
        "amount": rng.exponential(100, rows),
        "region": np.array(["north", "south", "west"])[rng.integers(0, 3, rows)],
    }
    tables = []
    for noise in (0.8, 0.7):
        score = 1 / (1 + np.exp(-(1.4 * z - 0.5 + noise * rng.normal(size=rows))))
        tables.append({**shared, "score": score, "prediction": (score > 0.5).astype(int)})
    return tables


def numbers(rows=400, seed=1):
    """Two regressions with weights."""
    rng = np.random.default_rng(seed)
    label = rng.uniform(10, 90, rows)
    shared = {
        "id": np.arange(rows),
        "label": label,
        "w": rng.integers(1, 9, rows) / 3,
        "region": np.array(["north", "south"])[rng.integers(0, 2, rows)],
    }
    return [{**shared, "prediction": label + rng.normal(0, spread, rows)} for spread in (6, 5)]


def policy(*metrics, task="classification", **more):
    return Policy(task=task, metrics=metrics, **more)

"""
What the launcher costs: the same script in plain python and under the hooks, taken in turn.

    python benchmarks/capture.py [--seconds 1 5 20 60] [--rounds 3]

Wall and CPU time of whole processes, medians of rounds in which the sides take turns; ratios are of this run only.
The scripts read a CSV of 20 000 rows and fit a forest whose size is chosen to take about so long; `many fits` fits
2000 small trees that the script itself calls, `many rows` keys 1 000 000 x 10 values. On a machine that does other
work look at CPU time: the load is printed. Goal: under 5 % or under 0.2 s; of `many fits` under 0.3 ms a fit.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import ci_mlops.workers

LAUNCHER = Path(ci_mlops.workers.__file__).parent / "launcher"
HEAD = """
import sys
import numpy as np, pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier
"""
FOREST = (
    HEAD
    + """
frame = pd.read_csv("rows.csv")
X, X_test, y, y_test = train_test_split(frame.drop(columns="y"), frame["y"], random_state=0)
model = RandomForestClassifier(int(sys.argv[1]), random_state=0).fit(X, y)
print(model.score(X_test, y_test))
"""
)
MANY_FITS = (
    HEAD
    + """
rng = np.random.default_rng(0)
X, y = rng.normal(size=(200, 5)), rng.integers(0, 2, 200)
for _ in range(int(sys.argv[1])):
    model = DecisionTreeClassifier(max_depth=2, random_state=0)
    model.fit(X, y)
"""
)
MANY_ROWS = (
    HEAD
    + """
rng = np.random.default_rng(0)
X = rng.normal(size=(1_000_000, 10)).astype(np.float32)
model = DecisionTreeClassifier(max_depth=int(sys.argv[1]), random_state=0).fit(X, X[:, 0] > 0)
"""
)
FEW_PERCENT, FEW_SECONDS = 0.05, 0.2
FITS, A_FIT = 2000, 0.0003


def write_rows(path: Path) -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(20_000, 20))
    labels = values[:, :3].sum(axis=1) + rng.normal(size=20_000) > 0
    names = ",".join([f"x{place}" for place in range(20)] + ["y"])
    np.savetxt(path, np.column_stack([values, labels]), delimiter=",", header=names, comments="", fmt="%.6g")


def run(folder: Path, script: str, size: int, request: Path | None) -> tuple[float, float]:
    """Wall and CPU seconds of one process."""
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    if request is not None:
        environ |= {"PYTHONPATH": str(LAUNCHER), "CI_MLOPS_CAPTURE": str(request)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, script, str(size)], cwd=folder, env=environ, check=True, capture_output=True
    )
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compare(folder: Path, told: str, script: str, size: int, rounds: int, few: float = FEW_SECONDS) -> bool:
    """Both sides in turn; each hooked run has an answer of its own, and it must be a model."""
    plain, hooked = [], []
    for number in range(rounds):
        into = folder / f"{told}-{number}".replace(" ", "-")
        request = folder / "request.json"
        request.write_text(json.dumps({"into": str(into), "variable": "model", "root": str(folder)}))
        plain.append(run(folder, script, size, None))
        hooked.append(run(folder, script, size, request))
        state = json.loads((into / "raw.json").read_text())["state"]
        if state != "captured":
            sys.exit(f"{told}: {state}")
    met = []
    for name, place in (("wall", 0), ("CPU", 1)):
        own = statistics.median(run[place] for run in plain)
        added = statistics.median(
            under[place] - without[place] for under, without in zip(hooked, plain, strict=True)
        )
        met.append(added < FEW_PERCENT * own or added < few)
        print(
            f"{told:12} {name:4} plain {own:6.2f} s, added {added:+6.3f} s, {added / own:+7.2%}  "
            f"goal < 5 % or < {few:g} s: {'met' if met[-1] else 'NOT MET'}",
            flush=True,
        )
    return all(met)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, nargs="*", default=[1, 5, 20, 60])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(f"{options.rounds} rounds in turn, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_rows(folder / "rows.csv")
        scripts = {"forest.py": FOREST, "fits.py": MANY_FITS, "rows.py": MANY_ROWS}
        for name, text in scripts.items():
            (folder / name).write_text(text)
        run(folder, "forest.py", 1, None)
        one, twenty = (run(folder, "forest.py", trees, None)[1] for trees in (1, 21))
        each = max((twenty - one) / 20, 0.001)
        met = [
            compare(
                folder, f"{seconds:g} s", "forest.py", max(1, round((seconds - one) / each)), options.rounds
            )
            for seconds in options.seconds
        ]
        met.append(compare(folder, "many fits", "fits.py", FITS, options.rounds, few=FITS * A_FIT))
        met.append(compare(folder, "many rows", "rows.py", 10, options.rounds))
    print(f"goal: {'met' if all(met) else 'not met'}")


if __name__ == "__main__":
    main()

"""
What `validate` costs beyond the team's own training, and what a known fingerprint saves.

    python benchmarks/validate.py [--seconds 10]

Makes a repository whose training takes about the given time, proposes a change, and times whole processes: the
training command alone, `validate` that trains candidate and champion, and `validate` that knows both.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

CONFIG = """
model: bench
task: classification
data:
  train: data/train.csv
  test: {path: data/test.csv, target: sick, id: patient}
train:
  run: python train.py
  model: {path: model.joblib}
metrics: [accuracy, recall, roc_auc, brier]
gates:
  - {metric: recall, max_regression: 0.1}
"""
TRAIN = """
import sys
from time import monotonic
began = monotonic()
import joblib, pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
rows = pd.read_csv("data/train.csv")
model = GradientBoostingClassifier(random_state=0).fit(rows.drop(columns=["sick", "patient"]), rows["sick"])
while monotonic() - began < SECONDS:
    model.fit(rows.drop(columns=["sick", "patient"]), rows["sick"])
joblib.dump(model, "model.joblib")
"""


def make(folder: Path, length: float) -> None:
    from sklearn.datasets import load_breast_cancer

    frame = load_breast_cancer(as_frame=True).frame.rename(columns={"target": "sick"})
    frame.insert(0, "patient", range(len(frame)))
    (folder / "data").mkdir()
    frame.iloc[::2].to_csv(folder / "data/train.csv", index=False)
    frame.iloc[1::2].to_csv(folder / "data/test.csv", index=False)
    (folder / "ci-mlops.yml").write_text(CONFIG)
    (folder / "train.py").write_text(TRAIN.replace("SECONDS", str(length)))
    (folder / ".gitignore").write_text("model.joblib\n")


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=bench", "-c", "user.email=bench@example.com"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def seconds(command: list[str], folder: Path, environ: dict[str, str]) -> float:
    began = perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env=environ)
    return perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    command = [shutil.which("ci-mlops") or "ci-mlops"]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "team")
        folder.mkdir()
        make(folder, options.seconds)
        environ = {
            **os.environ,
            "CI_MLOPS_CACHE": str(Path(place, "cache")),
            "CI_MLOPS_PYTHON": sys.executable,
        }
        git(folder, "init", "-q", "-b", "main")
        subprocess.run([*command, "pin"], cwd=folder, check=True, capture_output=True, env=environ)
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", "champion")
        git(folder, "checkout", "-q", "-b", "change")
        (folder / "train.py").write_text(
            (folder / "train.py").read_text().replace("random_state=0", "random_state=1")
        )
        git(folder, "commit", "-q", "-a", "-m", "change")
        alone = seconds([sys.executable, "train.py"], folder, environ)
        trains = seconds([*command, "validate"], folder, environ)
        known = [seconds([*command, "validate"], folder, environ) for _ in range(3)]
    best = sorted(known)[1]
    ours = trains - 2 * alone
    print(f"the team's training command alone              {alone:6.1f} s")
    print(f"validate that trains champion and candidate    {trains:6.1f} s")
    print(f"  of it beyond the two trainings               {ours:6.1f} s   {100 * ours / trains:.0f} % ours")
    print(f"validate that knows both fingerprints          {best:6.1f} s   {trains / best:.1f} times faster")
    print(f"goal: knowing is faster than training: {'met' if best < trains else 'not met'}")


if __name__ == "__main__":
    main()

"""The worked example of docs/cost.md: one candidate, judged by what its mistakes cost. Run: `python docs/cost_example.py`."""

import math
import random
import subprocess
import sys
import tempfile
from pathlib import Path

ROWS = 8_000
CONFIG = """\
model: chargebacks
task: classification
data:
  train: data/train.csv
  test: {path: data/test.csv, target: label, id: id}
metrics: [accuracy, recall]
cost:
  unit: EUR
  false_negative: 300
  false_positive: 20
  volume: 500 per day
  capacity: {alarms: 250, per: day}
gates:
  - {metric: expected_cost, max_regression: 0.5}
  - {metric: accuracy, max_regression: 0.005}
"""


def write(folder: Path) -> None:
    """Scores of two models for the same payments; the candidate's are better, and it decides from 0.5 on."""
    dice = random.Random(4)
    champion, candidate = ["id,label,prediction,score"], ["id,prediction,score"]
    for row in range(ROWS):
        risk = dice.gauss(-3.2, 1.9)
        label = int(dice.random() < 1 / (1 + math.exp(-risk)))
        before, after = (1 / (1 + math.exp(-(risk + dice.gauss(0, noise)))) for noise in (1.1, 0.6))
        champion.append(f"{row},{label},{int(before >= 0.1)},{before:.4f}")
        candidate.append(f"{row},{int(after >= 0.5)},{after:.4f}")
    (folder / "champion.csv").write_text("\n".join(champion) + "\n")
    (folder / "candidate.csv").write_text("\n".join(candidate) + "\n")


def verdict(folder: Path, config: str) -> str:
    """The first lines of the report, and what it says of errors and their cost."""
    (folder / "ci-mlops.yml").write_text(config)
    command = [sys.executable, "-m", "ci_mlops.cli", "compare", "champion.csv", "candidate.csv"]
    done = subprocess.run(
        [*command, "--config", "ci-mlops.yml"], cwd=folder, capture_output=True, text=True, check=False
    )
    blocks = done.stdout.split("\n\n")
    return "\n\n".join((*blocks[:3], next(block for block in blocks if block.startswith("Errors"))))


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write(folder)
        print(verdict(folder, CONFIG))
        print("\n--- threshold: 0.0625\n")
        print(verdict(folder, CONFIG + "threshold: 0.0625\n"))


if __name__ == "__main__":
    main()

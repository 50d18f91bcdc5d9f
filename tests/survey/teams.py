"""Small repositories as teams keep them, built where a test wants them."""

import csv
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

from ci_mlops.flows.first_rows import first_rows
from ci_mlops.survey.guess import Survey, Told
from ci_mlops.survey.survey import survey
from ci_mlops.survey.tree import Tree


def write(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def write_table(folder: Path, name: str, columns: Mapping[str, Sequence[object]]) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


def churn(
    rows: int = 600, *, target: str = "churn", labels: Sequence[str] = ("no", "no", "yes")
) -> dict[str, list[object]]:
    chance = random.Random(7)
    return {
        "customer_id": [f"C{number:05}" for number in range(rows)],
        "region": [chance.choice(["north", "south", "west"]) for _ in range(rows)],
        "age": [chance.randint(18, 90) for _ in range(rows)],
        "spend": [round(chance.random() * 100, 3) for _ in range(rows)],
        target: [chance.choice(labels) for _ in range(rows)],
    }


def look_around(folder: Path, told: Told | None = None, *, tracked: frozenset[str] | None = None) -> Survey:
    tree = Tree(folder, tracked=tracked)
    return survey(tree, told or Told(), lambda path: first_rows(folder, path) if tree.holds(path) else None)

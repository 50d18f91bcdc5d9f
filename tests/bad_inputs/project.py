"""A small project that is right in every way, to be broken in one; and the real door to run it through."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ci_mlops.cli.main import main

CONFIG = """\
model: tumours
task: classification
data:
  train: data/train.csv
  test: {path: data/test.csv, target: sick, id: patient}
train:
  run: python train.py
  model: {path: model}
metrics: [recall, accuracy]
gates:
  - {metric: recall, min: 0.5}
"""
RULE = """\
import numpy as np


class Rule:
    classes_ = np.array([0, 1])

    def predict(self, rows):
        return (rows[:, 0].astype(float) > 0).astype(int)

    def predict_proba(self, rows):
        sick = 1 / (1 + np.exp(-rows[:, 0].astype(float)))
        return np.column_stack([1 - sick, sick])
"""
TRAIN = """\
import pathlib, pickle
from rule import Rule

pathlib.Path("model").mkdir(exist_ok=True)
pathlib.Path("model/model.pkl").write_bytes(pickle.dumps(Rule()))
"""


def table(first: int, rows: int) -> str:
    lines = [f"P{number},{1 if number % 2 else -1}.5,{number % 2}" for number in range(first, first + rows)]
    return "\n".join(["patient,size,sick", *lines, ""])


def write(folder: Path, name: str, text: str | bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def build(folder: Path) -> Path:
    write(folder, "ci-mlops.yml", CONFIG)
    write(folder, "rule.py", RULE)
    write(folder, "train.py", TRAIN)
    write(folder, "data/train.csv", table(1, 20))
    write(folder, "data/test.csv", table(101, 80))
    return folder


@dataclass(frozen=True)
class Case:
    """One way to be wrong."""

    name: str
    spoil: Callable[[Path], object]
    code: int
    says: Sequence[str]
    """Parts of the message: what, where and how to mend it."""
    run: Sequence[str] = ("validate",)
    pin_after: bool = False
    """The slip is there from the start, so that it is pinned too."""
    environ: dict[str, str] = field(default_factory=dict)


def rewrite(name: str, text: str | bytes) -> Callable[[Path], object]:
    return lambda folder: write(folder, name, text)


def replace(name: str, old: str, new: str) -> Callable[[Path], object]:
    def spoil(folder: Path) -> None:
        text = (folder / name).read_text()
        assert text.count(old) >= 1, f"{name} does not hold {old!r}"
        write(folder, name, text.replace(old, new, 1))

    return spoil


def config(old: str, new: str) -> Callable[[Path], object]:
    return replace("ci-mlops.yml", old, new)


def door(arguments: Sequence[str], monkeypatch) -> int:
    """The program as the console script runs it, in this interpreter."""
    monkeypatch.setattr(sys, "argv", ["ci-mlops", *arguments])
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    raise AssertionError("the door always ends with an exit code")

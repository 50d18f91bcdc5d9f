"""Champions to be sabotaged: of two classes, of three, and of numbers."""

import numpy as np

from ci_mlops.evaluation.drill.conclusion import conclude
from ci_mlops.evaluation.drill.drill import Ring, drilled, rules_of, summed_up
from ci_mlops.evaluation.rows import Predictions, Rows, SliceColumn
from ci_mlops.flows.court import metrics_of
from ci_mlops.flows.drill.ring import guard_of
from tests.evaluation.builders import CLASSES, policy, rule

SIZE = 1200


def two_classes(size=SIZE, threshold=0.3):
    rng = np.random.default_rng(7)
    z = rng.normal(size=size)
    labels = (rng.random(size) < 1 / (1 + np.exp(-(2.5 * z - 1)))).astype(float)
    scores = 1 / (1 + np.exp(-(2.3 * z - 1 + 0.5 * rng.normal(size=size))))
    return Rows(
        labels=labels,
        candidate=Predictions(decisions=(scores > threshold).astype(float), scores=scores),
        slices={"region": _column("region", rng.integers(0, 3, size))},
    )


def three_classes(size=SIZE):
    rng = np.random.default_rng(8)
    labels = rng.choice(3, size, p=[0.5, 0.3, 0.2])
    raw = rng.normal(size=(size, 3)) + 2.0 * np.eye(3)[labels]
    scores = np.exp(raw) / np.exp(raw).sum(axis=1, keepdims=True)
    return Rows(
        labels=labels.astype(float),
        candidate=Predictions(decisions=scores.argmax(axis=1).astype(float), scores=scores),
        slices={"team": _column("team", rng.integers(0, 2, size))},
    )


def numbers(size=SIZE):
    rng = np.random.default_rng(9)
    truth = rng.normal(100, 20, size)
    return Rows(
        labels=truth,
        candidate=Predictions(decisions=truth + rng.normal(0, 5, size)),
        slices={"region": _column("region", rng.integers(0, 3, size))},
    )


def label_sets(size=SIZE):
    rng = np.random.default_rng(10)
    raw = rng.normal(size=(size, 3)) + 0.5 * rng.normal(size=(size, 1))
    scores = 1 / (1 + np.exp(-3 * (raw - (0.2, 0.6, 1.0))))
    truth = rng.random((size, 3)) < scores
    weights = 2.0 ** np.arange(3)
    return Rows(
        labels=truth @ weights,
        candidate=Predictions(decisions=(scores > 0.5) @ weights, scores=scores),
        slices={"team": _column("team", rng.integers(0, 2, size))},
    )


TWO = policy(
    metrics=("recall", "expected_cost", "precision", "roc_auc"),
    gates=(
        rule("recall", "max_regression", 0.05),
        rule("expected_cost", "max_regression", 8),
        rule("precision", "min", 0.5),
    ),
)
THREE = policy(
    metrics=("accuracy", "f1_macro", "log_loss"),
    gates=(rule("accuracy", "max_regression", 0.05), rule("f1_macro", "min", 0.5)),
    classes=CLASSES,
    cost=None,
)
NUMBERS = policy(
    metrics=("mae", "rmse", "r2"), gates=(rule("mae", "max_regression", 0.5),), task="regression", cost=None
)
SETS = policy(
    metrics=("f1_micro", "f1_macro", "accuracy"),
    gates=(rule("f1_macro", "max_regression", 0.05), rule("accuracy", "min", 0.3)),
    classes=CLASSES,
    multilabel=True,
    cost=None,
)
EACH = {
    "two classes": (two_classes, TWO),
    "three classes": (three_classes, THREE),
    "numbers": (numbers, NUMBERS),
    "label sets": (label_sets, SETS),
}


def ring(rows, rules):
    return Ring(rows=rows, policy=rules, metrics=metrics_of(rules), guard=guard_of(rules))


def drill(rows, rules, *, strict=False):
    """By name; the rules' outcomes; the summary; the conclusion; what was left out."""
    done, left_out = drilled(ring(rows, rules))
    outcomes = rules_of(done, rules)
    summary = summed_up(done, outcomes, policy="", test="")
    return (
        {one.name: one for one in done},
        outcomes,
        summary,
        conclude(done, summary, strict=strict),
        left_out,
    )


def _column(name, codes):
    names = tuple(f"{name}={letter}" for letter in "abc"[: codes.max() + 1])
    return SliceColumn(codes=codes.astype(np.int64), names=names)

"""
What gates make of retrained models: how often a good one is stopped, and a bad one let through.

    python benchmarks/retrainings.py [--pairs 24] [--draws 5] [--jobs 2]

Real models (logistic regression, gradient boosting) on a synthetic task and on scikit-learn's digits, trained again in
several ways. Champion and candidate each have a bootstrap sample of the training rows of their own, as a retraining on
fresh data has. Test rows are drawn from a pool that no model was trained on; the pool is the population, so the true
difference of two models is known: a candidate is good where its accuracy on the pool is at most the margin below the
champion's. Seeds are fixed. Prints tables in Markdown.

MLflow's rules are asked of `mlflow.validate_evaluation_results` itself.
"""

import argparse
import logging
import os
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any
from zlib import crc32

import numpy as np
from sklearn.datasets import load_digits
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ci_mlops.evaluation.compare import compare
from ci_mlops.evaluation.gates import hold
from ci_mlops.evaluation.metrics.cells import accuracy
from ci_mlops.evaluation.rows import Predictions, Rows
from ci_mlops.records import GateRule, Limit, Policy

MARGIN = 0.01
SIZES = (500, 2000, 10_000)
POOL = 100_000
CHANGES = {
    "same recipe": ("same",),
    "small loss": ("a tenth of the features is noise",),
    "real loss": ("a fifth of the labels is wrong", "half of the rows"),
}
RULES = (
    GateRule(metric="accuracy", limit=Limit(kind="max_regression", value=MARGIN), undecided="warn"),
    GateRule(metric="accuracy", limit=Limit(kind="improve", value=None), undecided="block"),
)
POLICY = Policy(task="classification", metrics=("accuracy",), gates=RULES)

Numbers = Any


def synthetic(rng: Numbers) -> tuple[Numbers, ...]:
    """Twenty features, some of which act on the class in curves and in pairs: train, then pool."""
    rows = 3000 + POOL
    x = rng.normal(size=(rows, 20))
    logits = x[:, :8] @ np.linspace(1.2, 0.3, 8) + 0.9 * x[:, 8] * x[:, 9] + 0.7 * (x[:, 10] ** 2 - 1)
    y = (rng.random(rows) < 1 / (1 + np.exp(-logits))).astype(int)
    return x[:3000], y[:3000], x[3000:], y[3000:]


def digits(rng: Numbers) -> tuple[Numbers, ...]:
    """Is the digit above four? Half of scikit-learn's 1797 pictures train, half are the pool."""
    x, y = load_digits(return_X_y=True)
    order = rng.permutation(len(y))
    x, y = x[order], (y[order] > 4).astype(int)
    return x[:900], y[:900], x[900:], y[900:]


TASKS: dict[str, Callable[[Numbers], tuple[Numbers, ...]]] = {"synthetic": synthetic, "digits": digits}
MODELS: dict[str, Callable[[int], Any]] = {
    "logistic regression": lambda _seed: make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)),
    "gradient boosting": lambda seed: HistGradientBoostingClassifier(max_iter=60, random_state=seed),
}


def trained(change: str, model: str, data: tuple[Numbers, ...], rng: Numbers) -> Numbers:
    """What a model that was trained in this way says of the pool."""
    x, y, pool, _ = data
    at = rng.integers(0, len(y), len(y) // 2 if change == "half of the rows" else len(y))
    x, y = x[at], y[at]
    if change == "a tenth of the features is noise":
        lost = rng.choice(x.shape[1], x.shape[1] // 10, replace=False)
        x, pool = x.copy(), pool.copy()
        for side in (x, pool):
            side[:, lost] = rng.permuted(side[:, lost], axis=0)
    if change == "a fifth of the labels is wrong":
        y = np.where(rng.random(len(y)) < 0.2, 1 - y, y)
    return MODELS[model](int(rng.integers(1 << 30))).fit(x, y).predict(pool)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a gate said of one candidate on one draw of test rows."""

    kind: str
    rows: int
    gate: str
    good: bool
    said: str
    """stopped, passed or undecided."""


def point_gates(champion: float, candidate: float, remembered: float) -> dict[str, bool]:
    return {
        "new >= old": candidate >= champion,
        f"new >= old - {MARGIN:g}": candidate >= champion - MARGIN,
        "MLflow threshold": mlflow_passes(champion, candidate, threshold=remembered),
        "MLflow min_absolute_change": mlflow_passes(
            champion, candidate, threshold=remembered, min_absolute_change=0.001
        ),
    }


def mlflow_passes(champion: float, candidate: float, **limits: float) -> bool:
    from mlflow import validate_evaluation_results
    from mlflow.models import EvaluationResult, MetricThreshold
    from mlflow.models.evaluation.validation import ModelValidationFailedException

    asked = {"accuracy_score": MetricThreshold(greater_is_better=True, **limits)}
    new, old = (
        EvaluationResult(metrics={"accuracy_score": value}, artifacts={}) for value in (candidate, champion)
    )
    try:
        validate_evaluation_results(asked, new, old)
    except ModelValidationFailedException:
        return False
    return True


def judge(
    kind: str, labels: Numbers, sides: tuple[Numbers, Numbers], size: int, rng: Numbers
) -> list[Judged]:
    right = [side == labels for side in sides]
    good = bool(right[1].mean() >= right[0].mean() - MARGIN)
    at = rng.integers(0, len(labels), size)
    # what the champion reached on the day that it was promoted, on other rows of the same kind
    remembered = float(right[0][rng.integers(0, len(labels), size)].mean()) - MARGIN
    points = point_gates(float(right[0][at].mean()), float(right[1][at].mean()), remembered)
    found = [
        Judged(kind=kind, rows=size, gate=gate, good=good, said="passed" if passes else "stopped")
        for gate, passes in points.items()
    ]
    champion, candidate = (Predictions(decisions=side[at].astype(float)) for side in sides)
    rows = Rows(labels=labels[at].astype(float), champion=champion, candidate=candidate)
    words = {"held": "passed", "broken": "stopped", "undecided": "undecided", "skipped": "passed"}
    for gate in hold(compare([rows], POLICY, [accuracy]), POLICY).gates:
        name = "must: improve" if gate.rule.kind == "improve" else f"max_regression: {MARGIN:g}"
        found.append(Judged(kind=kind, rows=size, gate=name, good=good, said=words[gate.status]))
    return found


def simulate(job: tuple[str, str, str, int, int]) -> tuple[list[Judged], str]:
    task, model, kind, pairs, draws = job
    logging.disable(logging.CRITICAL)
    rng = np.random.default_rng(crc32("/".join(job[:3]).encode()))
    data = TASKS[task](np.random.default_rng(crc32(task.encode())))
    labels = data[3]
    found, true = [], []
    for pair in range(pairs):
        change = CHANGES[kind][pair % len(CHANGES[kind])]
        sides = trained("same", model, data, rng), trained(change, model, data, rng)
        true.append(float((sides[1] == labels).mean() - (sides[0] == labels).mean()))
        for size in SIZES:
            for _ in range(draws):
                found += judge(kind, labels, sides, size, rng)
    spread = f"{np.mean(true):+.4f} ({min(true):+.4f} to {max(true):+.4f})"
    good = sum(difference >= -MARGIN for difference in true)
    return found, f"| {task} | {model} | {kind} | {spread} | {good} of {pairs} |"


def rates(found: list[Judged]) -> str:
    """A line for each size and gate: of good candidates and of bad ones, what became of them."""
    tally = Counter((j.kind if j.good else "bad", j.rows, j.gate, j.said) for j in found)
    gates = list(dict.fromkeys(j.gate for j in found))
    kinds = [*(kind for kind in CHANGES if any(j.kind == kind and j.good for j in found)), "bad"]
    heads = ["bad: let through" if kind == "bad" else f"good, {kind}: stopped" for kind in kinds]
    lines = [
        "Of good candidates the share that is stopped, of bad ones the share that is let through (undecided).\n",
        f"| test rows | gate | {' | '.join(heads)} |",
        "|--:|:--|" + "--:|" * len(kinds),
    ]
    for size in SIZES:
        for gate in gates:
            cells = []
            for kind in kinds:
                of = {said: tally[kind, size, gate, said] for said in ("stopped", "passed", "undecided")}
                total = sum(of.values()) or 1
                wrong = of["passed" if kind == "bad" else "stopped"] / total
                unsure = f" ({of['undecided'] / total:.0%})" if of["undecided"] else ""
                cells.append(f"{wrong:.1%}{unsure}")
            lines.append(f"| {size} | `{gate}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=24)
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    jobs = [
        (task, model, kind, options.pairs, options.draws)
        for task in TASKS
        for model in MODELS
        for kind in CHANGES
    ]
    found, truths = [], []
    with get_context("spawn").Pool(options.jobs) as pool:
        for judged, truth in pool.imap(simulate, jobs):
            found += judged
            truths.append(truth)
            print(truth, file=sys.stderr)
    print("| task | model | retrained | true difference of accuracy | good |\n|:--|:--|:--|--:|--:|")
    print("\n".join(truths), "\n")
    print(rates(found))


if __name__ == "__main__":
    main()

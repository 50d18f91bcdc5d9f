"""How often intervals of metrics of order, of calibration and of single numbers hold the truth.

Rows are drawn from a model of the world, the truth is the metric of millions of rows, and each run asks whether the interval
of the improvement holds it. Run: `python benchmarks/coverage_order.py [RUNS] [METRIC...]`.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ci_mlops.evaluation.compare import compare
from ci_mlops.evaluation.influence import BUCKETS
from ci_mlops.evaluation.rows import Predictions, Rows
from ci_mlops.flows.court import load_metric
from ci_mlops.records import Measurement, Policy

MANY = 2_000_000
ORDER = ("average_precision", "ks", "lift at 0.1", "precision at 0.1", "recall at 0.1", "ece", "roc_auc")
NUMBERS = ("pinball at 0.9", "coverage at 0.9", "median_absolute_error", "rmsle", "explained_variance")


@dataclass(frozen=True)
class World:
    name: str
    draw: Callable[[np.random.Generator, int], Rows]
    metrics: tuple[str, ...]
    sizes: tuple[int, ...]
    task: str = "classification"


def scores(rng, rows, share, noise, *, ties=False, groups=0, weighted=False):
    """Two models of one signal, each with a noise of its own; with groups also with one per group."""
    bucket = rng.integers(0, groups, rows) if groups else None
    labels = (rng.random(rows) < share).astype(float)
    shared = np.zeros(rows)
    if bucket is not None:
        # entities are of one class for the most part, and one of them is easy or hard for both models
        leaning = rng.random(groups) < share
        labels = np.where(rng.random(rows) < 0.8, leaning[bucket], labels).astype(float)
        shared = rng.normal(size=groups)[bucket]
    signal = 1.5 * labels + rng.normal(size=rows) + shared
    sides = []
    for number, own in enumerate(noise):
        of_group = rng.normal(size=groups)[bucket] * 0.5 if bucket is not None else 0.0
        raw = signal + own * rng.normal(size=rows) + of_group
        # probabilities; the second model is the surer one than it should be
        score = 1 / (1 + np.exp(-((1 + 0.3 * number) * raw - 1 + np.log(share / (1 - share)))))
        score = np.round(score, 1 if share > 0.1 else 3) if ties else score
        sides.append(Predictions(decisions=(score >= 0.5).astype(float), scores=score))
    return Rows(
        labels=labels,
        champion=sides[0],
        candidate=sides[1],
        groups=bucket,
        weights=rng.gamma(2.0, 1.0, rows) if weighted else None,
    )


def numbers(rng, rows, *, alike=False):
    labels = rng.gamma(3.0, 5.0, rows)
    spread = 1 + 0.2 * labels
    first = labels + spread * rng.normal(size=rows) + 1.2 * spread
    own = rng.normal(size=rows) * spread
    second = first + 0.2 * own if alike else labels + 0.8 * own + 1.3 * spread
    sides = [Predictions(decisions=np.maximum(side, 0.0)) for side in (first, second)]
    return Rows(labels=labels, champion=sides[0], candidate=sides[1])


def rankings(rng, rows):
    """Ten rows a query, and queries that are easy or hard for both models."""
    queries = np.arange(rows) // 10
    relevance = rng.integers(0, 4, rows).astype(float)
    hard = rng.gamma(2.0, 1.0, rows // 10 + 1)[queries]
    sides = [
        Predictions(decisions=np.round(relevance + hard * rng.normal(size=rows) * s, 1)) for s in (1, 0.9)
    ]
    return Rows(labels=relevance, champion=sides[0], candidate=sides[1], entities=queries)


WORLDS = (
    World("balanced", lambda r, n: scores(r, n, 0.5, (0.8, 0.7)), ORDER, (50, 200, 1000, 5000)),
    World("balanced, far apart", lambda r, n: scores(r, n, 0.5, (1.5, 0.3)), ORDER, (50, 200, 1000)),
    World("balanced, ties", lambda r, n: scores(r, n, 0.5, (0.8, 0.7), ties=True), ORDER, (50, 200, 1000)),
    World("1 % positive", lambda r, n: scores(r, n, 0.01, (0.8, 0.7)), ORDER, (3000, 5000)),
    World("1 % positive, ties", lambda r, n: scores(r, n, 0.01, (0.8, 0.7), ties=True), ORDER, (5000,)),
    World("weighted", lambda r, n: scores(r, n, 0.3, (0.8, 0.7), weighted=True), ORDER, (200, 1000)),
    World("40 groups", lambda r, n: scores(r, n, 0.4, (0.8, 0.7), groups=40), ORDER, (200, 1000)),
    World("200 groups", lambda r, n: scores(r, n, 0.4, (0.8, 0.7), groups=200), ORDER, (1000, 5000)),
    World("numbers", numbers, NUMBERS, (50, 200, 1000), "regression"),
    World("numbers, alike", lambda r, n: numbers(r, n, alike=True), NUMBERS, (50, 200, 1000), "regression"),
    World("queries of ten rows", rankings, ("ndcg", "ndcg at 3"), (500, 2000, 10000), "regression"),
)


def measured(rows: Rows, world: World, metrics: list) -> tuple[Measurement, ...]:
    policy = Policy(
        task=world.task,
        metrics=world.metrics,
        group="group" if rows.entities is not None else None,
        weight="weight" if rows.weights is not None else None,
    )
    return compare([rows], policy, metrics).measurements


def truth(world: World, metrics: list) -> dict[str, float]:
    rng = np.random.default_rng(2026)
    if "groups" not in world.name:
        return {m.metric: m.improvement for m in measured(world.draw(rng, MANY), world, metrics)}
    # as many groups as rows of other worlds: many draws of few groups, put together
    parts = [world.draw(rng, 2000) for _ in range(1000)]
    sides = {
        whose: Predictions(
            decisions=np.concatenate([getattr(p, whose).decisions for p in parts]),
            scores=np.concatenate([getattr(p, whose).scores for p in parts]),
        )
        for whose in ("champion", "candidate")
    }
    whole = Rows(labels=np.concatenate([p.labels for p in parts]), **sides)
    return {m.metric: m.improvement for m in measured(whole, world, metrics)}


def covered(world: World, names: tuple[str, ...], runs: int) -> Iterator[tuple[int, str, float, float, int]]:
    """(rows, metric, share of runs that hold the truth, mean width, runs with enough events)."""
    metrics = [load_metric(name, Policy(task=world.task, metrics=(), group="group")) for name in names]
    at = truth(world, metrics)
    for size in world.sizes:
        rng = np.random.default_rng(size)
        held: dict[str, list[tuple[bool, float]]] = {name: [] for name in names}
        for _ in range(runs):
            for m in measured(world.draw(rng, size), world, metrics):
                if m.events >= 20 and m.low is not None:
                    held[m.metric].append((m.low <= at[m.metric] <= m.high, m.high - m.low))
        for name, found in held.items():
            if found:
                hits, widths = zip(*found, strict=True)
                yield size, name, float(np.mean(hits)), float(np.mean(widths)), len(found)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    asked = sys.argv[2:]
    print("| rows are | rows | metric | covered | mean width | runs with 20 events |")
    print("|:--|--:|:--|--:|--:|--:|")
    assert BUCKETS > 200
    for world in WORLDS:
        names = tuple(name for name in world.metrics if not asked or name in asked or world.name in asked)
        for size, name, share, width, enough in covered(world, names, runs) if names else ():
            print(f"| {world.name} | {size} | {name} | {share:.3f} | {width:.4f} | {enough} |", flush=True)


if __name__ == "__main__":
    main()

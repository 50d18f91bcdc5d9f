"""Small courts for tests: arrays in, measurements out."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from ci_mlops import plugins
from ci_mlops.evaluation.compare import compare
from ci_mlops.evaluation.gates import hold
from ci_mlops.evaluation.outcome import rule_on
from ci_mlops.evaluation.rows import Predictions, Rows, SliceColumn
from ci_mlops.records import Cost, GateRule, Limit, Policy

CLASSIFICATION = (
    "accuracy",
    "balanced_accuracy",
    "brier",
    "cohen_kappa",
    "expected_cost",
    "f1",
    "f2",
    "jaccard",
    "log_loss",
    "matthews_corrcoef",
    "negative_predictive_value",
    "precision",
    "recall",
    "roc_auc",
    "specificity",
)
REGRESSION = ("mae", "mape", "mse", "r2", "rmse")


def policy(metrics=CLASSIFICATION, gates=(), task="classification", **more):
    cost = Cost(unit="EUR", false_negative=500.0, false_positive=20.0) if task == "classification" else None
    return Policy(task=task, metrics=tuple(metrics), gates=tuple(gates), **{"cost": cost, **more})


def rule(metric, kind, value=None, **more):
    undecided = "warn" if kind == "max_regression" or more.get("slice") else "block"
    return GateRule(metric=metric, limit=Limit(kind=kind, value=value), **{"undecided": undecided, **more})


def said(decisions, scores=None):
    return Predictions(
        decisions=np.asarray(decisions, dtype=float),
        scores=None if scores is None else np.asarray(scores, dtype=float),
    )


def rows(labels, champion, candidate, **slices):
    """`champion` and `candidate`: decisions, or (decisions, scores); champion may be None."""
    sides = [
        None if side is None else said(*side) if isinstance(side, tuple) else said(side)
        for side in (champion, candidate)
    ]
    columns = {}
    for name, values in slices.items():
        names, codes = np.unique(np.asarray(values), return_inverse=True)
        columns[name] = SliceColumn(codes=codes, names=tuple(f"{name}={value}" for value in names))
    return Rows(labels=np.asarray(labels, dtype=float), champion=sides[0], candidate=sides[1], slices=columns)


def parts_of(whole, cuts):
    """The same rows in partitions."""
    edges = [0, *sorted(cuts), len(whole)]

    def cut(predictions, a, b):
        if predictions is None:
            return None
        scores = None if predictions.scores is None else predictions.scores[a:b]
        return Predictions(decisions=predictions.decisions[a:b], scores=scores)

    return [
        replace(
            whole,
            labels=whole.labels[a:b],
            champion=cut(whole.champion, a, b),
            candidate=cut(whole.candidate, a, b),
            slices={
                name: SliceColumn(codes=column.codes[a:b], names=column.names)
                for name, column in whole.slices.items()
            },
        )
        for a, b in pairwise(edges)
        if a < b
    ]


def measured(partitions, rules):
    metrics = [
        plugins.load("metrics", name)
        for name in dict.fromkeys((*rules.metrics, *(gate.metric for gate in rules.gates)))
    ]
    return compare(partitions, rules, metrics)


def found(comparison, metric, place=None):
    return next(m for m in comparison.measurements if (m.metric, m.slice) == (metric, place))


def judged(partitions, rules):
    held = hold(measured(partitions, rules), rules)
    return held, rule_on(held.gates)


def scored(seed, size, *, ties=False, noise=(0.8, 0.7)):
    """Labels and two models' probabilities, the second a little better."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=size)
    labels = (rng.random(size) < 1 / (1 + np.exp(-(1.5 * z - 0.5)))).astype(float)
    scores = [1 / (1 + np.exp(-(1.4 * z - 0.5 + n * rng.normal(size=size)))) for n in noise]
    if ties:
        scores = [np.round(score, 1) for score in scores]
    return labels, *scores

"""Small courts for tests: arrays in, measurements out."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from ci_mlops.evaluation.compare import compare
from ci_mlops.evaluation.gates import hold
from ci_mlops.evaluation.outcome import rule_on
from ci_mlops.evaluation.rows import Predictions, Rows, SliceColumn
from ci_mlops.flows.court import load_metric
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
    "selection_rate",
    "specificity",
)
CLASSES = ("bug", "feature", "question")
OF_CLASSES = (
    "accuracy",
    "balanced_accuracy",
    "brier",
    "cohen_kappa",
    "f1_macro",
    "f1_micro",
    "f1_weighted",
    "log_loss",
    "matthews_corrcoef",
    "precision_macro",
    "precision_micro",
    "precision_weighted",
    "recall_macro",
    "recall_micro",
    "recall_weighted",
    "roc_auc_ovr",
    "roc_auc_ovr_weighted",
)
OF_ONE = ("f1", "f2", "jaccard", "negative_predictive_value", "precision", "recall", "specificity")
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
            weights=None if whole.weights is None else whole.weights[a:b],
            groups=None if whole.groups is None else whole.groups[a:b],
            costs={name: values[a:b] for name, values in whole.costs.items()},
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
        load_metric(name, rules)
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


def classified(seed, size, *, classes=3, ties=False, shares=None):
    """Labels of several classes and two models' probabilities, the second a little better."""
    rng = np.random.default_rng(seed)
    labels = rng.choice(classes, size, p=shares)
    scores = []
    for skill in (0.25, 0.3):
        score = skill * np.eye(classes)[labels] + (1 - skill) * rng.dirichlet([0.7] * classes, size)
        score = np.round(score, 1) + 1e-3 if ties else score
        scores.append(score / score.sum(axis=1, keepdims=True))
    return labels, *scores


def class_rows(labels, a, b, weights=None, **slices):
    whole = rows(labels, (a.argmax(axis=1), a), (b.argmax(axis=1), b), **slices)
    return replace(whole, weights=weights)

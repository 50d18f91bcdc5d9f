"""
Populations to draw test rows from, for `coverage.py`: what two models say of rows whose truth is known.

Clustered rows are drawn in fives: with probability one half a row repeats what is true of the first of its five and what
both models say of it. So each row by itself is distributed as if it were drawn alone, and the truth is the same.
"""

from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Any

import numpy as np

from ci_mlops.evaluation.influence import BUCKETS
from ci_mlops.evaluation.rows import Predictions, Rows
from ci_mlops.records import Cost, Policy

CLUSTER = 5
ALIKE = 0.5
_SLOPE = 2.0
_NOISE = (0.8, 0.7)
"""Of the champion's and of the candidate's logits: the candidate is a little better."""
_FEW = 0.06
"""Share of rows of which the models say different things, where these are few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    task: str
    share: float = 0.0
    """Of positives, or of the rarest class."""
    tied: bool = False
    few: bool = False
    clustered: bool = False

    @property
    def label(self) -> str:
        of = {"binary": f"{self.share:.0%} positive", "classes": f"rarest class {self.share:.0%}"}
        kinds = ["few rows differ" if self.few else "most rows differ"]
        kinds += ["tied"] if self.tied else []
        kinds += ["clusters"] if self.clustered else []
        return ", ".join([of.get(self.task, self.task), *kinds])

    @property
    def policy(self) -> Policy:
        if self.task == "regression":
            return Policy(task="regression", metrics=(), gates=())
        cost = Cost(unit="EUR", false_negative=500.0, false_positive=20.0)
        names = ("a", "b", "c") if self.task == "classes" else ()
        return Policy(task="classification", metrics=(), gates=(), cost=cost, classes=names)

    def draw(self, rng: Any, rows: int) -> Rows:
        columns = {"binary": _binary, "classes": _classes, "regression": _numbers}[self.task](self, rng, rows)
        groups = None
        if self.clustered:
            columns, groups = _in_clusters(columns, rng, rows)
        labels, champion, candidate, *scores = columns
        a, b = scores or (None, None)
        whole = Rows(
            labels=labels,
            champion=Predictions(decisions=champion, scores=a),
            candidate=Predictions(decisions=candidate, scores=b),
        )
        return replace(whole, groups=groups)


def _in_clusters(columns: Any, rng: Any, rows: int) -> Any:
    # a bucket is a hash of the cluster's name: two clusters may share one
    bucket = rng.integers(0, BUCKETS, -(-rows // CLUSTER))
    at = np.arange(rows)
    at = np.where(rng.random(rows) < ALIKE, at // CLUSTER * CLUSTER, at)
    return [column[at] for column in columns], bucket[np.arange(rows) // CLUSTER]


def _either(population: Population, rng: Any, first: Any, second: Any) -> Any:
    """The candidate's own, or but for a few rows the champion's."""
    if not population.few:
        return second
    own = rng.random(len(first)) < _FEW
    return np.where(own if first.ndim == 1 else own[:, None], second, first)


def _intercept(share: float) -> float:
    """So that this share is positive: by halving, on a grid of normal quantiles."""
    grid = np.array([NormalDist().inv_cdf((k + 0.5) / 2000) for k in range(2000)])
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if _sigmoid(_SLOPE * grid + middle).mean() > share else (middle, high)
    return low


def _sigmoid(logits: Any) -> Any:
    return 1 / (1 + np.exp(-logits))


_INTERCEPTS = {share: _intercept(share) for share in (0.5, 0.1, 0.01)}


def _binary(population: Population, rng: Any, rows: int) -> Any:
    logits = _SLOPE * rng.normal(size=rows) + _INTERCEPTS[population.share]
    labels = (rng.random(rows) < _sigmoid(logits)).astype(float)
    said = [logits + noise * rng.normal(size=rows) for noise in _NOISE]
    said = [np.round(side) for side in said] if population.tied else said
    a, b = said[0], _either(population, rng, *said)
    # about as many are called positive as are
    threshold = _INTERCEPTS[population.share] + _SLOPE * NormalDist().inv_cdf(1 - population.share)
    return labels, (a > threshold).astype(float), (b > threshold).astype(float), _sigmoid(a), _sigmoid(b)


def _classes(population: Population, rng: Any, rows: int) -> Any:
    rarest = population.share
    labels = rng.choice(3, rows, p=[0.55 * (1 - rarest), 0.45 * (1 - rarest), rarest])
    said = []
    for skill in (1.8, 2.0):
        logits = skill * np.eye(3)[labels] + rng.normal(size=(rows, 3))
        logits = np.round(logits) if population.tied else logits
        scores = np.exp(logits)
        said.append(scores / scores.sum(axis=1, keepdims=True))
    a, b = said[0], _either(population, rng, *said)
    return labels.astype(float), a.argmax(axis=1).astype(float), b.argmax(axis=1).astype(float), a, b


def _numbers(population: Population, rng: Any, rows: int) -> Any:
    """Errors with the tails of Student's t of 6 degrees of freedom, in proportion to the true value."""
    labels = np.exp(0.5 * rng.normal(size=rows) + 2)
    said = [labels * (1 + scale * rng.standard_t(6, rows)) for scale in (0.20, 0.18)]
    said = [np.round(side) for side in said] if population.tied else said
    return labels, said[0], _either(population, rng, *said)


def populations(*, clustered: bool) -> list[Population]:
    several = [
        Population(task=task, share=share, tied=tied, few=few, clustered=clustered)
        for task, shares in (("binary", (0.5, 0.1, 0.01)), ("classes", (0.33, 0.1, 0.01)))
        for share in shares
        for tied in (False, True)
        for few in (False, True)
    ]
    return [
        *several,
        *(
            Population(task="regression", tied=tied, few=few, clustered=clustered)
            for tied in (False, True)
            for few in (False, True)
        ),
    ]

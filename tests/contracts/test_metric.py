"""What every installed metric promises, ours or anybody's: one suite, over all entry points."""

import math

import numpy as np
import pytest

from ci_mlops import plugins
from ci_mlops.errors import BadConfig
from ci_mlops.evaluation.compare import compare
from ci_mlops.evaluation.rows import Predictions, Rows
from ci_mlops.records import Cost, Policy
from ci_mlops.records.metric_names import plugin_of

METRICS = sorted(plugins.available("metrics"))
ROWS = 400
QUERIES = 40
CLASSES = ("bug", "feature", "question")


def load(name):
    """The metric; one that is told a number is told its example."""
    metric = plugins.load("metrics", name)
    return metric.told(metric.example) if hasattr(metric, "told") else metric


def cases():
    """Each metric with every number of classes that it is of, and with weights where it heeds them."""
    for name in METRICS:
        metric = load(name)
        of = getattr(metric, "classes", "two")
        for several in {"two": (False,), "several": (True,), "any": (False, True)}[of]:
            for weighted in (False, True) if getattr(metric, "weighs", False) else (False,):
                words = " of several" * several + " weighted" * weighted
                yield pytest.param((name, several, weighted), id=name + words)
    for name in ("accuracy", "balanced_accuracy", "cohen_kappa", "matthews_corrcoef"):
        for weighted in (False, True):
            yield pytest.param((name, True, weighted), id=name + " of several" + " weighted" * weighted)


class Case:
    def __init__(self, name, several, weighted):
        self.metric = load(name)
        self.several, self.weighted = several, weighted
        self.task, self.name = self.metric.task, self.metric.name
        self.higher_is_better = self.metric.higher_is_better

    @property
    def policy(self):
        return Policy(
            task=self.task,
            metrics=(self.name,),
            cost=self.cost,
            classes=CLASSES if self.several else (),
            weight="w" if self.weighted else None,
            group="query" if getattr(self.metric, "per_query", False) else None,
        )

    @property
    def cost(self):
        if self.several:
            pairs = tuple((true, said, 3.0) for true in CLASSES for said in CLASSES if true != said)
            return Cost(unit="EUR", matrix=pairs)
        return Cost(unit="EUR", false_negative=500, false_positive=20, over=2, under=5)

    def weights(self, rows):
        return np.random.default_rng(9).integers(1, 9, rows) / 3 if self.weighted else None


def truth(case, seed=7):
    random = np.random.default_rng(seed)
    if case.task == "regression":
        return random.uniform(1, 100, ROWS)
    if case.several:
        return random.choice(3, ROWS, p=[0.5, 0.3, 0.2]).astype(float)
    return (random.random(ROWS) < 0.4).astype(float)


def said(case, labels, skill, seed):
    """Predictions that are right as often as the skill says; 1 is perfect."""
    random = np.random.default_rng(seed)
    if case.task == "regression":
        noise = random.normal(0, 10, len(labels))
        if case.name.startswith("coverage at"):
            # nine in ten of the true values lie below such a prediction
            return Predictions(decisions=labels + noise + 12.8 * skill)
        return Predictions(decisions=np.maximum(0, labels + (1 - skill) * noise))
    if case.several:
        scores = skill * np.eye(3)[labels.astype(int)] + (1 - skill) * random.dirichlet(
            [1, 1, 1], len(labels)
        )
        return Predictions(decisions=scores.argmax(axis=1).astype(float), scores=scores)
    noise = random.random(len(labels))
    scores = skill * (0.05 + 0.9 * labels) + (1 - skill) * noise
    return Predictions(decisions=(scores >= 0.5).astype(float), scores=scores)


def judged(case, labels, candidate, champion=None, parts=1, at=None):
    at = np.arange(len(labels)) if at is None else at
    weights = case.weights(len(labels))
    partitions = [
        Rows(
            labels=labels[place],
            candidate=cut(candidate, place),
            champion=cut(champion, place) if champion else None,
            weights=None if weights is None else weights[place],
            entities=place % QUERIES,
        )
        for place in np.array_split(at, parts)
    ]
    (measurement,) = compare(partitions, case.policy, [case.metric]).measurements
    return measurement


def cut(predictions, at):
    scores = None if predictions.scores is None else predictions.scores[at]
    return Predictions(decisions=predictions.decisions[at], scores=scores)


@pytest.fixture(params=cases())
def case(request):
    return Case(*request.param)


@pytest.mark.parametrize("name", METRICS)
def test_it_is_called_what_its_entry_point_says(name):
    plugin, metric = plugins.load("metrics", name), load(name)

    assert plugin.name == name
    assert plugin_of(metric.name) == name
    assert metric.task in ("classification", "regression")
    assert metric.need in ("decisions", "scores", "probabilities")
    assert isinstance(metric.higher_is_better, bool)


@pytest.mark.parametrize("name", [name for name in METRICS if load(name).task == "classification"])
def test_classes_that_it_is_not_of_are_refused_and_never_measured_wrongly(name):
    metric = load(name)
    several = Case(name, True, False)
    one = said(several, truth(several), 0.5, 1)
    of_two = getattr(metric.bind(several.policy), "classes", "two") == "two"
    rows = Rows(labels=truth(several), candidate=one, champion=one)

    if of_two:
        with pytest.raises(
            BadConfig, match=f"`{metric.name}` is a metric of two classes, and the task has 3"
        ):
            compare([rows], several.policy, [metric])
    else:
        (measurement,) = compare([rows], several.policy, [metric]).measurements
        assert measurement.candidate is not None


def test_a_better_model_improves_it_and_the_interval_holds_the_improvement(case):
    labels = truth(case)

    m = judged(case, labels, said(case, labels, 0.9, 1), said(case, labels, 0.3, 2))

    assert m.improvement > 0
    assert m.low <= m.improvement <= m.high
    assert m.low < m.high
    assert (m.candidate - m.champion) * (1 if case.higher_is_better else -1) == pytest.approx(m.improvement)
    assert m.method


def test_the_same_predictions_are_no_difference_and_no_doubt(case):
    labels = truth(case)
    one = said(case, labels, 0.5, 1)

    m = judged(case, labels, one, one)

    assert (m.improvement, m.low, m.high) == (0, 0, 0)


def test_who_is_the_champion_only_turns_the_sign(case):
    labels = truth(case)
    one, other = said(case, labels, 0.6, 1), said(case, labels, 0.4, 2)

    forth, back = judged(case, labels, one, other), judged(case, labels, other, one)

    assert forth.improvement == pytest.approx(-back.improvement, abs=1e-12)
    assert (forth.low, forth.high) == pytest.approx((-back.high, -back.low), abs=1e-9)


def test_neither_the_order_of_rows_nor_their_partition_moves_a_bit(case):
    labels = truth(case)
    one, other = said(case, labels, 0.6, 1), said(case, labels, 0.4, 2)
    shuffled = np.random.default_rng(3).permutation(ROWS)

    whole = judged(case, labels, one, other)
    parted = judged(case, labels, one, other, parts=7)
    mixed = judged(case, labels, one, other, parts=3, at=shuffled)

    assert whole == parted == mixed


def test_a_first_model_is_measured_alone(case):
    labels = truth(case)

    m = judged(case, labels, said(case, labels, 0.5, 1))

    assert m.champion is None
    assert m.improvement is None
    assert m.candidate_low <= m.candidate <= m.candidate_high
    assert m.candidate_low < m.candidate_high


def test_what_is_undefined_is_none_with_a_reason_and_never_nan(case):
    constant = np.zeros(50) if case.task == "classification" else np.full(50, 3.0)
    one = said(case, constant, 0.5, 1)

    m = judged(case, constant, one, said(case, constant, 0.4, 2))
    numbers = (m.champion, m.candidate, m.improvement, m.low, m.high)

    assert all(number is None or math.isfinite(number) for number in numbers)
    assert m.candidate is not None or m.reason

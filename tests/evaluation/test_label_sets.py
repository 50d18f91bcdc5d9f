"""Rows that may carry several labels at once: scikit-learn's values, and intervals that heed that labels of a row hang together."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from sklearn import metrics as sk

from ci_mlops.evaluation.compare import compare
from ci_mlops.evaluation.metrics.labels import OF_LABELS
from ci_mlops.evaluation.rows import Predictions, Rows, SliceColumn
from ci_mlops.flows.court import load_metric
from ci_mlops.records import Policy

LABELS = ("bug", "feature", "question", "urgent")
ONE = ("f1", "f2", "jaccard", "negative_predictive_value", "precision", "recall", "specificity")
SKLEARN = {
    "f1": sk.f1_score,
    "jaccard": sk.jaccard_score,
    "precision": sk.precision_score,
    "recall": sk.recall_score,
}


def drawn(rows, seed, *, shares=(0.4, 0.3, 0.2, 0.5)):
    """Indicators of truth and of two models; labels of a row hang together, and a model that fails a row fails most of it."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(size=(rows, 1))
    cuts = np.quantile(rng.normal(size=20_000), 1 - np.asarray(shares))
    truth = (0.8 * mood + 0.6 * rng.normal(size=(rows, len(shares))) > cuts).astype(int)
    failed = [rng.random((rows, 1)) < share for share in (0.3, 0.25)]
    return truth, *(truth ^ (rows_ & (rng.random(truth.shape) < 0.7)) for rows_ in failed)


def sets(bits):
    return (np.asarray(bits) @ 2.0 ** np.arange(bits.shape[1])).astype(float)


def rows_of(truth, champion, candidate, weights=None, **slices):
    return Rows(
        labels=sets(truth),
        champion=None if champion is None else Predictions(decisions=sets(champion)),
        candidate=Predictions(decisions=sets(candidate)),
        weights=weights,
        slices=slices,
    )


def policy(names=tuple(OF_LABELS), *, labels=LABELS, weight=None):
    return Policy(task="classification", metrics=tuple(names), classes=labels, multilabel=True, weight=weight)


def measured(partitions, rules):
    comparison = compare(partitions, rules, [load_metric(name, rules) for name in rules.metrics])
    return {(m.metric, m.slice): m for m in comparison.measurements}


def expected(name, truth, said, weights):
    base, _, mean = name.rpartition("_")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if name == "accuracy":
            return sk.accuracy_score(truth, said, sample_weight=weights)
        if name == "hamming_loss":
            return sk.hamming_loss(truth, said, sample_weight=weights)
        return SKLEARN[base](truth, said, average=mean, sample_weight=weights)


@pytest.mark.parametrize("lacking", [None, "truth", "said", "both"])
@pytest.mark.parametrize("weighted", [False, True])
def test_every_value_is_scikit_learns(lacking, weighted):
    truth, champion, candidate = drawn(400, seed=3)
    truth[:40] = champion[20:60] = 0
    if lacking in ("truth", "both"):
        truth[:, 2] = 0
    if lacking in ("said", "both"):
        champion[:, 2] = candidate[:, 2] = 0
    weights = np.random.default_rng(4).integers(0, 9, 400) / 3 if weighted else None
    found = measured([rows_of(truth, champion, candidate, weights)], policy(weight="w" if weighted else None))

    for name in OF_LABELS:
        m = found[name, None]
        assert m.champion == pytest.approx(expected(name, truth, champion, weights), abs=1e-12), name
        assert m.candidate == pytest.approx(expected(name, truth, candidate, weights), abs=1e-12), name
        assert m.improvement == pytest.approx(
            (m.candidate - m.champion) * (1 if m.higher_is_better else -1), abs=1e-12
        )
        assert m.low < m.improvement < m.high
        assert m.candidate_low <= m.candidate <= m.candidate_high


@pytest.mark.parametrize("name", ONE)
def test_a_metric_of_one_label_is_the_one_of_two_classes(name):
    truth, champion, candidate = drawn(500, seed=5)
    binary = Rows(
        labels=truth[:, 1].astype(float),
        champion=Predictions(decisions=champion[:, 1].astype(float)),
        candidate=Predictions(decisions=candidate[:, 1].astype(float)),
    )
    two = Policy(task="classification", metrics=(name,))
    of_one = measured([rows_of(truth, champion, candidate)], policy([f"{name} of feature"]))

    assert replace(of_one[f"{name} of feature", None], metric=name) == measured([binary], two)[name, None]


def test_slices_partitions_and_the_order_of_rows_move_no_bit():
    truth, champion, candidate = drawn(300, seed=6)
    codes = np.random.default_rng(7).integers(0, 2, 300)
    weights = np.random.default_rng(8).random(300)

    def part(at):
        region = SliceColumn(codes=codes[at], names=("region=north", "region=south"))
        return rows_of(truth[at], champion[at], candidate[at], weights[at], region=region)

    rules = policy(weight="w")
    whole = measured([part(np.arange(300))], rules)
    mixed = measured([part(at) for at in np.array_split(np.random.default_rng(9).permutation(300), 4)], rules)
    south = codes == 1

    assert whole == mixed
    assert whole["f1_macro", "region=south"].candidate == pytest.approx(
        expected("f1_macro", truth[south], candidate[south], weights[south]), abs=1e-12
    )


def test_fifty_labels_are_told_apart():
    names = tuple(f"tag{number}" for number in range(50))
    truth, champion, candidate = drawn(200, seed=10, shares=np.linspace(0.05, 0.6, 50))
    found = measured([rows_of(truth, champion, candidate)], policy(labels=names))

    for name in OF_LABELS:
        assert found[name, None].candidate == pytest.approx(expected(name, truth, candidate, None), abs=1e-12)


def test_the_same_sets_are_no_difference_and_few_other_ones_are_not_certainty():
    truth, champion, _ = drawn(300, seed=11)
    candidate = champion.copy()
    same = measured([rows_of(truth, champion, champion)], policy())
    candidate[[1, 2], 0] = truth[[1, 2], 0]
    champion[[1, 2], 0] = 1 - truth[[1, 2], 0]
    few = measured([rows_of(truth, champion, candidate)], policy())

    assert {(m.improvement, m.low, m.high) for m in same.values()} == {(0, 0, 0)}
    assert few["f1_micro", None].improvement > 0 > few["f1_micro", None].low


def test_without_a_label_on_any_row_nothing_is_made_up():
    truth, champion, candidate = drawn(60, seed=12)
    found = measured([rows_of(truth * 0, champion, candidate)], policy())

    assert found["f1_micro", None].candidate is None
    assert found["f1_micro", None].reason == "f1_micro is undefined: no row carries a label"
    assert found["hamming_loss", None].candidate is not None


def test_every_metric_counts_the_rows_that_it_rests_on():
    truth, champion, candidate = drawn(300, seed=13)
    carrying = int(truth.any(axis=1).sum())

    found = measured([rows_of(truth, champion, candidate)], policy())

    for name in ("hamming_loss", "f1_samples", "jaccard_samples", "precision_samples", "recall_samples"):
        assert found[name, None].events == carrying
    assert all(m.events > 0 for m in found.values())


def test_intervals_cover_and_one_that_took_labels_for_the_unit_would_not():
    names = ("f1_micro", "f1_macro", "recall_weighted", "jaccard_samples", "hamming_loss")
    everyone = drawn(100_000, seed=20)
    true = {
        name: np.subtract(*(expected(name, everyone[0], s, None) for s in everyone[:0:-1])) for name in names
    }
    held, rng, runs = dict.fromkeys((*names, "by label"), 0), np.random.default_rng(21), 300
    for _ in range(runs):
        truth, champion, candidate = (bits[at] for at in [rng.integers(0, 100_000, 200)] for bits in everyone)
        found = measured([rows_of(truth, champion, candidate)], policy(names))
        for name in names:
            m = found[name, None]
            held[name] += m.low <= (1 if m.higher_is_better else -1) * true[name] <= m.high
        apart = (np.abs(truth - candidate) - np.abs(truth - champion)).ravel()
        held["by label"] += abs(apart.mean() - true["hamming_loss"]) <= 1.96 * apart.std() / np.sqrt(
            apart.size
        )

    assert held.pop("by label") / runs < 0.85
    assert all(0.92 < share / runs < 0.98 for share in held.values()), held

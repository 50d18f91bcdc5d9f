"""Point values of metrics of order, of calibration, of quantiles and of rankings are those of scikit-learn, to 1e-12."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn import metrics as sk

from ci_mlops.errors import BadConfig, BadData
from tests.evaluation.builders import class_rows, classified, found, measured, policy, rows, scored

ORDER = ("average_precision", "ks", "lift at 0.1", "precision at 0.1", "recall at 0.1", "ece")
NUMBERS = (
    "coverage at 0.9",
    "explained_variance",
    "median_absolute_error",
    "msle",
    "pinball at 0.9",
    "rmsle",
)


def ks(labels, scores, sample_weight=None):
    false, true, _ = sk.roc_curve(labels, scores, sample_weight=sample_weight, drop_intermediate=False)
    return np.abs(true - false).max()


def top(labels, scores, sample_weight=None, share=0.1):
    """Weight of the positives in the top, row by row; ties at the cut in proportion."""
    weight = np.ones(len(labels)) if sample_weight is None else sample_weight
    room, caught = share * weight.sum(), 0.0
    for score in np.unique(scores)[::-1]:
        tied = scores == score
        part = min(1.0, room / weight[tied].sum())
        caught += part * (weight * labels)[tied].sum()
        room -= part * weight[tied].sum()
    return caught, (weight * labels).sum(), weight.sum()


def precision_at(labels, scores, sample_weight=None):
    caught, _, all_rows = top(labels, scores, sample_weight)
    return caught / all_rows / 0.1


def recall_at(labels, scores, sample_weight=None):
    caught, positives, _ = top(labels, scores, sample_weight)
    return caught / positives


def ece(labels, scores, sample_weight=None):
    weight = np.ones(len(labels)) if sample_weight is None else sample_weight
    bins = {}
    below = 0.0
    for score in np.unique(scores):
        tied = scores == score
        place = int((below + weight[tied].sum() / 2) / weight.sum() * 15)
        bins.setdefault(place, []).append((weight[tied] * (labels[tied] - score)).sum())
        below += weight[tied].sum()
    return sum(abs(sum(parts)) for parts in bins.values()) / weight.sum()


OF_SCORES = {
    "average_precision": sk.average_precision_score,
    "ks": ks,
    "lift at 0.1": lambda *a, **w: recall_at(*a, **w) / 0.1,
    "precision at 0.1": precision_at,
    "recall at 0.1": recall_at,
    "ece": ece,
}
OF_NUMBERS = {
    "coverage at 0.9": lambda y, p, sample_weight=None: abs(np.average(y <= p, weights=sample_weight) - 0.9),
    "explained_variance": sk.explained_variance_score,
    "median_absolute_error": sk.median_absolute_error,
    "msle": sk.mean_squared_log_error,
    "pinball at 0.9": lambda *a, **w: sk.mean_pinball_loss(*a, alpha=0.9, **w),
    "rmsle": sk.root_mean_squared_log_error,
}


def weights_for(size):
    return np.random.default_rng(5).gamma(1.5, 2.0, size)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_every_value_of_order_and_calibration_is_that_of_scikit_learn_or_of_its_definition(
    seed, ties, weighted
):
    labels, a, b = scored(seed, 50 + 37 * seed, ties=ties)
    weights = weights_for(len(labels)) if weighted else None
    rules = policy(ORDER, weight="w" if weighted else None)
    whole = replace(rows(labels, (a > 0.4, a), (b > 0.4, b)), weights=weights)
    comparison = measured([whole], rules)

    for name, reference in OF_SCORES.items():
        m = found(comparison, name)
        assert m.champion == pytest.approx(reference(labels, a, sample_weight=weights), abs=1e-12), name
        assert m.candidate == pytest.approx(reference(labels, b, sample_weight=weights), abs=1e-12), name


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_with_one_class_missing_order_is_said_to_be_undefined(label):
    _, a, b = scored(0, 80)
    labels = np.full(80, label)

    for m in measured([rows(labels, (a > 0.4, a), (b > 0.4, b))], policy(ORDER)).measurements:
        assert m.candidate is None
        assert m.reason == f"{m.metric} is undefined: only one class is present"


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("size", [50, 51, 300])
def test_values_of_predicted_numbers_are_those_of_scikit_learn(size, ties, weighted):
    rng = np.random.default_rng(size)
    labels = rng.gamma(2.0, 3.0, size)
    a, b = labels * rng.uniform(0.5, 1.6, size), labels * rng.uniform(0.8, 1.5, size)
    if ties:
        labels, a, b = (np.round(values) for values in (labels, a, b))
    weights = weights_for(size) if weighted else None
    rules = policy(NUMBERS, task="regression", weight="w" if weighted else None)
    comparison = measured([replace(rows(labels, a, b), weights=weights)], rules)

    for name, reference in OF_NUMBERS.items():
        m = found(comparison, name)
        assert m.champion == pytest.approx(reference(labels, a, sample_weight=weights), abs=1e-12), name
        assert m.candidate == pytest.approx(reference(labels, b, sample_weight=weights), abs=1e-12), name


@pytest.mark.parametrize("depth", [None, 3, 10])
@pytest.mark.parametrize("ties", [False, True])
def test_ndcg_is_the_mean_of_scikit_learns_over_queries_of_any_size(ties, depth):
    rng = np.random.default_rng(0)
    queries = np.sort(rng.integers(0, 30, 300))
    labels = rng.integers(0, 4, 300).astype(float)
    labels[queries == 7] = 0.0  # a query without a relevant row
    a, b = labels + rng.normal(size=300), labels + 2 * rng.normal(size=300)
    if ties:
        a, b = np.round(a), np.round(b)
    name = "ndcg" if depth is None else f"ndcg at {depth}"
    whole = replace(rows(labels, a, b), entities=queries * 7919 - 50)
    m = found(measured([whole], policy((name,), task="regression", group="query")), name)

    def reference(said):
        values = [
            sk.ndcg_score([labels[queries == q]], [said[queries == q]], k=depth) for q in np.unique(queries)
        ]
        return np.mean(values)

    assert m.events == len(np.unique(queries))
    assert m.champion == pytest.approx(reference(a), abs=1e-12)
    assert m.candidate == pytest.approx(reference(b), abs=1e-12)


def test_a_ranking_without_queries_is_refused_or_said_to_be_unmeasured():
    labels = np.arange(40.0)
    whole = rows(labels, labels, labels[::-1])

    with pytest.raises(BadConfig, match="nothing says which rows are of one query"):
        measured([whole], policy(("ndcg",), task="regression"))
    m = found(measured([whole], policy(("ndcg",), task="regression", group="query")), "ndcg")
    assert m.candidate is None
    assert "nothing says which rows are of one query" in m.reason
    queries = replace(whole, labels=labels - 9, entities=np.arange(40) // 4)
    with pytest.raises(BadData, match="a label is negative"):
        measured([queries], policy(("ndcg",), task="regression", group="query"))


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("classes", [3, 7])
def test_values_of_several_classes_that_came_later_are_those_of_scikit_learn(classes, weighted, ties):
    labels, a, b = classified(1, 400, classes=classes, ties=ties)
    weights = weights_for(400) if weighted else None
    w = {"sample_weight": weights}
    names = ("jaccard_macro", "specificity_macro", "top_accuracy at 2", "zero_one_loss")
    rules = policy(names, classes=tuple(map(str, range(classes))), weight="w" if weighted else None)
    comparison = measured([class_rows(labels, a, b, weights)], rules)

    for side, scores in (("champion", a), ("candidate", b)):
        said = scores.argmax(axis=1)
        expected = {
            "jaccard_macro": sk.jaccard_score(labels, said, average="macro", **w),
            "specificity_macro": np.mean(
                [sk.recall_score(labels != k, said != k, **w) for k in range(classes)]
            ),
            "top_accuracy at 2": sk.top_k_accuracy_score(labels, scores, k=2, **w),
            "zero_one_loss": sk.zero_one_loss(labels, said, **w),
        }
        for name, value in expected.items():
            assert getattr(found(comparison, name), side) == pytest.approx(value, abs=1e-12), name


@pytest.mark.parametrize("weighted", [False, True])
def test_the_share_of_errors_of_two_classes_is_accuracy_the_other_way_round(weighted):
    labels, a, b = scored(3, 400)
    weights = weights_for(400) if weighted else None
    rules = policy(("zero_one_loss", "accuracy"), weight="w" if weighted else None)
    comparison = measured([replace(rows(labels, a > 0.4, b > 0.4), weights=weights)], rules)
    wrong, right = (found(comparison, name) for name in ("zero_one_loss", "accuracy"))

    assert wrong.candidate == pytest.approx(
        sk.zero_one_loss(labels, b > 0.4, sample_weight=weights), abs=1e-12
    )
    assert (wrong.improvement, wrong.low, wrong.high) == pytest.approx(
        (right.improvement, right.low, right.high), abs=1e-12
    )


def test_a_squared_log_of_values_below_minus_one_is_refused_in_words():
    labels = np.array([1.0, 2.0, 3.0])

    with pytest.raises(BadData, match="values above -1"):
        measured([rows(labels, labels, labels - 4)], policy(("rmsle",), task="regression"))

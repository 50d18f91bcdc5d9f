"""Point values of several classes, and of weighted rows, are scikit-learn's, to 1e-12."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from sklearn import metrics as sk

from tests.evaluation.builders import (
    CLASSES,
    CLASSIFICATION,
    OF_CLASSES,
    OF_ONE,
    REGRESSION,
    class_rows,
    classified,
    found,
    measured,
    policy,
    rows,
    scored,
)


def averaged(function, average):
    return lambda y, p, **w: function(y, p, average=average, zero_division=0, **w)


OF_DECISIONS = {
    "accuracy": sk.accuracy_score,
    "balanced_accuracy": sk.balanced_accuracy_score,
    "cohen_kappa": sk.cohen_kappa_score,
    "matthews_corrcoef": sk.matthews_corrcoef,
    **{
        f"{name}_{average}": averaged(getattr(sk, f"{name}_score"), average)
        for name in ("f1", "precision", "recall")
        for average in ("macro", "micro", "weighted")
    },
}
OF_SCORES = {
    "brier": lambda y, s, **w: sk.brier_score_loss(y, s, labels=range(s.shape[1]), **w),
    "log_loss": lambda y, s, **w: sk.log_loss(y, s, labels=range(s.shape[1]), **w),
    "roc_auc_ovr": lambda y, s, **w: sk.roc_auc_score(y, s, multi_class="ovr", **w),
    "roc_auc_ovr_weighted": lambda y, s, **w: sk.roc_auc_score(
        y, s, multi_class="ovr", average="weighted", **w
    ),
}
ONE = {
    "f1": sk.f1_score,
    "f2": lambda y, p, **w: sk.fbeta_score(y, p, beta=2, **w),
    "jaccard": sk.jaccard_score,
    "negative_predictive_value": lambda y, p, **w: sk.precision_score(y, p, pos_label=0, **w),
    "precision": sk.precision_score,
    "recall": sk.recall_score,
    "specificity": lambda y, p, **w: sk.recall_score(y, p, pos_label=0, **w),
}
NUMBERS = {
    "mae": sk.mean_absolute_error,
    "mape": sk.mean_absolute_percentage_error,
    "mse": sk.mean_squared_error,
    "r2": sk.r2_score,
    "rmse": sk.root_mean_squared_error,
}


def weights_for(size, seed=5):
    return np.random.default_rng(seed).gamma(1.5, 2.0, size)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("seed", "classes"), [(0, 3), (1, 4), (2, 7), (3, 25)])
def test_values_of_several_classes_are_those_of_scikit_learn(seed, classes, weighted, ties):
    labels, a, b = classified(seed, 300 + 40 * classes, classes=classes, ties=ties)
    weights = weights_for(len(labels)) if weighted else None
    w = {"sample_weight": weights} if weighted else {}
    rules = policy(OF_CLASSES, classes=tuple(map(str, range(classes))), weight="w" if weighted else None)
    comparison = measured([class_rows(labels, a, b, weights)], rules)

    for name, reference in (OF_DECISIONS | OF_SCORES).items():
        of_scores = name in OF_SCORES
        for side, score in (("champion", a), ("candidate", b)):
            expected = reference(labels, score if of_scores else score.argmax(axis=1), **w)
            assert getattr(found(comparison, name), side) == pytest.approx(expected, abs=1e-12), name


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", OF_ONE)
def test_values_of_one_class_are_those_of_that_class_against_the_rest(name, weighted):
    labels, a, b = classified(4, 500)
    weights = weights_for(500) if weighted else None
    w = {"sample_weight": weights} if weighted else {}
    names = [f"{name} of {label}" for label in CLASSES]
    rules = policy(names, classes=CLASSES, weight="w" if weighted else None)
    comparison = measured([class_rows(labels, a, b, weights)], rules)

    for place, metric in enumerate(names):
        expected = ONE[name](labels == place, b.argmax(axis=1) == place, **w)
        assert found(comparison, metric).candidate == pytest.approx(expected, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_small_confusion_is_measured_as_scikit_learn_does_or_said_to_be_undefined(data):
    size = data.draw(st.integers(2, 30))
    draw = st.lists(st.integers(0, 2), min_size=size, max_size=size)
    labels, said = np.array(data.draw(draw)), np.array(data.draw(draw))
    comparison = measured(
        [rows(labels, labels, said)], policy((*OF_DECISIONS, "recall of bug"), classes=CLASSES)
    )

    for name, reference in OF_DECISIONS.items():
        m = found(comparison, name)
        if m.candidate is None:
            assert "undefined" in m.reason
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert m.candidate == pytest.approx(reference(labels, said), abs=1e-12), name
        assert m.identical or m.low is None or m.low < m.high, name
        assert m.low is not None or m.reason


@pytest.mark.parametrize("seed", range(5))
def test_weighted_values_of_two_classes_are_those_of_scikit_learn(seed):
    labels, a, b = scored(seed, 400, ties=bool(seed % 2))
    weights = weights_for(400, seed)
    whole = replace(rows(labels, (a > 0.4, a), (b > 0.4, b)), weights=weights)
    comparison = measured([whole], policy(weight="w"))
    of_scores = {
        "brier": sk.brier_score_loss,
        "log_loss": lambda y, s, **w: sk.log_loss(y, s, labels=[0, 1], **w),
        "roc_auc": sk.roc_auc_score,
    }
    of_decisions = {
        **ONE,
        **{n: OF_DECISIONS[n] for n in OF_DECISIONS if "_m" not in n and n in CLASSIFICATION},
    }

    for name, reference in (of_decisions | of_scores).items():
        for side, score in (("champion", a), ("candidate", b)):
            expected = reference(labels, score if name in of_scores else score > 0.4, sample_weight=weights)
            assert getattr(found(comparison, name), side) == pytest.approx(expected, abs=1e-12), name


@pytest.mark.parametrize("offset", [0.0, 1000.0])
def test_weighted_values_of_numbers_are_those_of_scikit_learn(offset):
    rng = np.random.default_rng(3)
    labels = offset + rng.normal(size=300)
    a, b = labels + rng.normal(size=300), labels + 0.5 * rng.normal(size=300)
    weights = weights_for(300)
    whole = replace(rows(labels, a, b), weights=weights)
    comparison = measured([whole], policy(REGRESSION, task="regression", weight="w"))

    for name, reference in NUMBERS.items():
        m = found(comparison, name)
        assert m.champion == pytest.approx(reference(labels, a, sample_weight=weights), rel=1e-12), name
        assert m.candidate == pytest.approx(reference(labels, b, sample_weight=weights), rel=1e-12), name


def test_weights_of_one_are_no_weights_to_the_means_and_the_areas():
    labels, a, b = scored(0, 500)
    plain = rows(labels, (a > 0.4, a), (b > 0.4, b))
    weighted = replace(plain, weights=np.ones(500))

    for name in ("roc_auc", "log_loss", "brier"):
        without = found(measured([plain], policy((name,))), name)
        one = found(measured([weighted], policy((name,), weight="w")), name)
        assert (one.low, one.high) == pytest.approx((without.low, without.high), abs=1e-12)


def test_a_weight_is_as_many_rows_in_every_value():
    labels, a, b = classified(6, 200)
    weights = np.random.default_rng(1).integers(0, 4, 200)
    rules = policy(OF_CLASSES, classes=CLASSES)
    again = np.repeat(np.arange(200), weights)
    many = measured([class_rows(labels[again], a[again], b[again])], rules)
    few = measured([class_rows(labels, a, b, weights.astype(float))], replace(rules, weight="w"))

    for name in OF_CLASSES:
        assert found(few, name).improvement == pytest.approx(found(many, name).improvement, abs=1e-12)
        # the same rows are not more rows: what repeats is no new evidence
        narrower = found(many, name).high - found(many, name).low
        assert found(few, name).high - found(few, name).low > narrower

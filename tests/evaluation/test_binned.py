"""More rows than are kept: counted in bins, with what the bins can move told and added."""

import re
from dataclasses import replace

import numpy as np
import pytest

from ci_mlops.evaluation import bin_bounds
from ci_mlops.evaluation.bins import SIZE, bins_of
from ci_mlops.evaluation.compare import compare
from ci_mlops.flows.court import load_metric
from tests.evaluation.builders import found, parts_of, policy, rows, scored

AUC = policy(("roc_auc",))


def compared(partitions, rules=AUC, exact_rows=100):
    return compare(
        partitions, rules, [load_metric(name, rules) for name in rules.metrics], exact_rows=exact_rows
    )


def sample(size=20_000, seed=0, **more):
    labels, a, b = scored(seed, size, **more)
    region = np.where(np.arange(size) % 50 == 0, 2, np.arange(size) % 2)
    return labels, a, b, region


def court(labels, a, b, region):
    return rows(labels, (a > 0.4, a), (b > 0.4, b), region=region)


@pytest.mark.parametrize("scale", ["probability", "any"])
def test_a_higher_score_is_never_in_a_lower_bin(scale):
    rng = np.random.default_rng(0)
    small = 10.0 ** -rng.uniform(0, 300, 10_000)
    scores = np.sort(np.concatenate((rng.random(10_000), small, 1 - small, [0.0, -0.0, 1.0])))
    if scale == "any":
        scores = np.sort(np.concatenate((scores, 1 / small, -small, -1 / small)))

    bins = bins_of(scores, scale)

    assert (np.diff(bins) >= 0).all()
    assert 0 <= bins.min() <= bins.max() < SIZE


@pytest.mark.parametrize("place", [None, "region=0", "region=2"])
@pytest.mark.parametrize("stretch", [lambda s: s, lambda s: 20 * s - 3, lambda s: s**4, lambda s: 1 - s**4])
def test_bins_find_what_a_sort_finds_and_say_by_how_much_they_can_be_off(place, stretch):
    labels, a, b, region = sample()
    whole = court(labels, stretch(a), stretch(b), region)

    exact = found(compared([whole], exact_rows=len(whole)), "roc_auc", place)
    binned = found(compared([whole]), "roc_auc", place)
    bound = (binned.high - binned.low - (exact.high - exact.low)) / 2

    assert exact.method == "DeLong"
    assert "bins" in binned.method
    assert 0 < bound < 0.2 * (exact.high - exact.low)
    for name in ("champion", "candidate", "improvement"):
        assert getattr(binned, name) == pytest.approx(getattr(exact, name), abs=bound)
    assert binned.low < exact.low < exact.high < binned.high
    assert binned.candidate_low < exact.candidate_low < exact.candidate_high < binned.candidate_high
    assert (binned.events, binned.rows) == (exact.events, exact.rows)


@pytest.mark.parametrize("place", [None, "region=0", "region=2"])
@pytest.mark.parametrize(
    "name", ["ks", "lift at 0.1", "precision at 0.1", "recall at 0.1", "average_precision"]
)
def test_other_metrics_of_order_are_found_on_bins_as_by_a_sort(name, place):
    labels, a, b, region = sample()
    whole = court(labels, a, b, region)
    rules = policy((name,))

    exact = found(compared([whole], rules, exact_rows=len(whole)), name, place)
    binned = found(compared([whole], rules), name, place)
    bound = float(re.search(r"wider by the (\S+)", binned.method)[1])

    assert "bins" not in exact.method
    assert bound < 0.2 * (exact.high - exact.low)
    for value in ("champion", "candidate", "improvement"):
        assert getattr(binned, value) == pytest.approx(
            getattr(exact, value), abs=1.5 * bound
        )  # told with one digit
    assert binned.high - binned.low > 0.95 * (exact.high - exact.low)
    assert binned.low < binned.improvement < binned.high
    assert binned.candidate_low < exact.candidate < binned.candidate_high
    assert (binned.events, binned.rows) == (exact.events, exact.rows)


def test_a_lift_above_one_is_not_cut_off_on_bins():
    labels, a, b, region = sample()
    rules = policy(("lift at 0.1",))
    m = found(compared([court(labels, a, b, region)], rules), "lift at 0.1")

    assert 1 < m.candidate_low < m.candidate < m.candidate_high


@pytest.mark.parametrize("cuts", [[1], [7, 8, 15_000], list(range(300, 20_000, 300))])
@pytest.mark.parametrize("stretch", [1, 20])
def test_bins_are_the_same_for_any_partitioning(cuts, stretch):
    labels, a, b, region = sample()
    whole = court(labels, a * stretch, b * stretch, region)
    parts = parts_of(whole, cuts)

    assert compared(parts) == compared([whole])
    assert compared(parts[::-1]) == compared([whole])
    # partitions of partitions, as files of batches are
    assert compared([parts[:2], parts[2:]]) == compared([whole])


def test_one_walk_is_all_that_rows_without_a_champion_need():
    labels, _, b, region = sample()
    alone = rows(labels, None, (b > 0.4, b), region=region)

    exact, binned = (found(compared([alone], exact_rows=most), "roc_auc") for most in (len(alone), 100))

    assert binned.candidate == pytest.approx(exact.candidate, abs=1e-4)
    assert binned.improvement is None


def test_a_slice_of_one_class_and_equal_predictions_are_told_as_of_a_sort():
    labels, a, _, region = sample()
    region[labels == 1] = 0
    exact, binned = (compared([court(labels, a, a, region)], exact_rows=most) for most in (20_000, 100))

    assert found(binned, "roc_auc").method == found(exact, "roc_auc").method == "identical order"
    assert found(binned, "roc_auc").low == found(binned, "roc_auc").high == 0.0
    assert found(binned, "roc_auc", "region=1").reason == found(exact, "roc_auc", "region=1").reason


def test_rows_that_come_by_only_once_are_kept():
    whole = court(*sample())

    assert compared(iter(parts_of(whole, [500]))) == compared([whole], exact_rows=len(whole))


def test_scores_that_one_model_does_not_give_are_missed_as_ever():
    labels, a, b, region = sample()
    whole = rows(labels, (a > 0.4), (b > 0.4, b), region=region)

    assert "gives no scores" in found(compared([whole]), "roc_auc").reason


def average_precision(positives, negatives, values):
    found, called = np.cumsum(positives[::-1])[::-1], np.cumsum((positives + negatives)[::-1])[::-1]
    return float(positives @ (found / called) / positives.sum())


def kolmogorov_smirnov(positives, negatives, values):
    below = np.cumsum(positives) / positives.sum() - np.cumsum(negatives) / negatives.sum()
    return float(np.abs(below).max())


def found_in_the_top(positives, negatives, values):
    """Of a tenth of the rows, those of one score at its edge in proportion."""
    called, found = (np.append(0, np.cumsum(side[::-1])) for side in (positives + negatives, positives))
    return float(np.interp(0.1 * called[-1], called, found))


@pytest.mark.parametrize("formula", [average_precision, kolmogorov_smirnov])
@pytest.mark.parametrize("bins", [3, 10, 100, 5000])
@pytest.mark.parametrize("share", [0.5, 0.01])
def test_what_bins_can_move_is_never_more_than_is_said(formula, bins, share):
    rng = np.random.default_rng(bins)
    labels = rng.random(4000) < share
    scores = rng.normal(labels * 1.5)
    order = np.argsort(scores)
    exact = formula(labels[order].astype(float), 1.0 - labels[order], None)

    spot = np.searchsorted(np.quantile(scores, np.linspace(0, 1, bins + 1)[1:-1]), scores)
    counts = [np.bincount(spot[side], minlength=bins) for side in (labels, ~labels)]
    kept = np.flatnonzero(counts[0] + counts[1])
    binned = formula(*(side[kept].astype(float) for side in counts), None)

    bound = getattr(bin_bounds, formula.__name__)(*counts)
    assert abs(binned - exact) <= bound
    assert bound < (0.05 if bins == 5000 else 1.0)


@pytest.mark.parametrize("bins", [3, 10, 100, 5000])
@pytest.mark.parametrize("share", [0.5, 0.01])
def test_what_bins_can_move_at_a_cut_is_never_more_than_is_said(bins, share):
    rng = np.random.default_rng(bins)
    labels = rng.random(4000) < share
    scores = rng.normal(labels * 1.5)
    order = np.argsort(scores)
    exact = found_in_the_top(labels[order].astype(float), 1.0 - labels[order], None)
    spot = np.searchsorted(np.quantile(scores, np.linspace(0, 1, bins + 1)[1:-1]), scores)
    counts = [np.bincount(spot[side], minlength=bins) for side in (labels, ~labels)]

    bound = bin_bounds.found_in_the_top(*counts, 0.1)
    assert abs(found_in_the_top(*counts, None) - exact) <= bound + 1e-9
    assert bound < (2 if bins == 5000 else 1000)


DRAWN = {
    "weights": lambda rng, size: {"weights": rng.gamma(2.0, 1.0, size)},
    "groups": lambda rng, size: {"groups": rng.integers(0, 300, size)},
    "both": lambda rng, size: {"weights": rng.gamma(2.0, 1.0, size), "groups": rng.integers(0, 300, size)},
}
EVERY = ("roc_auc", "ks", "lift at 0.1", "precision at 0.1", "recall at 0.1", "average_precision")


def drawn(kind, size=20_000, stretch=1):
    labels, a, b, region = sample(size)
    return replace(
        court(labels, a * stretch, b * stretch, region), **DRAWN[kind](np.random.default_rng(5), size)
    )


def rules_of(kind, names=EVERY):
    weight = None if kind == "groups" else "w"
    return policy(names, group=None if kind == "weights" else "g", weight=weight)


@pytest.mark.parametrize("place", [None, "region=0", "region=2"])
@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("kind", DRAWN)
def test_rows_that_have_weights_or_are_drawn_together_are_found_on_bins_as_by_a_sort(kind, name, place):
    whole, rules = drawn(kind), rules_of(kind, (name,))

    exact = found(compared([whole], rules, exact_rows=len(whole)), name, place)
    binned = found(compared([whole], rules), name, place)
    bound = float(re.search(r"wider by the (\S+)", binned.method)[1])

    assert "bins" not in exact.method
    assert bound < 0.2 * (exact.high - exact.low)
    for value in ("champion", "candidate", "improvement"):
        assert getattr(binned, value) == pytest.approx(getattr(exact, value), abs=1.5 * bound + 1e-6)
    ratio = (binned.high - binned.low - 2 * bound) / (exact.high - exact.low)
    assert 0.9 < ratio < 1.1
    assert binned.candidate_low < exact.candidate < binned.candidate_high
    assert (binned.events, binned.rows) == (exact.events, exact.rows)


@pytest.mark.parametrize("cuts", [[7, 8, 15_000], list(range(300, 20_000, 900))])
@pytest.mark.parametrize("stretch", [1, 20])
@pytest.mark.parametrize("kind", DRAWN)
def test_bins_of_weights_and_groups_are_the_same_for_any_partitioning(kind, stretch, cuts):
    whole, rules = drawn(kind, stretch=stretch), rules_of(kind)
    parts = parts_of(whole, cuts)

    assert compared(parts[::-1], rules) == compared([whole], rules)


@pytest.mark.parametrize("kind", DRAWN)
def test_weights_and_groups_of_one_model_or_of_one_class_are_told_as_of_a_sort(kind):
    whole, rules = drawn(kind, 3000), rules_of(kind)
    alone = replace(whole, champion=None)
    for exact, binned in zip(
        *(compared([alone], rules, exact_rows=most).measurements for most in (3000, 100)), strict=True
    ):
        assert binned.candidate == pytest.approx(exact.candidate, abs=0.01)
        assert binned.improvement is None
    one_class = replace(whole, labels=np.ones(3000))
    for exact, binned in zip(
        *(compared([one_class], rules, exact_rows=most).measurements for most in (3000, 100)), strict=True
    ):
        assert "undefined" in binned.reason
        assert "undefined" in exact.reason


def test_few_rows_that_count_are_put_in_order_however_many_were_read():
    class Read(list):
        most_rows = 10_000_000

    whole = court(*sample(2000))

    assert compared(Read([whole]), exact_rows=2000) == compared([whole], exact_rows=2000)
    assert found(compared(Read([whole]), exact_rows=2000), "roc_auc").method == "DeLong"

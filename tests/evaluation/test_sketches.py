"""What a report draws: against brute force on the rows, the same for any partitioning, and nothing of few rows."""

from dataclasses import replace

import numpy as np
import pytest

from ci_mlops.evaluation.intervals import wilson
from ci_mlops.evaluation.sketch_bins import NUMBERS, SCORES, number_bins, number_middles, score_bins
from ci_mlops.evaluation.sketches import Sketches
from ci_mlops.evaluation.sketching import LEAST_ROWS
from tests.evaluation.builders import class_rows, classified, found, measured, parts_of, policy, rows, scored

ORDER = ("roc_auc", "average_precision")
HEAVY = np.random.default_rng(3)
MODELS = ("champion", "candidate")


def some(seed=1, size=4000, **kind):
    labels, a, b = scored(seed, size, **kind)
    return rows(labels, (a >= 0.5, a), (b >= 0.5, b))


def spun(seed=1, size=3000, offset=500.0):
    rng = np.random.default_rng(seed)
    labels = offset + 100 * rng.normal(size=size)
    a, b = (labels + 3 + noise * rng.normal(size=size) for noise in (20, 15))
    return rows(labels, a, b)


def curves(whole, **rules):
    return measured([whole], policy(("accuracy",), **rules)).curves


def squeezed(whole, change):
    sides = {
        side: replace(getattr(whole, side), scores=change(getattr(whole, side).scores)) for side in MODELS
    }
    return replace(whole, **sides)


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s,
        lambda s: np.round(s, 1),
        lambda s: s * 1e-5,
        lambda s: 1 - s * 1e-7,
        lambda s: np.log(s / (1 - s)),
        lambda s: 300 + s * 550,
    ],
    ids=["probabilities", "ties", "rare", "sure", "log-odds", "points"],
)
@pytest.mark.parametrize("weighted", [False, True])
def test_the_drawn_roc_has_the_area_of_roc_auc_but_for_what_its_points_leave_open(change, weighted):
    whole = squeezed(some(), change)
    if weighted:
        whole = replace(whole, weights=HEAVY.lognormal(size=4000))

    comparison = measured([whole], policy(("roc_auc",), cost=None, weight="w" if weighted else None))

    for side in MODELS:
        x, y = (np.array(comparison.curves[f"{axis}.{side}"]) for axis in ("roc_fpr", "roc_tpr"))
        assert len(x) <= 128
        # a monotone curve through these points lies in boxes between them
        open_area = float((np.diff(x) * np.diff(y)).sum()) / 2
        area = getattr(found(comparison, "roc_auc"), side)
        drawn = np.trapezoid(y, x)
        assert drawn == pytest.approx(area, abs=open_area + 1e-5)
        assert drawn == pytest.approx(area, abs=5e-4)


def test_every_drawn_point_is_a_threshold_of_the_rows():
    whole = some(ties=True)
    told = curves(whole)

    for side in MODELS:
        scores, event = getattr(whole, side).scores, whole.labels == 1
        expected = [
            (
                (called & ~event).sum() / (~event).sum(),
                (called & event).sum() / event.sum(),
                event[called].mean(),
            )
            for called in (scores >= t for t in np.unique(scores)[::-1])
        ]
        fpr, tpr, precision = zip(*expected, strict=True)
        assert told[f"roc_fpr.{side}"] == pytest.approx([0, *fpr], rel=1e-5)
        assert told[f"roc_tpr.{side}"] == pytest.approx([0, *tpr], rel=1e-5)
        assert told[f"pr_recall.{side}"] == pytest.approx(tpr, rel=1e-5)
        assert told[f"pr_precision.{side}"] == pytest.approx(precision, rel=1e-5)


def test_calibration_is_the_mean_score_and_the_rate_of_groups_with_wilson_limits():
    told = curves(whole := squeezed(some(), lambda s: np.round(s * 3) / 4))

    scores, event = whole.candidate.scores, whole.labels == 1
    rates = [event[scores == value].mean() for value in np.unique(scores)]
    sizes = [(scores == value).sum() for value in np.unique(scores)]
    assert told["calibration_score.candidate"] == pytest.approx(np.unique(scores), rel=1e-5)
    assert told["calibration_rows.candidate"] == sizes
    assert told["calibration_rate.candidate"] == pytest.approx(rates, rel=1e-5)
    limits = [wilson(rate * size, size, 0.95) for rate, size in zip(rates, sizes, strict=True)]
    assert told["calibration_low.candidate"] == pytest.approx([low for low, _ in limits], rel=1e-5)
    assert told["calibration_high.candidate"] == pytest.approx([high for _, high in limits], rel=1e-5)


def test_groups_of_calibration_hold_about_as_many_rows_each():
    sizes = curves(some())["calibration_rows.champion"]

    assert 13 <= len(sizes) <= 15
    assert sum(sizes) == 4000
    assert max(sizes) < 2 * min(sizes)


def test_a_row_of_weight_two_is_two_rows():
    whole = some(size=1000)
    weights = np.where(np.arange(1000) % 3 == 0, 2.0, 1.0)
    twice = np.repeat(np.arange(1000), weights.astype(int))
    doubled = rows(
        whole.labels[twice],
        (whole.champion.decisions[twice], whole.champion.scores[twice]),
        (whole.candidate.decisions[twice], whole.candidate.scores[twice]),
    )

    weighed, told = curves(replace(whole, weights=weights), weight="w"), curves(doubled)

    def at(curves, x):
        return np.interp(x, curves["roc_fpr.candidate"], curves["roc_tpr.candidate"])

    grid = np.linspace(0.05, 1, 20)
    assert at(weighed, grid) == pytest.approx(at(told, grid), abs=0.01)
    assert sum(weighed["calibration_rows.candidate"]) == len(twice)
    assert sum(weighed["score_rows.candidate"]) == pytest.approx(len(twice), abs=20 * LEAST_ROWS)


def test_bars_count_the_scores_between_their_edges():
    whole = squeezed(some(), lambda s: np.round(s, 2))
    told = curves(whole)

    edges = np.array(told["score_edge"])
    assert edges[[0, 1, -1]].tolist() == [0.0, 0.02, 1.0]
    for side in MODELS:
        scores = getattr(whole, side).scores
        for name, chosen in (("rows", scores >= 0), ("positives", whole.labels == 1)):
            # edges and scores are the same decimals
            counts, _ = np.histogram(np.round(scores[chosen] * 100), np.round(edges * 100))
            all_of, _ = np.histogram(np.round(scores * 100), np.round(edges * 100))
            assert told[f"score_{name}.{side}"] == np.where(all_of >= LEAST_ROWS, counts, 0).tolist()


def test_no_point_group_or_bar_is_of_few_rows():
    whole = some(size=60)
    told = curves(whole)

    for side in MODELS:
        event = whole.labels.sum()
        x, y = (np.array(told[f"{axis}.{side}"]) for axis in ("roc_fpr", "roc_tpr"))
        steps = np.diff(x) * (60 - event) + np.diff(y) * event
        assert steps.min() >= LEAST_ROWS - 1e-3
        assert min(told[f"calibration_rows.{side}"]) >= LEAST_ROWS
        held = np.array(told[f"score_rows.{side}"])
        assert ((held == 0) | (held >= LEAST_ROWS)).all()
    assert not curves(some(size=19))


@pytest.mark.parametrize("kind", ["plain", "weighted", "log-odds", "regression", "weighted regression"])
def test_curves_are_the_same_for_any_partitioning_and_any_order_of_rows_to_the_last_bit(kind):
    regression = kind.endswith("regression")
    whole = spun(size=900) if regression else some(size=900)
    if kind == "log-odds":
        whole = squeezed(whole, lambda s: np.log(s / (1 - s)))
    if kind.startswith("weighted"):
        whole = replace(whole, weights=np.random.default_rng(5).lognormal(0, 9, 900))

    def told(parts):
        sketches = []
        for part in parts:
            sketches.append(Sketches.of("residuals" if regression else "scores"))
            sketches[-1].add(part)
        return sum(sketches[1:], sketches[0]).told()

    order = np.random.default_rng(6).permutation(900)
    shuffled = replace(
        whole,
        labels=whole.labels[order],
        weights=None if whole.weights is None else whole.weights[order],
        **{side: getattr(whole, side).of(order) for side in MODELS},
    )
    assert told([whole])
    assert told(parts_of(whole, [1, 450])) == told([whole])
    assert told(list(reversed(parts_of(whole, range(7, 900, 7))))) == told([whole])
    assert told(parts_of(shuffled, [300])) == told([whole])


def test_residuals_are_prediction_less_truth_and_spread_by_one_standard_deviation():
    whole = spun()
    told = curves(whole, task="regression")

    for side in MODELS:
        predicted = getattr(whole, side).decisions
        residual = predicted - whole.labels
        ordered = np.argsort(predicted)
        groups = np.array_split(residual[ordered], len(told[f"residual_at.{side}"]))
        assert 15 <= len(groups) <= 20
        middle, low, high = (np.array(told[f"residual_{of}.{side}"]) for of in ("mean", "low", "high"))
        # groups are cut at the edges of bins, so they are nearly the same rows
        assert middle == pytest.approx([g.mean() for g in groups], abs=6)
        assert (high - low) / 2 == pytest.approx([g.std() for g in groups], rel=0.3)
        assert np.average(middle) == pytest.approx(residual.mean(), abs=0.3)
        edges = np.array(told["residual_edge"])
        counts, _ = np.histogram(np.clip(residual, edges[0], edges[-1]), edges)
        assert np.abs(np.array(told[f"residual_rows.{side}"]) - counts).max() < 0.1 * counts.max()


def test_the_mean_residual_of_all_is_exact_to_six_digits():
    whole = rows(np.zeros(30), np.full(30, 1000.1), np.arange(30) + 0.25)
    told = curves(whole, task="regression")

    assert told["residual_mean.champion"] == [1000.1]
    assert told["residual_low.champion"] == pytest.approx([1000.1], rel=1e-3)
    assert told["residual_mean.candidate"] == [14.75]


def test_numbers_too_large_to_be_drawn_are_not():
    whole = spun(size=100)
    far = np.append(whole.labels[1:], 1e200)

    told = curves(replace(whole, candidate=replace(whole.candidate, decisions=far)), task="regression")

    assert "residual_mean.champion" in told
    assert "residual_mean.candidate" not in told


def test_one_class_or_no_scores_or_several_classes_draw_nothing_of_order():
    one = replace(some(size=50), labels=np.ones(50))
    assert "roc_fpr.candidate" not in curves(one)
    assert "calibration_rate.candidate" in curves(one)

    silent = replace(some(size=50), candidate=replace(some(size=50).candidate, scores=None))
    told = curves(silent)
    assert "roc_fpr.champion" in told
    assert not [name for name in told if name.endswith(".candidate")]

    labels, a, b = classified(1, 200)
    assert curves(class_rows(labels, a, b), classes=("bug", "feature", "question"), cost=None) == {}


def test_scores_that_are_no_probabilities_have_no_calibration():
    told = curves(squeezed(some(), lambda s: s * 9 - 4))

    assert "roc_fpr.candidate" in told
    assert not [name for name in told if name.startswith("calibration")]
    assert len(told["score_edge"]) == 51
    assert -4 < told["score_edge"][0] < -3
    assert sum(told["score_rows.candidate"]) == pytest.approx(4000, abs=50 * LEAST_ROWS)


@pytest.mark.parametrize(("bins", "most"), [(number_bins, NUMBERS), (score_bins, SCORES)])
def test_bins_rise_with_what_they_hold(bins, most):
    sizes = 10.0 ** np.random.default_rng(0).uniform(-30, 30, 4000)
    edges = [0.0, 1 / 64, 1 - 1 / 64, 1.0, np.nextafter(1, 2), np.nextafter(1, 0), 1.7e308]
    values = np.sort(np.concatenate((sizes, -sizes, 1 - np.minimum(sizes, 1), edges)))

    places = bins(values)

    assert (np.diff(places) >= 0).all()
    assert places[0] >= 0
    assert places[-1] < most


def test_the_middle_of_a_bin_is_near_its_numbers():
    values = np.random.default_rng(0).lognormal(0, 5, 1000) * np.random.default_rng(1).choice([-1, 1], 1000)

    assert number_middles()[number_bins(values)] == pytest.approx(values, rel=1 / 400)

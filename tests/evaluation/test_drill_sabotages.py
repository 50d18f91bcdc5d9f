"""Every sabotage does what it says, on rows of every kind, and the same on every day."""

from dataclasses import replace

import numpy as np
import pytest

from ci_mlops.errors import BadData
from ci_mlops.evaluation.drill import binary, classes, numbers as of_numbers
from ci_mlops.evaluation.drill.catalogue import sabotages_for
from ci_mlops.evaluation.drill.joining import joined
from ci_mlops.evaluation.drill.sabotage import rotated, shuffled, unscored
from ci_mlops.evaluation.drill.scatter import dealt, hashes, scattered, spread
from ci_mlops.evaluation.rows import Predictions, Rows, SliceColumn
from tests.evaluation.drills import EACH, SETS, TWO, label_sets, numbers, ring, three_classes, two_classes


@pytest.mark.parametrize("rows", [2, 3, 50, 1000])
def test_dealing_gives_every_row_the_answer_of_another(rows):
    other = dealt(rows)

    assert sorted(other) == list(range(rows))
    assert (other != np.arange(rows)).all()


def test_the_order_is_the_same_on_every_day_and_has_nothing_to_do_with_the_rows():
    order = scattered(100_000)

    # the first numbers of SplitMix64 with seed 0, as its authors print them
    assert hashes(3).tolist() == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
    assert sorted(order) == list(range(100_000))
    assert abs(np.corrcoef(order, np.arange(len(order)))[0, 1]) < 0.01
    assert abs(spread(100_000).mean()) < 0.01
    assert spread(100_000).std() == pytest.approx(1 / np.sqrt(3), abs=0.01)


@pytest.mark.parametrize("kind", EACH)
def test_no_sabotage_touches_the_champion_or_leaves_a_row_without_an_answer(kind):
    make, rules = EACH[kind]
    rows, untouched = make(), make()

    for sabotage in sabotages_for(rows, rules):
        said = sabotage.apply(rows)
        assert not isinstance(said, str), sabotage.name
        assert said.decisions.shape == rows.labels.shape
        assert np.isfinite(said.decisions).all()
        again = sabotage.apply(rows)
        assert np.array_equal(said.decisions, again.decisions)
        if said.scores is not None:
            assert said.scores.shape == rows.candidate.scores.shape
            assert np.isfinite(said.scores).all()

    assert np.array_equal(rows.candidate.decisions, untouched.candidate.decisions)
    assert np.array_equal(rows.candidate.scores, untouched.candidate.scores) or kind == "numbers"


@pytest.mark.parametrize("kind", EACH)
def test_shuffled_and_stale_answers_are_the_champions_own_on_other_rows(kind):
    rows = EACH[kind][0]()

    for spoil in (shuffled, rotated):
        said = spoil(rows).decisions
        assert np.array_equal(np.sort(said), np.sort(rows.candidate.decisions))
        assert (said != rows.candidate.decisions).mean() > 0.2
    assert np.array_equal(rotated(rows).decisions[1:], rows.candidate.decisions[:-1])


def test_the_constant_is_the_commoner_class_or_the_mean():
    two, three, few = two_classes(), three_classes(), numbers()

    assert set(binary.constant(two).decisions) == {float(two.labels.mean() > 0.5)}
    assert set(classes.constant(three).decisions) == {0.0}
    assert classes.constant(three).scores.sum(axis=1) == pytest.approx(1)
    assert of_numbers.constant(few).decisions == pytest.approx(few.labels.mean())


def test_a_moved_threshold_halves_or_doubles_the_alarms_and_keeps_the_scores():
    rows = two_classes()
    alarms = rows.candidate.decisions.sum()
    fewer, more = binary.fewer_alarms(rows), binary.more_alarms(rows)

    assert fewer.decisions.sum() == alarms // 2
    assert more.decisions.sum() == alarms + min(alarms, (len(rows) - alarms) // 2)
    for said in (fewer, more):
        assert said.scores is rows.candidate.scores
        assert said.scores[said.decisions == 1].min() > said.scores[said.decisions == 0].max()


def test_where_there_are_no_scores_what_needs_them_is_left_out_with_its_reason():
    rows = two_classes()
    bare = replace(rows, candidate=Predictions(decisions=rows.candidate.decisions))

    assert binary.fewer_alarms(bare) == "the champion gives no scores, so there is no threshold to move"
    assert binary.reversed_scores(bare) == unscored(bare) == "the champion gives no scores"
    assert unscored(rows).scores is None


def test_inverted_answers_are_wrong_where_the_champion_was_right():
    rows = two_classes()
    said = binary.inverted(rows)

    assert np.array_equal(said.decisions == rows.labels, rows.candidate.decisions != rows.labels)
    assert said.scores == pytest.approx(1 - rows.candidate.scores)


def test_scores_that_are_no_probabilities_are_mirrored_within_their_range():
    rows = two_classes()
    margins = np.log(rows.candidate.scores / (1 - rows.candidate.scores))
    said = binary.inverted(replace(rows, candidate=replace(rows.candidate, scores=margins)))

    assert (said.scores.min(), said.scores.max()) == pytest.approx((margins.min(), margins.max()))
    assert np.array_equal(np.argsort(said.scores), np.argsort(-margins))


def test_swapped_classes_take_each_others_name_and_scores():
    rows = three_classes()
    said = classes.swapped(rows)

    assert np.array_equal(said.decisions == 0, rows.candidate.decisions == 1)
    assert np.array_equal(said.decisions == 2, rows.candidate.decisions == 2)
    assert np.array_equal(said.scores.argmax(axis=1), said.decisions)


@pytest.mark.parametrize(("make", "family"), [(two_classes, binary), (three_classes, classes)])
def test_an_improvement_makes_wrong_rows_right_and_no_right_row_wrong(make, family):
    rows = make()
    wrong = rows.candidate.decisions != rows.labels
    few, third = (one.apply(rows).decisions for one in family.HARMLESS)

    assert (few != rows.candidate.decisions).sum() == 3
    assert (third != rows.candidate.decisions).sum() == -(-wrong.sum() // 3)
    for said in (few, third):
        assert (said == rows.labels)[~wrong].all()


def test_an_improvement_is_seen_in_the_scores_too():
    rows = two_classes()
    changed = binary.HARMLESS[1].apply(rows)
    moved = changed.decisions != rows.candidate.decisions

    assert ((changed.scores > rows.candidate.scores) == (moved & (rows.labels == 1)))[
        rows.candidate.scores < 0.5
    ].all()
    several = classes.HARMLESS[1].apply(three_classes())
    assert np.array_equal(several.scores.argmax(axis=1), several.decisions)


def test_every_error_of_a_number_gets_a_third_smaller():
    rows = numbers()
    error = np.abs(of_numbers.third_right(rows).decisions - rows.labels)

    assert error == pytest.approx(np.abs(rows.candidate.decisions - rows.labels) * 2 / 3)


def test_numbers_are_shifted_scaled_and_blurred_by_what_is_said():
    rows = numbers()
    before = rows.candidate.decisions

    assert of_numbers.shifted(rows).decisions - before == pytest.approx(rows.labels.std() / 10)
    assert of_numbers.scaled(rows).decisions == pytest.approx(before * 1.1)
    assert np.abs(of_numbers.noisy(rows).decisions - before).max() <= rows.labels.std() / 2


@pytest.mark.parametrize("kind", EACH)
def test_the_largest_slice_alone_is_broken(kind):
    make, rules = EACH[kind]
    rows = make()
    [column] = rows.slices.values()
    largest = np.bincount(column.codes).argmax()
    [broken] = [one for one in sabotages_for(rows, rules) if one.name == "slice"]
    differs = broken.apply(rows).decisions != rows.candidate.decisions

    assert broken.about == column.names[largest]
    assert not differs[column.codes != largest].any()
    # of sets that are dealt to other rows some are the same
    assert differs[column.codes == largest].mean() > (0.7 if rules.multilabel else 0.95)


def test_a_column_whose_values_hold_too_few_rows_is_left_out_with_its_reason():
    rows = two_classes(60)
    codes = np.arange(60)
    rows = replace(rows, slices={"shop": SliceColumn(codes=codes, names=tuple(f"shop={n}" for n in codes))})
    [broken] = [one for one in sabotages_for(rows, TWO) if one.name == "slice"]

    assert broken.apply(rows) == "no value of it has 20 rows of two classes"


def test_scores_of_the_other_class_never_come_before_a_gate():
    rows = two_classes()

    with pytest.raises(BadData, match="run against its predictions"):
        ring(rows, TWO).tried(binary.reversed_scores(rows))


def test_partitions_are_put_together_by_the_names_of_their_slices():
    rows = two_classes(90)
    [column] = rows.slices.values()
    parts = []
    for start in (0, 30, 60):
        there = slice(start, start + 30)
        present, codes = np.unique(column.codes[there], return_inverse=True)
        names = tuple(column.names[code] for code in present[::-1])
        reverse = SliceColumn(codes=len(names) - 1 - codes, names=names)
        said = Predictions(decisions=rows.candidate.decisions[there], scores=rows.candidate.scores[there])
        parts.append(Rows(labels=rows.labels[there], candidate=said, slices={"region": reverse}))
    whole = joined(parts)

    assert np.array_equal(whole.labels, rows.labels)
    assert np.array_equal(whole.candidate.scores, rows.candidate.scores)
    put = whole.slices["region"]
    assert [put.names[code] for code in put.codes] == [column.names[code] for code in column.codes]


def bits(said):
    return said.decisions.astype(int)[:, None] >> np.arange(3) & 1


def test_each_sabotage_of_label_sets_changes_the_labels_that_it_names():
    rows = label_sets()
    made = {one.name: one.apply(rows) for one in sabotages_for(rows, SETS)}
    own, true = bits(rows.candidate), bits(Predictions(decisions=rows.labels))

    assert not bits(made["constant"]).any()
    assert bits(made["every"]).all()
    assert np.array_equal(bits(made["inverted"]), 1 - own)
    assert made["inverted"].scores == pytest.approx(1 - rows.candidate.scores)
    assert bits(made["threshold-up"]).sum() == own.sum() // 2
    assert bits(made["threshold-down"]).sum() == pytest.approx(2 * own.sum(), abs=1)
    assert np.array_equal(bits(made["swapped"]), own[:, [1, 0, 2]])
    assert np.array_equal(bits(made["label-dealt"])[:, 1:], own[:, 1:])
    assert bits(made["label-dealt"])[:, 0].sum() == own[:, 0].sum()
    assert np.array_equal(bits(made["label-lost"]), own * (1, 1, 0))
    wrong = (own != true).any(axis=1)
    for name, count in (("few-right", 3), ("third-right", -(-wrong.sum() // 3))):
        righted = (bits(made[name]) != own).any(axis=1)
        assert righted.sum() == count
        assert (bits(made[name]) == true)[righted].all()


def test_label_sets_without_scores_have_no_threshold_and_rare_labels_are_not_taken_away():
    rows = label_sets(60)
    bare = replace(rows, candidate=Predictions(decisions=rows.candidate.decisions))
    made = {one.name: one for one in sabotages_for(bare, replace(SETS, floor=1000))}

    assert (
        made["threshold-up"].apply(bare) == "the champion gives no scores, so there is no threshold to move"
    )
    assert made["label-lost"].apply(bare) == "no label is on enough rows"
    assert made["slice"].apply(bare) == "no value of it has 1000 rows that carry a label"


def test_exchanged_labels_never_come_before_a_gate():
    rows = label_sets()
    [swapped] = [one for one in sabotages_for(rows, SETS) if one.name == "swapped"]

    with pytest.raises(BadData, match="`bug` is said of rows of `feature`"):
        ring(rows, SETS).tried(swapped.apply(rows))

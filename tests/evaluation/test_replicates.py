"""The delete-a-group jackknife of functions that nothing is known of."""

from math import sqrt

import numpy as np
import pytest

from ci_mlops.datasets.all_rows import all_rows, text_hashes
from ci_mlops.evaluation.replicates import ReplicateMetric, Replicates, Sampled, parts_of
from ci_mlops.evaluation.rows import Predictions, Rows
from ci_mlops.evaluation.tally import Plan, tally

METRIC = ReplicateMetric(name="own", higher_is_better=True, task="regression")


def sampled(candidate, champion, *, moved=None, groups=None):
    """What a mean of the values gives, with and without each part."""
    candidate, champion = np.asarray(candidate, dtype=float), np.asarray(champion, dtype=float)
    units = np.arange(len(candidate)) if groups is None else groups
    part, parts, count = parts_of(units, whole=True)

    def numbers(values):
        return (values.mean(), *(values[part != left].mean() for left in range(parts)))

    changed = len(np.unique(part[candidate != champion])) if moved is None else moved
    found = Replicates(units=count, candidate=numbers(candidate), champion=numbers(champion), moved=changed)
    rows = Rows(
        labels=candidate, candidate=Predictions(decisions=candidate), champion=Predictions(decisions=champion)
    )
    (whole,) = tally(rows, Plan(cells=False, terms=(), ranks=False)).values()
    return Sampled.of(whole, {"own": found})


def test_parts_are_of_one_size_and_never_part_a_unit():
    units = np.random.default_rng(0).integers(0, 400, 5000)
    part, parts, count = parts_of(units, whole=True)
    alone, alone_parts, _ = parts_of(np.arange(5000), whole=True)
    few, few_parts, _ = parts_of(np.arange(7), whole=False)

    assert (parts, count) == (100, len(np.unique(units)))
    assert all(len(np.unique(part[units == unit])) == 1 for unit in np.unique(units))
    assert np.bincount(alone).tolist() == [50] * alone_parts
    assert (few_parts, sorted(few)) == (7, list(range(7)))


def test_of_a_mean_whose_rows_are_left_out_one_by_one_it_is_students_interval():
    rng = np.random.default_rng(1)
    champion, candidate = rng.normal(size=100), rng.normal(1, 1, size=100)
    apart = candidate - champion

    found = METRIC.measure(sampled(candidate, champion), 0.95)
    half = 1.9842169 * apart.std(ddof=1) / sqrt(100)

    assert found.difference == pytest.approx(apart.mean(), abs=1e-12)
    assert found.interval == pytest.approx((apart.mean() - half, apart.mean() + half), abs=1e-6)


def test_intervals_cover_rows_and_groups_of_rows():
    rng = np.random.default_rng(2)
    groups = rng.permutation(np.repeat(np.arange(120), 5))
    held = {"rows": 0, "groups": 0, "groups taken for rows": 0}
    for _ in range(400):
        noise = rng.normal(size=600)
        shared = rng.normal(size=120)[groups] + 0.3 * noise
        for name, apart, units in (
            ("rows", np.exp(noise) - np.exp(0.5), None),
            ("groups", shared, groups),
            ("groups taken for rows", shared, None),
        ):
            low, high = METRIC.measure(sampled(apart, np.zeros(600), groups=units), 0.95).interval
            held[name] += low <= 0 <= high

    assert held["rows"] / 400 > 0.92
    assert 0.92 < held["groups"] / 400 < 0.98
    # so that it is the groups that make it right
    assert held["groups taken for rows"] / 400 < 0.8


def test_where_few_rows_moved_it_is_wider_than_what_they_show():
    champion = np.zeros(1000)
    candidate = champion.copy()
    candidate[[3, 500, 900]] = 1
    wide, plain = (METRIC.measure(sampled(candidate, champion, moved=m), 0.95).interval for m in (3, 10))

    assert wide[1] - wide[0] > 1.5 * (plain[1] - plain[0])


def test_a_number_that_no_row_moves_is_no_certainty():
    found = METRIC.measure(sampled(np.ones(50), np.zeros(50)), 0.95)

    assert (found.champion, found.candidate, found.interval) == (0, 1, None)
    assert found.reason == "it does not move with the rows, so nobody can say how sure it is"


def test_a_hash_of_text_is_of_the_text_alone():
    one, longer = (
        text_hashes(np.array(["a", "b", "ab"])),
        text_hashes(np.array(["a", "b", "ab", "a long one", ""])),
    )

    assert one.tolist() == longer[:3].tolist()
    assert len(set(text_hashes(np.arange(100_000)).tolist())) == 100_000
    # FNV-1a of "a" is af63dc4c8601ec8c
    assert int(one[0]) == 0x82A2A958A9BECE5B


def test_all_rows_come_in_an_order_of_their_ids_and_slices_keep_their_values():
    def part(ids, regions):
        names = tuple(dict.fromkeys(regions))
        from ci_mlops.evaluation.rows import SliceColumn

        return Rows(
            labels=np.array(ids, dtype=float),
            candidate=Predictions(decisions=np.array(ids, dtype=float)),
            slices={"region": SliceColumn(codes=np.array([names.index(r) for r in regions]), names=names)},
            columns={"id": np.array(ids).astype(str)},
        )

    forth = all_rows([part([1, 2, 3], "nsn"), part([4, 5], "ws")], "id")
    back = all_rows([part([5], "s"), part([3, 4, 1, 2], "nwns")], "id")

    assert forth.rows.labels.tolist() == back.rows.labels.tolist()
    assert forth.rows.labels.tolist() != [1, 2, 3, 4, 5]
    for found in (forth.rows, back.rows):
        column = found.slices["region"]
        assert {
            int(id_): column.names[code] for id_, code in zip(found.labels, column.codes, strict=True)
        } == dict(zip(range(1, 6), "nsnws", strict=True))


def test_rows_of_a_group_are_one_unit_wherever_they_stand():
    groups = np.array([900, 7, 900, 31, 7])
    rows = Rows(
        labels=np.arange(5.0), candidate=Predictions(decisions=np.arange(5.0)), groups=groups, columns={}
    )
    found = all_rows([rows], None)
    unit_of = dict(zip(found.rows.labels.astype(int).tolist(), found.units.tolist(), strict=True))

    assert unit_of == {0: 2, 1: 0, 2: 2, 3: 1, 4: 0}


def test_a_number_that_no_part_moves_has_no_interval_of_its_own():
    found = METRIC.measure(sampled(np.ones(60), np.ones(60)), 0.95)

    assert found.candidate == 1
    assert found.candidate_interval is None
    assert "does not move with the rows" in found.reason


def test_of_labels_the_rows_beside_the_commonest_class_are_what_it_may_rest_on():
    labels = (np.arange(3000) % 600 == 0).astype(float)
    rows = Rows(labels=labels, candidate=Predictions(decisions=labels))
    (whole,) = tally(rows, Plan(cells=True, terms=(), ranks=False)).values()
    given = Sampled.of(whole, {"own": Replicates(units=3000, candidate=(0.8, *np.linspace(0.75, 0.85, 100)))})

    assert METRIC.measure(given, 0.95).events == 5

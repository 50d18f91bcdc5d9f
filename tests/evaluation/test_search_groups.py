"""The search where rows are drawn together: a patient is one witness against a slice, whatever the number of his rows."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from ci_mlops.evaluation.influence import BUCKETS
from ci_mlops.evaluation.row_loss import row_loss
from ci_mlops.evaluation.rows import SliceColumn
from ci_mlops.evaluation.search import ERROR, search
from ci_mlops.evaluation.searched import searched_sums
from ci_mlops.records import Cost, PriceColumn
from ci_mlops.records.search import SearchRule
from tests.evaluation.builders import judged, measured, parts_of, policy, rows

BLOCKS = SearchRule(columns=("a", "b", "c"), severity="block")
COST = Cost(unit="EUR", false_negative=500, false_positive=20)
AMOUNTS = Cost(
    unit="EUR", false_positive=20, columns=(("false_negative", PriceColumn(column="amount", times=0.5)),)
)


def rules(**more):
    return policy((), **{"cost": None, "search": BLOCKS, "group": "patient", **more})


def patients(seed, people=300, visits=5.0, *, planted=0.0, regression=False):
    """
    Two models of one recipe. What a patient is, and on which of them a model errs, is mostly of the patient. `planted`: how
    often the candidate turns wrong where `a=1`.
    """
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(people), 1 + rng.poisson(visits - 1, people))
    same = rng.random(len(who)) < 0.8

    def shared():
        return np.where(same, rng.random(people)[who], rng.random(len(who)))

    values = [rng.integers(0, 4, people)[who] for _ in "abc"]
    searched = tuple(
        SliceColumn(codes=codes, names=tuple(f"{name}={value}" for value in range(4)))
        for name, codes in zip("abc", values, strict=True)
    )
    labels, moved = (shared() < 0.3).astype(float), shared()
    champion, candidate = np.abs(labels - (moved < 0.08)), np.abs(labels - (moved > 0.92))
    candidate = np.where((values[0] == 1) & (shared() < planted), 1 - labels, candidate)
    if regression:
        labels, champion, candidate = np.zeros(len(who)), shared(), shared()
    return replace(rows(labels, champion, candidate), searched=searched, groups=who % BUCKETS)


def found(whole, asked):
    return search(searched_sums(whole, row_loss(asked)), asked)


def share_found(asked, drawn):
    return np.mean([bool(found(whole, asked).worse) for whole in drawn])


@pytest.mark.parametrize(
    "more", [{}, {"cost": COST}, {"task": "regression"}], ids=["errors", "costs", "numbers"]
)
def test_where_no_slice_is_worse_patients_seldom_seem_to_make_one_and_their_rows_often_would(more):
    drawn = [patients(seed, regression="task" in more) for seed in range(120)]
    alone = [replace(whole, groups=None) for whole in drawn]

    assert share_found(rules(**more), drawn) <= ERROR
    assert share_found(rules(**more), alone) > 3 * ERROR


def test_a_planted_slice_is_found_nearly_always():
    worse = [found(patients(seed, 1000, planted=0.2), rules()).worse for seed in range(30)]

    assert np.mean(["a=1" in [one.slice for one in listed] for listed in worse]) >= 0.95


def test_rows_that_are_each_a_patient_are_judged_as_rows_drawn_alone():
    whole = patients(1, 1000, 1.0, planted=0.3)
    (one,) = found(whole, rules()).worse
    (alone,) = found(replace(whole, groups=None), rules()).worse
    # several patients share a bucket
    assert one.at_least == pytest.approx(alone.at_least, rel=0.05)
    assert (one.slice, one.rows, one.candidate) == (alone.slice, alone.rows, alone.candidate)


def test_a_patient_whose_row_stands_five_times_tells_no_more_than_once():
    once = patients(2, 600, 1.0, planted=0.3)
    (one,) = found(once, rules()).worse
    five = np.repeat(np.arange(len(once)), 5)
    repeated = replace(
        rows(once.labels[five], once.champion.decisions[five], once.candidate.decisions[five]),
        searched=tuple(replace(column, codes=column.codes[five]) for column in once.searched),
        groups=once.groups[five],
    )
    (again,) = found(repeated, rules()).worse

    assert again.rows == 5 * one.rows
    assert (again.at_least, again.at_most) == pytest.approx((one.at_least, one.at_most), rel=1e-12)


def cut(whole, edges):
    """As `parts_of`, with what a search needs besides."""
    ends = sorted(edges)
    places = zip(
        np.split(whole.groups, ends),
        *(np.split(column.codes, ends) for column in whole.searched),
        strict=True,
    )
    held = [(groups, codes) for groups, *codes in places if len(groups)]
    return [
        replace(
            part,
            groups=groups,
            searched=tuple(
                replace(column, codes=own) for column, own in zip(whole.searched, codes, strict=True)
            ),
        )
        for part, (groups, codes) in zip(parts_of(whole, edges), held, strict=True)
    ]


@pytest.mark.parametrize("kind", ["errors", "weights", "amounts"])
@settings(max_examples=8, deadline=None)
@given(edges=st.lists(st.integers(0, 1400), max_size=8), turned=st.booleans())
def test_partitions_that_cut_patients_and_their_order_move_no_bit(kind, edges, turned):
    whole = patients(3, planted=0.4)
    amounts = np.random.default_rng(3).lognormal(6, 0.8, len(whole))
    whole = replace(whole, costs={"amount": amounts})
    whole = replace(whole, weights=amounts / 100) if kind == "weights" else whole
    asked = rules(cost=AMOUNTS if kind == "amounts" else None, weight="w" if kind == "weights" else None)
    parts = cut(whole, [min(edge, len(whole)) for edge in edges])
    one = measured([whole], asked).search

    assert one.worse
    assert measured(parts[::-1] if turned else parts, asked).search == one


def test_the_order_of_rows_moves_no_bit():
    whole = patients(4, planted=0.4)
    order = np.random.default_rng(0).permutation(len(whole))
    shuffled = replace(
        rows(whole.labels[order], whole.champion.decisions[order], whole.candidate.decisions[order]),
        searched=tuple(replace(column, codes=column.codes[order]) for column in whole.searched),
        groups=whole.groups[order],
    )

    assert found(shuffled, rules()) == found(whole, rules())


def test_what_is_left_of_a_slice_without_one_inside_it_is_what_its_own_rows_are():
    whole = patients(5)
    sums = searched_sums(whole, row_loss(rules()))
    inside = whole.searched[1].codes == 2
    others = replace(
        whole,
        searched=(
            replace(
                whole.searched[0],
                codes=np.where(inside, 4, whole.searched[0].codes),
                names=(*whole.searched[0].names, ""),
            ),
        ),
    )
    rest, own = sums["a=1"] - sums["a=1 & b=2"], searched_sums(others, row_loss(rules()))["a=1"]

    assert (rest.units, rest.moved, rest.error((1.0,))) == (own.units, own.moved, own.error((1.0,)))


def test_too_few_patients_are_told_as_patients():
    few = patients(6, 15, 40.0, planted=0.3)
    held, _ = judged([few], rules())

    assert held.gates[0].status == "undecided"
    assert held.gates[0].reason.endswith("none has enough `patient` on which the models differ")

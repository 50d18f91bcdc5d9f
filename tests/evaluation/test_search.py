"""The search for worse slices: finds what is planted, seldom what is not, and is the same for any order."""

from dataclasses import replace

import numpy as np
import pytest

from ci_mlops.evaluation.exact import exact_sums
from ci_mlops.evaluation.rows import SliceColumn
from ci_mlops.evaluation.search import ERROR, _benjamini_hochberg, _holm
from ci_mlops.evaluation.sparse_sums import SparseColumn
from ci_mlops.records import Cost, PriceColumn, SliceCost
from ci_mlops.records.search import SearchRule
from tests.evaluation.builders import judged, measured, parts_of, policy, rows

WARNS = SearchRule(columns=("a", "b", "c"))
BLOCKS = SearchRule(columns=("a", "b", "c"), severity="block", where="ci-mlops.yml:7")
COST = Cost(unit="EUR", false_negative=500, false_positive=20)


def rules(search=WARNS, **more):
    return policy((), search=search, **{"cost": None, **more})


def drawn(seed, size, *, planted=0.0, columns=3):
    """Two models that are right equally often, but where `a=1` meets `b=2`: there the candidate turns wrong."""
    rng = np.random.default_rng(seed)
    values = [rng.integers(0, 5, size) for _ in range(columns)]
    labels = (rng.random(size) < 0.3).astype(float)
    wrong, moved = rng.random(size) < 0.1, rng.random(size)
    champion = np.abs(labels - (wrong | (moved < 0.04)))
    candidate = np.abs(labels - (wrong | (moved > 0.96)))
    spoilt = (values[0] == 1) & (values[1] == 2) & (rng.random(size) < planted)
    searched = tuple(
        SliceColumn(codes=codes, names=tuple(f"{name}={value}" for value in range(5)))
        for name, codes in zip("abc", values, strict=False)
    )
    return replace(rows(labels, champion, np.where(spoilt, 1 - labels, candidate)), searched=searched)


def cut(whole, edges):
    """As `parts_of`, and each part with names in an order of its own."""
    found, at = [], 0
    for number, part in enumerate(parts_of(whole, edges)):
        chosen = slice(at, at + len(part))
        at += len(part)
        turned = [
            SliceColumn(
                codes=(4 - column.codes[chosen]) if number % 2 else column.codes[chosen],
                names=column.names[::-1] if number % 2 else column.names,
            )
            for column in whole.searched
        ]
        found.append(replace(part, searched=tuple(turned)))
    return found


def test_a_planted_slice_is_found_and_what_lies_around_it_is_not_listed_again():
    search = measured([drawn(1, 5000, planted=0.3)], rules()).search

    assert [one.slice for one in search.worse] == ["a=1 & b=2"]
    (one,) = search.worse
    assert one.at_least > 0.15
    assert one.candidate - one.champion > one.at_least
    # every slice of one column, and of two: 3 * 5 + 3 * 25
    assert search.searched + search.too_small == 90
    assert search.repeated > 0


def test_a_planted_slice_is_found_nearly_always():
    found = [
        any(
            one.slice == "a=1 & b=2"
            for one in measured([drawn(seed, 4000, planted=0.3)], rules()).search.worse
        )
        for seed in range(30)
    ]

    assert np.mean(found) >= 0.95


@pytest.mark.parametrize(
    ("search", "cost"), [(WARNS, None), (BLOCKS, None), (WARNS, COST)], ids=["errors", "blocking", "costs"]
)
def test_where_no_slice_is_worse_one_is_seldom_found(search, cost):
    found = [
        bool(measured([drawn(seed, 2000)], rules(search, cost=cost)).search.worse) for seed in range(120)
    ]

    assert np.mean(found) <= ERROR + 0.035


def test_where_no_number_is_worse_a_slice_is_seldom_found():
    found = []
    for seed in range(120):
        rng = np.random.default_rng(seed)
        whole = drawn(seed, 1000)
        whole = replace(
            whole,
            labels=np.zeros(1000),
            champion=replace(whole.champion, decisions=rng.standard_t(4, 1000)),
            candidate=replace(whole.candidate, decisions=rng.standard_t(4, 1000)),
        )
        found.append(bool(measured([whole], rules(task="regression")).search.worse))

    assert np.mean(found) <= ERROR + 0.035


def test_partitions_and_the_order_of_rows_and_names_make_no_difference():
    whole = drawn(2, 3000, planted=0.6)
    one = measured([whole], rules(cost=COST)).search
    parts = cut(whole, [7, 1000, 1001])

    assert one.worse
    assert measured(parts, rules(cost=COST)).search == one
    assert measured(parts[::-1], rules(cost=COST)).search == one


def test_equal_weights_change_nothing_and_rows_without_weight_do_not_count():
    whole = drawn(3, 3000, planted=0.3)
    plain = measured([whole], rules()).search
    doubled = measured([replace(whole, weights=np.full(3000, 2.0))], rules(weight="w")).search
    spared = np.where(np.abs(whole.labels - whole.candidate.decisions) > 0, 0.0, 1.0)
    without_errors = measured([replace(whole, weights=spared)], rules(weight="w")).search

    assert [(one.slice, one.candidate) for one in doubled.worse] == [
        (one.slice, pytest.approx(one.candidate)) for one in plain.worse
    ]
    assert without_errors.worse == ()


def test_a_search_that_warns_decides_nothing_and_one_that_blocks_is_a_broken_rule():
    whole = drawn(1, 5000, planted=0.3)
    warned, mild = judged([whole], rules())
    blocked, ruling = judged([whole], rules(BLOCKS))

    assert (warned.gates, mild.outcome) == ((), "not_applicable")
    (gate,) = blocked.gates
    assert (gate.status, gate.slice, gate.metric, gate.where) == (
        "broken",
        "a=1 & b=2",
        "accuracy",
        "ci-mlops.yml:7",
    )
    assert gate.candidate < gate.champion
    assert gate.low < gate.improvement < gate.high < 0
    assert (ruling.outcome, ruling.exit_code) == ("blocked", 1)
    assert "Holm" in ruling.reason


def test_a_blocking_search_that_finds_nothing_holds_and_without_a_champion_is_skipped():
    whole = drawn(4, 3000)
    held, ruling = judged([whole], rules(BLOCKS))
    first, _ = judged([replace(whole, champion=None)], rules(BLOCKS))

    assert [gate.status for gate in held.gates] == ["held"]
    assert "none is shown to be worse" in held.gates[0].reason
    assert ruling.outcome == "passed"
    assert [gate.status for gate in first.gates] == ["skipped"]


def test_a_few_missed_events_that_cost_much_are_no_certainty():
    """Thirty more false alarms, while no event happened to change: the next one may outweigh them all."""
    labels = np.array([1.0] * 30 + [0.0] * 470)
    champion = labels.copy()
    candidate = champion.copy()
    candidate[30:60] = 1
    everywhere = SliceColumn(codes=np.zeros(500, dtype=np.int64), names=("a=0",))
    whole = replace(rows(labels, champion, candidate), searched=(everywhere,))

    assert measured([whole], rules()).search.worse != ()
    assert measured([whole], rules(cost=COST)).search.worse == ()


def test_published_p_values_are_corrected_as_published():
    """Benjamini & Hochberg 1995: of these 15, Bonferroni's way rejects 3 and theirs 4."""
    chances = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262]
    chances += [0.5719, 0.6528, 0.759, 1.0]
    named = {f"s{number:02}": chance for number, chance in enumerate(chances)}

    assert (len(_holm(named)), len(_benjamini_hochberg(named))) == (3, 4)


def test_models_that_say_the_same_are_no_worse_anywhere():
    whole = drawn(5, 500)
    search = measured([replace(whole, candidate=whole.champion)], rules()).search

    assert (search.searched, search.too_small, search.worse) == (0, 90, ())


def test_sums_of_few_levels_are_those_of_all_values():
    rng = np.random.default_rng(6)
    codes = rng.integers(0, 7, 5000)
    few = rng.choice([0.0, 0.1, -500.0, 20.0], 5000)
    many = rng.normal(size=5000) * (rng.random(5000) < 0.5)
    late = np.where(np.arange(5000) < 2000, 1.0, many)

    for values in (few, many, late):
        assert SparseColumn.of(values).sums(codes, 7) == exact_sums(values, codes, 7)


def test_a_blocking_search_of_slices_that_are_all_too_small_is_undecided():
    held, ruling = judged([drawn(7, 60)], rules(BLOCKS))

    assert (held.gates[0].status, ruling.exit_code) == ("undecided", 0)
    assert "none has enough rows on which the models differ" in held.gates[0].reason


AMOUNTS = Cost(
    unit="EUR", false_positive=20, columns=(("false_negative", PriceColumn(column="amount", times=0.5)),)
)


def priced(whole, seed=0):
    amounts = np.random.default_rng(seed).lognormal(6, 0.8, len(whole))
    return replace(whole, costs={"amount": amounts})


def dear(seed, size=4000):
    """As many errors of both models everywhere; where `a=1` the candidate trades alarms for missed events."""
    whole = drawn(seed, size)
    inside, event = whole.searched[0].codes == 1, whole.labels == 1
    pick = np.random.default_rng(seed + 1000).random(size)
    missed, spared = inside & event & (pick < 0.3), inside & ~event & (pick < 0.13)
    champion = np.where(missed, 1.0, np.where(spared, 1.0, whole.champion.decisions))
    candidate = np.where(missed | spared, 0.0, whole.candidate.decisions)
    return priced(
        replace(
            whole,
            champion=replace(whole.champion, decisions=champion),
            candidate=replace(whole.candidate, decisions=candidate),
        ),
        seed,
    )


def test_a_slice_that_costs_more_by_amounts_of_its_rows_is_found_where_errors_are_no_more():
    costly = measured([dear(1)], rules(BLOCKS, cost=AMOUNTS)).search
    counted = measured([dear(1)], rules(BLOCKS)).search

    assert (costly.loss, [one.slice for one in costly.worse]) == ("expected_cost", ["a=1"])
    assert counted.worse == ()


def test_a_slice_with_prices_of_its_own_is_judged_by_them():
    whole = dear(1)
    whole = replace(whole, slices={"a": whole.searched[0]})
    prices = SliceCost(slice="a=1", prices=(("false_negative", 500.0),))
    search = measured(
        [whole], rules(BLOCKS, cost=Cost(unit="EUR", false_positive=20, slices=(prices,)))
    ).search

    assert (search.loss, search.worse[0].slice) == ("expected_cost", "a=1")


def test_with_amounts_of_rows_hardly_a_search_finds_a_slice_where_none_is_worse():
    wrong = sum(
        bool(measured([priced(drawn(seed, 1500), seed)], rules(BLOCKS, cost=AMOUNTS)).search.worse)
        for seed in range(100)
    )

    assert wrong <= 5


def test_with_amounts_of_rows_the_order_of_partitions_moves_no_bit():
    whole = dear(2)
    whole_search = measured([whole], rules(BLOCKS, cost=AMOUNTS)).search

    parts = cut(whole, [700, 2500])
    amounts = np.split(whole.costs["amount"], [700, 2500])
    parts = [replace(part, costs={"amount": own}) for part, own in zip(parts, amounts, strict=True)]
    assert measured(parts[::-1], rules(BLOCKS, cost=AMOUNTS)).search == whole_search

"""A whole drill: what breaks a rule is stopped, what is harmless passes, and decoration is named."""

from dataclasses import replace

import numpy as np
import pytest

from ci_mlops.evaluation import gates
from ci_mlops.evaluation.drill.oracle import beyond, expected
from ci_mlops.evaluation.rows import Predictions, Rows, SliceColumn
from ci_mlops.records import Measurement
from tests.evaluation.builders import rule
from tests.evaluation.drills import EACH, NUMBERS, SIZE, THREE, TWO, drill, numbers, two_classes

CALM = {"champion", "few-right", "third-right"}


@pytest.mark.parametrize("kind", EACH)
def test_what_breaks_a_rule_is_stopped_and_everything_else_passes(kind):
    make, rules = EACH[kind]
    done, _, summary, conclusion, _ = drill(make(), rules)
    fates = {name: one.fate for name, one in done.items()}

    assert {name for name in fates if name in CALM} == CALM
    assert {fates[name] for name in CALM} == {"passed"}
    assert not [one for one in done.values() if one.disagreements]
    for one in done.values():
        if one.gates and one.name not in CALM:
            broken = any(gate.blocks for gate in one.gates)
            assert (one.fate == "stopped") == broken, one.name
    assert summary.let_through == summary.blocked == ()
    assert conclusion.exit_code == 0
    assert summary.harmful == summary.stopped + len(summary.allowed)
    assert "harmful sabotages, and nothing that is harmless" in conclusion.reason


def test_the_effect_is_told_in_money_where_there_are_costs_and_by_the_first_rule_elsewhere():
    with_costs = drill(two_classes(), TWO)[0]["inverted"].effect
    without = drill(two_classes(), replace(TWO, cost=None, metrics=("recall",), gates=TWO.gates[:1]))[0]
    of_numbers = drill(numbers(), NUMBERS)[0]["shuffled"].effect

    assert (with_costs.metric, without["inverted"].effect.metric, of_numbers.metric) == (
        "expected_cost",
        "recall",
        "mae",
    )
    assert with_costs.improvement == pytest.approx(with_costs.champion - with_costs.candidate)
    assert with_costs.high < 0


def test_a_rule_that_stops_nothing_is_decoration_and_fails_only_a_strict_drill():
    worthless = replace(TWO, gates=(*TWO.gates, rule("roc_auc", "max_regression", 0.9)), metrics=("recall",))
    _, _, summary, conclusion, _ = drill(two_classes(), worthless)

    assert summary.decoration == ("roc_auc max_regression 0.9",)
    assert conclusion.exit_code == 0
    assert (
        "Decoration, as its limit stops none of the harmful sabotages: `roc_auc max_regression 0.9`."
        in conclusion.doubts
    )
    assert drill(two_classes(), worthless, strict=True)[3].exit_code == 1


def test_a_rule_on_what_can_not_be_measured_stops_it_and_its_limit_may_be_decoration_all_the_same():
    """Who calls no row positive has no precision."""
    loose = replace(TWO, gates=(*TWO.gates, rule("precision", "min", 0.01)))
    _, outcomes, summary, _, _ = drill(two_classes(), loose)

    assert outcomes[3].undefined == ("constant",)
    assert outcomes[3].stopped == ()
    assert summary.decoration == ("precision >= 0.01",)


def test_a_config_of_decoration_alone_stops_nothing_and_says_so():
    hollow = replace(
        TWO, gates=(rule("accuracy", "min", 0.001), rule("recall", "max_regression", 0.05, severity="warn"))
    )
    done, outcomes, summary, conclusion, _ = drill(two_classes(), hollow)

    assert summary.stopped == sum(one.fate == "refused" for one in done.values())
    assert [one.decoration for one in outcomes] == [True, False]
    assert done["shuffled"].fate == "warned"
    assert done["shuffled"].reason.startswith(
        "let through with a warning: worse than `recall max_regression 0.05` allows"
    )
    assert done["inverted"].fate == "warned"
    assert any(doubt.startswith("Only a warning meets ") for doubt in conclusion.doubts)


def test_harm_that_no_blocking_rule_is_about_is_named():
    blind = replace(TWO, gates=(rule("precision", "max_regression", 0.05),))
    done = drill(two_classes(), blind)[0]

    assert done["threshold-up"].fate == "unwatched"
    assert (
        "no blocking rule looks at it: worse in `recall` and `expected_cost`" in done["threshold-up"].reason
    )


def test_harm_within_what_the_rules_allow_is_told_as_allowed():
    wide = replace(TWO, gates=(rule("expected_cost", "max_regression", 1000),))
    done = drill(two_classes(), wide)[0]

    assert done["inverted"].fate == "allowed"
    assert done["inverted"].harmful


def test_a_champion_that_does_not_keep_its_own_rules_fails_the_drill():
    strict = replace(TWO, gates=(rule("precision", "min", 0.99),))
    done, outcomes, summary, conclusion, _ = drill(two_classes(), strict)

    assert done["champion"].fate == "blocked"
    assert summary.blocked[0] == "The champion itself"
    assert outcomes[0].stops_champion
    assert conclusion.exit_code == 1


def test_three_right_rows_are_not_called_better_and_a_third_of_the_wrong_ones_is():
    rising = replace(TWO, gates=(rule("expected_cost", "improve"), rule("recall", "max_regression", 0.05)))
    done, _, _, conclusion, _ = drill(two_classes(), rising)

    assert done["few-right"].fate == "passed"
    assert done["few-right"].reason == (
        "stopped by `expected_cost must improve`, as it should be: 3 rows are chance"
    )
    assert done["few-right"].effect.word == "unclear"
    assert done["third-right"].fate == "passed"
    assert conclusion.exit_code == 0


def test_few_rows_can_not_show_a_real_improvement_and_that_is_told():
    rising = replace(TWO, gates=(rule("accuracy", "improve"),))
    done, _, _, conclusion, _ = drill(two_classes(30), rising)

    assert done["third-right"].fate == "unproven"
    assert (
        "Stopped, as these rows can't show that it is better or no worse: 'A third of the wrong rows made right'."
        in (conclusion.doubts)
    )
    assert conclusion.exit_code == 0


def test_a_rule_that_blocks_whatever_it_can_not_decide_is_told_and_is_no_fault_of_the_gates():
    few = replace(TWO, gates=(rule("recall", "max_regression", 0.05, undecided="block"),), floor=SIZE)
    done, _, _, conclusion, _ = drill(two_classes(), few)

    assert {done[name].fate for name in ("few-right", "third-right")} == {"unproven"}
    assert done["champion"].fate == "passed"
    assert conclusion.exit_code == 0
    assert drill(two_classes(), few, strict=True)[3].exit_code == 1


def test_harm_that_is_shown_and_meets_an_undecided_rule_is_not_stopped():
    """The rule is about it, and asks for more positives than there are: it lets the worst pass."""
    few = replace(TWO, gates=(rule("recall", "max_regression", 0.05),), floor=SIZE)
    done, _, summary, conclusion, _ = drill(two_classes(), few)

    assert done["shuffled"].gates[0].status == "undecided"
    assert done["shuffled"].fate == "not_stopped"
    assert done["shuffled"].reason == (
        "NOT STOPPED: worse than `recall max_regression 0.05` allows, and that rule is undecided"
    )
    assert "Answers dealt to other rows" in summary.let_through
    assert conclusion.exit_code == 1
    assert "harm that a rule forbids is NOT STOPPED: 'Answers dealt to other rows'" in conclusion.reason


def test_harm_that_these_rows_can_not_show_to_be_more_than_allowed_is_told_and_fails_a_strict_drill():
    """By one point more than the rule allows, and the interval is several points wide."""
    rows = two_classes()
    lost = -drill(rows, TWO)[0]["threshold-up"].gates[0].improvement
    near = replace(TWO, gates=(rule("recall", "max_regression", lost - 0.01),))
    done, _, summary, conclusion, _ = drill(rows, near)

    assert done["threshold-up"].gates[0].status == "undecided"
    assert done["threshold-up"].fate == "undecided"
    assert "Threshold up: half the alarms" in summary.undecided
    assert conclusion.exit_code == 0
    assert drill(rows, near, strict=True)[3].exit_code == 1


def test_a_gate_that_is_broken_itself_is_found_by_the_second_reading(monkeypatch):
    def asleep(rule, m, floor):
        return "held", "all is well"

    monkeypatch.setattr(gates, "_hold_difference", asleep)
    done, _, _, conclusion, _ = drill(two_classes(), TWO)

    assert done["shuffled"].disagreements[:1] == (
        "`recall max_regression 0.05` is held, and by its numbers it is broken",
    )
    assert done["third-right"].disagreements == ()
    assert conclusion.exit_code == 1
    assert "a gate and a second reading of its numbers disagree" in conclusion.reason


def test_a_gate_with_the_sign_turned_round_is_found(monkeypatch):
    real = gates._hold_difference

    def turned(rule, m, floor):
        return real(rule, replace(m, improvement=-m.improvement, low=-m.high, high=-m.low), floor)

    monkeypatch.setattr(gates, "_hold_difference", turned)

    assert drill(two_classes(), TWO)[3].exit_code == 1


@pytest.mark.parametrize("seed", range(12))
def test_on_any_rows_the_gates_and_the_second_reading_of_their_numbers_agree(seed):
    rng = np.random.default_rng(seed)
    size = int(rng.choice([2, 5, 21, 80, 300]))
    codes = rng.integers(0, 2, size)
    slices = {"region": SliceColumn(codes=codes, names=("region=a", "region=b"))}
    scores = rng.choice([rng.random(size).round(1), rng.normal(size=size), np.zeros(size)])
    two = Rows(
        labels=(rng.random(size) < rng.choice([0, 0.05, 0.5, 1])).astype(float),
        candidate=Predictions(decisions=(scores > 0.5).astype(float), scores=scores),
        weights=rng.random(size).round(1) + 0.1 if seed % 3 == 0 else None,
        slices=slices,
    )
    likely = rng.dirichlet((1, 1, 1), size)
    three = Rows(
        labels=rng.integers(0, 3, size).astype(float),
        candidate=Predictions(decisions=likely.argmax(axis=1).astype(float), scores=likely),
        slices=slices,
    )
    truth = rng.choice([rng.normal(size=size), np.ones(size)])
    few = Rows(
        labels=truth, candidate=Predictions(decisions=truth + rng.choice([0, 1]) * rng.normal(size=size))
    )
    everywhere = rule("recall", "min", 0.3, slice="*")
    of_two = replace(
        TWO, gates=(*TWO.gates, everywhere, rule("accuracy", "improve"), rule("brier", "max", 0.2))
    )
    of_two = replace(of_two, floor=int(rng.choice([1, 20])), weight="w" if two.weights is not None else None)
    of_three = replace(
        THREE, gates=(*THREE.gates, rule("recall of bug", "max_regression", 0.1, slice="region"))
    )
    of_numbers = replace(NUMBERS, gates=(*NUMBERS.gates, rule("r2", "min", 0.5), rule("rmse", "improve")))

    for rows, rules in ((two, of_two), (three, of_three), (few, of_numbers)):
        done = drill(rows, rules)[0]
        assert {name: one.disagreements for name, one in done.items() if one.disagreements} == {}


def measured(low, high, *, higher=True, slice_=None, events=100, **given):
    middle = (low + high) / 2
    return Measurement(
        metric="recall",
        slice=slice_,
        rows=1000,
        events=events,
        higher_is_better=higher,
        champion=0.5,
        candidate=0.5 + (middle if higher else -middle),
        improvement=middle,
        low=low,
        high=high,
        **given,
    )


@pytest.mark.parametrize(
    ("kind", "value", "low", "high", "says"),
    [
        ("max_regression", 0.1, -0.05, 0.05, "held"),
        ("max_regression", 0.1, -0.1, 0.05, "held"),
        ("max_regression", 0.1, -0.15, -0.05, "undecided"),
        ("max_regression", 0.1, -0.3, -0.101, "broken"),
        ("improve", None, 0.01, 0.2, "held"),
        ("improve", None, 0.0, 0.2, "undecided"),
        ("improve", None, -0.2, -0.01, "broken"),
    ],
)
def test_a_difference_is_read_by_where_its_interval_lies(kind, value, low, high, says):
    assert expected(rule("recall", kind, value), measured(low, high), 20) == says
    assert expected(rule("recall", kind, value), measured(low, high, higher=False), 20) == says


def test_what_is_too_rare_missing_or_without_a_champion_is_never_held():
    found = measured(-0.01, 0.01)
    allowed = rule("recall", "max_regression", 0.1)

    assert expected(allowed, None, 20) == "undecided"
    assert expected(allowed, replace(found, events=19), 20) == "undecided"
    assert expected(allowed, replace(found, low=None, high=None), 20) == "undecided"
    assert expected(allowed, replace(found, champion=None), 20) == "skipped"


def test_a_limit_is_read_from_the_value_and_on_a_slice_from_its_interval():
    least = rule("recall", "min", 0.5)
    wide = {"candidate_low": 0.4, "candidate_high": 0.6}
    below = replace(measured(0, 0.1), candidate=0.45, **wide)

    assert expected(least, below, 20) == "broken"
    assert expected(least, replace(below, slice="region=a"), 20) == "undecided"
    assert expected(least, replace(below, slice="region=a", candidate_high=0.49), 20) == "broken"
    assert expected(least, replace(below, candidate=0.5), 20) == "held"
    assert expected(rule("recall", "max", 0.44), below, 20) == "broken"
    assert beyond(least, below)
    assert not beyond(rule("recall", "max", 0.45), below)


@pytest.mark.parametrize("higher", [True, False])
def test_how_much_was_lost_is_read_from_the_two_values_themselves(higher):
    found = replace(measured(-0.3, -0.1, higher=higher), improvement=None)

    assert beyond(rule("recall", "max_regression", 0.19), found)
    assert not beyond(rule("recall", "max_regression", 0.21), found)
    assert beyond(rule("recall", "improve"), found)

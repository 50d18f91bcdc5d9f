import re
from dataclasses import replace

import pytest
from hypothesis import example, given, strategies as st

from ci_mlops.records import Contender, CostReport, Counted, Detectable, Limit, Overlap, Policy
from ci_mlops.report import headline, render
from ci_mlops.report.effect import errors_sentence, rules_sentence
from ci_mlops.report.inline import to_markdown
from ci_mlops.report.money import year_line
from ci_mlops.report.notes import footnote
from ci_mlops.report.numbers import number
from ci_mlops.report.rows import rule_rows, tally
from ci_mlops.report.tables import change, interval
from ci_mlops.report.words import FLOOR, rule_words, scale_of, slice_name
from tests.report import cost_verdicts, verdicts
from tests.report.verdicts import base, gated, measured

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("value", "decimals", "signed", "expected"),
    [
        (1234567, 0, False, "1~234~567"),
        (-0.5, 1, False, "−0.5"),
        (0.5, 1, True, "+0.5"),
        (-0.0001, 2, True, "0.00"),
        (0.0001, 2, True, "0.00"),
        (-0.0, 0, True, "0"),
        (1e300, 2, False, "1e+300"),
    ],
)
def test_a_number_has_a_true_minus_and_unbreakable_thousands(value, decimals, signed, expected):
    assert number(value, decimals, signed=signed) == expected.replace("~", NBSP)


@pytest.mark.parametrize(
    ("metric", "unit", "kind", "value", "higher", "expected"),
    [
        ("recall", "", "max_regression", 0.02, True, "at most 2~pp below champion"),
        ("recall", "", "max_regression", 0.005, True, "at most 0.5~pp below champion"),
        ("recall", "", "max_regression", 0, True, "not below champion"),
        ("roc_auc", "", "max_regression", 0.01, True, "at most 0.01 below champion"),
        ("expected_cost", "EUR", "max_regression", 0.4, False, "at most €0.4 above champion"),
        ("expected_cost", "CHF", "max", 12, False, "at most 12~CHF"),
        ("mae", "minutes", "max_regression", 0.5, False, "at most 0.5~`minutes` above champion"),
        ("precision", "", "min", 0.55, True, "at least 0.55"),
        ("brier", "", "max", 0.2, False, "at most 0.2"),
        ("expected_cost", "", "improve", None, False, "must fall"),
        ("f1", "", "improve", None, True, "must rise"),
        ("r2", "", "min", -1.5, True, "at least −1.5"),
    ],
)
def test_a_rule_is_told_in_words(metric, unit, kind, value, higher, expected):
    cost = verdicts.passed().cost
    verdict = base(unit=unit, cost=replace(cost, unit=unit))
    words = rule_words(Limit(kind=kind, value=value), scale_of(metric, verdict), higher=higher)

    assert to_markdown(words) == expected.replace("~", NBSP)


@pytest.mark.parametrize(
    ("m", "expected"),
    [
        (measured("recall", 0.811, 0.866, 0.011, 0.1), ("+5.5~pp better", "+1.1~… +10.0")),
        (measured("expected_cost", 10.63, 8.0, 0.43, 4.93, higher=False), ("−€2.63 better", "−4.93~… −0.43")),
        (measured("log_loss", 0.31, 0.33, -0.03, -0.01, higher=False), ("+0.020 worse", "+0.010~… +0.030")),
        (measured("f1", 0.5, 0.51, -0.03, 0.05), ("+0.010~≈", "−0.030~… +0.050")),
        (
            measured("brier", 0.0712, 0.0711, -0.0002, 0.0004, higher=False),
            ("−0.00010~≈", "−0.00040~… +0.00020"),
        ),
        (measured("accuracy", 0.9, 0.9, 0.0, 0.0), ("0.0~pp~=", "0.0~… 0.0")),
        (measured("recall", None, 0.9, reason="no champion"), ("no champion", "–")),
    ],
)
def test_a_change_is_told_in_the_metrics_own_direction(m, expected):
    scale = scale_of(m.metric, base(), m)

    told = tuple(to_markdown(text).replace("\u2060", "") for text in (change(m, scale), interval(m, scale)))
    assert told == tuple(text.replace("~", NBSP) for text in expected)


@pytest.mark.parametrize(
    ("word", "missed", "said"),
    [
        ("defaults", 30, "30 fewer `defaults` are missed"),
        ("default", 30, "30 fewer rows of `default` are missed"),
        ("defaults", 1, "1 fewer row of `defaults` is missed"),
        ("default", 1, "1 fewer `default` is missed"),
        ("loss", 2, "2 fewer rows of `loss` are missed"),
        ("1", 2, "2 fewer positives are missed"),
    ],
)
def test_the_word_for_the_event_may_be_singular_or_plural(word, missed, said):
    verdict = verdicts.passed()
    before, after = (100, 50, 60, 40), (100, 50, 60 - missed, 40 + missed)
    confusion = replace(verdict.confusion, positive=word, champion=before, candidate=after)

    assert said in to_markdown(errors_sentence(replace(verdict, confusion=confusion)))


@pytest.mark.parametrize(
    ("champion", "candidate", "expected"),
    [
        (123456.789, 123400.1, "123~457"),
        (1234.5, 1200.25, "1~234.5"),
        (12.3456, 12.4, "12.35"),
        (0.81149, 0.8, "0.811"),
    ],
)
def test_a_metric_of_the_teams_has_as_many_digits_as_any_other(champion, candidate, expected):
    improvement = candidate - champion
    own, any_other = (
        replace(measured("recall", champion, candidate, improvement - 1, improvement + 1), metric=metric)
        for metric in ("metrics/mine.py:profit", "rmse")
    )

    for m in (own, any_other):
        assert scale_of(m.metric, base(), m).value(champion) == expected.replace("~", NBSP)


def test_a_corrected_interval_names_its_level():
    m = measured("recall", 0.8, 0.9, 0.01, 0.19, level=0.9975)

    assert interval(m, scale_of("recall", base(), m)).endswith(f" (99.75{NBSP}%)")


def test_a_slice_is_shown_with_room_around_its_sign():
    shown = [to_markdown(slice_name(s)) for s in ("region=north", "age < 25", "age<=25", "odd", "a=b=c")]

    assert shown == ["`region = north`", "`age < 25`", "`age<=25`", "`odd`", "`a = b=c`"]


def test_the_floor_of_the_report_is_the_floor_of_the_court():
    assert Policy(task="classification", metrics=()).floor == FLOOR == 20


@pytest.mark.parametrize(
    ("overlap", "said", "unsaid"),
    [
        (None, "on the same 2 140 rows.", "trained on"),
        (Overlap(champion=0, candidate=0), "held-out rows, none of which either was trained on", "not known"),
        (Overlap(champion=None, candidate=0, reason="no pins."), "not known (no pins).", "held-out"),
        (Overlap(champion=3, candidate=0), "on the same 2 140 rows.", "held-out"),
    ],
)
def test_only_what_is_known_of_the_rows_is_claimed(overlap, said, unsaid):
    told = footnote(base(overlap=overlap)).replace(NBSP, " ")

    assert said in told
    assert unsaid not in told


def test_rows_that_a_model_was_trained_on_are_told_above_the_table():
    comment = render(
        base(measurements=(verdicts.RECALL,), overlap=Overlap(champion=0, candidate=31)), "github"
    )

    assert comment.index(
        "⚠️ 31 of the 2\u00a0140 test rows were in the training data of the candidate"
    ) < comment.index("|")


def test_a_rise_that_would_be_found_is_not_called_a_loss():
    cost = verdicts.COST
    v = base(
        measurements=(cost,),
        gates=(gated(cost, "max_regression", 0.4),),
        detectable=(Detectable(metric="expected_cost", slice=None, regression=2.1),),
    )

    assert "a rise of expected cost of €2.10 or more would be found" in footnote(v)


def test_many_edits_of_the_policy_are_a_list_that_ends_somewhere():
    v = verdicts.blocked()
    edited = replace(
        v, policy=replace(v.policy, edits=tuple(f"gates.recall.min: 0.{at} -> 0" for at in range(40)))
    )
    comment = render(edited, "github")

    assert comment.count("- `gates.recall.min") == 10
    assert "- and 30 more edits" in comment


def test_rows_without_a_label_are_counted():
    assert "Left out for both: 7 rows without a label." in footnote(
        base(rows=Counted(compared=10, missing_label=7))
    ).replace(NBSP, " ")


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("max_regression", 0.02, "recall on `defaults` is worse than the champion"),
        ("min", 0.9, "recall on `defaults` is below 0.9"),
        ("improve", None, "recall on `defaults` does not rise"),
    ],
)
def test_the_heading_of_a_block_names_the_rule_that_is_broken(kind, value, expected):
    broken = gated(verdicts.RECALL, kind, value, status="broken")
    v = base(verdict="blocked", exit_code=1, gates=(broken,), measurements=(verdicts.RECALL,))

    assert to_markdown(headline(v)) == f"Model gate blocked: {expected}"


def test_what_could_not_be_evaluated_is_never_told_in_words_of_rejection():
    for dialect in ("terminal", "markdown", "github"):
        told = render(verdicts.not_evaluated(), dialect).lower()

        assert not [
            word for word in ("reject", "blocked", "broken", "worse", "failed the gate") if word in told
        ]


def test_slices_that_are_too_small_do_not_undo_a_rule_that_the_others_hold():
    small = measured("recall", 0.5, 0.25, -0.9, 0.4, slice="region=x", rows=9, events=4)
    gates = (
        gated(verdicts.NORTH, "min", 0.65, severity="warn"),
        gated(small, "min", 0.65, severity="warn", status="undecided", reason="too few positives"),
    )
    v = base(gates=gates, measurements=(verdicts.NORTH, small))
    (row,) = rule_rows(v)

    assert tally(v).held == 1
    assert (row.mark, row.gate.slice, row.slices) == ("✅", "region=north", 2)


def test_a_metric_of_all_rows_has_too_few_rows_and_no_events():
    small = measured("accuracy", 0.5, 0.25, -0.9, 0.4, slice="region=x", rows=9, events=9)
    rare = measured("recall", 0.5, 0.25, -0.9, 0.4, slice="region=x", rows=9, events=4)
    of_rows = render(base(measurements=(small,)), "markdown")
    of_events = render(base(measurements=(rare,)), "markdown")

    assert "too few rows (9, at least 20 needed)" in of_rows
    assert "too few rows" not in of_events


def test_every_broken_slice_has_a_row_of_its_own():
    low = [measured("recall", 0.8, 0.4, -0.5, -0.3, slice=f"region={at}", events=50) for at in range(3)]
    gates = [gated(m, "min", 0.65, status="broken") for m in low]
    v = base(
        verdict="blocked",
        exit_code=1,
        gates=(*gates, gated(verdicts.NORTH, "min", 0.65)),
        measurements=(*low, verdicts.NORTH),
    )

    assert [(row.mark, row.gate.slice) for row in rule_rows(v)] == [
        ("❌", "region=0"),
        ("❌", "region=1"),
        ("❌", "region=2"),
        ("✅", "region=north"),
    ]
    assert (tally(v).rules, tally(v).blocking) == (1, 1)


def test_an_undecided_rule_says_how_many_rows_would_decide_it():
    assert "about 7 times as many rows (15\N{NO-BREAK SPACE}100 in all) would decide it" in render(
        verdicts.undecided(), "github"
    )


def with_detectable(verdict, regression):
    return replace(
        verdict, detectable=(Detectable(metric="recall", slice=None, regression=regression, margin=0.02),)
    )


def test_nearly_enough_rows_are_not_one_times_as_many():
    told = render(with_detectable(verdicts.undecided(), 0.022), "github")

    assert "about half as many rows again would decide it" in told


def test_below_the_floor_no_loss_is_promised_to_be_found():
    undecided = verdicts.undecided()
    (recall, *rest) = undecided.measurements
    told = render(replace(undecided, measurements=(replace(recall, events=FLOOR - 3), *rest)), "github")

    assert "would be found" not in told
    assert "would decide it" not in told


def test_a_browser_can_not_break_a_line_between_a_sign_and_a_currency():
    assert to_markdown("costs −€3 or +€2") == "costs −\u2060€3 or +\u2060€2"


def test_hundreds_need_no_cents_unless_cents_are_the_difference():
    v = base()
    large = measured("expected_cost", 282.15, 604.99, -455.87, -189.80, higher=False)
    fine = measured("expected_cost", 282.15, 282.65, -0.9, -0.1, higher=False)

    assert change(large, scale_of("expected_cost", v, large)).startswith("+€323")
    assert change(fine, scale_of("expected_cost", v, fine)).startswith("+€0.50")


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        (("held", "held"), "keeps every rule"),
        (("held", "skipped"), "keeps every rule that could be judged"),
        (("skipped", "skipped"), "has no rule that could be judged"),
        (("held", "undecided", "skipped"), "breaks no rule that blocks"),
    ],
)
def test_on_a_laptop_no_more_rules_are_said_to_be_kept_than_were_judged(statuses, said):
    gates = tuple(
        gated(verdicts.RECALL, "min", 0.1 * at, status=status) for at, status in enumerate(statuses)
    )
    v = base(change=None, gates=gates, measurements=(verdicts.RECALL,))

    assert to_markdown(headline(v)) == f"Model gate passed: `credit-default` {said}"


def test_slices_too_small_for_a_margin_are_told_with_the_rows_that_they_would_need():
    small = verdicts.measured("recall", 0.7, 0.73, -0.06, 0.115, slice="region=south", rows=184, events=37)
    v = verdicts.base(
        measurements=(verdicts.RECALL, small, verdicts.NORTH, verdicts.LEASE),
        gates=tuple(
            replace(verdicts.gated(m, "max_regression", 0.05), number=7)
            for m in (small, verdicts.NORTH, verdicts.LEASE)
        ),
        detectable=tuple(
            Detectable(metric="recall", slice=m.slice, regression=0.09, margin=0.05, rows_needed=needed)
            for m, needed in ((small, 1236), (verdicts.NORTH, 511), (verdicts.LEASE, 9000))
        ),
    )

    assert (
        "A loss of recall of 5\N{NO-BREAK SPACE}pp could be found 4 times in 5 on 1 of 3 slices; the nearest of the others, "
        "region = south, has 184 rows and would need about 1\N{NO-BREAK SPACE}240."
    ) in " ".join(render(v, "terminal").split(" ")).replace("\n", " ")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("rules/reg.yml", "**Rules**: `rules/reg.yml`\n"),
        ("", "**Rules**: `rules/reg.yml`\n"),
        ("a" * 40, "**Rules**: `rules/reg.yml`, `main` at `aaaaaaa`\n"),
    ],
)
def test_a_config_that_was_read_where_it_lies_is_named_once(source, said):
    verdict = cost_verdicts.a_year()
    told = render(
        replace(verdict, policy=replace(verdict.policy, source=source, path="rules/reg.yml")), "markdown"
    )

    assert said in told
    assert f"Costs come from `rules/reg.yml`{' (`main` at `aaaaaaa`)' if len(source) == 40 else ''}." in told


@given(st.floats(0.001, 1e4), st.floats(-0.99, 3), st.floats(1, 1e7))
@example(10.63, -0.2474, 200_000.0)
def test_sums_of_a_year_add_up_or_are_said_to_be_rounded(champion, change, volume):
    cost = CostReport(unit="", champion=champion, candidate=champion * (1 + change), volume=volume)
    line = year_line(replace(cost_verdicts.a_year(), cost=cost))
    told = to_markdown(line).replace(NBSP, "").replace("\u2060", "").replace("−", "-").replace("*", "")
    before, now, difference = (
        float(found)
        for found in re.search(
            r"is ([\d.]+) with the champion and ([\d.]+) with this model: ([-+\d.]+)", told
        ).groups()
    )

    assert "rounded" in told or now - before == pytest.approx(difference, abs=0.001)
    assert difference == pytest.approx((cost.candidate - cost.champion) * volume, rel=0.01, abs=0.006)


def test_what_was_compared_as_files_is_neither_trained_again_nor_judged_by_a_branch():
    verdict = replace(
        verdicts.blocked(), champion=Contender(origin="file", label="champion.csv"), change=None
    )

    told = render(verdict, "markdown")

    assert "1. Mend the model or its data, and compare its predictions again." in told
    assert "2. Or, if the rule is wrong, change it in `ci-mlops.yml`.\n" in told
    assert "ci-mlops validate" not in told
    assert "**Champion**: file `champion.csv`" in told


def test_one_rule_is_not_counted():
    verdict = verdicts.blocked()
    one = [gate for gate in verdict.gates if gate.blocks][:1]

    assert rules_sentence(replace(verdict, gates=tuple(one))) == "The only rule is broken."

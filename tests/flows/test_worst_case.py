"""A rule that holds only because hard rows have no score is not shown to hold."""

import numpy as np
import pytest

from ci_mlops.records import Cost, PriceColumn
from ci_mlops.records.search import SearchRule
from tests.evaluation.builders import policy, rule
from tests.flows.test_compare_lost import ROWS, SIZE, compared, marked

RARE = (ROWS % 50 == 0).astype(int)
CLASSES = ("bug", "feature", "question")


def hiding(folder, rules, truth, wrong, *, own=None, **columns):
    """Exit codes of a candidate that is wrong on these rows: told so, and with no score for them; and the verdict."""
    said = np.where(wrong, 1 - truth, truth) if own is None else np.where(wrong, own, truth)
    columns = {"label": truth, **columns}
    honest = compared(folder, rules, {"prediction": truth}, {"prediction": said}, **columns)
    hidden = compared(
        folder, rules, {"prediction": truth}, {"prediction": said, "seen": marked(wrong)}, **columns
    )
    return honest.exit_code, hidden.exit_code, hidden


def test_one_negative_in_a_hundred_without_a_score_hides_no_false_positives(tmp_path):
    wrong = (ROWS % 110 == 7) & (RARE == 0)
    rules = policy(("precision",), [rule("precision", "min", 0.8)])
    honest, hidden, verdict = hiding(tmp_path, rules, RARE, wrong)

    # neither too many rows, nor too many of a class, nor of what the champion gets wrong
    assert (honest, hidden, verdict.rows.lost, verdict.verdict) == (1, 10, 37, "undecided")
    [gate] = verdict.gates
    assert (gate.status, gate.undecided) == ("undecided", "block")
    assert gate.reason == (
        "precision is 1; at least 0.8 is asked for; but if the candidate is wrong on the 37 rows that it can't score, "
        "precision is 0.6838; at least 0.8 is asked for"
    )


def test_rules_that_hold_even_then_hold(tmp_path):
    wrong = (ROWS % 110 == 7) & (RARE == 0)
    rules = policy(("precision",), [rule("precision", "min", 0.6), rule("accuracy", "max_regression", 0.05)])
    honest, hidden, verdict = hiding(tmp_path, rules, RARE, wrong)

    assert (honest, hidden, {gate.status for gate in verdict.gates}) == (0, 0, {"held"})
    assert all("can't score" not in gate.reason for gate in verdict.gates)


def test_a_regression_is_hidden_as_little(tmp_path):
    wrong = (ROWS % 110 == 7) & (RARE == 0)
    rules = policy(("accuracy",), [rule("accuracy", "max_regression", 0.005)])

    assert hiding(tmp_path, rules, RARE, wrong)[:2] == (1, 10)


@pytest.mark.parametrize("metric", ["brier", "roc_auc"])
def test_scores_of_lost_rows_are_as_wrong_as_can_be(tmp_path, metric):
    wrong = (ROWS % 110 == 7) & (RARE == 0)
    score = np.where(RARE == 1, 0.9, 0.1)
    limit = {"brier": rule("brier", "max", 0.015), "roc_auc": rule("roc_auc", "min", 0.995)}[metric]
    rules = policy((metric,), [limit])
    said = {"prediction": np.where(wrong, 1, RARE), "score": np.where(wrong, 1.0, score)}
    champion = {"prediction": RARE, "score": score}
    honest = compared(tmp_path, rules, champion, said, label=RARE)
    hidden = compared(tmp_path, rules, champion, {**said, "seen": marked(wrong)}, label=RARE)

    assert (honest.exit_code, hidden.exit_code) == (1, 10)
    shown = {m.metric: m.candidate for m in honest.measurements}[metric]
    assert f"{metric} is {shown:.4g};" in hidden.gates[0].reason.partition("can't score")[2]


@pytest.mark.parametrize("metric", ["precision of question", "recall of bug", "f1_macro"])
def test_of_several_classes_a_lost_row_is_called_what_harms_most(tmp_path, metric):
    codes = np.where(RARE == 1, 2, ROWS % 2)
    truth, wrong = np.array(CLASSES)[codes], (ROWS % 220 == 6) & (codes == 0)
    rules = policy((metric,), [rule(metric, "min", 0.993)], classes=CLASSES, cost=None)
    honest, hidden, verdict = hiding(tmp_path, rules, truth, wrong, own="question")

    # a row that is called `feature`, which is common, would change nothing much
    assert (honest, hidden, verdict.rows.lost) == (1, 10, 19)
    assert "19 rows that it can't score" in verdict.gates[0].reason


def test_a_label_is_lost_of_every_kind(tmp_path):
    truth = np.where(RARE == 1, "bug|question", np.where(ROWS % 2, "feature", ""))
    wrong = (ROWS % 110 == 7) & (RARE == 0)
    rules = policy(
        ("precision of bug",),
        [rule("precision of bug", "min", 0.8)],
        classes=CLASSES,
        multilabel=True,
        cost=None,
    )

    assert hiding(tmp_path, rules, truth, wrong, own="bug|question")[:2] == (1, 10)


def test_a_lost_row_that_nobody_can_price_is_no_way_out(tmp_path):
    wrong = (ROWS % 110 == 7) & (RARE == 0)
    rules = policy(
        ("expected_cost",),
        [rule("expected_cost", "max", 1.0)],
        cost=Cost(false_negative=500.0, columns=(("false_positive", PriceColumn(column="fee")),)),
    )
    fee = np.where(wrong, "", "100")
    verdict = compared(
        tmp_path,
        rules,
        {"prediction": RARE},
        {"prediction": RARE, "seen": marked(wrong)},
        label=RARE,
        fee=fee,
    )

    assert verdict.exit_code == 10
    assert "nobody can say what it comes to: amounts in `fee`: 37 rows have none" in verdict.gates[0].reason


def test_what_has_no_worst_value_is_read_as_it_is(tmp_path):
    truth = np.random.default_rng(0).normal(100, 20, SIZE)
    lost = marked(ROWS % 200 == 3)
    rules = policy(("mae",), [rule("mae", "max", 5)], task="regression")
    verdict = compared(
        tmp_path, rules, {"prediction": truth + 1}, {"prediction": truth + 1, "seen": lost}, label=truth
    )

    assert (verdict.exit_code, verdict.gates[0].status, verdict.rows.lost) == (0, "held", 20)


def test_rules_that_do_not_hold_shift_no_reading_to_another_rule(tmp_path):
    wrong = (ROWS % 110 == 7) & (RARE == 0)
    first = rule("selection_rate", "min", 0.5, severity="warn")
    rules = policy(("precision",), [first, rule("precision", "min", 0.8)])
    _, hidden, verdict = hiding(tmp_path, rules, RARE, wrong)

    assert (hidden, [gate.status for gate in verdict.gates]) == (10, ["broken", "undecided"])


def test_a_search_that_blocks_is_made_again(tmp_path):
    wrong = (ROWS % 110 == 7) & (RARE == 0)
    region = np.where(wrong | (ROWS % 11 == 3), "south", "north")
    search = SearchRule(columns=("region",), severity="block")
    rules = policy((), [rule("recall", "min", 0.9)], search=search, cost=None)
    honest, hidden, verdict = hiding(tmp_path, rules, RARE, wrong, region=region)

    assert (honest, hidden) == (1, 10)
    assert "on the 37 rows that it can't score" in verdict.gates[-1].reason


def test_what_is_undecided_then_is_not_shown_where_that_blocks(tmp_path):
    wrong = ROWS % 121 == 7
    rules = policy(("accuracy",), [rule("accuracy", "max_regression", 0.01, undecided="block")])
    honest, hidden, verdict = hiding(tmp_path, rules, RARE, wrong)

    assert (honest, hidden, verdict.rows.lost) == (10, 10, 33)
    assert "these rows can't tell" in verdict.gates[0].reason


def test_scores_without_an_end_are_as_wrong_in_any_order_of_the_rows(tmp_path):
    wrong = (ROWS % 110 == 7) & (RARE == 0)
    score = np.where(RARE == 1, 5.0, -5.0) + ROWS / SIZE
    rules = policy(("roc_auc",), [rule("roc_auc", "max_regression", 0.005)], cost=None)
    said = {"prediction": RARE, "score": score, "seen": marked(wrong)}
    verdict = compared(tmp_path, rules, {"prediction": RARE, "score": score}, said, label=RARE)

    assert (verdict.exit_code, verdict.verdict) == (10, "undecided")
    # above every positive
    assert "roc_auc is worse by 0.009439" in verdict.gates[0].reason


def test_by_a_matrix_of_costs_a_lost_row_is_called_what_costs_most(tmp_path):
    names = tuple(f"c{place:02}" for place in range(14))
    truth = np.array(names)[ROWS % 14]
    wrong = (ROWS % 1001 == 1) | (ROWS % 1001 == 15)
    dear = tuple((name, "c00", 1000.0) for name in names[1:])
    rules = policy((), [rule("expected_cost", "max", 1)], classes=names, cost=Cost(matrix=dear))
    honest, hidden, verdict = hiding(tmp_path, rules, truth, wrong, own="c00")

    assert (honest, hidden) == (1, 10)
    assert "expected_cost is 2; at most 1 is asked for" in verdict.gates[0].reason.partition("can't score")[2]

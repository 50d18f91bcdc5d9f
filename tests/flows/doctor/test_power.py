"""What the rows can show, by a formula or by the last verdict's predictions."""

import math

import pytest

from ci_mlops.flows.doctor.expected import DISAGREE, Shown, standard_error
from ci_mlops.flows.keeping import keep_verdict
from ci_mlops.flows.validate import validate
from ci_mlops.records import Cost
from tests.flows.doctor.patients import one, seen
from tests.flows.rules import found_rules, with_share


@pytest.fixture
def team(tmp_path):
    return found_rules(tmp_path)


def test_a_margin_below_what_the_rows_can_show_is_a_warning_with_the_number_of_rows(team):
    check = one(team, "power", "power.recall")

    # 2.80 * sqrt(0.12 / 271 events)
    assert check.status == "warning"
    assert check.what.startswith(
        "What is worse by 0.059 or more is found four times in five, if two versions disagree"
    )
    assert "1.4 times as many rows" in check.mend
    assert check.where == "ci-mlops.yml:14"


def test_a_margin_that_can_be_shown_is_in_order(team):
    team.replace("ci-mlops.yml", "max_regression: 0.05", "max_regression: 0.1")

    assert one(team, "power", "power.recall").status == "ok"


def test_predictions_of_the_last_verdict_are_better_than_a_formula(team):
    with_share(team, 0.62)
    verdict = validate(team.tools, team.project(), team.output)
    keep_verdict(verdict, team.output)
    (measured,) = [one.regression for one in verdict.detectable if one.metric == "recall"]
    check = one(team, "power", "power.recall")

    assert f"What is worse by {measured:.3g} or more" in check.what
    assert "by the predictions of the last verdict" in check.what


def test_a_verdict_on_other_rows_is_not_used(team):
    with_share(team, 0.62)
    keep_verdict(validate(team.tools, team.project(), team.output), team.output)
    (team.folder / "data/test.csv").write_text(
        "\n".join((team.folder / "data/test.csv").read_text().splitlines()[:300]) + "\n"
    )
    team.pin()

    assert "if two versions disagree" in one(team, "power", "power.recall").what


def test_rows_that_are_trained_on_as_well_are_not_all_counted(team):
    team.replace("ci-mlops.yml", "train: data/train.csv", "train: data/test.csv")
    team.replace("ci-mlops.yml", "model: {path: model.bin}", "model: capture")
    (check,) = seen(team, "power")["power"]

    assert check.status == "not_tried"
    assert "also training rows" in check.what
    assert "ci-mlops validate" in check.mend


def test_a_metric_without_a_formula_is_not_guessed(team):
    team.replace(
        "ci-mlops.yml", "{metric: recall, max_regression: 0.05}", "{metric: brier, max_regression: 0.05}"
    )
    check = one(team, "power", "power.brier")

    assert check.status == "not_tried"
    assert "ci-mlops validate" in check.what


def test_without_comparative_gates_there_is_nothing_to_show(team):
    team.replace("ci-mlops.yml", "  - {metric: recall, max_regression: 0.05}\n", "")

    assert seen(team, "power")["power"][0].status == "ok"


@pytest.mark.parametrize(
    ("metric", "rows"), [("accuracy", 1000), ("recall", 100), ("specificity", 900), ("precision", 100)]
)
def test_a_share_is_counted_on_its_own_rows(metric, rows):
    error, _ = standard_error(metric, Shown(rows=1000, events=100), None)

    assert error == pytest.approx(math.sqrt(DISAGREE / rows))


def test_the_formula_for_a_share_holds_in_a_simulation():
    import numpy as np

    dice = np.random.default_rng(0)
    rows = 2000
    differences = []
    for _ in range(400):
        # both versions are right equally often, and disagree on the assumed share of rows
        disagree = dice.random(rows) < DISAGREE
        sign = np.where(dice.random(rows) < 0.5, 1, -1)
        differences.append((disagree * sign).mean())
    error, _ = standard_error("accuracy", Shown(rows=rows), None)

    assert error == pytest.approx(np.std(differences), rel=0.1)


def test_the_area_under_the_curve_is_told_by_its_own_formula():
    error, assumed = standard_error("roc_auc", Shown(rows=1000, events=100), None)

    # Hanley & McNeil: 0.0275 for one area of 0.8 on 100 and 900 rows
    assert error == pytest.approx(0.0275 * math.sqrt(2 * 0.2), rel=0.02)
    assert "rank" in assumed


def test_between_many_classes_only_accuracy_is_told_without_predictions(team):
    team.replace("ci-mlops.yml", 'positive: "yes"', "classes: [no, maybe, yes]")
    team.replace("ci-mlops.yml", "metrics: [recall, accuracy, brier]", "metrics: [accuracy]")
    team.replace("ci-mlops.yml", "cost: {unit: EUR, false_negative: 500, false_positive: 20}\n", "")
    team.replace(
        "ci-mlops.yml",
        "{metric: recall, max_regression: 0.05}",
        "{metric: accuracy, max_regression: 0.05}\n  - {metric: balanced_accuracy, max_regression: 0.05}",
    )
    found = seen(team, "power")

    assert found["power.accuracy"][0].status == "ok"
    assert found["power.balanced_accuracy"][0].status == "not_tried"


def test_an_expensive_error_makes_the_cost_less_sure():
    shown = Shown(rows=1000, events=100)
    cheap, _ = standard_error("expected_cost", shown, Cost(false_negative=1, false_positive=1))
    dear, _ = standard_error("expected_cost", shown, Cost(false_negative=500, false_positive=1))

    assert cheap == pytest.approx(math.sqrt(DISAGREE / 1000))
    assert dear > 100 * cheap


def test_a_regression_is_told_by_the_spread_of_its_target(team):
    team.write(
        "ci-mlops.yml",
        "model: loans\ntask: regression\ndata:\n  train: data/train.csv\n"
        "  test: {path: data/test.csv, target: debt, id: loan}\n"
        "train: {run: python train.py, model: {path: model.bin}}\n"
        "metrics: [mae]\ngates: [{metric: mae, max_regression: 0.01}]\n",
    )
    check = one(team, "power", "power.mae")

    assert check.status == "warning"
    assert "of the target's spread" in check.what


def sliced_by_region(team, margin):
    """300 rows each in two regions, and 3 in a third."""
    path = team.folder / "data/test.csv"
    head, *lines = path.read_text().splitlines()
    cells = [f"{line},{'far' if number < 3 else 'ns'[number % 2]}" for number, line in enumerate(lines)]
    path.write_text("\n".join([f"{head},region", *cells]) + "\n")
    team.replace("ci-mlops.yml", "id: loan", "id: loan, slices: [region]")
    team.replace(
        "ci-mlops.yml",
        "{metric: recall, max_regression: 0.05}",
        f'{{metric: recall, slice: "*", max_regression: {margin}}}',
    )
    team.pin()
    team.commit("Slice by region")
    team.git("branch", "-f", "main")


def test_a_rule_on_slices_tells_how_many_can_show_its_margin_and_what_the_others_would_need(team):
    sliced_by_region(team, 0.1)
    check = one(team, "power", "power.recall[*]")

    assert check.status == "warning"
    # two slices share one error of 5 %: (2.24 + 0.84)^2 * 0.12 / 0.1^2 = 114 positives, and these 3 rows hold one
    assert check.what == (
        "2 of 3 slices can show the margin of 0.1, if two versions disagree on 12% of the rows; the nearest of the others, "
        "`region=far`, has 3 rows and would need about 343."
    )


def test_slices_are_told_by_the_predictions_of_the_last_verdict(team):
    sliced_by_region(team, 0.04)
    with_share(team, 0.62)
    verdict = validate(team.tools, team.project(), team.output)
    keep_verdict(verdict, team.output)
    needed = {one.slice: one.rows_needed for one in verdict.detectable}
    check = one(team, "power", "power.recall[*]")

    assert "by the predictions of the last verdict" in check.what
    nearest = min((need / dict(verdict.slices)[name], name) for name, need in needed.items() if need > 302)[1]
    assert f"`{nearest}`" in check.what
    assert f"would need about {needed[nearest]:,}." in check.what

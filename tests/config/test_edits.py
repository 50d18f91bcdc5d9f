"""What a change edits of the policy."""

import pytest

from ci_mlops.config import parse_config, policy_digest, policy_edits


@pytest.mark.parametrize(
    ("before", "after", "edits"),
    [
        ("recall, max_regression: 0.05", "recall, max_regression: 0.15", ["gates.recall.max_regression: 0.05 -> 0.15"]),
        ("precision, min: 0.55}", "precision, max: 0.55}", [
            "gates.precision.min: 0.55 -> none",
            "gates.precision.min.undecided: block -> none",
            "gates.precision.max: none -> 0.55",
            "gates.precision.max.undecided: none -> block",
        ]),
        ("precision, min: 0.55}", "precision, min: 0.55, undecided: warn}", [
            "gates.precision.min.undecided: block -> warn"
        ]),
        ("min: 0.65, severity: warn", "min: 0.5, severity: warn", ["gates.recall[*].min.warn: 0.65 -> 0.5"]),
        ("recall, precision, roc_auc, brier", "recall", [
            "metrics: expected_cost, recall, precision, roc_auc, brier -> expected_cost, recall"
        ]),
        ("false_negative: 500", "false_negative: 5", ["cost.false_negative: 500 -> 5"]),
        ("unit: EUR", "unit: USD", ["cost.unit: EUR -> USD"]),
        ("data/test.csv", "data/easy.csv", ["data.test.path: data/test.csv -> data/easy.csv"]),
        ('positive: "yes"', "positive: no", ["data.test.positive: yes -> no"]),
        ("[region, age_band]", "[region]", ["data.test.slices: region, age_band -> region"]),
        ("id: customer_id, ", "", ["data.test.id: customer_id -> none"]),
        ("stages: [staging, production]", "stages: [production]", ["registry.stages: staging, production -> production"]),
        ("https://mlflow.example", "https://other.example", [
            "registry.uri: https://mlflow.example -> https://other.example"
        ]),
        ("model: credit-default", "model: other", [
            "model: credit-default -> other",
            "registry.name: credit-default -> other",
        ]),
        ("registry: ", "compare_with: base\nregistry: ", ["compare_with: none -> base"]),
        ("registry: ", "report: {flipped_rows: {columns: [age]}}\nregistry: ", [
            "report.flipped_rows.columns: none -> age",
            "report.flipped_rows.most: none -> 50",
        ]),
        ("registry: ", "report: {pictures: false}\nregistry: ", ["report.pictures: True -> False"]),
    ],
)  # fmt: skip
def test_each_edited_key_of_the_policy_is_one_line(design, before, after, edits):
    head = design.replace(before, after)

    assert list(policy_edits(parse_config(design), parse_config(head))) == edits
    assert policy_digest(parse_config(design)) != policy_digest(parse_config(head))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("train: data/train.csv", "train: data/more.csv"),
        ("run: python train.py", "run: python better.py"),
        ("model: {path: model}", "model: {path: model}\n  parameters: {depth: 4}"),
        ('positive: "yes"', "labels: {yes: 1, no: 0}"),
        ("brier]", "brier_score_loss]"),
        ("0.40", "0.4"),
        ("gates:\n", "# a comment moves every line\n\ngates:\n"),
        (", stages: [staging, production]", ""),
    ],
)
def test_what_is_the_changes_own_or_means_the_same_is_no_edit(design, before, after):
    assert before in design
    assert policy_edits(parse_config(design), parse_config(design.replace(before, after))) == ()
    assert policy_digest(parse_config(design)) == policy_digest(parse_config(design.replace(before, after)))


def test_a_policy_that_is_taken_away_is_told_key_by_key(design):
    head = design.replace("registry: {", "# {").replace("  - {metric: recall, max_regression: 0.05}\n", "")

    assert list(policy_edits(parse_config(design), parse_config(head))) == [
        "gates.recall.max_regression: 0.05 -> none",
        "gates.recall.max_regression.undecided: warn -> none",
        "registry.uri: https://mlflow.example -> none",
        "registry.stages: staging, production -> none",
        "registry.name: credit-default -> none",
    ]


def test_a_long_value_is_cut(design):
    head = design.replace("data/test.csv", "data/" + "x" * 100 + ".csv")

    (edit,) = policy_edits(parse_config(design), parse_config(head))

    assert edit == "data.test.path: data/test.csv -> data/" + "x" * 52 + "..."

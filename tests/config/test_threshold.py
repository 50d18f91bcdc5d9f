"""What `threshold` and `data.validation` may say, and what is wrong with what they may not."""

import pytest

from ci_mlops.config import parse_config
from ci_mlops.config.edits import policy_edits
from ci_mlops.records import Threshold

from .conftest import CLASSIFICATION, REGRESSION

VALIDATED = CLASSIFICATION.replace(
    "  train: data/train.csv\n", "  train: data/train.csv\n  validation: data/valid.csv\n"
)
COST = "cost: {false_negative: 5, false_positive: 1}\n"
SEVERAL = CLASSIFICATION.replace('positive: "yes"', "classes: [a, b, c]")


@pytest.mark.parametrize(
    ("text", "threshold"),
    [
        (CLASSIFICATION + "threshold: 0.2\n", Threshold(value=0.2)),
        (CLASSIFICATION + "threshold: 1\n", Threshold(value=1)),
        (VALIDATED + COST + "threshold: {by: cost}\n", Threshold(by="cost")),
        (VALIDATED + "threshold: {by: f1}\n", Threshold(by="f1")),
        (CLASSIFICATION, None),
    ],
)
def test_a_threshold_is_a_number_or_a_way_to_choose_one(text, threshold):
    assert parse_config(text).policy().threshold == threshold


NO_WAY = (
    "`threshold` is neither a number nor a way to choose one | ci-mlops.yml:6 threshold | "
    "Write a number between 0 and 1, `{by: cost}` or `{by: f1}`."
)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            CLASSIFICATION + "threshold: 20\n",
            (
                "`threshold` is outside 0 to 1: 20 | ci-mlops.yml:6 threshold | "
                "Write a number between 0 and 1, `{by: cost}` or `{by: f1}`."
            ),
        ),
        (CLASSIFICATION + "threshold: cost\n", NO_WAY),
        (CLASSIFICATION + "threshold: {by: luck}\n", NO_WAY),
        (CLASSIFICATION + "threshold: true\n", NO_WAY),
        (
            REGRESSION + "threshold: 0.2\n",
            "`threshold` is for two classes, and this is a regression | ci-mlops.yml:6 threshold | Remove the line.",
        ),
        (
            SEVERAL + "threshold: 0.2\n",
            (
                "`threshold` is for two classes, and this is three or more classes | ci-mlops.yml:6 threshold | "
                "Remove the line."
            ),
        ),
        (
            CLASSIFICATION + "threshold: {by: f1}\n",
            (
                "`threshold: {by: f1}` is chosen on validation rows, and there are none | ci-mlops.yml:6 threshold | "
                "Add `data.validation`: rows with the columns of the test data that no model was trained on; or write "
                "the threshold as a number."
            ),
        ),
        (
            VALIDATED + "threshold: {by: cost}\n",
            (
                "`threshold: {by: cost}` needs `cost` | ci-mlops.yml:7 threshold | "
                "Add `cost: {unit: EUR, false_negative: 500, false_positive: 20}` with your numbers."
            ),
        ),
        (
            VALIDATED.replace("valid.csv", "test.csv") + "threshold: {by: f1}\n",
            (
                "`validation` and `test` are the same rows | ci-mlops.yml:5 data.validation | A threshold that is chosen "
                "on the rows it is judged by flatters itself: split them."
            ),
        ),
        (
            VALIDATED.replace("valid.csv", "train.csv") + "threshold: {by: f1}\n",
            (
                "`validation` is among the training data | ci-mlops.yml:5 data.validation | Scores of rows that a model "
                "was trained on tell nothing: name other rows."
            ),
        ),
        (
            VALIDATED,
            (
                "`validation` is there, and nothing is chosen on it | ci-mlops.yml:5 data.validation | "
                "Add `threshold: {by: cost}` or `threshold: {by: f1}`, or remove the line."
            ),
        ),
    ],
)
def test_a_threshold_that_can_not_be_had_is_refused(told, text, problem):
    assert told(text) == [problem]


def test_threshold_and_validation_rows_are_policy():
    before = parse_config(CLASSIFICATION + COST)
    after = parse_config(VALIDATED + COST + "threshold: {by: cost}\n")

    assert policy_edits(before, after) == (
        "threshold: none -> by cost",
        "data.validation: none -> data/valid.csv",
    )

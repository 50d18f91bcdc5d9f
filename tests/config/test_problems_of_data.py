"""What is wrong with the data sets: what, where and mend of each."""

import pytest

from .conftest import CLASSIFICATION

TEST_DATA = 'positive: "yes", slices: [region, age_band]'


@pytest.mark.parametrize(
    ("test", "problem"),
    [
        (
            "id: default",
            "`id` and `target` are the same column | {}.id | Name another column, or leave `id` out.",
        ),
        (
            "slices: [default]",
            "slice column `default` is the target | {}.slices[0] | Slice by another column.",
        ),
        ("id: row, slices: [row]", "slice column `row` is the id | {}.slices[0] | Slice by another column."),
        (
            'slices: ["a=b"]',
            "`a=b` can't be told from a gate's slice | {}.slices[0] | Rename the column: its name is `*` or holds `=`.",
        ),
        ("slices: [a, a]", "`slices` lists `a` twice | {}.slices | Keep one of them."),
        (
            "slices: a",
            "`slices` must be a list; found the text `a` | {}.slices | Write `[a, b]`, or one `- ` line for each.",
        ),
        (
            "slices: [5]",
            '`slices[0]` must be text; found the number 5 | {}.slices[0] | Write it in quotes: `"5"`.',
        ),
        ("slices: [on, null]", "the list item is empty | {}.slices[1] | Give it a value, or remove it."),
        ("positive: [1]", "`positive` must be one label: text, a number, true or false | {}.positive | "),
        (
            "positive: a, labels: {b: 1, a: 0}",
            "`positive` says `a`, `labels` says `b` | {}.positive | Keep one of the two.",
        ),
        (
            "labels: {a: 1, b: 1}",
            "`labels` must code one label as 1 and the other as 0 | {}.labels | Write `labels: {{yes: 1, no: 0}}`.",
        ),
        (
            "labels: {a: x}",
            "`labels` must code one label as 1 and the other as 0 | {}.labels | Write `labels: {{yes: 1, no: 0}}`.",
        ),
        ("labels: {1: 1, 1.0: 0}", "`labels` lists `1` twice | {}.labels | Keep one of them."),
        ("names: {1: a, 1.0: b}", "`names` lists `1` twice | {}.names | Keep one of them."),
        (
            "names: {1: a, no: b}",
            (
                "`names` names the label `no`, but without `positive` the labels are 0 and 1 | {}.names.no | "
                "Remove it, or mend the other."
            ),
        ),
        (
            "labels: {a: 1, b: 0}, names: {c: d}",
            "`names` names the label `c`, but `labels` has a and b | {}.names.c | Remove it, or mend the other.",
        ),
        (
            "positive: M, names: {1: a, 0: b}",
            "`names` has no word for `positive: M` | {}.names | Name both labels.",
        ),
        (
            "unit: EUR",
            "`unit` is for regression, and the task is classification | {}.unit | Remove the line.",
        ),
    ],
)
def test_test_data_that_contradicts_itself_is_refused(told, test, problem):
    text = CLASSIFICATION.replace(TEST_DATA, test)

    assert told(text) == [problem.format("ci-mlops.yml:5 data.test")]


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/data/train.csv", "`/data/train.csv` is an absolute path"),
        ("~/train.csv", "`~/train.csv` is an absolute path"),
        ("C:/train.csv", "`C:/train.csv` is an absolute path"),
        ("a/../../b", "`a/../../b` leaves the folder of this file"),
        ("a\\b", "`a\\b` holds a backslash"),
        ("s3://bucket/a", "`s3://bucket/a` is a URL"),
        ('""', "`train` is empty text"),
        ('"a\\nb"', "`train` goes over several lines"),
        ("[]", "`train` is an empty list"),
        ("[a, 5]", "`train[1]` must be text; found the number 5"),
        ("5", "`train` must be a list; found the number 5"),
    ],
)
def test_a_path_stays_in_the_folder_of_the_file(told, path, what):
    (problem,) = told(CLASSIFICATION.replace("train: data/train.csv", f"train: {path}"))

    assert problem.startswith(f"{what} | ci-mlops.yml:4 data.train")

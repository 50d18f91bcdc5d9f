"""The data: every claim of the config is held against the rows."""

import csv

import pytest

from tests.flows.doctor.patients import one, seen
from tests.flows.rules import found_rules


@pytest.fixture
def team(tmp_path):
    return found_rules(tmp_path)


def edit(team, change, name="test.csv"):
    path = team.folder / "data" / name
    with path.open(newline="") as file:
        rows = [change(number, row) for number, row in enumerate(csv.DictReader(file))]
    with path.open("w", newline="") as file:
        lines = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        lines.writeheader()
        lines.writerows(rows)


def test_good_rows_are_told_with_their_counts(team):
    found = seen(team, "data")

    assert {checks[0].status for checks in found.values()} == {"ok"}
    assert found["data.positive"][0].what == "271 of 600 labelled test rows are 'yes'."
    assert found["data.id"][0].what == "`loan` is unique in 600 test rows."


@pytest.mark.parametrize(
    ("name", "old", "new", "what"),
    [
        (
            "data.positive",
            'positive: "yes"',
            'positive: "ja"',
            "No test row has the label 'ja'; there are 'no' 329",
        ),
        ("data.positive", ', positive: "yes"', "", "nothing says which one is the event"),
        ("data.target", "target: default", "target: gone", "no column `gone`"),
        ("data.id", "id: loan", "id: key", "no column `key`"),
        ("data.id", "id: loan", "id: income", "`income` does not name a row"),
    ],
)
def test_what_the_config_says_and_the_rows_do_not_hold_is_a_problem(team, name, old, new, what):
    team.replace("ci-mlops.yml", old, new)
    check = one(team, "data", name)

    assert check.status == "problem"
    assert what in check.what
    assert check.exit_code == 4
    assert check.where.startswith("ci-mlops.yml:")
    assert check.mend


@pytest.mark.parametrize(
    ("key", "cell", "told"),
    [
        ("slices: [extra]", "v{}", "600 values: that is no slice"),
        ("weight: extra", "w{}", "cells that are no weight"),
        ("weight: extra", "-{}", "cells that are no weight"),
        ("weight: extra", "", "cells that are no weight"),
    ],
)
def test_a_column_that_is_no_slice_or_no_weight_is_a_problem(team, key, cell, told):
    edit(team, lambda number, row: {**row, "extra": cell.format(number)})
    team.replace("ci-mlops.yml", "id: loan", f"id: loan, {key}")
    check = one(team, "data", f"data.{key.partition(':')[0]}")

    assert (check.status, check.exit_code) == ("problem", 4)
    assert told in check.what


def test_weights_are_told_as_such(team):
    edit(team, lambda number, row: {**row, "extra": number / 7})
    team.replace("ci-mlops.yml", "id: loan", "id: loan, weight: extra")

    assert one(team, "data", "data.weight").status == "ok"


def test_a_third_label_is_told_with_the_way_out(team):
    edit(team, lambda number, row: {**row, "default": "maybe"} if number == 3 else row)
    check = one(team, "data", "data.positive")

    assert "The target has 3 labels" in check.what
    assert "classes" in check.mend


def test_rows_without_a_label_and_few_events_are_warnings(team):
    edit(team, lambda number, row: {**row, "default": "" if number < 5 else "yes" if number < 15 else "no"})
    found = seen(team, "data")

    assert found["data.target"][0].what.startswith("5 test rows have no label")
    assert found["data.positive"][0].status == "warning"
    assert "Only 10 test rows" in found["data.positive"][0].what


def test_classes_are_held_against_the_labels(team):
    team.replace("ci-mlops.yml", 'positive: "yes"', "classes: [no, maybe, other]")
    team.replace("ci-mlops.yml", "metrics: [recall, accuracy, brier]", "metrics: [accuracy]")
    team.replace("ci-mlops.yml", "cost: {unit: EUR, false_negative: 500, false_positive: 20}\n", "")
    team.replace("ci-mlops.yml", "  - {metric: recall, max_regression: 0.05}\n", "")
    unnamed, absent = seen(team, "data")["data.classes"]

    assert (unnamed.status, absent.status) == ("problem", "warning")
    assert "'yes'" in unnamed.what
    assert "'maybe', 'other'" in absent.what


def test_a_changed_file_is_told_with_its_line_in_the_lock(team):
    team.replace("data/train.csv", "no\n", "yes\n")
    check = one(team, "data", "data.pins")

    assert (check.status, check.exit_code) == ("problem", 4)
    assert check.where.startswith("ci-mlops.lock:")


def test_a_lock_is_written_only_where_that_is_wished(team):
    (team.folder / "ci-mlops.lock").unlink()
    looked = one(team, "data", "data.pins")

    assert looked.status == "problem"
    assert not (team.folder / "ci-mlops.lock").exists()
    assert one(team, "data", "data.pins", fix=True).status == "ok"
    assert (team.folder / "ci-mlops.lock").exists()


def test_data_that_is_not_here_is_told_once_and_its_columns_are_not_tried(team):
    (team.folder / "data/test.csv").unlink()
    found = seen(team, "data")

    assert "is pinned and missing" in found["data.pins"][0].what
    assert found["data.test"][0].status == "not_tried"


def test_data_that_is_neither_pinned_nor_here_is_told(team):
    (team.folder / "ci-mlops.lock").unlink()
    (team.folder / "data/test.csv").unlink()
    absent = [check for check in seen(team, "data")["data.test"] if check.status == "problem"]

    assert len(absent) == 1
    assert "data/test.csv" in absent[0].what
    assert absent[0].exit_code == 4


def test_a_pointer_of_git_lfs_is_named_as_such(team):
    team.write("data/test.csv", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")

    assert any("Git LFS pointer" in check.what for check in seen(team, "data")["data.pins"])


def test_text_is_no_target_of_a_regression(team):
    team.write(
        "ci-mlops.yml",
        "model: loans\ntask: regression\ndata:\n  train: data/train.csv\n"
        "  test: {path: data/test.csv, target: default, id: loan}\n"
        "train: {run: python train.py, model: {path: model.bin}}\n",
    )

    assert "holds text" in one(team, "data", "data.target").what


def test_without_an_id_it_is_said_what_is_lost(team):
    team.replace("ci-mlops.yml", ", id: loan", "")

    assert one(team, "data", "data.id").status == "warning"


def test_a_small_slice_is_a_warning(team):
    edit(team, lambda number, row: {**row, "region": "north" if number < 5 else "south"})
    team.replace("ci-mlops.yml", "id: loan", "id: loan, slices: [region]")
    check = one(team, "data", "data.slices")

    assert check.status == "warning"
    assert "the smallest, `region=north`, has 5 rows" in check.what


def test_bins_and_crossings_are_told_with_their_smallest_slice(team):
    edit(team, lambda number, row: {**row, "age": 20 + number % 30, "region": "ns"[number % 2]})
    team.replace("ci-mlops.yml", "id: loan", 'id: loan, slices: [region, {age: [25, 40]}, "region & age"]')

    assert [check.what for check in seen(team, "data")["data.slices"]] == [
        "`region` has 2 values; the smallest, `region=n`, has 300 rows.",
        "`age` has 3 bins with rows; the smallest, `age=under 25`, has 100 rows.",
        "`region & age` has 6 combinations; the smallest, `region=s & age=under 25`, has 40 rows.",
    ]


def test_rows_that_both_sets_hold_are_counted(team):
    edit(team, lambda number, row: {**row, "income": 200 + number}, "test.csv")
    edit(team, lambda number, row: {**row, "income": f"{200 + number}.0"} if number < 7 else row, "train.csv")
    test = (team.folder / "data/test.csv").read_text().splitlines()[1:8]
    for number, line in enumerate(test):
        _, _, debt, label = line.split(",")
        edit(
            team,
            lambda at, row, number=number, debt=debt, label=label: (
                {**row, "debt": debt, "default": label} if at == number else row
            ),
            "train.csv",
        )
    check = one(team, "shared_rows", "data.shared_rows")

    assert check.status == "warning"
    assert check.what.startswith("7 of 600 test rows equal a training row in all 3 columns")


@pytest.mark.parametrize(
    ("model", "status"), [("model: {path: model.bin}", "problem"), ("model: capture", "ok")]
)
def test_one_file_for_both_means_undecided_unless_its_rows_are_noted(team, model, status):
    team.replace("ci-mlops.yml", "train: data/train.csv", "train: data/test.csv")
    team.replace("ci-mlops.yml", "model: {path: model.bin}", model)
    check = one(team, "shared_rows", "data.shared_rows")

    assert check.status == status
    assert "training data and test data" in check.what

"""Every column and slice that a config names is looked for in the rows, whatever key names it."""

import pytest

from tests.flows.doctor.patients import one, seen
from tests.flows.doctor.test_data import edit
from tests.flows.rules import found_rules


@pytest.fixture
def team(tmp_path):
    found = found_rules(tmp_path)
    edit(found, lambda number, row: {**row, "region": ("north", "south")[number % 2], "amount": number})
    found.replace("ci-mlops.yml", "id: loan", "id: loan, slices: [region]")
    return found


@pytest.mark.parametrize(
    ("name", "old", "new", "line"),
    [
        ("data.columns", "id: loan", "id: loan, columns: [ammount]", 5),
        ("data.search", "id: loan", "id: loan, search: [ammount]", 5),
        ("data.time", "id: loan", "id: loan, time: ammount", 5),
        ("data.cost", "false_negative: 500", "false_negative: {column: ammount}", 12),
        (
            "report.flipped_rows",
            "metrics:",
            "report: {flipped_rows: {columns: [amount, ammount]}}\nmetrics:",
            11,
        ),
        (
            "data.cost",
            "false_positive: 20}",
            "slices: {region=north: {false_positive: {column: ammount}}}}",
            12,
        ),
    ],
)
def test_a_misspelt_column_is_a_problem_at_its_line(team, name, old, new, line):
    team.replace("ci-mlops.yml", old, new)
    check = one(team, "data", name)

    assert (check.status, check.exit_code) == ("problem", 4)
    assert "no column `ammount`" in check.what
    assert check.where == f"ci-mlops.yml:{line}"


def test_columns_that_are_there_are_certified_once(team):
    team.replace("ci-mlops.yml", "id: loan", "id: loan, columns: [amount], search: [income], time: debt")
    team.replace("ci-mlops.yml", "false_negative: 500", "false_negative: {column: amount, times: 0.5}")

    assert one(team, "data", "data.columns").status == "ok"


@pytest.mark.parametrize(
    ("slice_", "mend"),
    [
        ("region=nroth", "Did you mean `region=north`?"),
        ("region=xyz", "Write `COLUMN=VALUE` as the data has it."),
    ],
)
def test_a_rule_or_price_of_a_slice_that_no_row_is_in_is_a_problem_at_its_line(team, slice_, mend):
    team.replace("ci-mlops.yml", "gates:", f"gates:\n  - {{metric: recall, slice: {slice_}, min: 0.1}}")
    team.replace(
        "ci-mlops.yml",
        "false_positive: 20}",
        f"false_positive: 20, slices: {{{slice_}: {{false_negative: 9}}}}}}",
    )
    fine, gate, price = seen(team, "data")["data.slices"]

    assert fine.status == "ok"
    for check, line in ((gate, 14), (price, 12)):
        assert (check.status, check.exit_code, check.mend) == ("problem", 4, mend)
        assert check.what == f"No row of the test data is in slice `{slice_}`."
        assert check.where == f"ci-mlops.yml:{line}"


@pytest.mark.parametrize("slice_", ["'*'", "region", "region=south"])
def test_slices_that_rows_are_in_are_no_problem(team, slice_):
    team.replace("ci-mlops.yml", "gates:", f"gates:\n  - {{metric: recall, slice: {slice_}, min: 0.1}}")

    assert one(team, "data", "data.slices").status == "ok"

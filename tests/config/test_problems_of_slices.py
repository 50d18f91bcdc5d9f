"""Slices of the config: bins, crossings, and gates that name them."""

import pytest

from ci_mlops.config import parse_config, policy_digest, policy_edits
from ci_mlops.records.slices import Bins

from .conftest import CLASSIFICATION

SLICES = "slices: [region, age_band]"
FULL = 'slices: [region, {age: [25, 40.5, 65]}, "region  & age"]'
BINS = "`age=under 25`, `age=25 to 40.5`, `age=40.5 to 65`, `age=65 or more`"


def config(slices=FULL, gate=""):
    gates = f"gates: [{{metric: recall, slice: {gate}, min: 0.5}}]\n" if gate else ""
    return CLASSIFICATION.replace(SLICES, slices) + gates


def test_bins_and_crossings_are_read():
    policy = parse_config(config(gate='"region &  age"')).policy()

    assert policy.slices == ("region", "age", "region & age")
    assert policy.bins == (Bins("age", (25, 40.5, 65)),)
    assert policy.gates[0].slice == "region & age"


@pytest.mark.parametrize(
    "gate",
    ['"*"', "age", "age=25 to 40.5", "age=(missing)", '"region=R & D"', '"region=north & age=65 or more"'],
)
def test_every_slice_of_them_can_be_named_by_a_gate(gate):
    assert parse_config(config(gate=gate)).policy().gates[0].slice == gate.strip('"')


def test_edges_that_move_are_an_edit_of_the_policy():
    base, head = parse_config(config()), parse_config(config().replace("40.5", "50"))

    assert policy_edits(base, head) == (
        "data.test.slices: region, age:25:40.5:65, region & age -> region, age:25:50:65, region & age",
    )
    assert policy_digest(base) != policy_digest(head)


@pytest.mark.parametrize(
    ("slices", "problem"),
    [
        (
            "{age: [40, 25]}",
            "the edges of `age` are not ascending | {}[0] | Write each once, from the smallest to the largest.",
        ),
        (
            "{age: [25, 25]}",
            "the edges of `age` are not ascending | {}[0] | Write each once, from the smallest to the largest.",
        ),
        (
            "{age: [young, old]}",
            "`age` has edges that are no numbers | {}[0] | Write `{{age: [25, 40, 65]}}`: one column, and where it is cut.",
        ),
        (
            "{age: 25}",
            "`age` has no list of edges | {}[0] | Write `{{age: [25, 40, 65]}}`: one column, and where it is cut.",
        ),
        (
            "{age: [.inf]}",
            "`age` has an edge that is not finite | {}[0] | Write `{{age: [25, 40, 65]}}`: one column, and where it is cut.",
        ),
        (
            "{age: [25], sex: [1]}",
            "`slices[0]` is no slice | {}[0] | Write `{{age: [25, 40, 65]}}`: one column, and where it is cut.",
        ),
        ("age, {age: [25]}", "`slices` lists `age` twice | {} | Keep one of them."),
        (
            "region, region & sxe, sex",
            "`region & sxe` crosses `sxe`, which `data.test.slices` does not list by itself | {}[1] | Did you mean `sex`?",
        ),
        (
            "region, region & income",
            (
                "`region & income` crosses `income`, which `data.test.slices` does not list by itself | {}[1] | "
                "List `income` there as well, with edges if it is a number."
            ),
        ),
        ("a, a & a", "`a & a` crosses a column with itself | {}[1] | Name each column once."),
        (
            "a, b, c, d, a & b & c & d",
            "`a & b & c & d` crosses 4 columns, and few rows are left in each combination | {}[4] | Cross at most 3.",
        ),
        ("{default: [1]}", "slice column `default` is the target | {}[0] | Slice by another column."),
    ],
)
def test_slices_that_can_not_be_cut_are_told_with_their_mend(told, slices, problem):
    assert told(config(f"slices: [{slices}]")) == [
        problem.format(*["ci-mlops.yml:5 data.test.slices"] * problem.count("{}"))
    ]


@pytest.mark.parametrize(
    ("gate", "problem"),
    [
        ("income & sex", "crossing `income & sex` is not in `data.test.slices`"),
        ("age & region", "crossing `age & region` is not in `data.test.slices`|Did you mean `region & age`?"),
        (
            "age=65 or more & region=north",
            "crossing `age & region` is not in `data.test.slices`|Did you mean `region & age`?",
        ),
        ("age=30 to 40", f"`age` has no bin `30 to 40`|Its bins: {BINS}."),
        ("region=north & age=old", f"`age` has no bin `old`|Its bins: {BINS}."),
        ("region= & age=65 or more", "`region= & age=65 or more` names no value"),
    ],
)
def test_gates_on_slices_that_there_are_not_are_told_with_their_mend(told, gate, problem):
    (found,) = told(config(gate=f'"{gate}"'))
    what, place, mend = found.split(" | ")

    assert place == "ci-mlops.yml:6 gates[0].slice"
    assert f"{what}|{mend}".startswith(problem)


SEARCHED = "slices: [region], search: {}"


@pytest.mark.parametrize(
    ("search", "severity"),
    [("[age, region]", "warn"), ("{columns: [age, region], severity: block}", "block")],
)
def test_a_search_is_a_list_of_columns_or_says_what_it_does(search, severity):
    found = parse_config(config(SEARCHED.format(search))).policy().search

    assert (found.columns, found.severity, found.where) == (("age", "region"), severity, "ci-mlops.yml:5")


@pytest.mark.parametrize("drawn", ["group: customer", "time: {column: day, block: 7d}"])
def test_rows_that_are_drawn_together_may_be_searched_and_held_against_each_other(drawn):
    gates = 'gates: [{metric: "recall_difference by region", max: 0.1}]\n'
    policy = parse_config(config(SEARCHED.format(f"[age, region], {drawn}")) + gates).policy()

    assert policy.group == "customer" or policy.block == 7 * 86400
    assert policy.search.columns == ("age", "region")
    assert policy.gates[0].metric == "recall_difference by region"


def test_what_is_searched_is_policy():
    base = parse_config(config(SEARCHED.format("[age, region]")))
    head = parse_config(config(SEARCHED.format("{columns: [age], severity: block}")))

    assert policy_edits(base, head) == (
        "data.test.search: age, region -> age",
        "data.test.search.severity: warn -> block",
    )


@pytest.mark.parametrize(
    ("search", "problem"),
    [
        ("[default]", "search column `default` is the target | {}.columns[0] | Remove it from the list."),
        ("[]", "`columns` is an empty list | {}.columns | Give it a value, or remove the line."),
        ("[age, age]", "`columns` lists `age` twice | {}.columns | Keep one of them."),
        ("{severity: block}", "`data.test.search.columns` is missing | "),
        ("{columns: [age], severity: stop}", "`severity` must be `block` or `warn`; found the text `stop`"),
    ],
)
def test_a_search_that_can_not_be_made_is_told(told, search, problem):
    (found,) = told(config(SEARCHED.format(search)))

    assert found.startswith(problem.format("ci-mlops.yml:5 data.test.search"))

"""What `cost` may say, and what is wrong with what it may not."""

import pytest

from ci_mlops.config import parse_config
from ci_mlops.config.edits import policy_digest, policy_edits, policy_keys
from ci_mlops.records import Limit, PriceColumn, SliceCost

from .conftest import CLASSIFICATION, REGRESSION

PRICES = "false_negative: 500, false_positive: 20"


SEVERAL = CLASSIFICATION.replace('positive: "yes"', "classes: [bug, feature, 3]")


def cost_of(inside, text=CLASSIFICATION):
    return parse_config(f"{text}cost: {{{inside}}}\n").policy().cost


@pytest.mark.parametrize(
    ("written", "a_year"),
    [
        ("200000", 200_000),
        ("0.5", 0.5),
        ("200000 per year", 200_000),
        ("200 000 per year", 200_000),
        ("3000 per month", 36_000),
        ("10 per week", 520),
        ("500 per day", 182_500),
        ("1_000/day", 365_000),
    ],
)
def test_a_volume_is_decisions_a_year(written, a_year):
    assert cost_of(f"{PRICES}, volume: {written}").volume == a_year


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("-5", "`volume` must be above 0 decisions"),
        ("0 per day", "`volume` must be above 0 decisions"),
        (".inf", "`volume` must be above 0 decisions"),
        ("true", "`True` is no number of decisions"),
        ("many", "`many` is no number of decisions"),
        ("500 per lifetime", "`500 per lifetime` is no number of decisions"),
    ],
)
def test_what_is_no_volume_is_refused(told, written, what):
    (problem,) = told(f"{CLASSIFICATION}cost: {{{PRICES}, volume: {written}}}\n")

    assert problem == (
        f"{what} | ci-mlops.yml:6 cost.volume | Write `200000 per year`, `3000 per month`, `500 per day`, "
        "or a number of decisions a year."
    )


def test_a_volume_is_policy_and_its_edit_is_told():
    before, after = (
        parse_config(f"{CLASSIFICATION}cost: {{{PRICES}{more}}}\n") for more in ("", ", volume: 500 per day")
    )

    assert policy_edits(before, after) == ("cost.volume: none -> 182500",)
    assert "cost.volume" not in policy_keys(before)
    assert policy_digest(before) != policy_digest(after)


def test_a_capacity_is_a_rule_of_its_own_line():
    policy = parse_config(
        CLASSIFICATION
        + "cost:\n  false_negative: 5\n  volume: 2000 per day\n  capacity: {alarms: 200, per: day}\n"
    ).policy()

    (rule,) = policy.gates
    assert (rule.metric, rule.limit, rule.severity, rule.undecided) == (
        "selection_rate",
        Limit(kind="capacity", value=0.1),
        "block",
        "warn",
    )
    assert rule.where == "ci-mlops.yml:9"
    assert "selection_rate" in policy.metrics


def test_an_edited_capacity_is_told_once():
    before, after = (
        parse_config(
            f"{CLASSIFICATION}cost: {{{PRICES}, volume: 9000, capacity: {{alarms: {count}, per: week}}}}\n"
        )
        for count in (5, 50)
    )

    assert policy_edits(before, after) == ("cost.capacity: 5 per week -> 50 per week",)


def test_costs_of_several_classes_are_a_matrix():
    cost = cost_of("matrix: {bug: {feature: 3, 3.0: -1}, feature: {bug: 0.5}}", SEVERAL)

    assert cost.matrix == (("bug", "feature", 3), ("bug", "3", -1), ("feature", "bug", 0.5))


def test_a_price_may_be_a_column_and_another_one_on_a_slice():
    cost = cost_of(
        "false_negative: {column: amount, times: 0.2}, false_positive: 4, "
        "slices: {region=north: {false_negative: 900, false_positive: {column: handling}}}"
    )

    assert cost.columns == (("false_negative", PriceColumn(column="amount", times=0.2)),)
    assert (cost.false_negative, cost.false_positive) == (0, 4)
    assert cost.slices == (
        SliceCost(
            slice="region=north",
            prices=(("false_negative", 900),),
            columns=(("false_positive", PriceColumn(column="handling")),),
        ),
    )
    assert cost.of_rows == ("amount", "handling")


def test_costs_of_numbers_are_for_each_unit_too_much_and_too_little():
    cost = cost_of("over: 2, under: 5", REGRESSION)

    assert (cost.over, cost.under) == (2, 5)
    assert parse_config(REGRESSION + "cost: {over: 2}\n").metrics == ("mae", "rmse", "r2", "expected_cost")


@pytest.mark.parametrize(
    ("text", "inside", "problem"),
    [
        (
            SEVERAL,
            "matrix: {bgu: {feature: 3}}",
            "`bgu` is a class that is not in `data.test.classes` | ci-mlops.yml:6 cost.matrix.bgu | Did you mean `bug`?",
        ),
        (
            SEVERAL,
            "matrix: {bug: {night: 3}}",
            (
                "`night` is a class that is not in `data.test.classes` | ci-mlops.yml:6 cost.matrix.bug.night | "
                "Listed: bug, feature, 3."
            ),
        ),
        (
            SEVERAL,
            "matrix: {bug: 3}",
            (
                "`matrix` says nothing of what `bug` may be taken for | ci-mlops.yml:6 cost.matrix | "
                "Write `matrix: {billing: {bug: 3}}`: the true class, the class that was said, and the cost."
            ),
        ),
        (
            SEVERAL,
            "matrix: {bug: {feature: dear}}",
            (
                "`bug` taken for `feature`: `dear` is no finite number | ci-mlops.yml:6 cost.matrix | "
                "Write `matrix: {billing: {bug: 3}}`: the true class, the class that was said, and the cost."
            ),
        ),
        (
            SEVERAL,
            "matrix: {bug: {feature: 0}}",
            "`cost` says that every decision costs nothing | ci-mlops.yml:6 cost | Give `matrix` a number.",
        ),
        (
            SEVERAL,
            "false_negative: 5",
            (
                "`false_negative` is a cost of two classes, and there are three or more classes | "
                "ci-mlops.yml:6 cost.false_negative | Write `matrix`."
            ),
        ),
        (
            CLASSIFICATION,
            "matrix: {bug: {feature: 3}}",
            (
                "`matrix` is a cost of three or more classes, and there are two classes | ci-mlops.yml:6 cost.matrix | "
                "Write `false_negative` and `false_positive`."
            ),
        ),
        (
            CLASSIFICATION,
            "false_negative: {colum: amount}",
            (
                "`false_negative` has the unknown key `colum` | ci-mlops.yml:6 cost.false_negative | Write a number, or "
                "`{column: amount, times: 0.2}`: the value of that column of the test data, times 0.2."
            ),
        ),
        (
            CLASSIFICATION,
            "false_negative: {column: default}",
            (
                "the column `default` is the target, and no amount | ci-mlops.yml:6 cost.false_negative | "
                "Name a column of numbers."
            ),
        ),
        (
            CLASSIFICATION,
            "false_negative: 5, slices: {regoin=north: {false_negative: 900}}",
            (
                "slice column `regoin` is not in `data.test.slices` | ci-mlops.yml:6 cost.slices.regoin=north | "
                "Did you mean `region`?"
            ),
        ),
        (
            CLASSIFICATION,
            "false_negative: 5, slices: {region: {false_negative: 900}}",
            (
                "`region` names no value | ci-mlops.yml:6 cost.slices.region | "
                'Write `"region=VALUE"`: one slice, as each has a price of its own.'
            ),
        ),
        (
            CLASSIFICATION,
            "false_negative: 5, slices: {region=north: {misses: 900}}",
            (
                "`region=north` prices `misses`, which is no kind of decision | ci-mlops.yml:6 cost.slices | "
                "Kinds: false_negative, false_positive, true_positive, true_negative."
            ),
        ),
        (
            SEVERAL,
            "matrix: {bug: {feature: 3}}, slices: {region=north: {false_negative: 900}}",
            (
                "`slices` is a cost of two classes, and there are three or more classes | ci-mlops.yml:6 cost.slices | "
                "Write `matrix`."
            ),
        ),
        (
            CLASSIFICATION,
            "false_negative: 5, capacity: {alarms: 200, per: day}",
            (
                "`capacity` needs `volume` | ci-mlops.yml:6 cost.capacity | Say how many decisions there are, as "
                "`volume: 3000 per day`: of these so many may be alarms."
            ),
        ),
        (
            CLASSIFICATION,
            "false_negative: 5, volume: 100 per day, capacity: {alarms: 200, per: day}",
            (
                "`capacity` of 200 alarms per day holds every decision: `volume` is 100 per day | "
                "ci-mlops.yml:6 cost.capacity | Choose a limit that can hold and can break."
            ),
        ),
        (
            CLASSIFICATION,
            "false_negative: 5, volume: 100 per day, capacity: {alarms: -2, per: day}",
            (
                "`alarms` must be above 0; found -2 | ci-mlops.yml:6 cost.capacity.alarms | "
                "Write how many alarms can be looked at, as `{alarms: 200, per: day}`."
            ),
        ),
        (
            CLASSIFICATION,
            "false_negative: 5, volume: 100 per day, capacity: {alarms: 2, per: decade}",
            (
                "`per` must be `day`, `week`, `month` or `year`; found the text `decade` | "
                "ci-mlops.yml:6 cost.capacity.per | "
            ),
        ),
        (
            REGRESSION,
            "over: 2, under: -1",
            (
                "`under` is negative: -1 | ci-mlops.yml:6 cost.under | It is what an error costs, 0 or more: else the "
                "worst prediction would be the best."
            ),
        ),
    ],
)
def test_costs_that_do_not_fit_are_refused(told, text, inside, problem):
    (found,) = told(f"{text}cost: {{{inside}}}\n")

    assert found == problem


def test_the_order_of_priced_slices_is_policy():
    prices = ["region=north: {false_negative: 900}", "age_band=young: {false_negative: 50}"]
    before, after = (
        parse_config(f"{CLASSIFICATION}cost: {{{PRICES}, slices: {{{', '.join(order)}}}}}\n")
        for order in (prices, prices[::-1])
    )

    assert policy_edits(before, after) == (
        "cost.slices: region=north, age_band=young -> age_band=young, region=north",
    )


def test_an_edit_of_one_price_is_told_as_such():
    before, after = (
        parse_config(f"{SEVERAL}cost: {{matrix: {{bug: {{feature: {price}}}}}}}\n") for price in (3, 4)
    )

    assert policy_edits(before, after) == ("cost.matrix.bug.feature: 3 -> 4",)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "volume: 9000000, capacity: {alarms: 12345, per: day}",
            "volume: 9000000, capacity: {alarms: 12345.01, per: day}",
        ),
        (
            "slices: {region=n: {false_negative: {column: amount, times: 0.12345678}}}",
            "slices: {region=n: {false_negative: {column: amount, times: 0.123456}}}",
        ),
    ],
)
def test_all_digits_of_a_number_are_policy(before, after):
    text = CLASSIFICATION
    one, other = (parse_config(f"{text}cost: {{{PRICES}, {given}}}\n") for given in (before, after))

    assert policy_digest(one) != policy_digest(other)

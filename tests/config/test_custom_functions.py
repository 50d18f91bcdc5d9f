"""Functions of the team's as metrics: how a config names them, and what their text says without being run."""

import pytest

from ci_mlops.config import check_functions, parse_config, policy_digest, policy_edits, read_function
from ci_mlops.errors import BadConfig
from ci_mlops.records.custom_metric import custom_name

from .conftest import CLASSIFICATION, REGRESSION

METRICS = 'metrics: ["metrics/mine.py:profit", recall]\n'
PROFIT = b"def profit(truth, prediction):\n    return 1.0\n"


def read(text, function="profit"):
    return read_function(text.encode(), custom_name(f"mine.py:{function}"))


def fit(text, config=CLASSIFICATION + METRICS):
    files = {} if text is None else {"metrics/mine.py": text.encode()}
    return [f"{one.what} | {one.where} | {one.mend}" for one in check_functions(parse_config(config), files)]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("../mine.py:profit", "`../mine.py` leaves the folder of this file"),
        ("/etc/mine.py:profit", "`/etc/mine.py` is an absolute path"),
        ("metrics/mine.py", "`metrics/mine.py` names no function in a file"),
        ("metrics/mine.py:profit()", "`metrics/mine.py:profit()` names no function in a file"),
        ("my metrics/mine.py:profit", "`my metrics/mine.py:profit` names no function in a file"),
        ("metrics/mine.py:recall", "`recall` is the name of an installed metric"),
        ("metrics/mine.py:f1_score", "`f1_score` is the name of an installed metric"),
    ],
)
def test_a_name_that_can_be_no_function_is_told(told, name, problem):
    (line,) = told(CLASSIFICATION + f"gates: [{{metric: '{name}', min: 0}}]\n")

    assert line.startswith(problem)
    assert " | ci-mlops.yml:6 gates[0].metric | " in line


def test_two_functions_of_one_name_and_columns_that_are_something_else_are_told(told):
    clash = told(CLASSIFICATION + "metrics: [a.py:profit, b.py:profit]\n")
    columns = told(CLASSIFICATION.replace("slices:", "columns: [score, default, amount], slices:"))

    assert clash[0].startswith("`profit` is a function of a.py and of b.py")
    assert [line.split(" | ")[0] for line in columns] == [
        "`columns` lists `score`, and metrics are given something else by that name",
        "`columns` lists the target `default`",
    ]


def test_one_file_may_be_written_in_two_ways():
    config = parse_config(
        CLASSIFICATION
        + "metrics: [./metrics//mine.py:profit]\ngates: [{metric: metrics/mine.py:profit, min: 0}]\n"
    )

    assert config.policy().metrics == ("metrics/mine.py:profit",)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "there is no file metrics/mine.py, which `metrics/mine.py:profit` names"),
        ("def profit(:", "metrics/mine.py can't be read as Python at its line 1"),
        ("\0", "metrics/mine.py can't be read as Python"),
        ("profit = sum\n", "metrics/mine.py has no function `profit` at its top"),
        ("def profti(truth): ...\n", "metrics/mine.py has no function `profit` at its top | ci-mlops.yml:6 | Did you mean `metrics/mine.py:profti`?"),
        ("def profit(truth, /): ...\n", "`profit` has arguments without a name, and is called by their names"),
        ("def profit(*rows): ...\n", "`profit` has arguments without a name, and is called by their names"),
        ("def profit(truth): ...\nprofit.higher_is_better = 1\n", "`profit.higher_is_better` is neither True nor False"),
        ("def profit(truth, amount): ...\n", "`profit` asks for `amount`, which is no column that metrics are given | ci-mlops.yml:6 | Add it to `data.test.columns`, as `[amount]`; or give it a default."),
        ("def profit(truth, *, regoin): ...\n", "`profit` asks for `regoin`, which is no column that metrics are given | ci-mlops.yml:6 | Did you mean `region`?"),
        ("def profit(truth, weight): ...\n", "`profit` asks for `weight`, and rows have no weights"),
        ("def profit(truth, scores): ...\n", "`profit` asks for `scores`, and the task has 2 classes | ci-mlops.yml:6 | Ask for `score`, or give it a default."),
    ],
)  # fmt: skip
def test_a_text_that_is_no_such_metric_is_told_where_the_config_names_it(text, problem):
    (line,) = fit(text)

    assert line.startswith(problem)
    assert " | ci-mlops.yml:6 | " in line


def test_what_has_a_default_may_be_lacking():
    assert (
        fit("def profit(truth, prediction, score, region, amount=1.0, *, weight=None, **columns): ...\n")
        == []
    )
    (line,) = fit("def profit(truth, score): ...\n", REGRESSION + METRICS.replace(", recall", ""))
    assert line.startswith("`profit` asks for `score`, and the task has numbers to predict")


@pytest.mark.parametrize(
    ("function", "line", "higher"),
    [
        ("profit", "", True),
        ("pinball_loss", "", False),
        ("off_error", "", False),
        ("handling_cost", "", False),
        ("lossless", "", True),
        ("profit", "profit.higher_is_better = False", False),
        ("quiet_loss", "quiet_loss.higher_is_better = True", True),
        ("profit", "other.higher_is_better = False", True),
    ],
)
def test_which_way_is_better_is_read_from_the_text(function, line, higher):
    text = f"def other(truth): ...\ndef {function}(truth): ...\n{line}\n"

    assert read(text, function).higher_is_better is higher


def test_to_read_a_text_runs_nothing_of_it():
    asked = read("raise SystemExit\n@print\ndef profit(truth, region=print('run'), **more): ...\n")

    assert (asked.asks, asked.needs, asked.any_column) == (("truth", "region"), ("truth",), True)
    assert asked.columns(("amount", "score")) == ("amount",)


def test_a_text_that_is_not_utf_8_is_refused_in_words():
    with pytest.raises(BadConfig, match="can't be read as Python"):
        read_function(b"\xff\xfe", custom_name("mine.py:profit"))


def test_the_text_is_part_of_the_policy():
    config = parse_config(CLASSIFICATION + METRICS)
    before, after = {"metrics/mine.py": PROFIT}, {"metrics/mine.py": PROFIT + b"#"}

    assert policy_digest(config, before) != policy_digest(config, after)
    (edit,) = policy_edits(config, config, before, after)
    assert edit.startswith("metrics/mine.py: sha256:")
    assert policy_edits(config, config, before, before) == ()

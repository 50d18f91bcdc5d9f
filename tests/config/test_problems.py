"""What is wrong with the values: every problem in one go, each with what, where and mend."""

import pytest

from .conftest import CLASSIFICATION, REGRESSION

ONE_GO = """\
model: credit/default
task: classification
environment: requirements.rst
data:
  train: ../train.csv
  test: {path: data/test.csv, target: default, positve: "yes", id: customer_id, slices: [region, age_band]}
train:
  run: python train.py
  model: {}
  time_limit: 30 minutes
metrics: [expected_cost, recal, recall, mae, 5]
gates:
  - {metric: recall, max_regression: -0.1}
  - {metirc: recall, min: 65}
  - {metric: recall, min: 65, slice: regoin}
  - {metric: precision}
  - {metric: precision, min: .nan, must: win}
  - {metric: precision, min: "0.5"}
registry: {uri: "https://a:b@mlflow.example", stages: [staging, v1, staging]}
cost:
positive: yes
model: b
"""


def test_every_problem_is_told_in_one_go_in_the_order_of_the_file(told):
    assert [problem.rsplit(" | ", 1)[0] for problem in told(ONE_GO)] == [
        "`credit/default` can't be a model's name in a registry | ci-mlops.yml:1 model",
        "`requirements.rst` is no declaration of an environment that is known here | ci-mlops.yml:3 environment",
        "`../train.csv` leaves the folder of this file | ci-mlops.yml:5 data.train",
        "unknown key `positve` | ci-mlops.yml:6 data.test.positve",
        "`train.model` needs exactly one of `path`, `callable`, `capture`, `mlflow`, `uri` | ci-mlops.yml:9 train.model",
        "`30 minutes` is no duration | ci-mlops.yml:10 train.time_limit",
        "`metrics[4]` must be text; found the number 5 | ci-mlops.yml:11 metrics[4]",
        "unknown metric `recal` | ci-mlops.yml:11 metrics[1]",
        "`mae` is a metric of regression, and the task is classification | ci-mlops.yml:11 metrics[3]",
        "`max_regression` is negative: -0.1 | ci-mlops.yml:13 gates[0].max_regression",
        "unknown key `metirc` | ci-mlops.yml:14 gates[1].metirc",
        "slice column `regoin` is not in `data.test.slices` | ci-mlops.yml:15 gates[2].slice",
        "`min: 65`, but `recall` lies between 0 and 1 | ci-mlops.yml:15 gates[2].min",
        "the gate on `precision` has no limit | ci-mlops.yml:16 gates[3]",
        "`min` must be a finite number; found the number nan | ci-mlops.yml:17 gates[4].min",
        "`must` must be `improve`; found the text `win` | ci-mlops.yml:17 gates[4].must",
        "`min` must be a number; found the text `0.5` | ci-mlops.yml:18 gates[5].min",
        "`v1` can't be a stage: registries mean a version by it | ci-mlops.yml:19 registry.stages[1]",
        "the URI holds a password or a token | ci-mlops.yml:19 registry.uri",
        "`cost` has no value | ci-mlops.yml:20 cost",
        "unknown key `positive` | ci-mlops.yml:21 positive",
        "`model` is written twice, first on line 1 | ci-mlops.yml:22 model",
    ]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            REGRESSION + "cost: {false_negative: 5}\nmetrics: [mae, recall]\n",
            [
                "`false_negative` is a cost of two classes, and this is regression",
                "`recall` is a metric of classification, and the task is regression",
            ],
        ),
        (
            REGRESSION.replace("unit: EUR", "positive: 1, labels: {1: 1, 0: 0}, names: {1: a}"),
            [
                f"`{key}` is for classification, and the task is regression"
                for key in ("positive", "labels", "names")
            ],
        ),
        (
            REGRESSION + "metrics: [expected_cost]\n",
            ["`expected_cost` needs `cost`"],
        ),
        (
            REGRESSION + 'gates: [{metric: mae, slice: "*", max: 5}]\n',
            ['`slice: "*"`, but `data.test.slices` lists no column'],
        ),
    ],
)
def test_keys_of_the_other_task_are_refused(told, text, problems):
    assert [problem.split(" | ")[0] for problem in told(text)] == problems


def test_limits_of_metrics_without_bounds_are_free(told):
    assert told(
        REGRESSION + "gates: [{metric: mae, max: 12000}, {metric: r2, min: -3, max_regression: -1}]\n"
    ) == [
        (
            "`max_regression` is negative: -1 | ci-mlops.yml:6 gates[1].max_regression | "
            "It is how much worse the candidate may be, 0 or more. To ask for better: `must: improve`."
        )
    ]


def test_a_mapping_where_there_is_none_leaves_the_rest_checked(told):
    assert [
        problem.split(" | ")[0] for problem in told("task: guessing\ndata: 5\ngates: 7\nmetrics: {a: 1}\n")
    ] == [
        "`model` is missing",
        "`task` must be `classification` or `regression`; found the text `guessing`",
        "`data` must be a mapping; found the number 5",
        "`gates` must be a list; found the number 7",
        "`metrics` must be a list; found a mapping",
    ]


def test_a_misspelt_key_is_not_also_a_missing_one(told):
    assert told(CLASSIFICATION.replace("model:", "modle:")) == [
        "unknown key `modle` | ci-mlops.yml:1 modle | Did you mean `model`?"
    ]


def test_what_a_refused_part_would_have_said_is_not_guessed_at(told):
    text = CLASSIFICATION.replace("slices: [region, age_band]", "slices: [region, 5]")

    problems = told(
        text
        + 'gates: [{metric: recall, slice: age_band, min: 0.5}, {metric: recall, slice: "*", min: 0.5}]\n'
    )

    assert problems == [
        '`slices[1]` must be text; found the number 5 | ci-mlops.yml:5 data.test.slices[1] | Write it in quotes: `"5"`.'
    ]


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("environment: ../requirements.txt", "`../requirements.txt` leaves the folder of this file"),
        ("environment: setup.cfg", "`setup.cfg` is no declaration of an environment that is known here"),
        ("environment: {file: a.txt}", "`environment` must be text; found a mapping"),
        ('python: "3.11"', "`python` is for an environment that is made, and `environment` is `current`"),
        ("environment: uv.lock\npython: 3.10", "`3.1` is no Python version"),
        ('environment: uv.lock\npython: "3.7"', "`3.7` is too old"),
    ],
)
def test_an_environment_that_can_not_be_made_is_refused(told, lines, problem):
    assert [one.split(" | ")[0] for one in told(CLASSIFICATION + lines + "\n")] == [problem]


@pytest.mark.parametrize(
    ("test", "problem"),
    [
        ("classes: [a, b]", "`classes` lists fewer than three labels"),
        ("classes: [a, b, a]", "`classes` lists `a` twice"),
        (
            "classes: [a, b, c], positive: a",
            "`classes` lists more than two labels, and `positive` says that one is the event",
        ),
        ("classes: [a, b, c], names: {d: D}", "`names` names the label `d`, but `classes` has a and b and c"),
        ("weight: default", "`weight` is the target"),
        ("group: customer_id, id: customer_id", "`group` is the id"),
        ("weight: w, slices: [w]", "slice column `w` is the weight"),
    ],
)
def test_a_test_set_that_contradicts_itself_is_refused(told, test, problem):
    text = CLASSIFICATION.replace('positive: "yes", slices: [region, age_band]', test)

    assert [one.split(" | ")[0] for one in told(text)] == [problem]


def test_the_whole_message_reads_well(told):
    from ci_mlops.config import parse_config
    from ci_mlops.errors import Problems

    with pytest.raises(Problems) as caught:
        parse_config(CLASSIFICATION + "gates:\n  - metric: recall\n  - {metirc: recall, min: 0.5}\n")

    assert str(caught.value) == (
        "the gate on `recall` has no limit\n"
        "  where: ci-mlops.yml:7 gates[0]\n"
        "  mend:  Give it one of `min`, `max`, `max_regression` or `must: improve`.\n"
        "unknown key `metirc`\n"
        "  where: ci-mlops.yml:8 gates[1].metirc\n"
        "  mend:  Did you mean `metric`?"
    )

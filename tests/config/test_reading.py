"""A good file, read."""

import pickle
import subprocess
import sys

import pydantic
import pytest

from ci_mlops.config import parse_config, read_config
from ci_mlops.errors import Problems
from ci_mlops.records import Cost, GateRule, Limit, Policy

from .conftest import CLASSIFICATION, REGRESSION


def test_the_example_of_the_design_becomes_the_courts_policy(design):
    policy = parse_config(design).policy()

    assert policy == Policy(
        task="classification",
        metrics=("expected_cost", "recall", "precision", "roc_auc", "brier"),
        gates=(
            GateRule(
                metric="expected_cost",
                limit=Limit(kind="max_regression", value=0.4),
                undecided="warn",
                where="ci-mlops.yml:14",
            ),
            GateRule(
                metric="recall",
                limit=Limit(kind="max_regression", value=0.05),
                undecided="warn",
                where="ci-mlops.yml:15",
            ),
            GateRule(metric="precision", limit=Limit(kind="min", value=0.55), where="ci-mlops.yml:16"),
            GateRule(
                metric="recall",
                limit=Limit(kind="min", value=0.65),
                slice="*",
                severity="warn",
                undecided="warn",
                where="ci-mlops.yml:17",
            ),
        ),
        cost=Cost(unit="EUR", false_negative=500, false_positive=20),
        slices=("region", "age_band"),
        positive="yes",
    )


def test_the_rest_of_the_example_is_typed(design):
    config = parse_config(design)

    assert config.environment == "requirements.txt"
    assert config.data.train == ("data/train.csv",)
    assert config.data.test.id == "customer_id"
    assert config.train is not None
    assert config.train.run == "python train.py --data data/train.csv --out model"
    assert (config.train.model.path, config.train.model.callable) == ("model", None)
    assert config.train.time_limit == 7200
    assert config.registry is not None
    assert config.registry.stages == ("staging", "production")


def test_a_config_is_frozen(design):
    config = parse_config(design)

    with pytest.raises(pydantic.ValidationError, match="frozen"):
        config.model = "other"
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        config.data.test.target = "other"


def test_what_is_not_written_has_its_default():
    config = parse_config(CLASSIFICATION)

    assert config.metrics == ("accuracy", "precision", "recall", "roc_auc")
    assert (config.train, config.predict, config.cost, config.registry) == (None, None, None, None)
    assert (config.gates, config.environment, config.compare_with) == ((), "current", None)


def test_cost_adds_the_expected_cost_to_the_default_metrics():
    config = parse_config(CLASSIFICATION + "cost: {false_negative: 5}\n")

    assert config.metrics == ("accuracy", "precision", "recall", "roc_auc", "expected_cost")


def test_regression_has_metrics_of_its_own_and_a_unit():
    policy = parse_config(REGRESSION).policy()

    assert policy.metrics == ("mae", "rmse", "r2")
    assert policy.unit == "EUR"


def test_training_data_is_one_path_or_a_list():
    assert parse_config(CLASSIFICATION).data.train == ("data/train.csv",)
    assert parse_config(REGRESSION).data.train == ("data/train", "more/*.parquet")


def test_a_gate_brings_its_metric_with_it():
    policy = parse_config(CLASSIFICATION + "metrics: [recall]\ngates: [{metric: brier, max: 0.2}]\n").policy()

    assert policy.metrics == ("recall", "brier")


def test_each_limit_of_an_entry_is_a_rule_with_its_own_line_and_default():
    text = CLASSIFICATION + (
        "gates:\n"
        "  - metric: recall\n"
        "    min: 0.5\n"
        "    max: 0.9\n"
        "    max_regression: 0.1\n"
        "    must: improve\n"
        "  - metric: recall\n"
        "    slice: region=north\n"
        "    min: 0.4\n"
        "  - {metric: recall, max_regression: 0.2, undecided: block, severity: warn}\n"
    )

    rules = parse_config(text).policy().gates

    assert [(r.limit.kind, r.limit.value, r.slice, r.severity, r.undecided, r.where) for r in rules] == [
        ("min", 0.5, None, "block", "block", "ci-mlops.yml:8"),
        ("max", 0.9, None, "block", "block", "ci-mlops.yml:9"),
        ("max_regression", 0.1, None, "block", "warn", "ci-mlops.yml:10"),
        ("improve", None, None, "block", "block", "ci-mlops.yml:11"),
        ("min", 0.4, "region=north", "block", "warn", "ci-mlops.yml:14"),
        ("max_regression", 0.2, None, "warn", "block", "ci-mlops.yml:15"),
    ]


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ('positive: "yes"', "yes"),
        ("positive: yes", "yes"),
        ("positive: no", "no"),
        ("positive: 0", "0"),
        ("positive: 1.0", "1"),
        ('positive: "1.0"', "1"),
        ("positive: True", "true"),
        ("labels: {yes: 1, no: 0}", "yes"),
        ("labels: {0: 1, 1: 0}", "0"),
        ("labels: {false: 1.0, true: 0}", "false"),
        ("positive: M, labels: {M: 1, B: 0}", "M"),
        ("id: row", None),
    ],
)
def test_the_positive_label_has_one_spelling(written, label):
    text = CLASSIFICATION.replace('positive: "yes"', written)

    assert parse_config(text).policy().positive == label


def test_labels_have_words_to_show():
    text = CLASSIFICATION.replace('positive: "yes"', "positive: 0, names: {0: malignant, 1.0: benign}")

    assert parse_config(text).policy().names == (("0", "malignant"), ("1", "benign"))


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("90s", 90),
        ("30m", 1800),
        ("2h", 7200),
        ("1.5h", 5400),
        ("1d", 86400),
        ("45", 45),
        ('"45"', 45),
        ("0.5", 0.5),
    ],
)
def test_a_time_limit_is_written_as_a_person_says_it(written, seconds):
    text = CLASSIFICATION + f"train: {{run: make, model: {{path: m}}, time_limit: {written}}}\n"

    train = parse_config(text).train

    assert train is not None
    assert train.time_limit == seconds


def test_a_command_is_text_or_a_list_of_words():
    text = CLASSIFICATION + "train: {run: [python, train.py, '5'], model: {path: m}}\n"
    text += "predict: {run: 'score {model} {features} {output}', time_limit: 5m}\n"

    config = parse_config(text)

    assert config.train is not None
    assert config.train.run == ("python", "train.py", "5")
    assert config.predict is not None
    assert (config.predict.run, config.predict.time_limit) == ("score {model} {features} {output}", 300)


def test_parameters_keep_their_types():
    text = CLASSIFICATION + (
        "train: {run: make, model: {path: m}, inputs: src, parameters: {depth: 4, rate: 0.1, flag: true, on: yes}}\n"
    )

    train = parse_config(text).train

    assert train is not None
    assert repr(train.parameters) == "{'depth': 4, 'rate': 0.1, 'flag': True, 'on': 'yes'}"
    assert train.inputs == ("src",)


def test_a_function_needs_no_command():
    train = parse_config(CLASSIFICATION + "train: {model: {callable: 'pkg.model:train'}}\n").train

    assert train is not None
    assert (train.model.callable, train.run) == ("pkg.model:train", None)


def test_metrics_may_be_called_by_the_names_of_scikit_learn():
    text = (
        CLASSIFICATION + "metrics: [brier_score_loss, sensitivity, mcc]\ngates: [{metric: npv, min: 0.5}]\n"
    )

    policy = parse_config(text).policy()

    assert policy.metrics == ("brier", "recall", "matthews_corrcoef", "negative_predictive_value")
    assert policy.gates[0].metric == "negative_predictive_value"


def test_aliases_of_yaml_are_written_out():
    text = (
        CLASSIFICATION + "gates:\n  - &rule {metric: recall, min: 0.5}\n  - {metric: precision, min: 0.6}\n"
    )
    text = text.replace("target: default", "target: &t default, id: *t")

    with pytest.raises(Problems, match="`id` and `target` are the same column"):
        parse_config(text)


def test_the_line_of_a_key_is_known(design):
    config = parse_config(design)

    assert config.where("gates", 1) == "ci-mlops.yml:15"
    assert config.where("data", "test", "target") == "ci-mlops.yml:7"
    assert config.where("data", "test", "unit") == "ci-mlops.yml:7"
    assert config.where("predict") == "ci-mlops.yml:1"


def test_a_file_is_read_and_its_name_told(tmp_path, design):
    path = tmp_path / "mine.yml"
    path.write_bytes(b"\xef\xbb\xbf" + design.replace("\n", "\r\n").encode())

    assert read_config(path).where("task") == "mine.yml:3"
    assert read_config(path, name="models/mine.yml").where("task") == "models/mine.yml:3"


def test_a_config_can_be_sent_to_another_process(design):
    config = parse_config(design)

    sent = pickle.loads(pickle.dumps(config))

    assert sent.policy() == config.policy()


def test_reading_a_config_costs_pydantic_and_yaml_only():
    heavy = "{'numpy', 'mlflow', 'sklearn', 'pandas', 'pyarrow', 'github', 'scipy', 'requests'}"
    code = f"import sys, ci_mlops.config as c; c.json_schema(); print({heavy} & set(sys.modules))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "set()\n"

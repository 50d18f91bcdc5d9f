"""One name per metric."""

import pytest

from ci_mlops import plugins
from ci_mlops.config import parse_config
from ci_mlops.errors import BadConfig
from ci_mlops.records.metric_fit import EXAMPLES_AT, spelled, wrong_number
from ci_mlops.records.metric_names import ALIASES, COUNTS_AT, RANGE_OF, SHARES_AT, TASK_OF, canonical_metric

from .conftest import CLASSIFICATION, REGRESSION


def test_every_alias_leads_to_a_metric_of_ours_and_none_hides_one():
    ours = {*TASK_OF, *EXAMPLES_AT}

    assert {name for name in ALIASES.values() if name not in ours} == set()
    assert set(ALIASES) & set(TASK_OF) == set()
    assert set(RANGE_OF) <= set(TASK_OF)


def test_every_metric_that_we_ship_has_a_task():
    ours = {
        name for name, point in plugins.available("metrics").items() if point.value.startswith("ci_mlops.")
    }

    assert ours == set(TASK_OF)


def test_every_classifier_score_of_scikit_learn_that_we_know_is_found_by_its_name():
    metrics = pytest.importorskip("sklearn.metrics")
    names = {*metrics.get_scorer_names(), *dir(metrics)}
    ours_alone = {
        "expected_calibration_error",
        "pr_auc",
        "mcc",
        "npv",
        "sensitivity",
        "neg_mean_absolute_percentage_error",
    }

    assert {name for name in ALIASES if name not in names} <= ours_alone


def test_a_name_of_nobody_stays():
    assert canonical_metric("of_a_plugin") == "of_a_plugin"


def test_a_metric_of_a_plugin_may_be_named_for_either_task(monkeypatch):
    points = {**plugins.available("metrics"), "of_a_plugin": object()}
    monkeypatch.setattr(plugins, "available", lambda kind: points)

    for text in (CLASSIFICATION, REGRESSION):
        config = parse_config(text + "metrics: [of_a_plugin]\ngates: [{metric: of_a_plugin, min: 70}]\n")
        assert config.policy().metrics == ("of_a_plugin",)


def test_where_plugins_cannot_be_listed_no_name_is_called_unknown(monkeypatch):
    monkeypatch.setattr(plugins, "available", lambda kind: {})

    assert parse_config(CLASSIFICATION + "metrics: [of_a_plugin]\n").metrics == ("of_a_plugin",)


def test_every_metric_that_is_told_a_number_has_one_to_show():
    told = {name for name in TASK_OF if hasattr(plugins.load("metrics", name), "told")}

    assert told == {*SHARES_AT, *COUNTS_AT} == {f"{base}_at" for base in EXAMPLES_AT}
    assert [wrong_number(spelled(name)) for name in TASK_OF] == [None] * len(TASK_OF)


@pytest.mark.parametrize(
    ("metric", "what", "mend"),
    [
        ("lift", "`lift` needs a number", "Write `lift at 0.1`."),
        ("top_k_accuracy_score", "`top_accuracy` needs a number", "Write `top_accuracy at 3`."),
        ("lift at 10", "`lift at 10` is told a number that does not lie", "Did you mean `lift at 0.1`?"),
        ("recall at 0", "`recall at 0` is told a number that does not lie", "Write `recall at 0.1`."),
        ("precision at half", "`precision at half` is told `half`, which is no number", "Write it as"),
        ("accuracy at 3", "`accuracy at 3` is told a number, and takes none", "Write `accuracy`."),
        ("lift at nan", "`lift at nan` is told `nan`, which is no number", "Write it as"),
        ("lyft at 0.1", "unknown metric `lyft at 0.1`", "Did you mean `lift at 0.1`?"),
        ("ndcg", "`ndcg` is a metric of regression", "For classification:"),
    ],
)
def test_a_number_that_a_metric_cant_be_told_is_refused_with_what_to_write(metric, what, mend):
    with pytest.raises(BadConfig) as refused:
        parse_config(CLASSIFICATION + f"metrics: ['{metric}']\n")

    assert what in str(refused.value)
    assert mend in str(refused.value)


def test_a_metric_of_rankings_needs_to_know_what_a_query_is():
    config = REGRESSION + "metrics: [ndcg at 10]\n"

    with pytest.raises(BadConfig, match="`ndcg at 10` is a mean over queries"):
        parse_config(config)


def test_one_metric_at_two_numbers_is_two_metrics_and_at_one_number_written_twice_is_one():
    config = parse_config(CLASSIFICATION + "metrics: [lift at 0.10, lift at 0.2]\n")

    assert config.metrics == ("lift at 0.1", "lift at 0.2")
    with pytest.raises(BadConfig, match="is listed twice"):
        parse_config(CLASSIFICATION + "metrics: [lift at 0.1, lift at 0.10]\n")

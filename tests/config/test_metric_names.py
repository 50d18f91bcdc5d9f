"""One name per metric."""

import pytest

from ci_mlops import plugins
from ci_mlops.config import parse_config
from ci_mlops.records.metric_names import ALIASES, RANGE_OF, TASK_OF, canonical_metric

from .conftest import CLASSIFICATION, REGRESSION


def test_every_alias_leads_to_a_metric_of_ours_and_none_hides_one():
    assert {name for name in ALIASES.values() if name not in TASK_OF} == set()
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
    ours_alone = {"mcc", "npv", "sensitivity", "neg_mean_absolute_percentage_error"}

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

from collections.abc import Callable

import pytest

from ci_mlops.config import parse_config
from ci_mlops.errors import Problems

DESIGN = """\
# ci-mlops.yml
model: credit-default
task: classification            # or regression; more by plugin
environment: requirements.txt   # or uv.lock, pylock.toml; "current" for the environment we are started in
data:
  train: data/train.csv
  test: {path: data/test.csv, target: default, positive: "yes", id: customer_id, slices: [region, age_band]}
train:
  run: python train.py --data data/train.csv --out model
  model: {path: model}
metrics: [expected_cost, recall, precision, roc_auc, brier]
cost: {unit: EUR, false_negative: 500, false_positive: 20}
gates:
  - {metric: expected_cost, max_regression: 0.40}
  - {metric: recall, max_regression: 0.05}
  - {metric: precision, min: 0.55}
  - {metric: recall, slice: "*", min: 0.65, severity: warn}
registry: {uri: "https://mlflow.example", stages: [staging, production]}
"""

CLASSIFICATION = """\
model: credit-default
task: classification
data:
  train: data/train.csv
  test: {path: data/test.csv, target: default, positive: "yes", slices: [region, age_band]}
"""

REGRESSION = """\
model: house-price
task: regression
data:
  train: [data/train, "more/*.parquet"]
  test: {path: data/test.parquet, target: price, unit: EUR}
"""

Told = Callable[[str], list[str]]


@pytest.fixture
def design() -> str:
    return DESIGN


@pytest.fixture
def told() -> Told:
    """The problems of a text, each `what | where | mend`."""

    def problems(text: str) -> list[str]:
        with pytest.raises(Problems) as caught:
            parse_config(text)
        assert caught.value.exit_code == 2
        return [f"{one.what} | {one.where} | {one.mend}" for one in caught.value.problems]

    return problems

"""ci-mlops.yml as typed, frozen settings."""

from ci_mlops.config.cost_settings import CostSettings
from ci_mlops.config.court_settings import Gate
from ci_mlops.config.custom_function import check_functions, custom_metrics, read_function
from ci_mlops.config.data_settings import Data, TestData
from ci_mlops.config.edits import policy_digest, policy_edits
from ci_mlops.config.reading import parse_config, read_config
from ci_mlops.config.schema import json_schema
from ci_mlops.config.settings import Config, RegistrySettings
from ci_mlops.config.train_settings import ModelSource, Predict, Train

__all__ = [
    "Config",
    "CostSettings",
    "Data",
    "Gate",
    "ModelSource",
    "Predict",
    "RegistrySettings",
    "TestData",
    "Train",
    "check_functions",
    "custom_metrics",
    "json_schema",
    "parse_config",
    "policy_digest",
    "policy_edits",
    "read_config",
    "read_function",
]

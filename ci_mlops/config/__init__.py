"""ci-mlops.yml as typed, frozen settings. What is named here is loaded when it is used: a light command needs a glance only."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_HOMES = {
    "cost_settings": ("CostSettings",),
    "court_settings": ("Gate",),
    "custom_function": ("check_functions", "custom_metrics", "read_function"),
    "data_settings": ("Data", "TestData"),
    "edits": ("policy_digest", "policy_edits"),
    "reading": ("parse_config", "read_config"),
    "schema": ("json_schema",),
    "settings": ("Config", "RegistrySettings"),
    "train_settings": ("ModelSource", "Predict", "Train"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)

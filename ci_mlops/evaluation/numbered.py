"""Metrics that are told a number: `lift at 0.1` is the plugin `lift_at`, told 0.1."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ci_mlops.evaluation.metric import Metric
from ci_mlops.records.metric_names import at_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    name: str
    """Of the plugin; ends in `_at`."""
    make: Callable[[float], Any]
    """number -> the metric, whose name does not matter."""
    example: float
    """A number that it can be told."""

    def told(self, number: float) -> Metric:
        metric: Metric = replace(self.make(number), name=at_name(self.name, number))
        return metric

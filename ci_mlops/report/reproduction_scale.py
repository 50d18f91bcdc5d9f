"""As many digits of a metric as its differences deserve."""

from ci_mlops.records.metric_names import of_one_class, plugin_of
from ci_mlops.records.reproduction import Reproduction
from ci_mlops.report.numbers import Scale, decimals_for
from ci_mlops.report.words import SHARES, sign_or_unit

_OF_THE_UNIT = ("mae", "rmse", "median_absolute_error", "pinball_at")


def scale_of(metric: str, spread: float, made: Reproduction) -> Scale:
    """`spread`: the largest difference that is shown."""
    if of_one_class(metric)[0] in SHARES or plugin_of(metric) in SHARES:
        return Scale(points=True, decimals=3, change_decimals=max(1, decimals_for(spread * 100, 1)))
    money = metric == "expected_cost"
    unit = made.currency if money else made.unit if plugin_of(metric) in _OF_THE_UNIT else ""
    before, after = sign_or_unit(unit)
    decimals = decimals_for(spread, 2 if money else 3)
    return Scale(before=before, after=after, decimals=decimals, change_decimals=decimals)

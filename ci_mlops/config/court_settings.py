"""`gates`: what the candidate is held to. Read from the base branch."""

from typing import Literal

from pydantic import ConfigDict, Field

from ci_mlops.config.fields import Metric, Number, Text
from ci_mlops.config.section import Settings
from ci_mlops.records.policy import Severity


class Gate(Settings):
    """A rule that the candidate is held to: a metric and one or more limits."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": [limit]} for limit in ("min", "max", "max_regression", "must")]
        }
    )

    metric: Metric = Field(
        description="Judged metric, listed or not; `recall of LABEL` is of one class, `metrics/mine.py:profit` a function of your own."
    )
    slice: Text | None = Field(
        default=None,
        description='`"*"`: every slice; `region`: every value of a column; `region=north`: one. '
        "Default: all rows.",
    )
    min: Number | None = Field(default=None, description="The candidate's value is at least this.")
    max: Number | None = Field(default=None, description="The candidate's value is at most this.")
    max_regression: Number | None = Field(
        default=None,
        description="The candidate is at most this much worse than the champion, in the metric's unit.",
    )
    must: Literal["improve"] | None = Field(
        default=None, description="The candidate is better than the champion, beyond chance."
    )
    confident: bool = Field(
        default=False,
        description="`min` and `max` bound the candidate's whole 95 % interval, not its value alone.",
    )
    severity: Severity = Field(default="block", description="What a broken rule does.")
    undecided: Severity | None = Field(
        default=None,
        description="What is done when the rows can't decide. Default: `warn` for `max_regression` "
        "and for rules on a slice, else `block`.",
    )

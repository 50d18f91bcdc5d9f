"""`waivers`: rules that do not block for a while. Read from the base branch."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from ci_mlops.config.fields import Metric, Text, wrong
from ci_mlops.config.section import Settings

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _day(value: object) -> str:
    mend = "Write the last day that it holds, as `2026-12-31`."
    # another reader of YAML makes a date of it
    text = value.isoformat() if isinstance(value, date) else value
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        raise wrong(f"must be a date; found `{text}`", mend)
    try:
        date.fromisoformat(text)
    except ValueError:
        raise wrong(f"must be a date; no calendar has `{text}`", mend) from None
    return text


Day = Annotated[str, PlainValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]


class WaiverSettings(Settings):
    """A blocking rule that may be broken or undecided until a day. One that is written in a change has no effect on it."""

    metric: Metric = Field(description="Metric of the rule.")
    slice: Text | None = Field(
        default=None,
        description='Only on this slice: `region=north`, `region` or `region & sex` for each of its slices, `"*"` for every slice.',
    )
    limit: Literal["min", "max", "max_regression", "must", "search"] | None = Field(
        default=None,
        description="Only this limit of the metric; `search` waives the search for slices, which nothing else does.",
    )
    reason: Text = Field(description="Why; the report says it.")
    until: Day = Field(description="Last day that it holds, UTC: `2026-12-31`.")
    by: Text | None = Field(default=None, description="Who answers for it.")

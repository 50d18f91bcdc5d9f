"""`cost`: what decisions cost. Read from the base branch."""

import math
import re
from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema

from ci_mlops.config.fields import Number, Text, wrong
from ci_mlops.config.section import Settings

_A_YEAR = {"day": 365, "week": 52, "month": 12, "year": 1}
_RATE = re.compile(r"([0-9][0-9 _]*(?:\.[0-9]+)?) ?(?:per|a|an|/) ?(day|week|month|year)")


def _volume(value: object) -> float:
    mend = "Write `200000 per year`, `3000 per month`, `500 per day`, or a number of decisions a year."
    if isinstance(value, int | float) and not isinstance(value, bool):
        volume = float(value)
    elif isinstance(value, str) and (found := _RATE.fullmatch(value.strip())):
        volume = float(found[1].replace(" ", "").replace("_", "")) * _A_YEAR[found[2]]
    else:
        raise wrong(f"`{value}` is no number of decisions", mend)
    if not math.isfinite(volume) or volume <= 0:
        raise wrong("must be above 0 decisions", mend)
    return volume


Volume = Annotated[
    float,
    PlainValidator(_volume),
    WithJsonSchema({"type": ["number", "string"], "examples": [200000, "500 per day", "3000 per month"]}),
]


class CostSettings(Settings):
    """What one decision costs, by what was true and what was said. A benefit is a negative cost."""

    unit: Text | None = Field(default=None, description="Currency or other unit, as reports show it.")
    volume: Volume | None = Field(
        default=None,
        description="Decisions a year, as `200000`, `3000 per month` or `500 per day`: reports speak of money per year too.",
    )
    false_negative: Number = Field(default=0.0, description="Cost of a missed event.")
    false_positive: Number = Field(default=0.0, description="Cost of a false alarm.")
    true_positive: Number = Field(default=0.0, description="Cost of an event that was found.")
    true_negative: Number = Field(default=0.0, description="Cost of a rightly quiet decision.")

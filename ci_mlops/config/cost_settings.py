"""`cost`: what decisions cost. Read from the base branch."""

import math
import re
from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema

from ci_mlops.config.fields import Number, Text, wrong
from ci_mlops.config.section import Settings
from ci_mlops.records.labels import canonical_label

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


def _matrix(value: object) -> dict[str, dict[str, float]]:
    mend = "Write `matrix: {billing: {bug: 3}}`: the true class, the class that was said, and the cost."
    if not isinstance(value, dict) or not value:
        raise wrong("must be a mapping of classes", mend)
    rows: dict[str, dict[str, float]] = {}
    for true, said in value.items():
        label = canonical_label(true)
        if label in rows:
            raise wrong(f"lists `{label}` twice", "Keep one of them.")
        if not isinstance(said, dict) or not said:
            raise wrong(f"says nothing of what `{label}` may be taken for", mend)
        rows[label] = {}
        for taken_for, price in said.items():
            other = canonical_label(taken_for)
            if other in rows[label]:
                raise wrong(f"lists `{other}` twice for `{label}`", "Keep one of them.")
            rows[label][other] = _number(price, f"`{label}` taken for `{other}`", mend)
    return rows


def _number(value: object, subject: str, mend: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise wrong(f"{subject}: `{value}` is no finite number", mend)
    return float(value)


_PRICES = {"type": "object", "additionalProperties": {"type": "number"}, "minProperties": 1}
Matrix = Annotated[
    dict[str, dict[str, float]],
    PlainValidator(_matrix),
    WithJsonSchema({"type": "object", "additionalProperties": _PRICES, "minProperties": 1}),
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
    matrix: Matrix | None = Field(
        default=None,
        description="Of three or more classes: true class -> class that was said -> cost; what is not listed costs nothing.",
    )
    over: Number | None = Field(
        default=None, description="Regression: cost of each unit that a prediction is too large."
    )
    under: Number | None = Field(
        default=None, description="Regression: cost of each unit that a prediction is too small."
    )

"""`cost`: what decisions cost. Read from the base branch."""

import math
import re
from typing import Annotated, Any, get_args

from pydantic import Field, PlainValidator, WithJsonSchema

from ci_mlops.config.fields import Number, Text, wrong
from ci_mlops.config.section import Settings
from ci_mlops.records.cost import A_YEAR, Period, PriceColumn
from ci_mlops.records.labels import canonical_label

DECISIONS = ("false_negative", "false_positive", "true_positive", "true_negative")
_PERIODS: dict[str, Period] = {period: period for period in get_args(Period)}
_RATE = re.compile(r"([0-9][0-9 _]*(?:\.[0-9]+)?) ?(?:per|a|an|/) ?(day|week|month|year)")


def _volume(value: object) -> float:
    mend = "Write `200000 per year`, `3000 per month`, `500 per day`, or a number of decisions a year."
    if isinstance(value, int | float) and not isinstance(value, bool):
        volume = float(value)
    elif isinstance(value, str) and (found := _RATE.fullmatch(value.strip())):
        volume = float(found[1].replace(" ", "").replace("_", "")) * A_YEAR[_PERIODS[found[2]]]
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


def _price(value: object, subject: str = "") -> float | PriceColumn:
    mend = "Write a number, or `{column: amount, times: 0.2}`: the value of that column of the test data, times 0.2."
    if not isinstance(value, dict):
        if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
            raise wrong(f"{subject}is no finite number: `{value}`", mend)
        return float(value)
    if unknown := [key for key in value if key not in ("column", "times")]:
        raise wrong(f"{subject}has the unknown key `{unknown[0]}`", mend)
    column = value.get("column")
    if not isinstance(column, str) or not column.strip():
        raise wrong(f"{subject}names no column", mend)
    return PriceColumn(column=column, times=_number(value.get("times", 1), "`times`", mend))


def _slices(value: object) -> dict[str, dict[str, float | PriceColumn]]:
    mend = 'Write `slices: {"region=north": {false_negative: 900}}`.'
    if not isinstance(value, dict) or not value:
        raise wrong("must be a mapping of slices", mend)
    slices: dict[str, dict[str, float | PriceColumn]] = {}
    for name, prices in value.items():
        if not isinstance(name, str) or not isinstance(prices, dict) or not prices:
            raise wrong(f"`{name}` says nothing of what an error costs there", mend)
        if unknown := [key for key in prices if key not in DECISIONS]:
            raise wrong(
                f"`{name}` prices `{unknown[0]}`, which is no kind of decision",
                f"Kinds: {', '.join(DECISIONS)}.",
            )
        slices[name] = {kind: _price(price, f"`{name}`: `{kind}` ") for kind, price in prices.items()}
    return slices


_PRICE: dict[str, Any] = {
    "anyOf": [
        {"type": "number"},
        {
            "type": "object",
            "properties": {"column": {"type": "string", "minLength": 1}, "times": {"type": "number"}},
            "required": ["column"],
            "additionalProperties": False,
        },
    ]
}
Price = Annotated[float | PriceColumn, PlainValidator(_price), WithJsonSchema(_PRICE)]
Slices = Annotated[
    dict[str, dict[str, float | PriceColumn]],
    PlainValidator(_slices),
    WithJsonSchema(
        {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                "type": "object",
                "properties": dict.fromkeys(DECISIONS, _PRICE),
                "additionalProperties": False,
                "minProperties": 1,
            },
        }
    ),
]


class CapacitySettings(Settings):
    """How many alarms can be looked at: a rule that the candidate is held to, and that its threshold heeds."""

    alarms: Number = Field(description="At most so many decisions are an alarm.")
    per: Period = Field(description="In which time.")


class CostSettings(Settings):
    """What one decision costs, by what was true and what was said. A benefit is a negative cost."""

    unit: Text | None = Field(default=None, description="Currency or other unit, as reports show it.")
    volume: Volume | None = Field(
        default=None,
        description="Decisions a year, as `200000`, `3000 per month` or `500 per day`: reports speak of money per year too.",
    )
    capacity: CapacitySettings | None = Field(
        default=None,
        description="How many alarms can be looked at, as `{alarms: 200, per: day}`; needs `volume`.",
    )
    false_negative: Price = Field(
        default=0.0,
        description="Cost of a missed event: a number, or `{column: amount, times: 0.2}`, the value of a column of the test data for each row.",
    )
    false_positive: Price = Field(default=0.0, description="Cost of a false alarm.")
    true_positive: Price = Field(default=0.0, description="Cost of an event that was found.")
    true_negative: Price = Field(default=0.0, description="Cost of a rightly quiet decision.")
    slices: Slices | None = Field(
        default=None,
        description='Other prices on the rows of a slice: `{"region=north": {false_negative: 900}}`; of several that a row is in, '
        "the last one counts.",
    )
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

"""How slices are written in the config: `[region, {age: [25, 40, 65]}, "region & sex"]`."""

import math
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, PlainValidator, WithJsonSchema
from pydantic_core import PydanticKnownError

from ci_mlops.config.fields import once, one_line, wrong
from ci_mlops.records.slices import Bins, spelt

_MEND = "Write `{age: [25, 40, 65]}`: one column, and where it is cut."


def _entry(value: object) -> str | Bins:
    if isinstance(value, dict):
        return _bins(value)
    if not isinstance(value, str):
        raise PydanticKnownError("string_type")
    return spelt(one_line(value))


def _bins(value: dict[object, object]) -> Bins:
    column, edges = next(iter(value.items()), ("", None))
    if len(value) != 1 or not isinstance(column, str) or not column.strip():
        raise wrong("is no slice", _MEND)
    if not isinstance(edges, list) or not edges:
        raise wrong(f"`{column}` has no list of edges", _MEND)
    if not all(isinstance(edge, int | float) and not isinstance(edge, bool) for edge in edges):
        raise wrong(f"`{column}` has edges that are no numbers", _MEND)
    numbers = tuple(float(edge) for edge in edges)
    if not all(map(math.isfinite, numbers)):
        raise wrong(f"`{column}` has an edge that is not finite", _MEND)
    if any(low >= high for low, high in pairwise(numbers)):
        raise wrong(
            f"the edges of `{column}` are not ascending", "Write each once, from the smallest to the largest."
        )
    return Bins(column, numbers)


def _each_once(entries: tuple[str | Bins, ...]) -> tuple[str | Bins, ...]:
    once(tuple(entry if isinstance(entry, str) else entry.column for entry in entries))
    return entries


Slices = Annotated[
    tuple[
        Annotated[
            str | Bins,
            PlainValidator(_entry),
            WithJsonSchema(
                {
                    "anyOf": [
                        {"type": "string", "minLength": 1},
                        {
                            "type": "object",
                            "minProperties": 1,
                            "maxProperties": 1,
                            "additionalProperties": {
                                "type": "array",
                                "items": {"type": "number"},
                                "minItems": 1,
                            },
                        },
                    ]
                }
            ),
        ],
        ...,
    ],
    AfterValidator(_each_once),
]

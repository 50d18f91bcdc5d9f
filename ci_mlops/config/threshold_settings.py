"""`threshold`: from which score on a model decides for the event. Read from the base branch."""

from typing import Annotated, get_args

from pydantic import PlainValidator, WithJsonSchema

from ci_mlops.config.fields import wrong
from ci_mlops.records.threshold import Threshold, ThresholdBy

_BY = get_args(ThresholdBy)


def _threshold(value: object) -> Threshold:
    mend = "Write a number between 0 and 1, `{by: cost}` or `{by: f1}`."
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not 0 <= value <= 1:
            raise wrong(f"is outside 0 to 1: {value:g}", mend)
        return Threshold(value=float(value))
    if isinstance(value, dict) and list(value) == ["by"] and value["by"] in _BY:
        return Threshold(by=value["by"])
    raise wrong("is neither a number nor a way to choose one", mend)


ThresholdSetting = Annotated[
    Threshold,
    PlainValidator(_threshold),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": 1},
                {
                    "type": "object",
                    "properties": {"by": {"enum": list(_BY)}},
                    "required": ["by"],
                    "additionalProperties": False,
                },
            ]
        }
    ),
]

"""`registry.entry`: what a stage asks of a version beyond its verdict. Read from the base branch."""

from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema

from ci_mlops.config.fields import Command, Seconds, duration, one_line, wrong
from ci_mlops.config.section import Settings

_LONGEST_DAYS = 366


def _wait(value: object) -> float:
    return duration(value, longest_days=_LONGEST_DAYS)


def _approval(value: object) -> bool | str:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return one_line(value)
    raise wrong(
        "must be true or the name of an environment", "Write `approval: true`, or `approval: ENVIRONMENT`."
    )


Wait = Annotated[
    float,
    PlainValidator(_wait),
    WithJsonSchema({"type": ["string", "number"], "examples": ["90m", "24h", "3d"]}),
]
Approval = Annotated[
    bool | str,
    PlainValidator(_approval),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"type": "string", "minLength": 1}]}),
]


class EntrySettings(Settings):
    """What a stage asks of a version, beyond a verdict that passed or was waived. Read from the base branch."""

    approval: Approval = Field(
        default=False,
        description="Somebody approved the run: a reviewer of the CI's environment that is called like the stage, or by this name.",
    )
    after: Wait | None = Field(
        default=None,
        description="How long it has held the stage before, by the audit trail: `90m`, `24h`, `3d`.",
        examples=["24h"],
    )
    smoke: Command | None = Field(
        default=None,
        description="Command that tries it, in the version's own environment; `{model}` is the path of the stored files. "
        "It ends with 0, or the version stays.",
        examples=["python smoke.py {model}"],
    )
    time_limit: Seconds = Field(
        default=600.0,
        description="Longest time that `smoke` may take.",
        json_schema_extra={"default": "10m"},
    )
    scores: bool = Field(
        default=False,
        strict=True,
        description="It is loaded and scores the pinned test rows once more: every metric is what it was when it was judged.",
    )

    @property
    def asks(self) -> bool:
        return bool(self.approval or self.after or self.smoke or self.scores)

    def environment(self, stage: str) -> str:
        """Of the CI, whose reviewers are asked; empty: nobody is."""
        if isinstance(self.approval, str):
            return self.approval
        return stage if self.approval else ""

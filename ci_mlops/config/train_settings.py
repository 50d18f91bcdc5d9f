"""`train` and `predict`: how a model is made and asked. Read from the change."""

from typing import Any

from pydantic import ConfigDict, Field, model_validator

from ci_mlops.config.fields import (
    Command,
    FunctionName,
    ModelPath,
    ModelUri,
    Parameters,
    Paths,
    Seconds,
    Text,
    VariableName,
)
from ci_mlops.config.section import Settings
from ci_mlops.records.model import Source

WORDS = ("capture", "mlflow")
SOURCES: tuple[Source, ...] = ("path", "callable", "capture", "mlflow", "uri")


class CaptureSettings(Settings):
    """Which of the models that the command fits is the one that ships, where it can't be told."""

    variable: VariableName | None = Field(
        default=None, description="Name that the script gives to it, at its top level."
    )
    prepared: bool = Field(
        default=False,
        description="Keep the rows as the script prepared them, with the model, where its preparation can't be repeated "
        "from outside. They are stored wherever the model is.",
    )


class LoggedSettings(Settings):
    """Which of the models that the command logs is the one that ships, where there are several."""

    name: Text | None = Field(default=None, description="Name or artifact path that it is logged under.")


def _or_a_word(schema: dict[str, Any]) -> None:
    """`model: capture` is as good as `model: {capture: {}}`."""
    mapping = {**schema, "oneOf": [{"required": [source]} for source in SOURCES]}
    schema.clear()
    schema.update(anyOf=[mapping, {"enum": list(WORDS)}])


class ModelSource(Settings):
    """How the trained model is obtained: one of these."""

    model_config = ConfigDict(json_schema_extra=_or_a_word)

    path: ModelPath | None = Field(default=None, description="File or folder that `train.run` writes.")
    callable: FunctionName | None = Field(
        default=None, description="`package.module:function` that trains and returns the fitted model."
    )
    capture: CaptureSettings | None = Field(
        default=None,
        description="The command runs unmodified under a launcher that keeps the model it fits; `model: capture` for short.",
    )
    mlflow: LoggedSettings | None = Field(
        default=None,
        description="The model that the command logs with MLflow, into a store of our own; `model: mlflow` for short.",
    )
    uri: ModelUri | None = Field(
        default=None,
        description="A prebuilt model, with no training: a file or MLflow folder beside this one, `models:/NAME/VERSION`, "
        "or the `https://` address of an endpoint.",
    )

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, value: object) -> object:
        return {value: {}} if isinstance(value, str) and value in WORDS else value

    @property
    def kind(self) -> Source:
        return next(source for source in SOURCES if getattr(self, source) is not None)


class Train(Settings):
    """How the model is made; runs in the team's environment. Read from the change."""

    run: Command | None = Field(
        default=None, description="Command that trains: text goes through the shell, a list does not."
    )
    model: ModelSource = Field(
        description="How the trained model is obtained: one of these, or the word `capture` or `mlflow`."
    )
    inputs: Paths | None = Field(
        default=None,
        description="Code that the training depends on; a change elsewhere doesn't train again. "
        "Default: all tracked files beside this one.",
    )
    time_limit: Seconds = Field(
        default=7200.0,
        description="Longest time that the training may take.",
        json_schema_extra={"default": "2h"},
    )
    parameters: Parameters = Field(
        default={}, description="Exported to the command as `CI_MLOPS_PARAM_<NAME>`; part of the fingerprint."
    )


class Predict(Settings):
    """How a model scores rows, where loading it and calling `predict` is not enough."""

    run: Command = Field(
        description="Command with the placeholders `{model}`, `{features}` and `{output}`.",
        examples=["python score.py {model} {features} {output}"],
    )
    time_limit: Seconds = Field(
        default=1800.0,
        description="Longest time that scoring with one model may take.",
        json_schema_extra={"default": "30m"},
    )

"""What `ci-mlops.yml` may hold. The descriptions here are the schema's and the reference's words."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from ci_mlops.config.fields import (
    Coding,
    Columns,
    Command,
    FunctionName,
    Label,
    Labels,
    Metric,
    Metrics,
    ModelPath,
    ModelUri,
    Name,
    Names,
    Number,
    Parameters,
    Paths,
    PythonVersion,
    RelativePath,
    Seconds,
    Stages,
    Text,
    VariableName,
)
from ci_mlops.config.marks import Marks
from ci_mlops.config.rules import as_policy
from ci_mlops.records.metric_names import DEFAULTS_FOR_SEVERAL
from ci_mlops.records.model import Source
from ci_mlops.records.policy import Policy, Severity, Task

DEFAULT_METRICS: dict[Task, tuple[str, ...]] = {
    "classification": ("accuracy", "precision", "recall", "roc_auc"),
    "regression": ("mae", "rmse", "r2"),
}


WORDS = ("capture", "mlflow")
SOURCES: tuple[Source, ...] = ("path", "callable", "capture", "mlflow", "uri")


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TestData(Settings):
    """The rows that both models are scored on. Read from the base branch."""

    __test__ = False  # pytest would collect it for its name

    path: RelativePath = Field(description="File of the test rows (CSV or Parquet), or a glob of several.")
    target: Text = Field(description="Column that is predicted. Workers get the rows without it.")
    positive: Label | None = Field(
        default=None, description="Label that is the event to be found; needed where labels are not 0 and 1."
    )
    labels: Coding | None = Field(
        default=None, description="Another way to say `positive`: the two labels and their codes."
    )
    classes: Labels = Field(
        default=(),
        description="All labels, where there are more than two; then no label is `positive`.",
    )
    weight: Text | None = Field(default=None, description="Column that says how much a row counts.")
    group: Text | None = Field(
        default=None,
        description="Column that names an entity with several rows, as a patient; it must not be on both sides of a split.",
    )
    id: Text | None = Field(
        default=None, description="Column that names a row; without it rows are joined by their order."
    )
    slices: Columns = Field(default=(), description="Columns whose values are measured apart.")
    names: Names = Field(default={}, description="Label -> the word that reports show for it.")
    unit: Text | None = Field(default=None, description="Unit of the target, for regression.")

    def model_post_init(self, _: Any, /) -> None:
        if self.positive is None and self.labels is not None:
            self.__dict__["positive"] = next(label for label, code in self.labels.items() if code == 1)


class Data(Settings):
    """The data sets, pinned in `ci-mlops.lock`."""

    train: Paths = Field(
        default=(),
        description="Paths, globs or folders of the training data; text or a list. None for a prebuilt model.",
    )
    test: TestData = Field(description="The rows that both models are scored on. Read from the base branch.")


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


class CostSettings(Settings):
    """What one decision costs, by what was true and what was said. A benefit is a negative cost."""

    unit: Text | None = Field(default=None, description="Currency or other unit, as reports show it.")
    false_negative: Number = Field(default=0.0, description="Cost of a missed event.")
    false_positive: Number = Field(default=0.0, description="Cost of a false alarm.")
    true_positive: Number = Field(default=0.0, description="Cost of an event that was found.")
    true_negative: Number = Field(default=0.0, description="Cost of a rightly quiet decision.")


class Gate(Settings):
    """A rule that the candidate is held to: a metric and one or more limits."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": [limit]} for limit in ("min", "max", "max_regression", "must")]
        }
    )

    metric: Metric = Field(description="Judged metric, listed or not; `recall of LABEL` is of one class.")
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
    severity: Severity = Field(default="block", description="What a broken rule does.")
    undecided: Severity | None = Field(
        default=None,
        description="What is done when the rows can't decide. Default: `warn` for `max_regression` "
        "and for rules on a slice, else `block`.",
    )


class RegistrySettings(Settings):
    """Where versions live. Read from the base branch."""

    uri: Text = Field(
        description="MLflow tracking URI; passwords belong in environment variables.",
        examples=["https://mlflow.example", "sqlite:///mlflow.db"],
    )
    stages: Stages = Field(
        default=("staging", "production"), description="The ladder, lowest rung first.", validate_default=True
    )
    name: Name | None = Field(default=None, description="Name of the registered model. Default: `model`.")


class Config(Settings):
    """`ci-mlops.yml`: one model, its data, its training and the rules that it is held to."""

    model: Name = Field(description="Name of the model.")
    task: Task = Field(description="What the model does.")
    environment: Text = Field(
        default="current",
        description="Environment that the team's code runs in: `current` is the one we are started in; else the file that "
        "declares it (`requirements.txt`, `pylock.toml`, `uv.lock`, `environment.yml`), which `pin` solves into ci-mlops.lock.",
    )
    python: PythonVersion | None = Field(
        default=None,
        description="Python that a declared environment is made with. Default: what its file asks for, else the one that runs us.",
    )
    data: Data = Field(description="The data sets, pinned in `ci-mlops.lock`.")
    train: Train | None = Field(default=None, description="How the model is made. Read from the change.")
    predict: Predict | None = Field(
        default=None,
        description="How a model scores rows, where loading it and calling `predict` is not enough.",
    )
    metrics: Metrics = Field(
        default=(),
        description="Metrics that are reported. Default: accuracy, precision, recall and roc_auc, "
        "with expected_cost where `cost` is given; with `data.test.classes` accuracy, balanced_accuracy, f1_macro and "
        "log_loss; for regression mae, rmse and r2.",
    )
    cost: CostSettings | None = Field(
        default=None, description="What decisions cost, for `expected_cost`. Read from the base branch."
    )
    gates: tuple[Gate, ...] = Field(
        default=(), description="Rules that the candidate is held to. Read from the base branch."
    )
    registry: RegistrySettings | None = Field(
        default=None, description="Where versions live. Read from the base branch."
    )
    compare_with: Text | None = Field(
        default=None,
        description="The champion: a stage of the registry, or `base` for the base branch's model. "
        "Default: the version at the highest stage that holds one, else the base branch's model.",
    )
    _marks: Marks = PrivateAttr(default_factory=Marks)

    def model_post_init(self, context: Any, /) -> None:
        if isinstance(context, Marks):
            self._marks = context
        if not self.metrics:
            cost = ("expected_cost",) if self.cost is not None and self.task == "classification" else ()
            named = DEFAULTS_FOR_SEVERAL if self.data.test.classes else DEFAULT_METRICS[self.task]
            self.__dict__["metrics"] = (*named, *cost)

    def policy(self) -> Policy:
        return as_policy(self)

    def where(self, *loc: str | int) -> str:
        return self._marks.at(loc)

"""What `ci-mlops.yml` may hold. The descriptions here are the schema's and the reference's words."""

from typing import Any

from pydantic import Field, PrivateAttr

from ci_mlops.config.compute_settings import ComputeSettings
from ci_mlops.config.cost_settings import CostSettings
from ci_mlops.config.court_settings import Gate
from ci_mlops.config.data_settings import Data
from ci_mlops.config.fields import Metrics, Name, PythonVersion, Stages, Text
from ci_mlops.config.marks import Marks
from ci_mlops.config.pull_request_settings import PullRequestSettings
from ci_mlops.config.report_settings import ReportSettings
from ci_mlops.config.rules import as_policy
from ci_mlops.config.section import Settings
from ci_mlops.config.threshold_settings import ThresholdSetting
from ci_mlops.config.train_settings import Predict, Train
from ci_mlops.config.waiver_settings import WaiverSettings
from ci_mlops.records.compute import Compute
from ci_mlops.records.flipped import ShownRows
from ci_mlops.records.metric_names import DEFAULTS_FOR_SETS, DEFAULTS_FOR_SEVERAL
from ci_mlops.records.policy import Policy, Task

DEFAULT_METRICS: dict[Task, tuple[str, ...]] = {
    "classification": ("accuracy", "precision", "recall", "roc_auc"),
    "regression": ("mae", "rmse", "r2"),
}


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
        description="Metrics that are reported; `metrics/mine.py:profit` is a function of your own. Default: accuracy, "
        "precision, recall and roc_auc; with `data.test.classes` accuracy, balanced_accuracy, f1_macro and log_loss, with "
        "`multilabel` accuracy, f1_micro, f1_macro, f1_samples and hamming_loss; for regression mae, rmse and r2; "
        "expected_cost too where `cost` is given.",
    )
    cost: CostSettings | None = Field(
        default=None, description="What decisions cost, for `expected_cost`. Read from the base branch."
    )
    threshold: ThresholdSetting | None = Field(
        default=None,
        description="From which score on a model decides for the event: a number, or `{by: cost}` or `{by: f1}`, chosen for each "
        "model on the rows of `data.validation`. Default: what the model decides itself. Read from the base branch.",
    )
    gates: tuple[Gate, ...] = Field(
        default=(), description="Rules that the candidate is held to. Read from the base branch."
    )
    waivers: tuple[WaiverSettings, ...] = Field(
        default=(), description="Rules that do not block for a while. Read from the base branch."
    )
    pull_request: PullRequestSettings | None = Field(
        default=None, description="How the gate behaves on a pull request. Read from the base branch."
    )
    registry: RegistrySettings | None = Field(
        default=None, description="Where versions live. Read from the base branch."
    )
    compare_with: Text | None = Field(
        default=None,
        description="The champion: a stage of the registry, or `base` for the base branch's model. "
        "Default: the version at the highest stage that holds one, else the base branch's model.",
    )
    compute: ComputeSettings | None = Field(
        default=None,
        description="Where the court counts: `local`, `processes`, `dask`, or a mapping. It changes no result; read from the "
        "base branch all the same, for what counts must be trusted. Default: `local`.",
    )
    report: ReportSettings | None = Field(
        default=None,
        description="What a report may show beyond numbers of many rows. Read from the base branch.",
    )
    _marks: Marks = PrivateAttr(default_factory=Marks)

    def model_post_init(self, context: Any, /) -> None:
        if isinstance(context, Marks):
            self._marks = context
        if not self.metrics:
            cost = ("expected_cost",) if self.cost is not None else ()
            several = DEFAULTS_FOR_SETS if self.data.test.multilabel else DEFAULTS_FOR_SEVERAL
            named = several if self.data.test.classes else DEFAULT_METRICS[self.task]
            self.__dict__["metrics"] = (*named, *cost)

    def policy(self) -> Policy:
        return as_policy(self)

    def on_pull_requests(self) -> PullRequestSettings:
        return self.pull_request or PullRequestSettings()

    def counts_on(self) -> Compute:
        return Compute() if self.compute is None else self.compute.as_compute()

    def shown_rows(self) -> ShownRows | None:
        """Single rows that a report may show."""
        flipped = self.report.flipped_rows if self.report is not None else None
        return flipped.as_rule() if flipped is not None else None

    def shows_pictures(self) -> bool:
        return self.report is None or self.report.pictures

    def where(self, *loc: str | int) -> str:
        return self._marks.at(loc)

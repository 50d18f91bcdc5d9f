"""`data`: which rows a model is trained on, and which it is judged by."""

from typing import Any

from pydantic import ConfigDict, Field, model_validator

from ci_mlops.config.fields import (
    Coding,
    Columns,
    Count,
    Label,
    Labels,
    Names,
    Paths,
    RelativePath,
    Seconds,
    Text,
)
from ci_mlops.config.section import Settings
from ci_mlops.config.slice_fields import Slices
from ci_mlops.records.proof import OverlapPolicy
from ci_mlops.records.slices import Bins


def _or_a_column(schema: dict[str, Any]) -> None:
    """`time: visited_at` is as good as `time: {column: visited_at}`."""
    mapping = dict(schema)
    schema.clear()
    schema.update(anyOf=[mapping, {"type": "string", "minLength": 1}])


class TimeSettings(Settings):
    """When a row was."""

    model_config = ConfigDict(json_schema_extra=_or_a_column)

    @model_validator(mode="before")
    @classmethod
    def _from_column(cls, value: object) -> object:
        return {"column": value} if isinstance(value, str) else value

    column: Text = Field(description="Column of dates or times.")
    block: Seconds | None = Field(
        default=None,
        description="Rows of one such stretch of time depend on each other, and are drawn together: `7d`.",
    )


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
        description="Column that names an entity with several rows, as a patient; it must not be on both sides of a split, "
        "and its rows are drawn together.",
    )
    time: TimeSettings | None = Field(
        default=None,
        description="When a row was: a column, or `{column: visited_at, block: 7d}`. Test rows that are older than training "
        "rows are told of.",
    )
    overlap: OverlapPolicy = Field(
        default="exclude",
        description="What is done with test rows that a model's training data holds: `exclude` scores both models without "
        "them, `refuse` evaluates nothing, `tell` measures with them and says so.",
    )
    worn_out: Count = Field(
        default=40,
        description="Merges that one pin of the test rows decides before the report calls it worn out: a model exactly at a "
        "limit passes one decision in 40 by luck.",
    )
    id: Text | None = Field(
        default=None, description="Column that names a row; without it rows are joined by their order."
    )
    slices: Slices = Field(
        default=(),
        description="Columns whose values are measured apart; `{age: [25, 40]}` cuts a number in bins, `region & sex` crosses "
        "listed columns.",
    )
    columns: Columns = Field(
        default=(),
        description="Other columns that metrics of your own may ask for, as amounts; slice columns are given to them anyway.",
    )
    names: Names = Field(default={}, description="Label -> the word that reports show for it.")
    unit: Text | None = Field(default=None, description="Unit of the target, for regression.")

    @property
    def cuts(self) -> tuple[str, ...]:
        """Of `slices`, by the names that a gate calls them: `region`, `age`, `region & sex`."""
        return tuple(entry.column if isinstance(entry, Bins) else entry for entry in self.slices)

    @property
    def bins(self) -> tuple[Bins, ...]:
        return tuple(entry for entry in self.slices if isinstance(entry, Bins))

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

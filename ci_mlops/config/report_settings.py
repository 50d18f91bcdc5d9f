"""`report`: what a report may show beyond numbers of many rows. Read from the base branch."""

from typing import Annotated

from pydantic import AfterValidator, Field

from ci_mlops.config.fields import Count, SomeColumns, wrong
from ci_mlops.config.section import Settings
from ci_mlops.records.flipped import ShownRows

MOST_ROWS = 1000


def _few(most: int) -> int:
    if most > MOST_ROWS:
        raise wrong(f"is more than {MOST_ROWS}: {most}", f"Write {MOST_ROWS} or less: nobody reads more.")
    return most


class FlippedRowsSettings(Settings):
    """Rows on which the candidate decides otherwise than the champion; of a regression, those whose error moved most."""

    columns: SomeColumns = Field(
        description="Columns of the pinned test data that are shown, and no other; the id is shown where it is listed.",
        examples=[["age", "region"]],
    )
    most: Annotated[Count, AfterValidator(_few)] = Field(
        default=50, description=f"So many rows, those that matter most; {MOST_ROWS} at most."
    )

    def as_rule(self) -> ShownRows:
        return ShownRows(columns=self.columns, most=self.most)


class ReportSettings(Settings):
    """What a report may show beyond numbers of many rows."""

    flipped_rows: FlippedRowsSettings | None = Field(
        default=None,
        description="Shows single rows of the test data, in flipped.json and the HTML report; never in a comment. Default: none.",
    )
    pictures: bool = Field(
        default=True,
        description="A picture of the intervals and of the costs in the comment, where the platform takes pictures (Azure "
        "Repos). `false`: words and tables alone.",
    )

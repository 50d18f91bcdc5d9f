"""Whether a fairness metric is asked of groups that there are."""

from collections.abc import Iterator

from ci_mlops.config.data_settings import TestData
from ci_mlops.config.findings import Finding, close
from ci_mlops.config.marks import Loc
from ci_mlops.records.fairness_names import by_column
from ci_mlops.records.slices import spelt


def check_fairness(metric: str, test: TestData | None, task: str | None, loc: Loc) -> Iterator[Finding]:
    """`test` None: it does not hold itself, so nothing is said about it."""
    base, column = by_column(metric) or (metric, "")
    if task == "regression":
        yield Finding(
            loc=loc,
            what=f"`{metric}` is a metric of classification, and the task is regression",
            mend="For regression, gate a metric on every slice: `{metric: mae, slice: COLUMN, max: LIMIT}`.",
        )
    elif test is not None and test.classes:
        yield Finding(
            loc=loc,
            what=f"`{metric}` is of two classes, and `data.test.classes` lists {len(test.classes)}",
            mend=f"Gate a metric on every slice: `{{metric: accuracy, slice: {column}, min: LIMIT}}`.",
        )
    elif test is not None and test.weight is not None:
        yield Finding(
            loc=loc,
            what=f"`{base}` does not heed the weights of rows, and `weight` is `{test.weight}`",
            mend="Name another metric, or remove `data.test.weight`.",
        )
    elif test is not None and spelt(column) not in test.cuts:
        guess = close(column, test.cuts)
        yield Finding(
            loc=loc,
            what=f"`{metric}` compares groups of `{column}`, which `data.test.slices` does not list",
            mend=f"Did you mean `{base} by {guess}`?"
            if guess
            else f"List `{column}` there, with edges if it is a number.",
        )


def without_column(metric: str, test: TestData | None, loc: Loc) -> Finding:
    column = test.cuts[0] if test is not None and test.cuts else "COLUMN"
    return Finding(
        loc=loc,
        what=f"`{metric}` does not say between which groups",
        mend=f"Write `{metric} by {column}`, a column that `data.test.slices` lists.",
    )

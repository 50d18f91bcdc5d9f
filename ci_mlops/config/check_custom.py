"""Whether a metric of the team's own is named as one can be: `metrics/mine.py:profit`."""

from collections.abc import Iterator

from pydantic_core import PydanticCustomError

from ci_mlops.config.custom_function import GIVEN
from ci_mlops.config.draft import Draft
from ci_mlops.config.fields import relative_path
from ci_mlops.config.findings import Finding
from ci_mlops.config.marks import Loc
from ci_mlops.records.custom_metric import custom_name
from ci_mlops.records.metric_names import ALIASES, TASK_OF


def is_of_a_file(metric: str) -> bool:
    """It is meant to be one, well written or not: no installed metric has such a name."""
    return ".py" in metric or ("/" in metric and ":" in metric)


def check_columns(draft: Draft) -> Iterator[Finding]:
    test = draft.test
    for number, column in enumerate(test.columns if test is not None else ()):
        loc: Loc = ("data", "test", "columns", number)
        if test is not None and column == test.target:
            yield Finding(
                loc=loc,
                what=f"`columns` lists the target `{column}`",
                mend="Metrics are given it as `truth`.",
            )
        elif column in GIVEN:
            yield Finding(
                loc=loc,
                what=f"`columns` lists `{column}`, and metrics are given something else by that name",
                mend="Rename the column.",
            )


def check_custom(draft: Draft, metric: str, loc: Loc) -> Iterator[Finding]:
    name = custom_name(metric)
    if name is None:
        yield Finding(
            loc=loc,
            what=f"`{metric}` names no function in a file",
            mend="Write `metrics/mine.py:profit`: letters, digits, `_`, `-`, `.` and `/` in the path, then `:` and the function.",
        )
        return
    try:
        relative_path(name.path)
    except PydanticCustomError as error:
        told = error.context or {}
        yield Finding(loc=loc, what=str(told.get("what")), mend=str(told.get("mend")))
        return
    if name.function in TASK_OF or name.function in ALIASES:
        yield Finding(
            loc=loc,
            what=f"`{name.function}` is the name of an installed metric, and a report would mix them up",
            mend="Give the function another name.",
        )
    named = [*draft.metrics.values(), *(gate.metric for gate in draft.gates.values())]
    for other in map(custom_name, named):
        if other is not None and other.function == name.function and other.path != name.path:
            yield Finding(
                loc=loc,
                what=f"`{name.function}` is a function of {name.path} and of {other.path}, and a report would mix them up",
                mend="Give one of them another name.",
            )
            return

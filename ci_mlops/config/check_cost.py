"""Whether the costs fit the task and each other."""

from collections.abc import Iterator

from ci_mlops.config.draft import Draft
from ci_mlops.config.findings import Finding

_LARGEST_COST = 1e15


def check_cost(draft: Draft) -> Iterator[Finding]:
    if "cost" not in draft.written:
        return
    if draft.task == "regression":
        yield Finding(
            loc=("cost",), what="`cost` is for classification, and the task is regression", mend="Remove it."
        )
        return
    if draft.test is not None and draft.test.classes and draft.holds("data", "test", "classes"):
        yield Finding(
            loc=("cost",),
            what="`cost` is of two classes, and `data.test.classes` lists more",
            mend="Remove it, and gate `recall of LABEL` for the classes that cost most to miss.",
        )
        return
    cost = draft.cost
    if cost is None or not draft.holds("cost"):
        return
    costs = (cost.false_negative, cost.false_positive, cost.true_positive, cost.true_negative)
    if max(map(abs, costs)) > _LARGEST_COST:
        yield Finding(
            loc=("cost",),
            what=f"`cost` holds a number above {_LARGEST_COST:g}",
            mend="Count in thousands or millions, and say so in `unit`.",
        )
    if not any(costs):
        yield Finding(
            loc=("cost",),
            what="`cost` says that every decision costs nothing",
            mend="Give `false_negative` and `false_positive` a number.",
        )

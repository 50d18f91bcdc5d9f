"""Whether the costs fit the task and each other."""

from collections.abc import Iterator

from ci_mlops.config.cost_settings import CostSettings
from ci_mlops.config.draft import Draft
from ci_mlops.config.findings import Finding, close
from ci_mlops.config.marks import Loc

_LARGEST_COST = 1e15
_DECISIONS = ("false_negative", "false_positive", "true_positive", "true_negative")
_OF = {
    "two classes": _DECISIONS,
    "three or more classes": ("matrix",),
    "regression": ("over", "under"),
}
"""What is priced -> the keys that price it."""


def check_cost(draft: Draft) -> Iterator[Finding]:
    cost = draft.cost
    if cost is None or not draft.holds("cost") or draft.task is None:
        return
    kind = "regression"
    if draft.task == "classification":
        if draft.test is None or not draft.holds("data", "test", "classes"):
            return
        kind = "three or more classes" if draft.test.classes else "two classes"
    yield from _of_another_kind(cost, kind)
    if draft.test is not None and cost.matrix is not None and draft.test.classes:
        yield from _unknown_classes(cost.matrix, draft.test.classes)
    yield from _sizes(cost, kind)


def _of_another_kind(cost: CostSettings, kind: str) -> Iterator[Finding]:
    for other, keys in _OF.items():
        for key in keys:
            if other != kind and key in cost.model_fields_set:
                yield Finding(
                    loc=("cost", key),
                    what=f"`{key}` is a cost of {other}, and this is {kind}"
                    if kind == "regression"
                    else f"`{key}` is a cost of {other}, and there are {kind}",
                    mend=f"Write {' and '.join(f'`{own}`' for own in _OF[kind][:2])}.",
                )


def _unknown_classes(matrix: dict[str, dict[str, float]], classes: tuple[str, ...]) -> Iterator[Finding]:
    for true, row in matrix.items():
        named: list[tuple[Loc, str]] = [(("cost", "matrix", true), true)]
        named += [(("cost", "matrix", true, said), said) for said in row]
        for loc, label in named:
            if label not in classes:
                guess = close(label, classes)
                yield Finding(
                    loc=loc,
                    what=f"`{label}` is a class that is not in `data.test.classes`",
                    mend=f"Did you mean `{guess}`?" if guess else f"Listed: {', '.join(classes)}.",
                )


def _sizes(cost: CostSettings, kind: str) -> Iterator[Finding]:
    plain = (*(getattr(cost, key) for key in _DECISIONS), cost.over or 0.0, cost.under or 0.0)
    costs = [*plain, *(price for row in (cost.matrix or {}).values() for price in row.values())]
    if max(map(abs, costs)) > _LARGEST_COST:
        yield Finding(
            loc=("cost",),
            what=f"`cost` holds a number above {_LARGEST_COST:g}",
            mend="Count in thousands or millions, and say so in `unit`.",
        )
    for key in ("over", "under"):
        price = getattr(cost, key)
        if price is not None and price < 0:
            yield Finding(
                loc=("cost", key),
                what=f"`{key}` is negative: {price:g}",
                mend="It is what an error costs, 0 or more: else the worst prediction would be the best.",
            )
    if not any(costs):
        yield Finding(
            loc=("cost",),
            what="`cost` says that every decision costs nothing",
            mend=f"Give {' and '.join(f'`{own}`' for own in _OF[kind][:2])} a number.",
        )

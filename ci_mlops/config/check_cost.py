"""Whether the costs fit the task and each other."""

from collections.abc import Iterator

from ci_mlops.config.cost_settings import DECISIONS, CostSettings
from ci_mlops.config.data_settings import TestData
from ci_mlops.config.draft import Draft
from ci_mlops.config.findings import Finding, close
from ci_mlops.config.marks import Loc
from ci_mlops.records.cost import A_YEAR, PriceColumn

_LARGEST_COST = 1e15
_OF = {
    "two classes": (*DECISIONS, "slices", "capacity"),
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
    if draft.test is not None and draft.holds("data", "test"):
        yield from _columns(cost, draft.test)
        yield from _slices(cost, draft.test)
    yield from _capacity(cost)
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


def _capacity(cost: CostSettings) -> Iterator[Finding]:
    capacity, place = cost.capacity, ("cost", "capacity")
    if capacity is None:
        return
    if capacity.alarms <= 0:
        yield Finding(
            loc=(*place, "alarms"),
            what=f"`alarms` must be above 0; found {capacity.alarms:g}",
            mend="Write how many alarms can be looked at, as `{alarms: 200, per: day}`.",
        )
    elif cost.volume is None:
        yield Finding(
            loc=place,
            what="`capacity` needs `volume`",
            mend="Say how many decisions there are, as `volume: 3000 per day`: of these so many may be alarms.",
        )
    elif capacity.alarms * A_YEAR[capacity.per] >= cost.volume:
        yield Finding(
            loc=place,
            what=f"`capacity` of {capacity.alarms:g} alarms per {capacity.per} holds every decision: `volume` is "
            f"{cost.volume / A_YEAR[capacity.per]:g} per {capacity.per}",
            mend="Choose a limit that can hold and can break.",
        )


def _columns(cost: CostSettings, test: TestData) -> Iterator[Finding]:
    taken: dict[str | None, str] = dict.fromkeys(test.cuts, "slice column")
    taken |= {test.target: "target", test.id: "id"}
    priced: list[tuple[Loc, object]] = [(("cost", kind), getattr(cost, kind)) for kind in DECISIONS]
    for name, prices in (cost.slices or {}).items():
        priced += [(("cost", "slices", name, kind), price) for kind, price in prices.items()]
    for loc, price in priced:
        if isinstance(price, PriceColumn) and price.column in taken:
            yield Finding(
                loc=loc,
                what=f"the column `{price.column}` is the {taken[price.column]}, and no amount",
                mend="Name a column of numbers.",
            )


def _slices(cost: CostSettings, test: TestData) -> Iterator[Finding]:
    for name in cost.slices or {}:
        column, equals, value = name.partition("=")
        if column not in test.cuts:
            guess = close(column, test.cuts)
            yield Finding(
                loc=("cost", "slices", name),
                what=f"slice column `{column}` is not in `data.test.slices`",
                mend=f"Did you mean `{guess}`?"
                if guess
                else f"Add it there. Listed: {', '.join(test.cuts) or 'none'}.",
            )
        elif not equals or not value:
            yield Finding(
                loc=("cost", "slices", name),
                what=f"`{name}` names no value",
                mend=f'Write `"{column}=VALUE"`: one slice, as each has a price of its own.',
            )


def _sizes(cost: CostSettings, kind: str) -> Iterator[Finding]:
    prices = [getattr(cost, key) for key in DECISIONS]
    prices += [price for given in (cost.slices or {}).values() for price in given.values()]
    prices += [price for row in (cost.matrix or {}).values() for price in row.values()]
    # of a column the factor stands for its prices
    costs = [price.times if isinstance(price, PriceColumn) else price for price in prices]
    costs += [cost.over or 0.0, cost.under or 0.0]
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

"""The costs of a config as the court's, and as keys of its policy."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ci_mlops.config.cost_settings import DECISIONS, CapacitySettings, CostSettings
from ci_mlops.records.cost import Capacity, Cost, PriceColumn, SliceCost
from ci_mlops.records.policy import GateRule, Limit
from ci_mlops.records.slices import plain

if TYPE_CHECKING:
    from ci_mlops.config.settings import Config


def as_cost(cost: CostSettings) -> Cost:
    prices, columns = _parted({kind: getattr(cost, kind) for kind in DECISIONS})
    return Cost(
        unit=cost.unit or "",
        volume=cost.volume,
        capacity=Capacity(alarms=cost.capacity.alarms, per=cost.capacity.per) if cost.capacity else None,
        **dict(prices),
        columns=columns,
        slices=tuple(
            SliceCost(slice=name, prices=own[0], columns=own[1])
            for name, given in (cost.slices or {}).items()
            for own in (_parted(given),)
        ),
        matrix=tuple(
            (true, said, price) for true, row in (cost.matrix or {}).items() for said, price in row.items()
        ),
        over=cost.over or 0.0,
        under=cost.under or 0.0,
    )


def _parted(
    given: Mapping[str, float | PriceColumn],
) -> tuple[tuple[tuple[str, float], ...], tuple[tuple[str, PriceColumn], ...]]:
    """Prices that are numbers, and those that each row has of its own."""
    numbers = tuple((kind, price) for kind, price in given.items() if not isinstance(price, PriceColumn))
    return numbers, tuple((kind, price) for kind, price in given.items() if isinstance(price, PriceColumn))


_ALWAYS = ("unit", "false_negative", "false_positive", "true_positive", "true_negative")


def cost_keys(cost: CostSettings) -> dict[str, object]:
    """What is not given has no key, so that a config keeps its digest when a new key becomes known."""
    given = {key: getattr(cost, key) for key in type(cost).model_fields}
    plain = {key: value for key, value in given.items() if key in _ALWAYS or value is not None}
    keys = {f"cost.{key}": value for key, value in _flat(plain).items()}
    # of several slices that a row is in the last one counts, so that their order is policy too
    return keys | ({"cost.slices": tuple(cost.slices)} if cost.slices and len(cost.slices) > 1 else {})


def _flat(keys: dict[str, object]) -> dict[str, object]:
    """`{"matrix": {"bug": {"question": 3}}}` becomes `{"matrix.bug.question": 3}`."""
    flat: dict[str, object] = {}
    for key, value in keys.items():
        inner = _flat(value) if isinstance(value, dict) else {"": _told(value)}
        flat |= {f"{key}.{below}" if below else key: inside for below, inside in inner.items()}
    return flat


def capacity_rule(config: "Config") -> Iterator[GateRule]:
    """A rule of its own: more alarms than can be looked at are alarms that nobody looks at."""
    cost = config.cost
    if cost is not None and cost.capacity is not None:
        yield GateRule(
            metric="selection_rate",
            limit=Limit(kind="capacity", value=as_cost(cost).most_called),
            undecided="warn",
            where=config.where("cost", "capacity"),
        )


def _told(value: object) -> object:
    if isinstance(value, CapacitySettings):
        return f"{plain(value.alarms)} per {value.per}"
    return f"{plain(value.times)} x column {value.column}" if isinstance(value, PriceColumn) else value

"""The costs of a config as the court's, and as keys of its policy."""

from ci_mlops.config.cost_settings import CostSettings
from ci_mlops.records.cost import Cost


def as_cost(cost: CostSettings) -> Cost:
    return Cost(
        unit=cost.unit or "",
        volume=cost.volume,
        false_negative=cost.false_negative,
        false_positive=cost.false_positive,
        true_positive=cost.true_positive,
        true_negative=cost.true_negative,
        matrix=tuple(
            (true, said, price) for true, row in (cost.matrix or {}).items() for said, price in row.items()
        ),
        over=cost.over or 0.0,
        under=cost.under or 0.0,
    )


_ALWAYS = ("unit", "false_negative", "false_positive", "true_positive", "true_negative")


def cost_keys(cost: CostSettings) -> dict[str, object]:
    """What is not given has no key, so that a config keeps its digest when a new key becomes known."""
    given = {key: getattr(cost, key) for key in type(cost).model_fields}
    plain = {key: value for key, value in given.items() if key in _ALWAYS or value is not None}
    return {f"cost.{key}": value for key, value in _flat(plain).items()}


def _flat(keys: dict[str, object]) -> dict[str, object]:
    """`{"matrix": {"bug": {"question": 3}}}` becomes `{"matrix.bug.question": 3}`."""
    flat: dict[str, object] = {}
    for key, value in keys.items():
        inner = _flat(value) if isinstance(value, dict) else {"": value}
        flat |= {f"{key}.{below}" if below else key: inside for below, inside in inner.items()}
    return flat

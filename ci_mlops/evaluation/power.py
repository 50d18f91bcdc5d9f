"""What rows can show: the smallest regression that would be found, and the rows that a rule's margin would need."""

from math import ceil

from ci_mlops.evaluation.intervals import normal_quantile
from ci_mlops.evaluation.measure import LEVEL, standard_error
from ci_mlops.records import Detectable, GateRule, Measurement

POWER = 0.80


def reach(level: float = LEVEL) -> float:
    """Standard errors that a two-sided interval of this level finds with `POWER`."""
    return normal_quantile(level) + normal_quantile(2 * POWER - 1)


def detectable(m: Measurement, rule: GateRule, *, floor: int, too_few: str) -> Detectable:
    """
    By the interval that decides: for one slice among several it is wider than 95 %.

    `too_few`: what is said of a metric with fewer events than `floor`, of which no loss is found, however large.
    """
    error = standard_error(m)
    few = m.events < floor
    margin = rule.limit.value if rule.limit.kind == "max_regression" else None
    if not error:
        return Detectable(
            metric=m.metric,
            slice=m.slice,
            regression=None,
            reason=m.reason or (too_few if few else m.method),
            margin=margin,
            rows_needed=_for_events(m, floor) if few else None,
        )
    smallest = reach(m.level) * error
    needed = _for_events(m, floor) if few else 0
    if margin and needed is not None:
        needed = max(needed, ceil(m.rows * (smallest / margin) ** 2))
    return Detectable(
        metric=m.metric,
        slice=m.slice,
        regression=None if few else smallest,
        reason=too_few if few else "",
        margin=margin,
        rows_needed=needed or None,
    )


def _for_events(m: Measurement, floor: int) -> int | None:
    """Rows that hold as many events as a decision takes; None where these rows hold none to go by."""
    return ceil(m.rows * floor / m.events) if m.events else None

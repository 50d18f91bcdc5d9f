"""Whether the alarms of a candidate can be looked at: its own interval decides, not the point."""

from ci_mlops.records import Measurement
from ci_mlops.records.verdict import Status


def hold_capacity(most: float, m: Measurement, floor: int) -> tuple[Status, str]:
    """`most`: the largest share of decisions that may be an alarm; `m` is a selection rate."""
    if m.candidate is None or m.candidate_low is None or m.candidate_high is None:
        return "undecided", m.reason or f"{m.metric} was not measured"
    if m.events < floor:
        return "undecided", f"too few rows to judge {m.metric}: {m.events}, at least {floor} are needed"
    said = (
        f"{m.metric} is {m.candidate:.4g} (0.95 interval {m.candidate_low:.4g} to {m.candidate_high:.4g}); "
        f"the capacity is {most:.4g}"
    )
    if m.candidate_high <= most:
        return "held", said
    if m.candidate_low > most:
        return "broken", said
    return "undecided", f"{said}, and these rows can't tell"

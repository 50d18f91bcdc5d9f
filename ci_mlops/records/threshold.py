"""From which score on a model decides for the event."""

from dataclasses import dataclass
from typing import Literal

ThresholdBy = Literal["cost", "f1"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """Of the policy: one number for every model, or what is best for each on the validation rows."""

    value: float | None = None
    by: ThresholdBy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """Of one model."""

    threshold: float
    rows: int = 0
    """Validation rows that it was chosen on; 0: the policy says it."""
    events: int = 0
    """Of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdReport:
    """What each model decided by."""

    by: ThresholdBy | None
    """None: one number for both, from the policy."""
    champion: Decided | None
    candidate: Decided

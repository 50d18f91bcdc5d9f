"""What became of the waivers that the policy holds."""

from dataclasses import dataclass
from typing import Literal

from ci_mlops.records.policy import Waiver

WaiverStatus = Literal["used", "idle", "unmatched", "expired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverUse:
    waiver: Waiver
    status: WaiverStatus
    """`idle`: the rules that it is for hold or only warn. `unmatched`: there is no such rule."""
    gates: int = 0
    """Results of rules that do not block because of it."""
